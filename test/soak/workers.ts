// A storm of worker threads, each terminated at random while it opens, begins, exchanges or ends. Usage:
//   node dist/test/soak/workers.js [--count 10000] [--seed 1] [--at-once 8]
// Fails where a session, a block, the native half of an object or much memory stays. The process itself must survive: run
// it under AddressSanitizer, or with glibc's checks of the heap (suite `malloc`).

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { openEapHost } from '../../lib/index.js';
import { loadNative } from '../../lib/native/binary.js';
import { eventually } from '../supplicant/support.js';
import type { StormTask } from './storm-worker.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '8' },
  },
});
const count = Number(values.count);
/** Milliseconds. Under Wine a worker takes several times as long to get as far. */
const longest = process.platform === 'win32' ? 300 : 30;

/** Marsaglia's xorshift: 32 bits, never 0. */
let state = Number(values.seed) >>> 0 || 1;
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const endings = new Map<string, number>();
async function one(milliseconds: number, waits: boolean, workerData: StormTask): Promise<void> {
  const worker = new Worker(new URL('storm-worker.js', import.meta.url), { workerData });
  const exit = once(worker, 'exit');
  await once(worker, waits ? 'message' : 'online');
  await delay(milliseconds);
  await worker.terminate();
  const [code]: unknown[] = await exit;
  endings.set(String(code), (endings.get(String(code)) ?? 0) + 1);
}

let left = count;
async function lane(): Promise<void> {
  while (left > 0) {
    left -= 1;
    // One in eight while it still loads; one in eight through the facade.
    await one(random(longest + 1), random(8) > 0, random(8) > 0 ? 'addon' : 'facade');
  }
}

const megabytes = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);
const started = performance.now();
const atHalf = eventually(() => left <= count / 2, 'half of the workers', 86_400_000).then(megabytes);
await Promise.all(Array.from({ length: Number(values['at-once']) }, lane));
const halves = (): { created: number; destroyed: number } => loadNative().halves();
await eventually(
  () => halves().created === halves().destroyed,
  `the native halves are gone: ${JSON.stringify(halves())}`,
);
const { created } = halves();
await using host = await openEapHost({ runtime: 'embedded' });
await eventually(
  () => {
    const { sessions, outstandingBlocks } = host.counters();
    return sessions === 0 && outstandingBlocks === 0;
  },
  `nothing is left: ${JSON.stringify(host.counters())}`,
);
console.log(
  JSON.stringify({
    workers: count,
    seed: Number(values.seed),
    seconds: Math.round((performance.now() - started) / 1000),
    endings: Object.fromEntries(endings),
    halves: created,
    ...host.counters(),
    megabytes: { half: await atHalf, end: megabytes() },
  }),
);
