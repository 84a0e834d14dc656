// Collects garbage, in a process that runs with --expose-gc.

import { setTimeout as delay } from 'node:timers/promises';

/** Collects garbage once. */
export function collect(): void {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
}

/** Collects garbage until it is true; false where it does not become so. */
export async function collected(isTrue: () => boolean): Promise<boolean> {
  const end = performance.now() + 30_000;
  while (!isTrue() && performance.now() < end) {
    collect();
    await delay(20);
  }
  return isTrue();
}
