// A session's whole life with a native method, one of it and a thousand at once.

import assert from 'node:assert/strict';

import { openEapHost } from '../../lib/index.js';
import { answerTo, eapFailure, eapSuccess, identityRequest, request } from './script-method.js';
import {
  eventually,
  hasCode,
  openTestHost,
  runtime,
  scriptedType,
  trivialDll,
  trivialType,
  useLeakCheck,
} from './support.js';

const method = trivialType;
const credentials = Buffer.from('alice', 'utf16le');
const trivialRequest = (id: number): Buffer => request(id, Buffer.of(id), trivialType);
/** The trivial method answers with the first octet of the request. */
const trivialResponse = (id: number): Buffer => answerTo(trivialRequest(id));
const pattern = (first: number): Buffer =>
  Buffer.from(Array.from({ length: 32 }, (_, index) => first + index));

describe(`A session of the ${runtime} run-time`, () => {
  useLeakCheck();

  it('lives from begin to end', async () => {
    const host = await openTestHost();
    assert.equal(host.runtime, runtime);
    assert.equal(host.isClosed, false);
    const session = await host.beginSession({ method, credentials });
    assert.deepEqual(session.method, trivialType);
    assert.match(session.connectionId ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u);
    assert.ok(session.id > 0);
    assert.equal((await session.getAuthStatus('authStatus')).status, 'notStarted');

    const identity = await session.process(identityRequest);
    assert.ok(identity.action === 'send');
    assert.deepEqual(identity.packet, Buffer.concat([Buffer.of(2, 1, 0, 12, 1), Buffer.from('trivial')]));
    assert.equal((await session.getAuthStatus('authStatus')).status, 'identityExchange');
    assert.equal(await session.getAuthStatus('identity'), 'trivial');

    for (let id = 2; id < 6; id += 1) {
      const step = await session.process(trivialRequest(id));
      assert.ok(step.action === 'send');
      assert.deepEqual(step.packet, trivialResponse(id));
      assert.equal((await session.getAuthStatus('authStatus')).status, 'inProgress');
    }
    const last = await session.process(eapSuccess(5));
    assert.ok(last.action === 'result');
    assert.equal(last.result.isSuccess, true);
    assert.deepEqual(last.result.methodInfo?.type, trivialType);
    assert.deepEqual(last.result.keys.msk, Buffer.concat([pattern(16), pattern(17)]));
    assert.deepEqual(await session.getAuthStatus('authStatus'), {
      status: 'succeeded',
      errorCode: 0,
      error: undefined,
      reasonCode: 0,
      reason: undefined,
    });

    assert.equal(session.isEnded, false);
    const ending = session.end();
    assert.equal(session.end(), ending);
    await ending;
    assert.equal(session.isEnded, true);
    await session.end();
    await session[Symbol.asyncDispose]();

    const closing = host.close();
    assert.equal(host.close(), closing);
    await closing;
    assert.equal(host.isClosed, true);
  });

  it('has a failed result where the network refuses', async () => {
    await using host = await openTestHost();
    await using session = await host.beginSession({ method, credentials });
    await session.process(identityRequest);
    await session.process(trivialRequest(2));
    const step = await session.process(eapFailure(2));
    assert.ok(step.action === 'result');
    assert.equal(step.result.isSuccess, false);
    assert.notEqual(step.result.failureReasonCode, 0);
    assert.equal((await session.getAuthStatus('authStatus')).status, 'failed');
  });

  it('gives the result of a link that has no EAP-Success', async () => {
    await using host = await openTestHost();
    for (const [reason, isSuccess] of [
      ['altSuccess', true],
      ['timeout', false],
    ] as const) {
      await using session = await host.beginSession({ method, credentials });
      await session.process(identityRequest);
      await session.process(trivialRequest(2));
      assert.equal((await session.getResult(reason)).isSuccess, isSuccess);
    }
  });

  it('restarts, with another native session', async () => {
    await using host = await openTestHost();
    await using session = await host.beginSession({ method, credentials });
    await session.process(identityRequest);
    const { id, connectionId } = session;
    await session.restart();
    assert.notEqual(session.id, id);
    assert.equal(session.connectionId, connectionId);
    assert.equal((await session.getAuthStatus('authStatus')).status, 'notStarted');
    assert.equal((await session.process(identityRequest)).action, 'send');
  });

  it('refuses calls after its end', async () => {
    await using host = await openTestHost();
    const session = await host.beginSession({ method, credentials });
    await session.end();
    const calls: readonly (() => Promise<unknown>)[] = [
      () => session.process(identityRequest),
      () => session.process(Buffer.alloc(0)),
      () => session.setUiContext(Buffer.alloc(1)),
      () => session.setResponseAttributes([]),
      () => session.getResult('timeout'),
      () => session.getAuthStatus('authStatus'),
      () => session.restart(),
      () => session.authenticate({ receive: async () => 'timeout', send: async () => undefined }),
    ];
    for (const call of calls) {
      await assert.rejects(call(), (error) => hasCode(error, 'EAPHOST_SESSION_ENDED'));
    }
  });

  it('ends with its host, and refuses calls then', async () => {
    const host = await openTestHost();
    const session = await host.beginSession({ method, credentials });
    await host.close();
    await assert.rejects(session.process(identityRequest), (error) => hasCode(error, 'EAPHOST_CLOSED'));
    await assert.rejects(session.restart(), (error) => hasCode(error, 'EAPHOST_CLOSED'));
    await session.end();
    await assert.rejects(host.beginSession({ method }), (error) => hasCode(error, 'EAPHOST_CLOSED'));
    await assert.rejects(host.clearConnection('9612fc67-6150-4209-a85e-a8d800000001'), (error) =>
      hasCode(error, 'EAPHOST_CLOSED'),
    );
    assert.throws(() => host.stats(), { code: 'EAPHOST_CLOSED' });
  });

  it('does what is under way when its host is closed', async () => {
    const host = await openTestHost();
    const slow = Buffer.alloc(4);
    slow.writeUInt32LE(50_000);
    const session = await host.beginSession({ method, credentials, config: slow });
    await session.process(identityRequest);
    const step = session.process(trivialRequest(2));
    await host.close();
    assert.equal((await step).action, 'send');
  });

  it('has a connection of its own, of the caller or none', async () => {
    await using host = await openTestHost();
    const guid = '9612FC67-6150-4209-A85E-A8D800000042';
    await using named = await host.beginSession({ method, credentials, connectionId: `{${guid}}` });
    assert.equal(named.connectionId, guid.toLowerCase());
    await using inner = await host.beginSession({ method, credentials, connectionId: null });
    assert.equal(inner.connectionId, undefined);
    await using own = await host.beginSession({ method, credentials });
    await using other = await host.beginSession({ method, credentials });
    assert.notEqual(own.connectionId, other.connectionId);
    const { connectionId = '' } = own;
    await own.end();
    // It has gone with its session.
    await assert.rejects(host.clearConnection(connectionId), (error) => hasCode(error, 'ERROR_NOT_FOUND'));
    await named.end();
    await host.clearConnection(guid);
    // Again on the same connection, as a re-authentication does.
    await using again = await host.beginSession({ method, credentials, connectionId: guid });
    assert.equal((await again.process(identityRequest)).action, 'send');
  });

  it('lives a thousand times at once', async () => {
    await using host = await openTestHost();
    const count = 1000;
    const sessions = await Promise.all(
      Array.from({ length: count }, () => host.beginSession({ method, credentials })),
    );
    assert.equal(new Set(sessions.map(({ id }) => id)).size, count);
    const results = await Promise.all(
      sessions.map(async (session, index) => {
        await session.process(identityRequest);
        const packet = request(2, Buffer.of(index % 256), trivialType);
        const step = await session.process(packet);
        assert.ok(step.action === 'send');
        assert.deepEqual(step.packet, answerTo(packet));
        const last = await session.process(eapSuccess(2));
        assert.ok(last.action === 'result');
        return last.result.isSuccess;
      }),
    );
    assert.equal(results.filter(Boolean).length, count);
    assert.ok(host.stats().lanes >= 1);
    await Promise.all(sessions.map((session) => session.end()));
    assert.equal(host.stats().pending, 0);
  });

  it('is not begun with a method that is not installed', async () => {
    await using host = await openTestHost();
    await assert.rejects(host.beginSession({ method: { type: 199, authorId: 5 } }), (error) => {
      assert.ok(hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'));
      assert.equal(error.call, 'EapHostPeerBeginSession');
      assert.equal(error.winError, 0x80420011);
      assert.match(error.message, /199 \(author 5\) is not installed/u);
      return true;
    });
  });

  it('uses two methods side by side', async () => {
    await using host = await openTestHost();
    await using trivial = await host.beginSession({ method, credentials });
    await using scripted = await host.beginSession({ method: scriptedType, credentials });
    assert.equal((await trivial.process(identityRequest)).action, 'send');
    assert.equal((await scripted.process(identityRequest)).action, 'send');
  });
});

describe('The embedded run-time', () => {
  useLeakCheck();

  // By another author than the one that Windows' registry may know.
  const ownType = { ...trivialType, authorId: 4711 };
  const ownDll = { ...trivialDll, type: ownType };
  const isMissing = (error: unknown): boolean => hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED');

  it('registers methods and takes them out again', async () => {
    await using host = await openEapHost({ runtime: 'embedded' });
    const begin = () => host.beginSession({ method: ownType, credentials });
    await assert.rejects(begin(), isMissing);
    await host.registerMethod(ownDll);
    await using session = await begin();
    assert.equal((await session.process(identityRequest)).action, 'send');
    await host.unregisterMethod(ownType);
    await assert.rejects(begin(), isMissing);
    // The session goes on with its method.
    const step = await session.process(trivialRequest(2));
    assert.ok(step.action === 'send');
    assert.deepEqual(step.packet, trivialResponse(2));
  });

  it('keeps the methods of one host from another', async () => {
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [ownDll] });
    await using other = await openEapHost({ runtime: 'embedded' });
    await using session = await host.beginSession({ method: ownType, credentials });
    assert.equal((await session.process(identityRequest)).action, 'send');
    await assert.rejects(other.beginSession({ method: ownType, credentials }), isMissing);
  });

  it('is opened and closed again and again', async () => {
    for (let round = 0; round < 20; round += 1) {
      await using host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll], maxLanes: 1 });
      await using session = await host.beginSession({ method, credentials });
      assert.equal((await session.process(identityRequest)).action, 'send');
    }
  });

  it('counts what it holds', async () => {
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
    assert.equal(host.counters().sessions, 0);
    const session = await host.beginSession({ method, credentials });
    assert.equal(host.counters().sessions, 1);
    assert.ok(host.counters().loadedMethods >= 1);
    await session.end();
    await eventually(() => host.counters().sessions === 0, 'the session is gone');
  });
});
