// `eaphost unregister`: removes methods that `eaphost register` has registered.

import { unregisterMethod, type Unregistration } from '../registration/register.js';
import { formatMethodType, type MethodType } from '../eap/names.js';
import { type Command, exitCodes, interruptible, UsageError } from './command.js';
import type { Output } from './output.js';
import { loadMethods, parseMethod, parseOptions } from './registration.js';

const help = `Usage: eaphost unregister (--module FILE | --method METHOD) [OPTION]...

Removes EAP methods that "eaphost register" has registered, with their DLLs, from Windows' EAPHost. Needs an
administrator.

  --module FILE    the module that they were registered with, or
  --method METHOD  one method: AUTHOR/TYPE, or AUTHOR/254/VENDOR/TYPE for an expanded type
  --json           one JSON object on standard output: the methods, and what is left of their DLLs
  -h, --help       this text

The exit code is 0 if they are gone, 2 if one could not be removed, 130 if it was interrupted; those before it are
gone then.

Examples:
  eaphost unregister --module method.js
  eaphost unregister --method 67532/254/14122/1
`;

async function unregisterAll(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const values = parseOptions(args, ['module', 'method']);
  const [file, method] = [values('module'), values('method')];
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

/** `eaphost unregister`. */
export const unregister: Command = {
  summary: 'remove registered methods',
  help,
  run: (args, output) => interruptible((signal) => unregisterAll(args, output, signal)),
};
