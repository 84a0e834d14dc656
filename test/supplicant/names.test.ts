// The names of codes, flags and actions, compared with the Windows SDK's in native/abi.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import {
  eapErrorCodes,
  errorCodeName,
  errorCodeNumber,
  systemErrorCodes,
  win32CodeOf,
} from '../../lib/base/error-codes.js';
import {
  actionNumbers,
  authParameterNumbers,
  authStatusNumbers,
  bitsToFlags,
  bitsToProperties,
  flagBits,
  formatMethodType,
  isolationStateNumbers,
  isSameMethodType,
  nameOf,
  namesToBits,
  propertyBits,
  resultReasonNumbers,
  toMethodType,
} from '../../lib/eap/names.js';

interface Constant {
  readonly value: number | string;
  readonly group?: string;
}

interface Abi {
  readonly constants: Readonly<Record<string, Constant>>;
  readonly enums: Readonly<Record<string, { readonly members: Readonly<Record<string, number>> }>>;
}

const abi: Abi = JSON.parse(
  readFileSync(new URL('../../../native/abi/eaphost-abi.json', import.meta.url), 'utf8'),
);

/** The SDK's constants of a group, by name. */
function constants(group: string): Map<string, number> {
  const found = Object.entries(abi.constants).filter(([, constant]) => constant.group === group);
  return new Map(found.map(([name, { value }]) => [name, Number(value)]));
}

const capitalized = (name: string): string => name[0]?.toUpperCase() + name.slice(1);
const snake = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase();

describe('Names of numbers', () => {
  it('has every flag of the SDK that has a name, with its number', () => {
    const spellings: Readonly<Record<string, string>> = {
      healthStateChange: 'EAP_PEER_FLAG_HEALTH_STATE_CHANGE',
      suppressUi: 'EAP_FLAG_SUPRESS_UI',
      configReadonly: 'EAP_FLAG_CONFG_READONLY',
    };
    const ours = new Map(
      Object.entries(flagBits).map(([name, bit]) => [spellings[name] ?? `EAP_FLAG_${snake(name)}`, bit]),
    );
    const theirs = constants('eap_flag');
    for (const name of theirs.keys()) {
      // EAP_PEER_FLAG_GUEST_ACCESS is EAP_FLAG_GUEST_ACCESS by another name.
      if (name.includes('Reserved') || name === 'EAP_PEER_FLAG_GUEST_ACCESS') theirs.delete(name);
    }
    assert.deepEqual(ours, theirs);
  });

  it('has every method property of the SDK, with its number', () => {
    const ours = new Map(
      Object.entries(propertyBits).map(([name, bit]) => [`eapProp${capitalized(name)}`, bit]),
    );
    const theirs = constants('method_property');
    theirs.delete('eapPropReserved');
    assert.deepEqual(ours, theirs);
  });

  it('has every error code of the SDK, with its number', () => {
    const theirs = constants('error');
    for (const name of theirs.keys()) if (/_(FIRST|LAST)$/u.test(name)) theirs.delete(name);
    assert.deepEqual(new Map(Object.entries(eapErrorCodes)), theirs);
  });

  const enums = [
    { enumeration: 'EapHostPeerResponseAction', prefix: 'EapHostPeerResponse', ours: actionNumbers },
    {
      enumeration: 'EapHostPeerMethodResultReason',
      prefix: 'EapHostPeerMethodResult',
      ours: resultReasonNumbers,
      spellings: { altSuccess: 'EapHostPeerMethodResultAltSuccessReceived' },
    },
    {
      enumeration: 'EapHostPeerAuthParams',
      prefix: 'EapHostPeer',
      ours: authParameterNumbers,
      spellings: { napInfo: 'EapHostNapInfo' },
    },
    {
      enumeration: 'EAPHOST_AUTH_STATUS',
      prefix: 'EapHostAuth',
      ours: authStatusNumbers,
      spellings: { invalidSession: 'EapHostInvalidSession' },
    },
    {
      enumeration: 'ISOLATION_STATE',
      prefix: 'ISOLATION_STATE_',
      ours: isolationStateNumbers,
      spellings: {
        unknown: 'ISOLATION_STATE_UNKNOWN',
        notRestricted: 'ISOLATION_STATE_NOT_RESTRICTED',
        inProbation: 'ISOLATION_STATE_IN_PROBATION',
        restrictedAccess: 'ISOLATION_STATE_RESTRICTED_ACCESS',
      },
    },
  ];
  for (const { enumeration, prefix, ours, spellings } of enums) {
    it(`has every value of ${enumeration}`, () => {
      const named: Readonly<Record<string, string>> = spellings ?? {};
      const members = Object.entries(ours).map(([name, number]) => [
        named[name] ?? prefix + capitalized(name),
        number,
      ]);
      assert.deepEqual(Object.fromEntries(members), abi.enums[enumeration]?.members);
    });
  }

  it('turns a code into its name and back', () => {
    for (const [name, code] of Object.entries({ ...eapErrorCodes, ...systemErrorCodes })) {
      assert.equal(errorCodeNumber(name), code);
      assert.equal(errorCodeNumber(errorCodeName(code)), code);
    }
    const cases: readonly (readonly [code: number, name: string])[] = [
      [0x80420011, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'],
      [0x80420017, 'EAP_E_EAPHOST_METHOD_INVALID_PACKET'],
      [-2_143_157_998, 'EAP_E_USER_NAME_PASSWORD_REJECTED'],
      [127, 'ERROR_PROC_NOT_FOUND'],
      [0x8007007f, 'ERROR_PROC_NOT_FOUND'],
      [0x800706ba, 'RPC_S_SERVER_UNAVAILABLE'],
      [0x80070005, 'E_ACCESSDENIED'],
      [57_893, 'ERROR_57893'],
      [646, 'ERROR_RESTRICTED_LOGON_HOURS'],
      [647, 'ERROR_ACCT_DISABLED'],
      [648, 'ERROR_PASSWD_EXPIRED'],
      [649, 'ERROR_NO_DIALIN_PERMISSION'],
      [691, 'ERROR_AUTHENTICATION_FAILURE'],
      [709, 'ERROR_CHANGING_PASSWORD'],
      [0x8042_0f0f, 'ERROR_0x80420F0F'],
      [0x0001_0000, 'ERROR_0x00010000'],
    ];
    for (const [code, name] of cases) assert.equal(errorCodeName(code), name);
    assert.equal(errorCodeNumber('ERROR_57893'), 57_893);
    assert.equal(errorCodeNumber('ERROR_0x80420F0F'), 0x8042_0f0f);
    for (const name of ['', 'ERROR_', 'ERROR_NO_SUCH_CODE', 'ERROR_99999999999', 'EAP_E_EAPHOST_FIRST']) {
      assert.equal(errorCodeNumber(name), undefined);
    }
    assert.equal(win32CodeOf(0x800706ba), 1722);
    assert.equal(win32CodeOf(0x80420011), 0x80420011);
  });

  it('turns sets of names into bits and back', () => {
    assert.equal(namesToBits(['machineAuth', 'nonInteractive'], 'flags', flagBits), 0x22);
    assert.equal(namesToBits([], 'flags', flagBits), 0);
    assert.deepEqual(bitsToFlags(0x22 | 0x1), new Set(['nonInteractive', 'machineAuth']));
    assert.deepEqual(bitsToProperties(0x80000022), ['mutualAuth', 'keyDerivation']);
    assert.equal(nameOf(actionNumbers, 3), 'invokeUi');
    assert.equal(nameOf(actionNumbers, 7), undefined);
  });

  it('knows method types', () => {
    const full = { type: 26, vendorId: 0, vendorType: 0, authorId: 311 };
    assert.deepEqual(toMethodType({ type: 26, authorId: 311 }, 'method'), full);
    assert.equal(formatMethodType({ type: 26, authorId: 311 }), '26 (author 311)');
    assert.equal(formatMethodType({ type: 254, vendorId: 14_122, vendorType: 1 }), '254/14122/1 (author 0)');
    assert.ok(isSameMethodType({ type: 26 }, { type: 26, vendorId: 0, vendorType: 0, authorId: 0 }));
    assert.ok(!isSameMethodType({ type: 26 }, full));
    assert.ok(!isSameMethodType({ type: 254, vendorType: 1 }, { type: 254, vendorType: 2 }));
  });
});
