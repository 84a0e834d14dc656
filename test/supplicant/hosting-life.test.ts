// The end of environments and processes that drive method DLLs: it comes at once, and never crashes; and what nobody
// refers to is ended.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import type { HostingTask } from './children/hosting-worker.js';
import { beginAuthenticator, beginPeer, converse, open } from './hosted-dll.js';
import { run } from './processes.js';

function start(task: Partial<HostingTask>): Worker {
  const workerData: HostingTask = { milliseconds: 0, idle: false, trace: false, ...task };
  return new Worker(new URL('children/hosting-worker.js', import.meta.url), { workerData });
}

describe('Worker threads that drive method DLLs', () => {
  it('exit by themselves with open sessions', async () => {
    const worker = start({ idle: true });
    const [code]: unknown[] = await once(worker, 'exit');
    assert.equal(code, 0);
  });

  const quick = ['quick calls', {}] as const;
  const recorded = ['quick calls that are recorded', { trace: true }] as const;
  const inside = ['calls inside the method', { milliseconds: 500, trace: true }] as const;
  for (const [title, task, rounds, tag] of [
    [...quick, 2, ''],
    [...recorded, 2, ''],
    [...inside, 2, ''],
    [...quick, 10, ' @long'],
    [...recorded, 10, ' @long'],
    [...inside, 5, ' @long'],
  ] as const) {
    it(`are terminated in the middle of ${title}, ${rounds} times, while others go on${tag}`, async () => {
      const [peer, authenticator] = await Promise.all([open('peer'), open('authenticator')]);
      for (let round = 0; round < rounds; round += 1) {
        const worker = start(task);
        await once(worker, 'message');
        await delay(round % 10);
        await worker.terminate();
        // The same DLL in this thread: that of the worker is not the one that is shut down.
        const [supplicant, server] = await Promise.all([beginPeer(peer), beginAuthenticator(authenticator)]);
        assert.equal((await converse(supplicant, server)).result?.isSuccess, true);
        await Promise.all([supplicant.end(), server.end()]);
      }
      await Promise.all([peer.close(), authenticator.close()]);
    });
  }

  it('are terminated while they open', async () => {
    for (let round = 0; round < 10; round += 1) {
      const worker = start({ trace: true });
      await once(worker, 'online');
      await delay(round * 8);
      await worker.terminate();
    }
  });
});

describe('A process that drives method DLLs', () => {
  for (const [title, way] of [
    ['ends sessions and closes methods that nobody refers to', 'lost'],
    ['exits by itself with open sessions', 'natural'],
    ['ends by process.exit() in the middle of a call', 'exit'],
  ] as const) {
    it(title, async () => {
      const options = { node: ['--expose-gc'], endsAbruptly: way === 'exit' };
      const { code, signal } = await run('hosting-life.js', [way], options);
      assert.deepEqual({ code, signal }, { code: 0, signal: null });
    });
  }
});
