// Peers that do not look at what their server's certificate is worth, or how old its TLS is, each in the way that the
// case of its name is about.

import { createSecureContext } from 'node:tls';

import { eapPacket } from '../../../../lib/eap/packet.js';
import { tlsPeer } from '../../../../lib/methods/tls/index.js';
import { ca, identity, own, type PeerMutant } from '../../subjects.js';
import { bentPeer } from '../tls-peer.js';
import { mistakes } from '../tools.js';

const settings = { ...own, identity, resumption: false };

const credulous: PeerMutant = { peer: tlsPeer({ insecurelyTrustAnyServer: true, ...settings }) };

/** Agrees to whatever version its server has. */
const backward: PeerMutant = bentPeer('tls', {
  kit: (kit) =>
    void Reflect.set(
      kit,
      'context',
      createSecureContext({
        ca,
        cert: own.cert,
        key: own.key,
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
    ),
});

export const certificatePeerMutants: Readonly<Record<string, PeerMutant>> = {
  'rfc5280-6.1.3-signature-of-server': credulous,
  'rfc5280-6.1.4-issuer-of-server-is-no-authority': credulous,
  'rfc5280-6.1.3-expired-server': credulous,
  'rfc5280-6.1.3-server-of-the-future': credulous,
  'rfc5280-4.2.1.12-client-as-server': credulous,
  'rfc5280-6.1.3-revoked-server': credulous,
  // Takes any server of its authority.
  'rfc9190-2.2-server-of-another-name': { peer: tlsPeer({ ca, ...settings }) },
  // Refuses without a word.
  'rfc5216-2.1.3-alert-for-server': mistakes((eap) =>
    eap[4] === 13 && eap[6] === 0x15 ? eapPacket(2, eap[1] ?? 0, Buffer.of(13, 0)) : undefined,
  ),
  'rfc8996-4-agrees-to-tls10': backward,
  'rfc8996-5-agrees-to-tls11': backward,
};
