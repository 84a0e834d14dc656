// `eaphost register` and `eaphost unregister`: put the methods of a module into Windows' EAPHost, and take them out.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { isObject } from '../base/guards.js';
import { systemCodeOf } from '../base/shortage.js';
import { formatMethodType, type MethodType } from '../eap/names.js';
import type { MethodDefinition } from '../hosts/method.js';
import { undoAll } from '../registration/changes.js';
import {
  checkMethod,
  registerMethod,
  type Registration,
  unregisterMethod,
  type Unregistration,
} from '../registration/register.js';
import { describeError, exitCodes, interruptible, parse, type Run, UsageError } from './command.js';
import type { Output } from './output.js';
import { register as registerRow, unregister as unregisterRow } from './tables.js';

/** `eaphost register`. */
export const register: Run = (args, output) => interruptible((signal) => registerAll(args, output, signal));

/** `eaphost unregister`. */
export const unregister: Run = (args, output) =>
  interruptible((signal) => unregisterAll(args, output, signal));

/** Each of them, or none. */
async function registerAll(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { module: file, dir: directory, owner, author: authorName } = parse(registerRow, args).values;
  if (file === undefined) throw new UsageError('--module is missing: the module of the method');
  if (directory === undefined) throw new UsageError('--dir is missing: the folder for its DLL');
  const done: Registration[] = [];
  try {
    for (const method of await loadMethods(file)) {
      output.step(`registering ${formatMethodType(method.type)}`);
      done.push(await registerMethod({ method, directory, owner, authorName }));
      signal.throwIfAborted();
    }
  } catch (error) {
    const undos = done.map(({ type }) => () => {
      output.step(`taking ${formatMethodType(type)} out again`);
      return unregisterMethod(type);
    });
    throw await undoAll(error, undos);
  }
  output.done();
  output.report(
    { exitCode: exitCodes.accepted, registered: done },
    done.map(
      ({ type, dllPath, owner: served }) =>
        `registered ${formatMethodType(type)}: ${dllPath}, to be served by ${served}`,
    ),
  );
  return exitCodes.accepted;
}

async function unregisterAll(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { module: file, method } = parse(unregisterRow, args).values;
  if ((file === undefined) === (method === undefined)) {
    throw new UsageError('one of --module and --method must be given: which method to take out');
  }
  const types: readonly MethodType[] =
    method === undefined ? (await loadMethods(file ?? '')).map(({ type }) => type) : [parseMethod(method)];
  const done: Unregistration[] = [];
  for (const type of types) {
    signal.throwIfAborted();
    output.step(`taking ${formatMethodType(type)} out`);
    const gone = await unregisterMethod(type);
    done.push(gone);
    // One by one: where a later one fails, these are gone nevertheless.
    if (!output.json) for (const line of goneLines(gone)) output.line(line);
  }
  output.done();
  output.report({ exitCode: exitCodes.accepted, unregistered: done });
  return exitCodes.accepted;
}

function goneLines({ type, leftover }: Unregistration): string[] {
  const line = `took out ${formatMethodType(type)}`;
  if (leftover === undefined) return [line];
  return [line, `its DLL is loaded still; restart EapHost, then delete ${leftover}`];
}

/**
 * The methods that a module exports: as `methods`, an array, as `method`, or as its default export. Loading it runs its
 * code. Throws UsageError.
 */
export async function loadMethods(
  file: string,
  named = `--module ${file}`,
): Promise<readonly MethodDefinition[]> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const isTypeScript = systemCodeOf(error) === 'ERR_UNKNOWN_FILE_EXTENSION' && file.endsWith('ts');
    const why = isTypeScript
      ? `Node ${process.versions.node} reads no TypeScript; compile it, for instance with npx tsc or npx esbuild, or use Node 22.18 or newer`
      : describeError(error);
    throw new UsageError(`${named} cannot be loaded: ${why}`);
  }
  const {
    methods,
    method,
    default: byDefault,
  }: Readonly<Record<string, unknown>> = isObject(module) ? module : {};
  const given = methods ?? method ?? byDefault;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0 || given === undefined) {
    throw new UsageError(`${named} exports no method: neither methods, method nor default`);
  }
  return list.map((each) => {
    try {
      checkMethod(each, 'the method');
      return each;
    } catch (error) {
      throw new UsageError(`${named} exports an invalid method: ${describeError(error)}`);
    }
  });
}

/** `AUTHOR/TYPE` or `AUTHOR/254/VENDOR/VENDORTYPE`. Throws UsageError. */
export function parseMethod(text: string): MethodType {
  const match = /^(\d+)\/(?:(\d+)|254\/(\d+)\/(\d+))$/u.exec(text);
  const [authorId, type, vendorId, vendorType] = (match?.slice(1) ?? []).map((part) => Number(part ?? 0));
  if (match === null || authorId === undefined || (type === 254 && match[2] !== undefined)) {
    throw new UsageError('--method must be AUTHOR/TYPE, or AUTHOR/254/VENDOR/TYPE for an expanded type');
  }
  return match[2] === undefined
    ? { authorId, type: 254, vendorId: vendorId ?? 0, vendorType: vendorType ?? 0 }
    : { authorId, type: type ?? 0 };
}
