// Peers of TLS methods that are wrong, each in the way that the case of its name is about.

import { eapPacket } from '../../../../lib/eap/packet.js';
import { tlsPeer } from '../../../../lib/methods/tls/index.js';
import { own, ca, identity, type PeerMutant } from '../../subjects.js';
import { bentAdvance, bentPeer, otherResult } from '../tls-peer.js';
import { eapOf, mistakes, patched } from '../tools.js';

const more = 0x40;
const isTls = (eap: Buffer): boolean => eap[4] === 13;
const flagsOf = (eap: Buffer): number => eap[5] ?? 0;

const credulous: PeerMutant = {
  peer: tlsPeer({ insecurelyTrustAnyServer: true, ...own, identity, resumption: false }),
};
const believesAccept: PeerMutant = { isSuccess: (isAccepted) => isAccepted };

/** Passes over packets of this kind. */
const deafTo = (isUnheard: (eap: Buffer) => boolean): PeerMutant => ({
  onReply(datagram) {
    const eap = eapOf(datagram);
    return eap && isTls(eap) && isUnheard(eap) ? undefined : datagram;
  },
});

export const tlsPeerMutants: Readonly<Record<string, PeerMutant>> = {
  // Says more than it has to in an acknowledgement, or under another identifier.
  'rfc5216-2.1.5-fragment-acknowledged': mistakes((eap, { pending }) =>
    isTls(eap) && (flagsOf(pending ?? eap) & more) !== 0
      ? eapPacket(2, eap[1] ?? 0, eap.subarray(4), Buffer.of(0x16))
      : undefined,
  ),
  'rfc5216-2.1.5-identifier-of-acknowledgement': mistakes((eap, { pending }) =>
    isTls(eap) && (flagsOf(pending ?? eap) & more) !== 0 ? patched(eap, { 1: (eap[1] ?? 0) + 1 }) : undefined,
  ),
  'rfc5216-3.1-reserved-bits-ignored': deafTo((eap) => (flagsOf(eap) & 0x1f) !== 0),
  'rfc5216-3.2-reserved-bits-zero': mistakes((eap) =>
    isTls(eap) ? patched(eap, { 5: flagsOf(eap) | 1 }) : undefined,
  ),
  'rfc5216-3.1-padding-ignored': deafTo((eap) => eap.length > 256 * (eap[2] ?? 0) + (eap[3] ?? 0)),
  'rfc5216-5.3-server-of-another-authority': credulous,
  'rfc5216-3.1-length-of-whole-message': deafTo((eap) => (flagsOf(eap) & 0x80) !== 0),
  'rfc5216-3.1-short-message-without-length': deafTo((eap) => eap.length > 6 && flagsOf(eap) === 0),
  'rfc9190-2.5-success-without-commitment': {
    peer: tlsPeer({ ca, ...own, identity, resumption: false, commitment: 'optional' }),
  },
  'rfc5216-2.3-msk-of-both-sides': bentPeer('tls', {
    tunnel: otherResult({ keys: { msk: Buffer.alloc(64, 7) } }),
  }),
  'rfc9190-2.5-commitment-of-another-octet': bentPeer('tls', {
    settings: { commitment: 'optional' },
    tunnel: (healthy) => bentAdvance(healthy, () => ({ kind: 'send' })),
  }),
  'rfc3748-4.2-success-in-handshake': believesAccept,
  'rfc3748-4.2-success-before-inner-method': believesAccept,
  'mspeap-3.1.5.1-success-without-result': believesAccept,
  'rfc8446-5.2-altered-record-of-handshake': believesAccept,
  'rfc8446-5.2-altered-record-of-data': believesAccept,
};
