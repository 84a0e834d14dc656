// `eaphost methods`: lists the EAP methods that are installed on this machine.

import { type Line, paint } from '../base/printable.js';
import { listMethods, type InstalledDll, type InstalledMethod } from '../registration/list.js';
import { isServed } from '../registration/serve.js';
import { formatMethodType } from '../eap/names.js';
import { describeError, exitCodes, parse } from './command.js';
import type { Output } from './output.js';
import { methods as row } from './tables.js';

/** A method, and whether a server answers for it. */
export type Listed = InstalledMethod & { readonly isServed: boolean | undefined };

function dllLine(role: string, dll: InstalledDll | undefined): Line[] {
  if (dll === undefined) return [];
  const state = dll.exists ? (dll.signature ?? 'signature unknown') : paint('red', 'MISSING');
  return [[`  ${role.padEnd(14)}${dll.path} (`, state, ')']];
}

/** An installed method as lines for people. */
export function methodLines(method: Listed): Line[] {
  const { type, friendlyName, authorName, properties, served, inEapHost } = method;
  const author = authorName === '' ? '' : `, by ${authorName}`;
  return [
    `${formatMethodType(type)}  ${friendlyName}${author}`,
    ...dllLine('peer', method.peerDll),
    ...dllLine('authenticator', method.authenticatorDll),
    ...(properties.length > 0 ? [`  ${'properties'.padEnd(14)}${properties.join(', ')}`] : []),
    ...(inEapHost === false ? [[`  ${'note'.padEnd(14)}`, paint('yellow', 'EAPHost does not list it')]] : []),
    ...(served === undefined
      ? []
      : [
          [
            `  ${'served by'.padEnd(14)}${served.owner}, `,
            method.isServed ? 'answers' : paint('yellow', 'does not answer'),
          ],
        ]),
  ];
}

/** `eaphost methods`. */
export async function methods(args: readonly string[], output: Output): Promise<number> {
  parse(row, args);
  output.step('asking the registry and EAPHost');
  const { methods: installed, eapHostError } = await listMethods();
  output.step('asking the processes that serve methods');
  const methods = await Promise.all(
    installed.map(async (method): Promise<Listed> => ({
      ...method,
      isServed: method.served === undefined ? undefined : await isServed(method.type, { timeout: 2000 }),
    })),
  );
  output.done();
  const error =
    eapHostError === undefined ? null : { code: eapHostError.code, message: eapHostError.message };
  output.report(
    { exitCode: exitCodes.accepted, methods, eapHostError: error },
    methods.length === 0
      ? ['no EAP method is installed; eaphost register puts one in']
      : methods.flatMap((method) => methodLines(method)),
  );
  if (eapHostError !== undefined && !output.json) {
    output.complain('eaphost methods', [`EAPHost could not be asked: ${describeError(eapHostError)}`]);
  }
  return exitCodes.accepted;
}
