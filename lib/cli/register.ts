// `eaphost register`: registers the methods of a module with Windows' EAPHost.

import { undoAll } from '../registration/changes.js';
import { registerMethod, unregisterMethod, type Registration } from '../registration/register.js';
import { formatMethodType } from '../eap/names.js';
import { type Command, exitCodes, interruptible, UsageError } from './command.js';
import type { Output } from './output.js';
import { loadMethods, parseOptions } from './registration.js';

const help = `Usage: eaphost register --module FILE --dir DIRECTORY [OPTION]...

Registers the EAP methods of a module with Windows' EAPHost, for the whole machine: puts a copy of this package's
method DLL into DIRECTORY, and what EAPHost reads into the registry. The methods work while a process serves them
(serveRegistered). If a step fails, nothing is changed. Needs an administrator.

  --module FILE    a module that exports a MethodDefinition as method or by default, or several as methods
  --dir DIRECTORY  where the DLL is put: an absolute path of a folder that nobody but administrators can change, such
                   as one below Program Files
  --owner SID      the user whose process will serve the methods: S-1-5-18 for a service that runs as LocalSystem,
                   S-1-5-19 for LocalService. This user if none is given
  --author NAME    who wrote the methods, for people
  --json           one JSON object on standard output: the methods with their DLLs
  -h, --help       this text

The exit code is 0 if they are registered, 2 if nothing was changed, 130 if it was interrupted, which changes nothing.

Examples:
  eaphost register --module method.js --dir "C:\\Program Files\\Example EAP" --owner S-1-5-18 --author Example
`;

/** Each of them, or none. */
async function registerAll(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const values = parseOptions(args, ['module', 'dir', 'owner', 'author']);
  const [file, directory] = [values('module'), values('dir')];
  if (file === undefined) throw new UsageError('--module is missing: the module of the method');
  if (directory === undefined) throw new UsageError('--dir is missing: the folder for its DLL');
  const owner = values('owner');
  const authorName = values('author');
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

/** `eaphost register`. */
export const register: Command = {
  summary: 'register the methods of a module with Windows',
  help,
  words: { '--owner': ['S-1-5-18', 'S-1-5-19'] },
  run: (args, output) => interruptible((signal) => registerAll(args, output, signal)),
};
