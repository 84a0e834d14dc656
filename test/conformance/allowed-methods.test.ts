// Method DLLs that do what RFCs and Windows' documents allow, which another than ours might do: no case fails them.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/base/errors.js';
import { conformMethod } from '../../lib/conformance/index.js';
import { methodTarget, type CallMutant, type MethodMutant } from './subjects.js';
import { authenticatorMutant, giving, peerMutant, refusing } from './mutants/method/tools.js';

const notSupported: CallMutant = () =>
  Promise.reject(
    new EapError('it has no fields', { code: 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED', winError: 50 }),
  );

const failsResult = peerMutant({ getResult: refusing });
/** Its specification may let it end behind any Response: it proves no server, and derives no keys. */
const withoutKeys = peerMutant({ getResult: giving({ isSuccess: true, keys: {} }) });
/** Another vendor's value, in which there is no type and no length. */
const ofAnotherVendor = giving({ attributes: [{ type: 26, value: Buffer.from([0, 0, 0, 9, 0xff]) }] });
/** An octet that no proof covers was altered. */
const uncovered = authenticatorMutant({ getResult: giving({ isSuccess: true }) });
/** It counts on 1020 octets, as RFC 3748, 3.1 lets it. */
const wants1020: CallMutant = (call, begin) =>
  ((begin as { maxSendPacketSize?: number }).maxSendPacketSize ?? 1400) < 1020 ? refusing(call) : call(begin);
const refusesFields = peerMutant({ userBlobFromCredentialInputFields: refusing });
const withoutFields = peerMutant({ queryInteractiveUiInputFields: notSupported });

const allowed: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerGetResult-failure-before-end': failsResult,
  'windows-EapPeerGetResult-reason-of-failure': failsResult,
  'windows-EapPeerGetResult-no-keys-without-success': failsResult,
  'windows-EapPeerGetResult-unknown-before-end': withoutKeys,
  'rfc3748-4.2-method-success-before-end': withoutKeys,
  'windows-EapPeerGetResult-vendor-attributes': peerMutant({ getResult: ofAnotherVendor }),
  'windows-EapMethodAuthenticatorGetResult-vendor-attributes': authenticatorMutant({
    getResult: ofAnotherVendor,
  }),
  'windows-EapMethodAuthenticatorGetResult-reason-of-failure': uncovered,
  'windows-EapMethodAuthenticatorGetResult-no-keys-without-success': uncovered,
  // The name behind an MD5-Response is cut off: its proof is there.
  'windows-EapMethodAuthenticatorReceivePacket-cut-short': authenticatorMutant({
    receivePacket: (call, packet) => ((packet as Uint8Array).length === 14 ? 'result' : call(packet)),
    getResult: async () => ({ isSuccess: true, keys: {} }),
  }),
  'windows-EapPeerGetResponsePacket-exact-size': peerMutant({ beginSession: wants1020 }),
  'windows-EapMethodAuthenticatorSendPacket-exact-size': authenticatorMutant({ beginSession: wants1020 }),
  // The identity is the host's matter: PeerInvokeUsernameDialog.
  'windows-EapPeerGetIdentity-without-blobs': peerMutant({
    getIdentity: (call, asked) => (asked === undefined ? Promise.resolve({ invokeUi: false }) : call(asked)),
  }),
  // It cannot go on without its dialog.
  'windows-EapPeerBeginSession-SuppressUI-flag': peerMutant({
    beginSession: (call, begin) =>
      (begin as { flags?: readonly string[] }).flags?.includes('suppressUi') ? refusing(call) : call(begin),
  }),
  'windows-EapPeerQueryUserBlobFromCredentialInputFields-identity': refusesFields,
  'windows-EapPeerQueryUserBlobFromCredentialInputFields-larger-than-before': refusesFields,
  'windows-EapPeerQueryInteractiveUIInputFields-fields': withoutFields,
  'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-no-fields': withoutFields,
  'windows-EapPeerSetUIContext-random-octets': withoutFields,
  // It wants to know more.
  'windows-EapPeerSetUIContext-answer-of-its-dialog': peerMutant({
    setUiContext: (() => {
      let isAgain = false;
      return (call, ...args) => {
        if (isAgain) return call(...args);
        isAgain = true;
        return Promise.resolve({ action: 'invokeUi', allowNotifications: true });
      };
    })(),
  }),
};

describe('What method DLLs may do', function () {
  this.timeout(60_000);

  for (const [id, method] of Object.entries(allowed)) {
    it(`fails none in ${id}`, async () => {
      const [result] = await conformMethod(methodTarget(id, method), { only: [id] });
      assert.ok(result);
      assert.ok(['passed', 'notApplicable'].includes(result.verdict), `${result.verdict}: ${result.reason}`);
    });
  }
});
