// Ends processes of a test's own, and what they have left running: a child that was spawned with `detached` leads a
// group of its own.

import type { ChildProcess } from 'node:child_process';

/** Sends a signal to a child that was started: for one without a pid Node would send it to nobody knows whom. */
export function signalChild(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(signal);
}

/** Ends all that is left of the group that `leader` led; there may be nobody. */
export function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
