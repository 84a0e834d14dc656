// Every action and every failure of a native method, through the run-time of the suites.

import assert from 'node:assert/strict';

import type { EapHost, Session, Step } from '../../lib/index.js';
import { answerTo, eapSuccess, identityRequest, methodPacket, request } from './script-method.js';
import { hasCode, openTestHost, runtime, scriptedType, useLeakCheck } from './support.js';

const scriptedRequest = (id: number): Buffer => request(id, Buffer.of(0), scriptedType);
const response = (id: number): Buffer => methodPacket(2, id, scriptedType, Buffer.from('R'));

describe(`A native method in the ${runtime} run-time`, () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openTestHost();
  });
  after(() => host.close());

  /** A session that runs a script (test/native/methods/test_method.h), after its identity. */
  async function begin(script: string): Promise<Session> {
    const session = await host.beginSession({
      method: scriptedType,
      config: Buffer.from(script),
      credentials: Buffer.from('alice'),
    });
    const step = await session.process(identityRequest);
    assert.ok(step.action === 'send');
    assert.equal(step.packet.toString('utf8', 5), 'alice');
    return session;
  }

  const process = async (session: Session, id = 2): Promise<Step> => session.process(scriptedRequest(id));

  it('sends, and has a result with everything in it', async () => {
    await using session = await begin('savec=connection saveu=user');
    assert.deepEqual(await process(session), { action: 'send', packet: response(2) });
    const step = await session.process(eapSuccess(2));
    assert.ok(step.action === 'result');
    const { result } = step;
    assert.equal(result.isSuccess, true);
    assert.equal(result.reason, undefined);
    assert.deepEqual(result.saveConfig, Buffer.from('connection'));
    assert.deepEqual(result.saveCredentials, Buffer.from('user'));
    assert.deepEqual(result.keys.emsk, Buffer.from('attribute'));
    assert.deepEqual(result.methodInfo?.type, scriptedType);
    assert.equal(result.methodInfo?.friendlyName, 'Scripted');
    assert.deepEqual(result.methodInfo?.properties, ['mppeEncryption', 'supportsConfig']);
  });

  it('sends again what it has sent, for a duplicate', async () => {
    await using session = await begin('step=send,discard');
    assert.deepEqual(await process(session), { action: 'send', packet: response(2) });
    assert.deepEqual(await process(session), { action: 'send', packet: response(2) });
    assert.deepEqual(await process(session, 3), { action: 'discard' });
  });

  it('discards', async () => {
    await using session = await begin('step=discard,send');
    assert.deepEqual(await process(session), { action: 'discard' });
    assert.deepEqual(await session.process(answerTo(scriptedRequest(3))), { action: 'discard' });
    assert.equal((await process(session, 3)).action, 'send');
  });

  it('has nothing to say', async () => {
    await using session = await begin('step=none');
    assert.deepEqual(await process(session), { action: 'none' });
  });

  it('asks for its user interface', async () => {
    await using session = await begin('step=ui,send');
    const step = await process(session);
    assert.ok(step.action === 'invokeUi');
    assert.ok(step.context.includes('method context'));
    assert.deepEqual(await session.setUiContext(Buffer.from('answer')), {
      action: 'send',
      packet: response(2),
    });
  });

  it('hands out attributes', async () => {
    await using session = await begin('step=respond,send');
    const step = await process(session);
    assert.ok(step.action === 'respond');
    assert.deepEqual(step.attributes[0], { type: 8102, value: Buffer.from('attribute') });
    assert.deepEqual(await session.setResponseAttributes([]), { action: 'send', packet: response(2) });
  });

  it('has a result by itself', async () => {
    await using session = await begin('step=result refuse');
    const step = await process(session);
    assert.ok(step.action === 'result');
    assert.equal(step.result.isSuccess, false);
    assert.equal(step.result.failureReasonCode, 4712);
    assert.equal(step.result.reason, 'ERROR_4712');
  });

  it('says why it refused', async () => {
    await using session = await begin('step=result refuse resulterror');
    const step = await process(session);
    assert.ok(step.action === 'result');
    const { error } = step.result;
    assert.ok(hasCode(error, 'ERROR_4711'));
    assert.equal(error.reasonCode, 4712);
    assert.equal(error.call, 'EapHostPeerGetResult');
    assert.match(
      error.message,
      /^The authentication failed .*Cause: scripted cause\. Repair: scripted repair$/u,
    );
  });

  it('fails with all that an EAP_ERROR holds', async () => {
    await using session = await begin('fail=ProcessRequestPacket:1317e');
    await assert.rejects(process(session), (error) => {
      assert.ok(hasCode(error, 'ERROR_NO_SUCH_USER'));
      assert.equal(error.winError, 1317);
      assert.equal(error.reasonCode, 1318);
      assert.equal(error.call, 'EapHostPeerProcessReceivedPacket');
      assert.deepEqual(error.method, scriptedType);
      assert.equal(error.rootCause, 'scripted cause');
      assert.equal(error.repair, 'scripted repair');
      assert.equal(error.rootCauseGuid, '00000001-0002-0003-0405-060708090a0b');
      assert.equal(error.repairGuid, '0000000c-0000-0000-0000-000000000000');
      assert.equal(error.helpLinkGuid, '0000000d-0000-0000-0000-000000000000');
      assert.match(error.message, /found no credentials for this user/u);
      return true;
    });
  });

  const failures: readonly (readonly [script: string, code: string])[] = [
    ['fail=ProcessRequestPacket:1460', 'ERROR_TIMEOUT'],
    ['fail=ProcessRequestPacket:57893', 'ERROR_57893'],
    ['fail=GetResponsePacket:1236e', 'ERROR_CONNECTION_ABORTED'],
  ];
  for (const [script, code] of failures) {
    it(`fails with ${code} where the method does: ${script}`, async () => {
      await using session = await begin(script);
      await assert.rejects(process(session), (error) => hasCode(error, code));
    });
  }

  it('fails on the way to an answer, and the session can be ended', async () => {
    await using session = await begin('step=ui,send fail=SetUIContext:1223');
    const step = await process(session);
    assert.ok(step.action === 'invokeUi');
    await assert.rejects(session.setUiContext(Buffer.of(1)), (error) => {
      assert.ok(hasCode(error, 'ERROR_CANCELLED'));
      assert.equal(error.call, 'EapHostPeerSetUIContext');
      return true;
    });
  });

  it('refuses calls out of turn', async () => {
    await using session = await begin('');
    for (const call of [
      session.setUiContext(Buffer.of(1)),
      session.setResponseAttributes([]),
      session.getResult('fromMethod'),
    ]) {
      await assert.rejects(call, { name: 'EapError' });
    }
    assert.equal((await process(session)).action, 'send');
  });

  it('throws, and the process lives', async () => {
    await using session = await begin('throw=ProcessRequestPacket');
    await assert.rejects(process(session), { name: 'EapError' });
  });
});
