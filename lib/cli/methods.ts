// `eaphost methods`: lists the EAP methods that are installed on this machine.

import { listMethods, type InstalledDll, type InstalledMethod } from '../registration/list.js';
import { isServed } from '../registration/serve.js';
import { formatMethodType } from '../types.js';
import { type Command, describeError, exitCodes } from './command.js';
import { parseOptions, withJsonErrors } from './registration.js';

const help = `Usage: eaphost methods [OPTION]...

Lists the EAP methods that are installed on this machine, from the registry and from EAPHost: their DLLs, whether the
files are there and signed, their authors and properties. Of methods in TypeScript it says whether they are being
served, as far as this user may know.

  --json      one JSON object on standard output
  -h, --help  this text

The exit code is 0, or 2 if they could not be listed.

Examples:
  eaphost methods
`;

/** A method, and whether a server answers for it. */
type Listed = InstalledMethod & { readonly isServed: boolean | undefined };

function dllLine(role: string, dll: InstalledDll | undefined): string[] {
  if (dll === undefined) return [];
  const state = dll.exists ? (dll.signature ?? 'signature unknown') : 'MISSING';
  return [`  ${role.padEnd(14)}${dll.path} (${state})`];
}

function lines(method: Listed): string[] {
  const { type, friendlyName, authorName, properties, served, inEapHost } = method;
  const author = authorName === '' ? '' : `, by ${authorName}`;
  return [
    `${formatMethodType(type)}  ${friendlyName}${author}`,
    ...dllLine('peer', method.peerDll),
    ...dllLine('authenticator', method.authenticatorDll),
    ...(properties.length > 0 ? [`  ${'properties'.padEnd(14)}${properties.join(', ')}`] : []),
    ...(inEapHost === false ? [`  ${'note'.padEnd(14)}EAPHost does not list it`] : []),
    ...(served === undefined
      ? []
      : [`  ${'served by'.padEnd(14)}${served.owner}, ${method.isServed ? 'answers' : 'does not answer'}`]),
  ];
}

async function list(args: readonly string[]): Promise<number> {
  const { json } = parseOptions(args, []);
  const { methods: installed, eapHostError } = await listMethods();
  const methods = await Promise.all(
    installed.map(async (method): Promise<Listed> => ({
      ...method,
      isServed: method.served === undefined ? undefined : await isServed(method.type, { timeout: 2000 }),
    })),
  );
  const error =
    eapHostError === undefined ? null : { code: eapHostError.code, message: eapHostError.message };
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ exitCode: exitCodes.accepted, methods, eapHostError: error })}\n`,
    );
    return exitCodes.accepted;
  }
  for (const method of methods) process.stdout.write(`${lines(method).join('\n')}\n`);
  if (methods.length === 0) process.stdout.write('no EAP method is installed\n');
  if (eapHostError !== undefined) {
    process.stderr.write(`EAPHost could not be asked: ${describeError(eapHostError)}\n`);
  }
  return exitCodes.accepted;
}

/** `eaphost methods`. */
export const methods: Command = {
  summary: 'list the methods that are installed',
  help,
  run: (args) => withJsonErrors(args, () => list(args)),
};
