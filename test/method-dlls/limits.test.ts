// Time limits of calls count the time that a call took, not how late JavaScript noticed its end.

import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { Stop } from '../../lib/base/stop.js';
import { Wait, withinLimits } from '../../lib/method-dlls/limits.js';
import type { EapError } from '../../lib/base/errors.js';

const method = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };

/** Keeps JavaScript busy; what other threads do goes on. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('The limit of a call', () => {
  const bounds = { call: 'EapPeerProcessRequestPacket', method, limit: 50, signal: undefined };

  it('takes what came in time, although JavaScript was busy until after it', async () => {
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       parentPort.once('message', () => {
         parentPort.postMessage('answer');
         Atomics.store(workerData, 0, 1);
         Atomics.notify(workerData, 0);
       });`,
      { eval: true, workerData: answered },
    );
    await once(worker, 'online');
    const losses: unknown[] = [];
    const work = withinLimits(once(worker, 'message'), { ...bounds, onLost: (hang) => losses.push(hang) });
    worker.postMessage('question', []);
    // JavaScript does nothing else until the answer is there, and the limit over.
    equal(Atomics.wait(answered, 0, 0, 60_000), 'ok');
    block(2 * bounds.limit);
    deepEqual(await work, ['answer']);
    equal(losses.length, 0);
    await worker.terminate();
  });

  it('gives up what does not come', async () => {
    const losses: (EapError | undefined)[] = [];
    const never = new Promise<void>(() => undefined);
    const work = withinLimits(never, { ...bounds, onLost: (hang) => losses.push(hang) });
    await rejects(work, { code: 'EAPHOST_METHOD_TIMEOUT', call: bounds.call });
    equal(losses[0]?.code, 'EAPHOST_METHOD_TIMEOUT');
  });

  it('is noticed also of a call that was aborted', async () => {
    const losses: (EapError | undefined)[] = [];
    const never = new Promise<void>(() => undefined);
    const stop = new AbortController();
    const { signal } = stop;
    const work = withinLimits(never, { ...bounds, signal, onLost: (hang) => losses.push(hang) });
    stop.abort('enough');
    await rejects(work, (reason) => reason === 'enough');
    equal(losses.length, 1);
    equal(losses[0], undefined);
    await rejects(withinLimits(never, { ...bounds, onLost: () => undefined }));
    equal(losses[1]?.code, 'EAPHOST_METHOD_TIMEOUT');
  });

  it('is its own for each of many, and none for those that came', async () => {
    const lost: number[] = [];
    const limitOf = (index: number) => ({ ...bounds, onLost: () => void lost.push(index) });
    const never = new Promise<void>(() => undefined);
    const first = rejects(withinLimits(never, limitOf(0)));
    const came = withinLimits(Promise.resolve(), limitOf(1));
    await new Promise((resolve) => setTimeout(resolve, 25));
    const start = performance.now();
    const second = rejects(withinLimits(never, limitOf(2)));
    await came;
    await first;
    equal(lost.join(), '0');
    await second;
    equal(lost.join(), '0,2');
    ok(performance.now() - start >= bounds.limit - 1);
  });

  it('begins for a call behind another one when that returns, or is given up', async () => {
    const lost: string[] = [];
    const waitOf = (call: string, limit: number) =>
      new Wait<unknown>(call, { method, limit, onLost: () => void lost.push(call) });
    const [first, second, third] = [waitOf('first', 60_000), waitOf('second', 20), waitOf('third', 20)];
    first.begin();
    second.begin(first);
    third.begin(second);
    await new Promise((resolve) => setTimeout(resolve, 100));
    equal(lost.join(), '');
    first.resolve(1);
    equal(await first.promise, 1);
    await rejects(second.promise, { code: 'EAPHOST_METHOD_TIMEOUT', call: 'second' });
    await rejects(third.promise, { code: 'EAPHOST_METHOD_TIMEOUT', call: 'third' });
    equal(lost.join(), 'second,third');
  });
});

describe('The wait for a call', () => {
  const bounds = { method, limit: undefined, onLost: () => undefined };

  it('takes the outcome as soon as it is known, before anybody who waits goes on', async () => {
    const taken: number[] = [];
    const wait = new Wait('call', bounds, undefined, (value: number) => taken.push(value));
    wait.resolve(5);
    equal(taken.join(), '5');
    equal(await wait.promise, 1);
  });

  it('names in an error whoever waits', async () => {
    const wait = new Wait('call', bounds);
    const callerOfTheCall = async (): Promise<unknown> => await wait.promise;
    setImmediate(() => wait.reject({ call: 'EapPeerGetResult', winError: 5 }));
    await rejects(callerOfTheCall(), (error: EapError) => {
      equal(error.code, 'ERROR_ACCESS_DENIED');
      match(error.stack ?? '', /async callerOfTheCall/u);
      return true;
    });
  });
});

describe('A stop', () => {
  it('is heard once by each listener that is left, and by signals made before and after', () => {
    const heard: string[] = [];
    const stop = new Stop();
    const removed = (): void => void heard.push('removed');
    stop.addEventListener('abort', () => heard.push('function'));
    stop.addEventListener('abort', { handleEvent: () => heard.push('object') });
    stop.addEventListener('abort', removed);
    stop.removeEventListener('abort', removed);
    stop.throwIfAborted();
    const { signal } = stop;
    equal(signal.aborted, false);
    stop.abort('enough');
    stop.abort('more');
    equal(heard.join(), 'function,object');
    equal(signal.reason, 'enough');
    equal(stop.reason, 'enough');
    throws(
      () => stop.throwIfAborted(),
      (reason) => reason === 'enough',
    );
    const late = new Stop();
    late.abort('gone');
    equal(late.signal.reason, 'gone');
  });

  it('comes after a signal', () => {
    const abort = new AbortController();
    const stop = Stop.after(abort.signal);
    equal(stop.aborted, false);
    abort.abort('enough');
    equal(stop.reason, 'enough');
    equal(Stop.after(abort.signal).reason, 'enough');
  });
});
