// A process of its own for footprint.ts: prints how many bytes of resident memory each of a thousand open sessions
// takes.

import { beginSession, openRuntime, times } from './support.js';

const count = 1000;
const warmUp = 64;

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

const runtime = await openRuntime();
const early = await Promise.all(times(warmUp, () => beginSession(runtime)));
const before = residentBytes();
const sessions = await Promise.all(times(count, () => beginSession(runtime)));
const after = residentBytes();
console.log(Math.round((after - before) / count));
// Held until here.
await Promise.all([...early, ...sessions].map((session) => session.end()));
await runtime.close();
