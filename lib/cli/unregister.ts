// `eaphost unregister`: takes methods out that `eaphost register` put in.

import { unregisterMethod, type Unregistration } from '../registration/register.js';
import { formatMethodType, type MethodType } from '../types.js';
import { type Command, exitCodes, UsageError } from './command.js';
import { loadMethods, parseMethod, parseOptions, withJsonErrors } from './registration.js';

const help = `Usage: eaphost unregister (--module FILE | --method METHOD) [OPTION]...

Takes EAP methods out of Windows' EAPHost that "eaphost register" put in, with their DLLs. It takes an administrator.

  --module FILE    the module that they were registered with, or
  --method METHOD  one method: AUTHOR/TYPE, or AUTHOR/254/VENDOR/TYPE for an expanded type
  --json           one JSON object on standard output
  -h, --help       this text

The exit code is 0 if they are gone, 2 if one could not be taken out; those before it are gone then.

Examples:
  eaphost unregister --module method.js
  eaphost unregister --method 67532/254/14122/1
`;

async function unregisterAll(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, ['module', 'method']);
  const [file, method] = [values.text('module'), values.text('method')];
  if ((file === undefined) === (method === undefined)) {
    throw new UsageError('one of --module and --method must be given: which method to take out');
  }
  const types: readonly MethodType[] =
    method === undefined ? (await loadMethods(file ?? '')).map(({ type }) => type) : [parseMethod(method)];
  const done: Unregistration[] = [];
  for (const type of types) {
    const gone = await unregisterMethod(type);
    done.push(gone);
    if (values.json) continue;
    process.stdout.write(`took out ${formatMethodType(gone.type)}\n`);
    if (gone.leftover !== undefined) {
      process.stdout.write(`its DLL is loaded still; restart EapHost, then delete ${gone.leftover}\n`);
    }
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ exitCode: exitCodes.accepted, unregistered: done })}\n`);
  return exitCodes.accepted;
}

/** `eaphost unregister`. */
export const unregister: Command = {
  summary: 'take registered methods out again',
  help,
  run: (args) => withJsonErrors(args, () => unregisterAll(args)),
};
