// A process of its own for footprint.ts: prints what each of so many open sessions takes: bytes of resident memory, and
// nanoseconds of processor time to begin and to close. Usage: node --expose-gc open-sessions.js COUNT

import { beginSession, openRuntime, times } from './support.js';

const count = Number(process.argv[2]);
const warmUp = 64;
const atOnce = 1000;

/** Nanoseconds of processor time for each session. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return Math.round(((user + system) * 1000) / count);
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

const runtime = await openRuntime();
const held = await Promise.all(times(warmUp, () => beginSession(runtime)));
const before = residentBytes();
const begin = await cost(async () => {
  for (let begun = 0; begun < count; begun += atOnce) {
    held.push(...(await Promise.all(times(Math.min(atOnce, count - begun), () => beginSession(runtime)))));
  }
});
const bytes = Math.round((residentBytes() - before) / count);
const close = await cost(() => runtime.close());
// The sessions are held until here.
console.log(JSON.stringify({ bytes, begin, close, held: held.length }));
