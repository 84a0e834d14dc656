// Authenticator method DLLs that are wrong, each in the way that the case of its name is about.

import type { MethodMutant } from '../../subjects.js';
import {
  authenticatorMutant,
  crashingWhere,
  giving,
  neverEnds,
  refusing,
  refusingLater,
  without,
} from './tools.js';

/** Crashes where it is given a packet like this. */
function crashing(isBad: (packet: Uint8Array) => boolean): MethodMutant {
  return authenticatorMutant({ receivePacket: crashingWhere((packet) => isBad(packet as Uint8Array)) });
}

/** Accepts whatever comes, without a look at it. */
const accepting = authenticatorMutant({
  receivePacket: async () => 'result',
  getResult: async () => ({ isSuccess: true, keys: {} }),
});

/** Where the data of the pair's packets begins. */
const data = 12;

export const authenticatorMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapMethodAuthenticatorGetInfo-free-functions': authenticatorMutant({
    exports: without('EapMethodAuthenticatorFreeErrorMemory'),
  }),
  'windows-EapMethodAuthenticatorGetInfo-routines': authenticatorMutant({
    routines: without('EapMethodAuthenticatorSetAttributes'),
  }),
  'windows-EapMethodAuthenticatorGetInfo-other-type': { takesAnyType: true },
  'windows-EapMethodAuthenticatorBeginSession-host-attributes': authenticatorMutant({
    beginSession: (call, begin) =>
      (begin as { attributes?: readonly unknown[] }).attributes?.length ? refusing(call) : call(begin),
  }),
  'windows-EapMethodAuthenticatorBeginSession-flags-of-other-hosts': authenticatorMutant({
    beginSession: (call, begin) =>
      (begin as { flags?: readonly unknown[] }).flags?.length ? refusing(call) : call(begin),
  }),
  // Has room for two sessions.
  'windows-EapMethodAuthenticatorBeginSession-side-by-side': authenticatorMutant({
    beginSession: refusingLater(3),
  }),
  'windows-EapMethodAuthenticatorBeginSession-strange-identities': authenticatorMutant({
    beginSession: crashingWhere((begin) => (begin as { identity: string }).identity.length > 256),
  }),
  // Knows only its own size.
  'windows-EapMethodAuthenticatorBeginSession-largest-packet': authenticatorMutant({
    beginSession: (call, begin) => call({ ...(begin as object), maxSendPacketSize: 1400 }),
  }),
  'windows-EapMethodAuthenticatorBeginSession-damaged-connection-data': authenticatorMutant({
    beginSession: crashingWhere((begin) => (begin as { config: Uint8Array }).config.length === 3),
  }),
  'windows-EapMethodAuthenticatorReceivePacket-random-octets': crashing(({ length }) => length === data + 1),
  'windows-EapMethodAuthenticatorReceivePacket-no-packet-at-all': crashing(({ length }) => length === 0),
  'windows-EapMethodAuthenticatorReceivePacket-cut-short': crashing(({ length }) => length === data + 5),
  'windows-EapMethodAuthenticatorReceivePacket-length-beyond-packet': crashing(
    (packet) => packet[2] === 0xff && packet.length === data,
  ),
  'windows-EapMethodAuthenticatorReceivePacket-1500-octets': crashing(({ length }) => length > 1500),
  'windows-EapMethodAuthenticatorReceivePacket-65535-octets': crashing(({ length }) => length === 65_535),
  'windows-EapMethodAuthenticatorReceivePacket-other-type': accepting,
  'windows-EapMethodAuthenticatorGetResult-reason-of-failure': authenticatorMutant({
    getResult: giving({ failureReasonCode: 0 }),
  }),
  'windows-EapMethodAuthenticatorGetResult-no-keys-without-success': authenticatorMutant({
    getResult: giving({ keys: { msk: Buffer.alloc(64) } }),
  }),
  // Wants at least one.
  'windows-EapMethodAuthenticatorSetAttributes-empty': authenticatorMutant({
    setAttributes: (call, attributes) =>
      (attributes as readonly unknown[]).length === 0 ? refusing(call) : call(attributes),
  }),
  // Wants those that it knows.
  'windows-EapMethodAuthenticatorSetAttributes-unknown': authenticatorMutant({ setAttributes: refusing }),
  'windows-EapMethodAuthenticatorEndSession-GetAttributes-not-called': authenticatorMutant({
    end: neverEnds,
  }),
  // Takes what comes second for the peer's last word.
  'rfc3748-4.1-method-response-to-older-request': authenticatorMutant({
    receivePacket: (() => {
      let calls = 0;
      return async (call, ...args) => (++calls < 2 ? call(...args) : 'result');
    })(),
    getResult: async () => ({ isSuccess: true, keys: {} }),
  }),
  'rfc3748-2.2-method-request-for-response': accepting,
};
