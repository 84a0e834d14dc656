// Worker threads: each is an environment with methods of its own, and may be terminated at any moment.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { openEapHost } from '../../lib/index.js';
import type { Task } from './children/worker.js';
import { run } from './processes.js';
import { answerTo, identityRequest, request, scriptMethod, scriptType } from './script-method.js';
import { useLeakCheck } from './support.js';

function start(task: Partial<Task>): Worker {
  const workerData: Task = { task: 'spin', text: '', microseconds: 0, ...task };
  return new Worker(new URL('children/worker.js', import.meta.url), { workerData });
}

describe('Worker threads', () => {
  useLeakCheck();

  it('have methods of the same type each of their own', async () => {
    const mine = scriptMethod({
      process: (packet) => ({
        action: 'send',
        packet: answerTo(request(packet.readUInt8(1), Buffer.from('main'))),
      }),
    });
    await using host = await openEapHost({ runtime: 'embedded', methods: [mine] });
    const texts = ['one', 'two', 'three'];
    const workers = texts.map((text) => start({ task: 'answer', text }));
    const answers = Promise.all(workers.map((worker) => once(worker, 'message')));
    const exits = Promise.all(workers.map((worker) => once(worker, 'exit')));
    for (let round = 0; round < 20; round += 1) {
      await using session = await host.beginSession({ method: scriptType, credentials: Buffer.of(1) });
      await session.process(identityRequest);
      const step = await session.process(request(2));
      assert.ok(step.action === 'send');
      assert.equal(step.packet.toString('utf8', 12), 'main');
    }
    assert.deepEqual(
      (await answers).map(([message]: unknown[]) => message),
      texts.map((text) => [text]),
    );
    assert.deepEqual(await exits, [[0], [0], [0]]);
  });

  it('exit by themselves with idle sessions', async () => {
    const worker = start({ task: 'idle' });
    const [code]: unknown[] = await once(worker, 'exit');
    assert.equal(code, 0);
  });

  for (const [title, microseconds, rounds, tag] of [
    ['quick calls', 0, 5, ''],
    ['calls inside the method', 4_000_000, 3, ''],
    ['quick calls', 0, 30, ' @long'],
    ['calls inside the method', 4_000_000, 10, ' @long'],
  ] as const) {
    it(`are terminated in the middle of ${title}, ${rounds} times${tag}`, async () => {
      for (let round = 0; round < rounds; round += 1) {
        const worker = start({ task: 'spin', microseconds });
        await once(worker, 'message');
        await delay(round % 10);
        const started = performance.now();
        await worker.terminate();
        // Nobody waits for the calls: the lanes go on by themselves.
        assert.ok(performance.now() - started < 3000 || microseconds === 0);
      }
    });
  }

  // A sanitizer or Wine makes each many times as slow.
  const isSlow = process.env['ASAN_OPTIONS'] !== undefined || process.platform === 'win32';
  for (const [count, tag] of [
    [20, ''],
    [isSlow ? 60 : 300, ' @long'],
  ] as const) {
    it(`are terminated at random, ${count} of them, and leave nothing behind${tag}`, async function () {
      const timeoutMs = 300_000;
      this.timeout(timeoutMs);
      const { code, signal } = await run('../../soak/workers.js', [`--count=${count}`], { timeoutMs });
      assert.deepEqual([code, signal], [0, null]);
    });
  }

  it('are terminated while they begin', async () => {
    for (let round = 0; round < 20; round += 1) {
      const worker = start({ task: 'spin' });
      await once(worker, 'online');
      await delay(round * 4);
      await worker.terminate();
    }
  });
});
