// Peers of EAP-MSCHAPv2 that are wrong, each in the way that the case of its name is about.

import { eapCodes, eapPacket } from '../../../../lib/eap/packet.js';
import type { PeerMutant } from '../../subjects.js';
import { credulousMschapv2 } from '../tls-peer.js';
import { mistakes, patched, replies } from '../tools.js';

const credulous: PeerMutant = { peer: credulousMschapv2 };
const believesAccept: PeerMutant = { isSuccess: (isAccepted) => isAccepted };

/** Takes a challenge of any length for one of sixteen octets. */
const anyChallenge: PeerMutant = replies((eap) =>
  eap[4] === 26 && eap[5] === 1 && eap[9] !== 16
    ? eapPacket(
        eapCodes.request,
        eap[1] ?? 0,
        Buffer.of(26, 1, eap[6] ?? 0, 0, 21, 16),
        Buffer.alloc(16, eap[10]),
      )
    : undefined,
);

const isResponse = (eap: Buffer): boolean => eap[4] === 26 && eap[5] === 2;

export const mschapv2PeerMutants: Readonly<Record<string, PeerMutant>> = {
  'rfc2759-5-wrong-proof': credulous,
  'rfc2759-5-missing-proof': credulous,
  'rfc2759-5-empty-success': credulous,
  'rfc2759-5-proof-cut-short': credulous,
  'rfc2759-5-proof-of-zeros': credulous,
  'rfc2759-5-success-before-response': credulous,
  'mschap-3.2.5.1-challenge-of-8-octets': anyChallenge,
  'mschap-3.2.5.1-challenge-of-17-octets': anyChallenge,
  'rfc2759-4-reserved-octets-zero': mistakes((eap) =>
    isResponse(eap) ? patched(eap, { 30: 1 }) : undefined,
  ),
  'rfc2759-4-flags-zero': mistakes((eap) => (isResponse(eap) ? patched(eap, { 58: 4 }) : undefined)),
  // Has the server's challenge for its own.
  'rfc2759-4-peer-challenge-of-its-own': {
    onRequest: (datagram, flow) =>
      flow.eap(datagram, (eap) => {
        const { pending } = flow;
        if (!isResponse(eap) || !pending) return undefined;
        return Buffer.concat([eap.subarray(0, 10), pending.subarray(10, 26), eap.subarray(26)]);
      }),
  },
  'rfc3748-4.2-success-behind-authentication-failure': believesAccept,
  'rfc3748-4.2-success-behind-offer-of-a-retry': believesAccept,
  'rfc3748-4.2-success-behind-disabled-account': believesAccept,
  'rfc3748-4.2-success-behind-expired-password': believesAccept,
  'rfc3748-4.2-success-behind-wrong-proof': credulous,
};
