// Method DLLs that are wrong, each in the way that the case of its name is about.

import type { DecodedKeys } from '../../../../lib/eap/attributes.js';
import type { PeerStep } from '../../../../lib/hosts/method.js';
import type { MethodMutant } from '../../subjects.js';
import { patched } from '../tools.js';
import {
  crashingWhere,
  givingLater,
  giving as given,
  peerMutant,
  refusing,
  refusingLater,
  without,
} from './tools.js';

/** A change of the packet that a peer's session sends. */
function sending(change: (packet: Uint8Array) => Uint8Array): MethodMutant {
  return {
    peer: {
      async process(call, ...args) {
        const step = (await call(...args)) as PeerStep;
        return step.action === 'send' ? { ...step, packet: change(step.packet) } : step;
      },
    },
  };
}

/** A change of what a call of the peer, or of its session, gives. */
function giving(name: string, change: object): MethodMutant {
  return peerMutant({ [name]: given(change) });
}

/** Crashes where it is given a packet like this. */
function crashing(isBad: (packet: Uint8Array) => boolean): MethodMutant {
  return peerMutant({ process: crashingWhere((packet) => isBad(packet as Uint8Array)) });
}

/** Where the data of the pair's packets begins. */
const data = 12;

/** A result with other keys. */
const otherKeys = (change: (keys: DecodedKeys) => DecodedKeys): MethodMutant =>
  peerMutant({
    getResult: given((result: { keys: DecodedKeys }) => ({ ...result, keys: change(result.keys) })),
  });

export const peerMethodMutants: Readonly<Record<string, MethodMutant>> = {
  // Asks for a dialog all the same.
  'windows-EapPeerGetIdentity-no-dialog-with-credentials': giving('getIdentity', { invokeUi: true }),
  // Keeps what it should free.
  'windows-EapPeerEndSession-before-first-packet': { peer: { end: () => undefined } },
  // Gives other keys than its authenticator has.
  'windows-EapPeerGetResult-success-with-keys': giving('getResult', { isSuccess: false }),
  // Says success whatever comes.
  'windows-EapPeerGetResult-failure-before-end': giving('getResult', { isSuccess: true }),
  // Counts identifiers by itself.
  'rfc3748-4.1-method-response-header': sending((packet) => patched(packet, { 1: 1 })),
  'windows-EapPeerFreeMemory-exported': peerMutant({ exports: without('EapPeerFreeMemory') }),
  'windows-EapPeerGetInfo-other-type': { takesAnyType: true },
  'windows-EapPeerGetInfo-routines': peerMutant({ routines: without('EapPeerGetUIContext') }),
  'windows-EapPeerGetIdentity-again': peerMutant({ getIdentity: givingLater({ identity: 'bob' }) }),
  // Cannot be asked while a session is open.
  'windows-EapPeerGetIdentity-in-a-session': peerMutant({ getIdentity: refusingLater() }),
  // Forgets the password.
  'windows-EapPeerGetIdentity-user-blob-for-session': giving('getIdentity', {
    credentials: Buffer.from('identity=alice;password='),
  }),
  'windows-EapPeerGetIdentity-without-blobs': peerMutant({
    getIdentity: crashingWhere((asked) => asked === undefined),
  }),
  'windows-EapPeerGetIdentity-non-interactive': peerMutant({ getIdentity: async () => ({ invokeUi: true }) }),
  'windows-EapPeerGetIdentity-damaged-user-blob': peerMutant({
    getIdentity: crashingWhere((asked) => (asked as { credentials: Uint8Array }).credentials.length === 1),
  }),
  'windows-EapPeerBeginSession-damaged-connection-data': peerMutant({
    beginSession: crashingWhere((begin) => (begin as { config?: Uint8Array }).config?.length === 3),
  }),
  'windows-EapPeerBeginSession-host-attributes': peerMutant({
    beginSession: (call, begin) =>
      (begin as { attributes?: readonly unknown[] }).attributes?.length ? refusing(call) : call(begin),
  }),
  'windows-EapPeerBeginSession-flags-of-other-hosts': peerMutant({
    beginSession: (call, begin) =>
      (begin as { flags?: readonly unknown[] }).flags?.length ? refusing(call) : call(begin),
  }),
  // Knows only its own size.
  'windows-EapPeerBeginSession-largest-packet': peerMutant({
    beginSession: (call, begin) => call({ ...(begin as object), maxSendPacketSize: 1400 }),
  }),
  'windows-EapPeerProcessRequestPacket-random-octets': crashing((packet) => packet.length === data + 1),
  'windows-EapPeerProcessRequestPacket-type-alone': crashing((packet) => packet.length === data),
  'windows-EapPeerProcessRequestPacket-cut-short': crashing((packet) => packet.length === data + 5),
  'windows-EapPeerProcessRequestPacket-1500-octets': crashing((packet) => packet.length > 1500),
  'windows-EapPeerProcessRequestPacket-65535-octets': crashing((packet) => packet.length === 65_535),
  'windows-EapPeerProcessRequestPacket-other-type': giving('getResult', { isSuccess: true }),
  'windows-EapPeerGetResult-reason-of-failure': giving('getResult', {
    failureReasonCode: 0,
    error: undefined,
  }),
  'windows-EapPeerGetResult-no-keys-without-success': giving('getResult', {
    keys: { msk: Buffer.alloc(64) },
  }),
  // Has both halves as the authenticator has them.
  'windows-EapPeerGetResult-mppe-halves': otherKeys(({ mppeSendKey, mppeRecvKey, ...keys }) => ({
    ...keys,
    ...(mppeSendKey && mppeRecvKey && { mppeSendKey: mppeRecvKey, mppeRecvKey: mppeSendKey }),
  })),
  'windows-EapPeerGetResult-connection-data-to-save': giving('getResult', {
    saveCredentials: Buffer.from('identity=alice;password=lion'),
  }),
  'rfc3748-4.2-method-success-before-request': giving('getResult', { isSuccess: true }),
  'rfc3748-4.2-method-success-before-end': giving('getResult', { isSuccess: true }),
  // Has but one half.
  'rfc3748-7.10-method-msk-of-64-octets': otherKeys(({ mppeRecvKey: _none, ...keys }) => keys),
  'rfc3748-7.10-method-emsk-of-64-octets': otherKeys(({ msk, ...keys }) => ({
    ...keys,
    ...(msk && { msk, emsk: msk }),
  })),
  'rfc5247-1.4-method-session-id': otherKeys((keys) => ({ ...keys, sessionId: Buffer.alloc(33) })),
};
