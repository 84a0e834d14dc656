// Servers that do not look at what a peer's certificate is worth, each in the way that the case of its name is about.

import { commitment } from '../../../../lib/methods/tls/tunnel.js';
import { isTls } from '../../../../lib/conformance/refusal.js';
import { eapOf, refusedInstead } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';
import { bentTls } from '../tls-server.js';

/** Takes every certificate whose owner has its key. */
const careless: ServerMutant = bentTls('tls', {
  policy: (healthy) => ({
    ...healthy,
    check: () => undefined,
    identify: async (certificate) => ({ identity: 'alice', certificate }),
  }),
});

/** Lets in whoever has done the handshake, with a certificate or without. */
const withoutCertificates: ServerMutant = bentTls('tls', {
  policy: () => undefined,
  tunnel: () => ({
    advance: () => ({
      data: commitment,
      verdict: { isSuccess: true, identity: 'alice', attributes: [] },
    }),
  }),
});

/** Refuses a certificate without a word of TLS: the second flight of the peer gets EAP-Failure. */
const silent: ServerMutant = {
  onRequest(datagram, flow) {
    const eap = eapOf(datagram);
    if (!isTls(eap?.[4] ?? 0) || (eap?.length ?? 0) <= 6) return datagram;
    const isSecond = flow.notes.has('flight');
    flow.notes.set('flight', true);
    return isSecond ? refusedInstead(datagram, flow) : datagram;
  },
};

export const certificateServerMutants: Readonly<Record<string, ServerMutant>> = {
  'rfc5216-5.3-authority-unknown': careless,
  'rfc5216-2.1.3-alert-for-certificate': silent,
  'rfc5216-5.4-revoked': careless,
  'rfc9190-2.1.1-no-certificate': withoutCertificates,
  'rfc9190-2.1.4-alert-for-certificate': silent,
  'rfc9190-5.4-revoked': careless,
  'rfc5280-6.1.3-signature': careless,
  'rfc5280-6.1.4-issuer-is-no-authority': careless,
  'rfc5280-6.1.3-expired': careless,
  'rfc5280-6.1.3-not-yet-valid': careless,
  'rfc5216-5.3-purpose': careless,
};
