// Peers of MD5-Challenge that are wrong, each in the way that the case of its name is about.

import { eapPacket } from '../../../../lib/eap/packet.js';
import type { PeerMutant } from '../../subjects.js';
import { answers, eapOf, mistakes } from '../tools.js';

/** Passes over challenges of this kind. */
const deafTo = (isUnheard: (challenge: Buffer) => boolean): PeerMutant => ({
  onReply(datagram) {
    const eap = eapOf(datagram);
    return eap?.[4] === 4 && isUnheard(eap) ? undefined : datagram;
  },
});
const digest = Buffer.concat([Buffer.of(4, 16), Buffer.alloc(16, 1)]);

export const md5PeerMutants: Readonly<Record<string, PeerMutant>> = {
  'rfc1994-4.1-challenge-of-one-octet': deafTo((eap) => (eap[5] ?? 0) < 8),
  'rfc1994-4.1-challenge-of-255-octets': deafTo((eap) => (eap[5] ?? 0) > 64),
  'rfc1994-4.1-challenge-without-name': deafTo((eap) => eap.length === 6 + (eap[5] ?? 0)),
  'rfc1994-4.1-challenge-of-no-octets': answers((eap) => eap[4] === 4 && eap[5] === 0, digest),
  'rfc1994-4.1-challenge-beyond-packet': answers(
    (eap) => eap[4] === 4 && eap.length < 6 + (eap[5] ?? 0),
    digest,
  ),
  'rfc1994-4.1-digest-of-sixteen-octets': mistakes((eap) =>
    eap[4] === 4 ? eapPacket(2, eap[1] ?? 0, Buffer.of(4, 15), eap.subarray(6, 21)) : undefined,
  ),
};
