// Method DLLs that are wrong in their call sequences, each in the way that the case of its name is about.

import type { MethodMutant } from '../../subjects.js';
import { patched } from '../tools.js';
import {
  authenticatorMutant,
  givingLater,
  neverEnds,
  octetsOf,
  peerMutant,
  refusing,
  refusingLater,
} from './tools.js';

export const sequenceMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerEndSession-after-each-round': peerMutant({ end: neverEnds }),
  'windows-EapMethodAuthenticatorEndSession-after-each-round': authenticatorMutant({ end: neverEnds }),
  'windows-EapPeerEndSession-response-not-fetched': peerMutant({ end: neverEnds }),
  'windows-EapMethodAuthenticatorEndSession-before-first-packet': authenticatorMutant({ end: neverEnds }),
  // Has room for one session.
  'windows-EapPeerBeginSession-side-by-side': peerMutant({ beginSession: refusingLater() }),
  // Remembers that it has had its success.
  'windows-EapPeerBeginSession-again': peerMutant({ getResult: givingLater({ isSuccess: false }) }),
  'windows-EapPeerShutdown-and-loaded-again': peerMutant({ close: refusing }),
  // Takes 0 for none.
  'windows-EapMethodAuthenticatorSendPacket-identifier-zero': authenticatorMutant({
    sendPacket: octetsOf((packet) => (packet[1] === 0 ? patched(packet, { 1: 1 }) : packet)),
  }),
  // Wants Identifiers that grow.
  'windows-EapMethodAuthenticatorSendPacket-identifier-wraps': authenticatorMutant({
    sendPacket: (call, id) => (id === 0 ? refusing(call) : call(id)),
  }),
  // Copies the Identifier of the first Request alone.
  'rfc3748-4.1-method-header-of-each-response': peerMutant({
    getResponsePacket: octetsOf((packet, calls) => (calls > 1 ? patched(packet, { 1: 7 }) : packet)),
  }),
  'rfc3748-4.1-method-header-of-each-request': authenticatorMutant({
    sendPacket: octetsOf((packet, calls) => (calls > 1 ? patched(packet, { 1: 7 }) : packet)),
  }),
};
