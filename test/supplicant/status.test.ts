// The forms of EapHostPeerGetAuthStatus.

import assert from 'node:assert/strict';

import { decodeAuthParameter } from '../../lib/supplicant/result.js';
import { eapFailure, eapSuccess, identityRequest, request } from './script-method.js';
import { hasCode, openTestHost, runtime, scriptedType, useLeakCheck } from './support.js';

const numbers = (...values: number[]): Buffer => {
  const data = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) data.writeUInt32LE(value, index * 4);
  return data;
};

describe('The status of a session', () => {
  it('is decoded', () => {
    assert.deepEqual(decodeAuthParameter('authStatus', numbers(6, 0x80420112, 1326)), {
      status: 'failed',
      errorCode: 0x80420112,
      error: 'EAP_E_USER_NAME_PASSWORD_REJECTED',
      reasonCode: 1326,
      reason: 'ERROR_LOGON_FAILURE',
    });
    const nothing = {
      status: 'invalidSession',
      errorCode: 0,
      error: undefined,
      reasonCode: 0,
      reason: undefined,
    };
    assert.deepEqual(decodeAuthParameter('authStatus', Buffer.alloc(0)), nothing);
    assert.deepEqual(decodeAuthParameter('authStatus', numbers(99, 0, 0)), nothing);
  });

  it('has the identity up to its end', () => {
    assert.equal(decodeAuthParameter('identity', Buffer.from('alice\0xyz', 'utf16le')), 'alice');
    assert.equal(decodeAuthParameter('identity', Buffer.from('älice', 'utf16le')), 'älice');
    assert.equal(decodeAuthParameter('identity', Buffer.alloc(0)), '');
    const extended = Buffer.from('octets');
    assert.equal(decodeAuthParameter('identityExtendedInfo', extended), extended);
  });

  it('has what Network Access Protection says', () => {
    // 2026-11-21T00:00:00Z as a FILETIME.
    const fileTime = (BigInt(Date.UTC(2026, 10, 21)) + 11_644_473_600_000n) * 10_000n;
    const head = numbers(2, Number(fileTime & 0xffffffffn), Number(fileTime >> 32n), 4);
    assert.deepEqual(decodeAuthParameter('napInfo', Buffer.concat([head, Buffer.from('id\0', 'utf16le')])), {
      isolationState: 'inProbation',
      probationTime: new Date('2026-11-21T00:00:00Z'),
      correlationId: 'id',
    });
    assert.deepEqual(decodeAuthParameter('napInfo', Buffer.alloc(0)), {
      isolationState: 'unknown',
      probationTime: undefined,
      correlationId: '',
    });
  });
});

describe(`What the ${runtime} run-time tells of a session`, () => {
  useLeakCheck();
  const options = { method: scriptedType, credentials: Buffer.from('\u00e4lice') };
  const status = (name: string) => ({
    status: name,
    errorCode: 0,
    error: undefined,
    reasonCode: 0,
    reason: undefined,
  });

  it('is each of the four parameters, from the beginning to the result', async () => {
    await using host = await openTestHost();
    await using session = await host.beginSession(options);
    assert.deepEqual(await session.getAuthStatus('authStatus'), status('notStarted'));
    assert.equal(await session.getAuthStatus('identity'), '');

    const step = await session.process(identityRequest);
    assert.ok(step.action === 'send');
    const told = step.packet.subarray(5);
    assert.equal(await session.getAuthStatus('identity'), told.toString());
    assert.deepEqual(
      await session.getAuthStatus('identityExtendedInfo'),
      Buffer.concat([told, Buffer.of(0)]),
    );
    assert.deepEqual(await session.getAuthStatus('napInfo'), {
      isolationState: 'unknown',
      probationTime: undefined,
      correlationId: '',
    });
    await session.process(request(2, Buffer.of(0), scriptedType));
    assert.deepEqual(await session.getAuthStatus('authStatus'), status('inProgress'));
    await session.process(eapSuccess(2));
    assert.deepEqual(await session.getAuthStatus('authStatus'), status('succeeded'));
  });

  it('has the codes of a failure', async () => {
    await using host = await openTestHost();
    await using session = await host.beginSession(options);
    await session.process(identityRequest);
    await session.process(request(2, Buffer.of(0), scriptedType));
    const step = await session.process(eapFailure(2));
    assert.ok(step.action === 'result' && !step.result.isSuccess);
    const { status: name, errorCode, error } = await session.getAuthStatus('authStatus');
    assert.equal(name, 'failed');
    assert.notEqual(errorCode, 0);
    assert.ok(error !== undefined);
  });

  for (const [reason, isSuccess] of [
    ['altSuccess', true],
    ['timeout', false],
    ['fromMethod', true],
  ] as const) {
    it(`has a result for the reason ${reason}`, async () => {
      await using host = await openTestHost();
      await using session = await host.beginSession(options);
      await session.process(identityRequest);
      await session.process(request(2, Buffer.of(0), scriptedType));
      if (reason === 'fromMethod') {
        const step = await session.process(eapSuccess(2));
        assert.ok(step.action === 'result');
        assert.deepEqual(await session.getResult(reason), step.result);
      } else {
        assert.equal((await session.getResult(reason)).isSuccess, isSuccess);
      }
    });
  }

  it('is no result of the method before the method has one', async () => {
    await using host = await openTestHost();
    await using session = await host.beginSession(options);
    await session.process(identityRequest);
    await assert.rejects(session.getResult('fromMethod'), (error) => hasCode(error, 'ERROR_INVALID_STATE'));
  });

  it('takes an answer of no attributes, and one of each size', async () => {
    await using host = await openTestHost();
    await using session = await host.beginSession({
      ...options,
      config: Buffer.from('step=respond,respond,respond,send'),
    });
    await session.process(identityRequest);
    let step = await session.process(request(2, Buffer.of(0), scriptedType));
    for (const attributes of [
      [],
      [{ type: 0, value: Buffer.alloc(0) }],
      [
        { type: 1, value: Buffer.from('alice') },
        { type: -1, value: Buffer.alloc(70_000) },
      ],
    ]) {
      assert.equal(step.action, 'respond');
      step = await session.setResponseAttributes(attributes);
    }
    assert.equal(step.action, 'send');
  });
});
