// Servers that choose what they must not, each in the way that the case of its name is about: what they would say is
// written down here, for no TLS library says it any more.

import { isTls } from '../../../../lib/conformance/refusal.js';
import { challenged, eapOf, mistakes, patched, replies } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

/** Says this in its ServerHello, whatever it is asked. */
function chooses(version: number, suite: number, compression = 0): ServerMutant {
  const body = Buffer.concat([
    Buffer.of(version >> 8, version & 0xff),
    Buffer.alloc(32, 1),
    Buffer.of(0, suite >> 8, suite & 0xff, compression, 0, 0),
  ]);
  const flight = Buffer.concat([
    Buffer.of(22, version >> 8, version & 0xff, 0, body.length + 4, 2, 0, 0, body.length),
    body,
  ]);
  return {
    onRequest(datagram, flow) {
      const eap = eapOf(datagram);
      const isHello = isTls(eap?.[4] ?? 0) && eap?.[6] === 22;
      return isHello
        ? challenged(datagram, flow, Buffer.concat([Buffer.of(eap[4] ?? 0, 0), flight]))
        : datagram;
    },
  };
}

/** Has other octets in its flights. */
const inFlight = (find: Buffer, put: Buffer): ServerMutant =>
  replies((eap) => {
    const at = isTls(eap[4] ?? 0) ? eap.indexOf(find) : -1;
    return at < 0
      ? undefined
      : patched(eap, Object.fromEntries([...put].map((octet, index) => [at + index, octet])));
  });

export const tlsHelloServerMutants: Readonly<Record<string, ServerMutant>> = {
  'rfc5216-2.4-compression': chooses(0x303, 0xc02b, 1),
  'rfc5216-2.1.1-version-of-ssl': chooses(0x300, 0x35),
  'rfc8996-4-no-tls-one-zero': chooses(0x301, 0xc014),
  'rfc8996-5-no-tls-one-one': chooses(0x302, 0xc014),
  'rfc9325-4.1-no-null-encryption': chooses(0x303, 0x3b),
  'rfc9325-4.1-no-rc4': chooses(0x303, 0xc007),
  'rfc9325-4.1-no-export': chooses(0x303, 0x03),
  'rfc5246-A.5-no-anonymous': chooses(0x303, 0xa6),
  'rfc9190-2.4-confidentiality': chooses(0x303, 0xc0b4),
  // Does not know the sign of a fallback: the last suite, before the only compression. Two octets alone are in one random
  // of a thousand, too.
  'rfc7507-3-fallback': mistakes((eap) => {
    const at = isTls(eap[4] ?? 0) ? eap.indexOf(Buffer.of(0x56, 0x00, 1, 0)) : -1;
    return at < 0 ? undefined : patched(eap, { [at + 1]: 0x77 });
  }),
  // Does not mark its random.
  'rfc8446-4.1.3-downgrade-random': inFlight(Buffer.from('DOWNGRD'), Buffer.alloc(7)),
  'rfc8446-6-decode-error': chooses(0x303, 0xc02b),
  // Says nothing of renegotiation.
  'rfc5746-3.6-renegotiation-info': inFlight(Buffer.of(0xff, 0x01, 0x00, 0x01, 0x00), Buffer.of(0xff, 0x02)),
};
