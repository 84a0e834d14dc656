// Every action of a session, through addon, embedded run-time, shim and a method in TypeScript.

import assert from 'node:assert/strict';

import { openEapHost, type EapHost, type Session, type Step } from '../../lib/index.js';
import {
  answerTo,
  eapFailure,
  eapSuccess,
  identityRequest,
  request,
  scriptMethod,
  scriptType,
  type MethodScript,
} from './script-method.js';
import { hasCode, useLeakCheck } from './support.js';

/** The compiler refuses this where a step is forgotten. */
function describeStep(step: Step): string {
  switch (step.action) {
    case 'send':
      return `send ${step.packet.toString('hex')}`;
    case 'result':
      return `result ${step.result.isSuccess}`;
    case 'invokeUi':
      return `invokeUi ${step.context.toString('hex')}`;
    case 'respond':
      return `respond ${step.attributes.map(({ type, value }) => `${type}=${Buffer.from(value).toString('hex')}`).join()}`;
    case 'startAuthentication':
    case 'discard':
    case 'none':
      return step.action;
    default: {
      const forgotten: never = step;
      return forgotten;
    }
  }
}

const identityResponse = Buffer.concat([Buffer.from([2, 1, 0, 13, 1]), Buffer.from('somebody')]);

/** A session with a scripted method that was asked for the identity. */
async function begin(script: MethodScript): Promise<{ host: EapHost; session: Session } & AsyncDisposable> {
  const host = await openEapHost({ runtime: 'embedded', methods: [scriptMethod(script)] });
  const session = await host.beginSession({ method: scriptType, credentials: Buffer.of(1) });
  assert.equal(
    describeStep(await session.process(identityRequest)),
    `send ${identityResponse.toString('hex')}`,
  );
  return { host, session, [Symbol.asyncDispose]: () => host.close() };
}

describe('The actions of a session', () => {
  useLeakCheck();

  it('send, and result', async () => {
    await using scene = await begin({});
    const { session } = scene;
    const packet = request(2, Buffer.from('hello'));
    assert.equal(describeStep(await session.process(packet)), `send ${answerTo(packet).toString('hex')}`);
    assert.equal(describeStep(await session.process(eapSuccess(2))), 'result true');
  });

  it('result of a failure, with all that the method says', async () => {
    await using scene = await begin({
      getResult: () => ({
        isSuccess: false,
        failureReasonCode: 0x80420112,
        rootCause: 'The server did not like it.',
      }),
    });
    const { session } = scene;
    await session.process(request(2));
    const step = await session.process(eapFailure(2));
    assert.ok(step.action === 'result');
    const { result } = step;
    assert.equal(result.isSuccess, false);
    assert.equal(result.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    assert.ok(result.error !== undefined);
    assert.equal(result.error.rootCause, 'The server did not like it.');
    assert.match(result.error.message, /The server did not like it/u);
    assert.deepEqual(result.keys, {});
  });

  it('result of a success, with blobs, keys and attributes', async () => {
    const sendKey = Buffer.alloc(32, 1);
    const recvKey = Buffer.alloc(32, 2);
    const mppe = (type: number, key: Buffer): Buffer =>
      Buffer.concat([Buffer.from([0, 0, 1, 55, type, 52, 0, 0, 32]), key, Buffer.alloc(15)]);
    await using scene = await begin({
      getResult: () => ({
        isSuccess: true,
        saveConfig: Buffer.from('new config'),
        saveCredentials: Buffer.from('new credentials'),
        attributes: [
          { type: 26, value: mppe(16, sendKey) },
          { type: 26, value: mppe(17, recvKey) },
          { type: 9003, value: Buffer.alloc(64, 3) },
          { type: 9004, value: Buffer.from('session') },
        ],
      }),
    });
    const { session } = scene;
    await session.process(request(2));
    const step = await session.process(eapSuccess(2));
    assert.ok(step.action === 'result');
    const { result } = step;
    assert.equal(result.isSuccess, true);
    assert.equal(result.failureReasonCode, 0);
    assert.deepEqual(result.saveConfig, Buffer.from('new config'));
    assert.deepEqual(result.saveCredentials, Buffer.from('new credentials'));
    assert.deepEqual(result.keys.msk, Buffer.concat([sendKey, recvKey]));
    assert.deepEqual(result.keys.emsk, Buffer.alloc(64, 3));
    assert.deepEqual(result.keys.sessionId, Buffer.from('session'));
    assert.equal(result.attributes.length, 4);
    assert.equal(result.error, undefined);
    assert.deepEqual(result.methodInfo?.type, scriptType);
    assert.equal(result.isolationState, 'unknown');
  });

  it('invokeUi', async () => {
    await using scene = await begin({
      process: () => ({ action: 'invokeUi', context: Buffer.from('ask') }),
      setUiContext: (context) => {
        assert.deepEqual(context, Buffer.from('answer'));
        return { action: 'send', packet: answerTo(request(2)) };
      },
    });
    const { session } = scene;
    const step = await session.process(request(2));
    assert.ok(step.action === 'invokeUi');
    assert.ok(step.context.includes('ask'));
    const next = await session.setUiContext(Buffer.from('answer'));
    assert.equal(describeStep(next), `send ${answerTo(request(2)).toString('hex')}`);
  });

  it('respond', async () => {
    await using scene = await begin({
      process: () => ({ action: 'respond', attributes: [{ type: 8103, value: Buffer.of(1, 0, 0, 0) }] }),
      setResponseAttributes: (attributes) => {
        assert.deepEqual(
          attributes.map(({ type, value }) => [type, Buffer.from(value)]),
          [[1, Buffer.from('me')]],
        );
        return { action: 'send', packet: answerTo(request(2)) };
      },
    });
    const { session } = scene;
    assert.equal(describeStep(await session.process(request(2))), 'respond 8103=01000000');
    const next = await session.setResponseAttributes([{ type: 1, value: Buffer.from('me') }]);
    assert.equal(describeStep(next), `send ${answerTo(request(2)).toString('hex')}`);
  });

  it('discard, by the method and by the run-time', async () => {
    await using scene = await begin({ process: () => ({ action: 'discard' }) });
    const { session } = scene;
    assert.equal(describeStep(await session.process(request(2))), 'discard');
    assert.equal(describeStep(await session.process(answerTo(request(2)))), 'discard');
  });

  it('discard of what is no EAP packet, without a call; padding is cut off', async () => {
    const seen: Buffer[] = [];
    await using scene = await begin({
      process: (packet) => {
        seen.push(packet);
        return { action: 'send', packet: answerTo(packet) };
      },
    });
    const { session } = scene;
    for (const bytes of [[], [1], [1, 2, 0], [1, 2, 0, 3], [1, 2, 0, 9, 254], [1, 2, 1, 0, 254, 0]]) {
      assert.equal(describeStep(await session.process(Uint8Array.from(bytes))), 'discard');
    }
    const padded = Buffer.concat([request(2), Buffer.alloc(20)]);
    assert.equal((await session.process(padded)).action, 'send');
    assert.deepEqual(seen, [request(2)]);
  });

  it('none', async () => {
    await using scene = await begin({ process: () => ({ action: 'none' }) });
    assert.equal(describeStep(await scene.session.process(request(2))), 'none');
  });

  it('runs calls of a session in the order in which they are made', async () => {
    const seen: number[] = [];
    await using scene = await begin({
      process: async (packet) => {
        const id = packet.readUInt8(1);
        await new Promise((resolve) => {
          setTimeout(resolve, 20 - id);
        });
        seen.push(id);
        return { action: 'send', packet: answerTo(packet) };
      },
    });
    const ids = [2, 3, 4, 5, 6, 7];
    const steps = await Promise.all(ids.map((id) => scene.session.process(request(id))));
    assert.deepEqual(seen, ids);
    for (const [index, step] of steps.entries()) {
      assert.ok(step.action === 'send');
      assert.equal(step.packet[1], ids[index]);
    }
  });

  it('rejects where the method throws, and goes on', async () => {
    let calls = 0;
    await using scene = await begin({
      process: (packet) => {
        calls += 1;
        if (calls === 1) throw new Error('a bug in the method');
        return { action: 'send', packet: answerTo(packet) };
      },
    });
    const { session } = scene;
    await assert.rejects(session.process(request(2)), (error) => {
      assert.ok(hasCode(error, 'EAP_E_AUTHENTICATION_FAILED'));
      assert.equal(error.call, 'EapHostPeerProcessReceivedPacket');
      assert.ok(!error.message.includes('a bug in the method'));
      return true;
    });
    assert.equal((await session.process(request(3))).action, 'send');
  });
});
