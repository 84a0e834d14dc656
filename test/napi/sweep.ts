// Runs a scenario in a worker for each call that is to fail: the arguments are its name, then the calls, as faults.cc
// knows them. What becomes of each goes to standard error, the worker's own outcome included.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { openEapHost } from '../../lib/index.js';
import { loadNative } from '../../lib/native/binary.js';
import { FakeWlan } from '../networks/support.js';
import { eventually } from '../supplicant/support.js';

/**
 * A worker that nobody keeps alive ends by itself, be its promises settled or not. One in which all calls fail from some
 * point on is terminated soon, as it would be: limits of calls, which are timers, may keep it alive.
 */
const patience = { one: 60_000, all: 3000 };
/** Done; and, where all calls fail, ended with promises that never settle. */
const endings = { one: [0], all: [0, 13] };

/** What must be gone in the end: checked by the name of the scenario. */
const checks: Readonly<Record<string, () => Promise<void>>> = {
  async sessions() {
    await using host = await openEapHost({ runtime: 'embedded' });
    await eventually(() => {
      const { sessions, outstandingBlocks } = host.counters();
      return sessions === 0 && outstandingBlocks === 0;
    }, 'no session and no block is left');
  },
  async networks() {
    const fake = await FakeWlan.open();
    await eventually(async () => {
      const { outstanding, badFrees, clients, registered } = await fake.state();
      // The client that asks is one.
      return outstanding === 0 && badFrees === 0 && clients === 1 && registered === 1;
    }, 'no block and no client of the WLAN service is left');
    await fake.close();
  },
};

const [scenario = '', ...faults] = process.argv.slice(2);
for (const fault of faults) {
  process.env['EAPHOST_FAULT'] = fault;
  const worker = new Worker(new URL(`${scenario}.js`, import.meta.url));
  const way = fault.endsWith('+') ? 'all' : 'one';
  // What cannot be set up is told as such.
  worker.on('error', (error) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAPHOST_NATIVE_NOT_FOUND'))
      throw error;
  });
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
delete process.env['EAPHOST_FAULT'];
const halves = (): { created: number; destroyed: number } => loadNative().halves();
await eventually(() => halves().created === halves().destroyed, 'the native halves of objects are gone');
const check = checks[scenario];
if (check === undefined) throw new Error(`there is no scenario ${scenario}`);
await check();
