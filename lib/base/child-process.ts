// How the processes that this package starts are begun, and with what environment.

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
