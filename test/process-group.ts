// Ends what a process has left running: a child that was spawned with `detached` leads a group of its own.

/** Ends all that is left of the group that `leader` led; there may be nobody. */
export function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
