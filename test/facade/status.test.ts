// The forms of EapHostPeerGetAuthStatus.

import assert from 'node:assert/strict';

import { decodeAuthParameter } from '../../lib/auth-status.js';

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
