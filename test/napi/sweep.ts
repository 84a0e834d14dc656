// Runs the scenario in a worker for each call of Node-API that is to fail: the numbers, each with what faults.cc knows
// behind it, are the arguments. What becomes of each goes to standard error, the worker's own outcome included.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { openEapHost } from '../../lib/index.js';
import { eventually } from '../supplicant/support.js';

/**
 * A worker that nobody keeps alive ends by itself, be its promises settled or not. One in which all calls fail from some
 * point on is terminated soon, as it would be: limits of calls, which are timers, may keep it alive.
 */
const patience = { one: 60_000, all: 3000 };
/** Done; and, where all calls fail, ended with promises that never settle. */
const endings = { one: [0], all: [0, 13] };

for (const fault of process.argv.slice(2)) {
  process.env['EAPHOST_NAPI_FAULT'] = fault;
  const worker = new Worker(new URL('scenario.js', import.meta.url));
  const way = fault.endsWith('+') ? 'all' : 'one';
  let isTerminated = false;
  const timer = setTimeout(() => {
    isTerminated = true;
    void worker.terminate();
  }, patience[way]);
  const [code] = (await once(worker, 'exit')) as [number];
  clearTimeout(timer);
  if (isTerminated && way === 'one') throw new Error(`fault ${fault}: the worker hangs`);
  if (!isTerminated && !endings[way].includes(code))
    throw new Error(`fault ${fault}: the worker exited with ${code}`);
}
delete process.env['EAPHOST_NAPI_FAULT'];
await using host = await openEapHost({ runtime: 'embedded' });
await eventually(() => {
  const { sessions, outstandingBlocks } = host.counters();
  return sessions === 0 && outstandingBlocks === 0;
}, 'no session and no block is left');
