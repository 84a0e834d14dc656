// How the processes that this package starts are begun, and with what environment. Those of its own end with this one.

import { type ChildProcess, fork } from 'node:child_process';

import { atExit } from './at-exit.js';
import { systemCodeOf } from './shortage.js';

/** The variables from which the command `eaphost` reads passwords and shared secrets. */
const secretVariable = /^EAPHOST_(?:SERVER_)?(?:PASSWORD|SECRET)$/iu;

/** This process' environment without the variables that hold secrets: no other process needs them. */
export function environmentWithoutSecrets(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !secretVariable.test(name)));
}

/**
 * Begins a process, and asks again where the system refuses it with a code that Node has no name for: a scanner looks
 * into a program just written, or Wine's new process died before its first instruction. In one turn, so that the
 * event `spawn` is still to come.
 */
export function begun<Child>(start: () => Child, tries = 3): Child {
  try {
    return start();
  } catch (error) {
    if (systemCodeOf(error) !== 'UNKNOWN' || tries === 1) throw error;
    return begun(start, tries - 1);
  }
}

/**
 * Begins a program of this package, with a channel. Where this process exits, the program is killed, even one that hangs.
 * Where this process is killed, the channel closes, which a program that hangs does not see.
 * @param file the program's module
 */
export function beginOwn(file: string, execArgv: readonly string[] = []): ChildProcess {
  const child = begun(() =>
    fork(file, [], {
      execArgv: [...execArgv],
      serialization: 'advanced',
      // In Electron the program is Electron; as Node it behaves on this word.
      env: { ...environmentWithoutSecrets(), ELECTRON_RUN_AS_NODE: '1' },
      // The output of a method must not mix with that of this process.
      stdio: ['ignore', 2, 2, 'ipc'],
    }),
  );
  // Without a pid it did not start, and Node would send the signal to whatever number it finds.
  if (child.pid === undefined) return child;
  const ended = atExit(() => child.kill('SIGKILL'));
  return child.once('exit', ended);
}
