// EapError: what it carries and what it says.

import assert from 'node:assert/strict';

import { errorAdvice } from '../../lib/base/error-advice.js';
import { systemErrorCodes } from '../../lib/base/error-codes.js';
import {
  EapError,
  eaphostError,
  guidOfCause,
  isNativeFailure,
  mostCauses,
  resultError,
  toEapError,
  type NativeEapError,
  type NativeFailure,
} from '../../lib/base/errors.js';

const method = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };
const noGuid = '00000000-0000-0000-0000-000000000000';

const eapError = (fields: Partial<NativeEapError>): NativeEapError => ({
  winError: 0,
  type: { type: 0, vendorId: 0, vendorType: 0, authorId: 0 },
  reasonCode: 0,
  rootCauseGuid: noGuid,
  repairGuid: noGuid,
  helpLinkGuid: noGuid,
  ...fields,
});

/** The EapError of a failure; fails the test where there is none. */
function errorOf(failure: NativeFailure): EapError {
  const error = toEapError(failure, method);
  assert.ok(error instanceof EapError);
  return error;
}

describe('EapError', () => {
  it('carries what EAPHost said', () => {
    const cause = '9612fc67-6150-4209-a85e-a8d800000204';
    const repair = '9612fc67-6150-4209-a85e-a8d800000020';
    const help = '33307acf-0698-41ba-b014-ea0a2eb8d0a8';
    const error = errorOf({
      call: 'EapHostPeerProcessReceivedPacket',
      winError: 0x80420014,
      error: eapError({
        winError: 0x80420014,
        type: { type: 254, vendorId: 9, vendorType: 8, authorId: 7 },
        reasonCode: 1317,
        rootCauseGuid: cause,
        repairGuid: repair,
        helpLinkGuid: help,
        rootCause: 'Nobody is known',
        repair: 'Ask somebody',
      }),
    });
    assert.equal(error.name, 'EapError');
    assert.equal(error.code, 'EAP_E_EAPHOST_IDENTITY_UNKNOWN');
    assert.equal(error.winError, 0x80420014);
    assert.equal(error.reasonCode, 1317);
    assert.deepEqual(error.method, { type: 254, vendorId: 9, vendorType: 8, authorId: 7 });
    assert.equal(error.rootCause, 'Nobody is known');
    assert.equal(error.repair, 'Ask somebody');
    assert.equal(error.rootCauseGuid, cause);
    assert.equal(error.repairGuid, repair);
    assert.equal(error.helpLinkGuid, help);
    assert.equal(error.call, 'EapHostPeerProcessReceivedPacket');
    for (const part of [
      'EapHostPeerProcessReceivedPacket failed',
      'credentials to beginSession()',
      'EAP_E_EAPHOST_IDENTITY_UNKNOWN',
      'ERROR_NO_SUCH_USER',
      'Nobody is known',
      'Ask somebody',
    ]) {
      assert.ok(error.message.includes(part), `${part} in ${error.message}`);
    }
  });

  it('leaves out what was not said, and names the session’s method', () => {
    const error = errorOf({ call: 'EapHostPeerBeginSession', winError: 0x80420011, error: eapError({}) });
    assert.deepEqual(error.method, method);
    for (const name of ['rootCause', 'repair', 'rootCauseGuid', 'repairGuid', 'helpLinkGuid'] as const) {
      assert.equal(error[name], undefined);
    }
    assert.match(error.message, /EAP method 26 \(author 0\) is not installed/u);
    assert.equal(errorOf({ call: 'X', winError: 5 }).reasonCode, undefined);
  });

  const sentences: readonly (readonly [winError: number, code: string, message: RegExp])[] = [
    [127, 'ERROR_PROC_NOT_FOUND', /lacks a function that EAPHost calls/u],
    [126, 'ERROR_MOD_NOT_FOUND', /was not found; check the path/u],
    [1722, 'RPC_S_SERVER_UNAVAILABLE', /sc start EapHost/u],
    [0x800706ba, 'RPC_S_SERVER_UNAVAILABLE', /sc start EapHost/u],
    [1062, 'ERROR_SERVICE_NOT_ACTIVE', /sc start EapHost/u],
    [1058, 'ERROR_SERVICE_DISABLED', /sc config EapHost start= demand/u],
    [0x80010108, 'RPC_E_DISCONNECTED', /service was stopped/u],
    [0x80420020, 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED', /does not support this operation/u],
    [0x80070005, 'E_ACCESSDENIED', /needs more rights/u],
    [1460, 'ERROR_TIMEOUT', /did not answer in time/u],
    [646, 'ERROR_RESTRICTED_LOGON_HOURS', /may not log on at this time/u],
    [647, 'ERROR_ACCT_DISABLED', /is disabled/u],
    [648, 'ERROR_PASSWD_EXPIRED', /has expired; choose a new one/u],
    [649, 'ERROR_NO_DIALIN_PERMISSION', /may not use this network/u],
    [691, 'ERROR_AUTHENTICATION_FAILURE', /rejected the user name or the password/u],
    [709, 'ERROR_CHANGING_PASSWORD', /refused the new password/u],
    [4_000_000_000, 'ERROR_0xEE6B2800', /failed.*\(ERROR_0xEE6B2800\)/u],
    [31_999, 'ERROR_31999', /failed.*\(ERROR_31999\)/u],
  ];
  for (const [winError, code, message] of sentences) {
    it(`says what ${code} (${winError}) is about`, () => {
      const error = errorOf({ call: 'EapHostPeerBeginSession', winError });
      assert.equal(error.code, code);
      assert.match(error.message, message);
    });
  }

  it('has a sentence of the native side’s own', () => {
    const error = errorOf({ call: 'LoadLibrary', winError: 126, message: 'no such file: /x/y.so' });
    assert.equal(error.message, 'LoadLibrary failed: no such file: /x/y.so (ERROR_MOD_NOT_FOUND)');
  });

  it('is made of native failures and of nothing else', () => {
    for (const other of [undefined, null, 'x', 5, {}, { call: 'x' }, { winError: 1 }, new TypeError('x')]) {
      assert.ok(!isNativeFailure(other));
      assert.equal(toEapError(other, method), other);
    }
  });

  it('tells why an authentication failed', () => {
    const told = resultError(eapError({ winError: 0x80420112, rootCause: 'No' }), method);
    assert.equal(told.code, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    assert.equal(told.call, 'EapHostPeerGetResult');
    assert.match(told.message, /^The authentication failed: .*password.*Cause: No$/u);
    assert.equal(
      resultError(eapError({ reasonCode: 0x80420015 }), method).code,
      'EAP_E_AUTHENTICATION_FAILED',
    );
  });

  it('has the error that its GUID stands for as its cause, once, and among the last alone', () => {
    const guids = Array.from({ length: mostCauses + 1 }, (_, index) => guidOfCause(index));
    const failed = guids.map((rootCauseGuid) =>
      errorOf({ call: 'EapPeerEndSession', winError: 574, error: eapError({ rootCauseGuid }) }),
    );
    assert.deepEqual(
      failed.map(({ cause }) => cause),
      [...guids.keys()].map((index) => index || undefined),
    );
    assert.ok(failed.every(({ rootCauseGuid }) => rootCauseGuid === undefined));
    const again = resultError(eapError({ rootCauseGuid: guids.at(-1) ?? '' }));
    assert.equal(again.cause, undefined);
  });

  it('has codes of its own', () => {
    const cause = new Error('why');
    const error = eaphostError('EAPHOST_CLOSED', 'closed', cause);
    assert.equal(error.code, 'EAPHOST_CLOSED');
    assert.equal(error.winError, undefined);
    assert.equal(error.cause, cause);
    assert.ok(!Object.hasOwn(eaphostError('EAPHOST_CLOSED', 'closed'), 'cause'));
  });

  it('says nothing where there is nothing to say', () => {
    assert.equal(errorAdvice(31_999, method), undefined);
    assert.match(
      errorAdvice(systemErrorCodes.ERROR_NOT_SUPPORTED, { ...method, type: 0 }) ?? '',
      /of the session/u,
    );
  });
});
