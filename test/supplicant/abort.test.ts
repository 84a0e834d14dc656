// AbortSignal: before, during and after a call.

import assert from 'node:assert/strict';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';

import { untilAborted } from '../../lib/base/abort.js';

import { openEapHost, type EapHost, type Session } from '../../lib/index.js';
import { eapSuccess, identityRequest, request, scriptMethod, scriptType } from './script-method.js';
import { eventually, hasCode, openTestHost, trivialType, useLeakCheck } from './support.js';

const isAbort = { name: 'AbortError' };

/** Microseconds as the trivial method's connection blob. */
function slow(microseconds: number): Buffer {
  const blob = Buffer.alloc(4);
  blob.writeUInt32LE(microseconds);
  return blob;
}

/** How long the method takes for what is not to wait for it: longer than a busy machine may keep a test waiting. */
const microseconds = 3_000_000;

const trivialRequest = (id: number): Buffer => request(id, Buffer.of(0), trivialType);

describe('A wait that a signal can end', () => {
  it('handles the rejection of its work, whatever the signal does', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const broken = {
        aborted: false,
        addEventListener() {
          throw new Error('no listeners');
        },
        removeEventListener: () => undefined,
      };
      const work = Promise.reject(new Error('the work failed'));
      await assert.rejects(untilAborted(work, broken as never), { message: 'no listeners' });
      await setImmediate();
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('AbortSignal', () => {
  useLeakCheck();
  let host: EapHost;
  beforeEach(async () => {
    host = await openTestHost();
  });
  afterEach(() => host.close());

  const begin = (microseconds: number): Promise<Session> =>
    host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0), config: slow(microseconds) });

  it('that has aborted before leaves everything as it is', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(openEapHost({ runtime: 'embedded', signal }), isAbort);
    await assert.rejects(host.beginSession({ method: trivialType, signal }), isAbort);
    await assert.rejects(host.clearConnection('9612fc67-6150-4209-a85e-a8d800000001', { signal }), isAbort);
    await using session = await begin(0);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => session.process(identityRequest, { signal }),
      () => session.setUiContext(Buffer.of(1), { signal }),
      () => session.setResponseAttributes([], { signal }),
      () => session.getResult('timeout', { signal }),
      () => session.getAuthStatus('identity', { signal }),
      () => session.restart({ signal }),
    ];
    for (const call of calls) await assert.rejects(call(), isAbort);
    assert.equal(session.isEnded, false);
    assert.equal((await session.process(identityRequest)).action, 'send');
  });

  it('rejects at once while the call is inside the method, and ends the session when it returns', async () => {
    const session = await begin(microseconds);
    await session.process(identityRequest);
    const controller = new AbortController();
    const call = session.process(trivialRequest(2), { signal: controller.signal });
    await delay(50);
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(call, reason);
    assert.ok(host.stats().pending > 0, 'it waited for the method');
    assert.equal(session.isEnded, true);
    await assert.rejects(session.process(trivialRequest(3)), (error) =>
      hasCode(error, 'EAPHOST_SESSION_ENDED'),
    );
    await session[Symbol.asyncDispose]();
    assert.ok(host.stats().pending > 0, 'disposal waited for the method');
    await session.end();
    assert.equal(host.stats().pending, 0, 'the end did not wait for the method');
  });

  it('holds up no other session', async () => {
    const stuck = await begin(microseconds);
    await stuck.process(identityRequest);
    const controller = new AbortController();
    const call = stuck.process(trivialRequest(2), { signal: controller.signal });
    controller.abort();
    await assert.rejects(call, isAbort);
    await using session = await begin(0);
    await session.process(identityRequest);
    assert.equal((await session.process(trivialRequest(2))).action, 'send');
    assert.ok(host.stats().pending > 0, 'it waited for the stuck one');
    await stuck.end();
  });

  it('while a session begins', async () => {
    const controller = new AbortController();
    const beginning = host.beginSession({ method: trivialType, signal: controller.signal });
    controller.abort();
    await assert.rejects(beginning, isAbort);
    // What began all the same has ended by the end of the test: the leak check sees to it.
    await eventually(() => host.stats().pending === 0, 'nothing is under way');
  });

  it('while the server of a method in TypeScript starts', async () => {
    await using scripted = await openEapHost({ runtime: 'embedded', methods: [scriptMethod({})] });
    const controller = new AbortController();
    const beginning = scripted.beginSession({ method: scriptType, signal: controller.signal });
    controller.abort();
    await assert.rejects(beginning, isAbort);
    await using session = await scripted.beginSession({ method: scriptType, credentials: Buffer.of(1) });
    assert.equal((await session.process(identityRequest)).action, 'send');
  });

  it('while the run-time opens', async () => {
    const controller = new AbortController();
    const opening = openEapHost({ runtime: 'embedded', signal: controller.signal });
    controller.abort();
    await assert.rejects(opening, isAbort);
  });

  it('while a session restarts ends it', async () => {
    const session = await begin(0);
    const controller = new AbortController();
    const restarting = session.restart({ signal: controller.signal });
    controller.abort();
    await assert.rejects(restarting, isAbort);
    await session.end();
    assert.equal(session.isEnded, true);
  });

  it('that aborts after a call does nothing', async () => {
    await using session = await begin(0);
    const controller = new AbortController();
    const { signal } = controller;
    const step = await session.process(identityRequest, { signal });
    controller.abort();
    assert.equal(step.action, 'send');
    await delay(10);
    assert.equal(session.isEnded, false);
    assert.equal((await session.process(trivialRequest(2))).action, 'send');
    assert.equal((await session.process(eapSuccess(2))).action, 'result');
  });

  it('aborts a call that waits for its turn', async () => {
    const session = await begin(100_000);
    await session.process(identityRequest);
    const controller = new AbortController();
    const first = session.process(trivialRequest(2));
    const second = session.process(trivialRequest(3), { signal: controller.signal });
    controller.abort();
    await assert.rejects(second, isAbort);
    assert.equal((await first).action, 'send');
    await session.end();
  });

  it('times a call out', async () => {
    const session = await begin(1_000_000);
    await session.process(identityRequest);
    await assert.rejects(session.process(trivialRequest(2), { signal: AbortSignal.timeout(20) }), {
      name: 'TimeoutError',
    });
    await session.end();
  });
});
