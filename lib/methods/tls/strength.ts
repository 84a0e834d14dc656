// Rejects weak cryptography: short keys, and cipher suites without forward secrecy.

import type { KeyObject, X509Certificate } from 'node:crypto';
import { DEFAULT_CIPHERS } from 'node:tls';

const smallestRsa = 2048;
const smallestCurve = 224;

/** All of TLS 1.3; of TLS 1.2 those with a key exchange of their own: who gets the server's key later reads nothing. */
export const strongCiphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
  'DHE+AESGCM',
  'DHE+CHACHA20',
  'ECDHE+AES',
  'DHE+AES',
  '!aNULL',
  '!PSK',
].join(':');

/** Those, and what OpenSSL takes for weak. */
export const weakCiphers = `${DEFAULT_CIPHERS}:@SECLEVEL=0`;

/** Bits of a group below which no Diffie-Hellman is done. */
export const smallestGroup = smallestRsa;

/** Describes what is weak about a certificate's key; undefined if nothing is. */
export function weaknessOf(certificate: Pick<X509Certificate, 'publicKey'>): string | undefined {
  const key = publicKeyOf(certificate);
  if (!key) return 'a key of a kind that is not known';
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  const { modulusLength = 0, namedCurve = '' } = details;
  switch (type) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength < smallestRsa ? `an RSA key of ${modulusLength} bits` : undefined;
    case 'ec':
      // Curves have their size in their names: prime256v1, secp384r1, brainpoolP512r1.
      return Number(/\d{3}/u.exec(namedCurve)?.[0]) >= smallestCurve
        ? undefined
        : `a key on the curve ${namedCurve || 'without a name'}`;
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return `a key of the type ${type}`;
  }
}

/** Node throws where OpenSSL does not know the algorithm. */
function publicKeyOf(certificate: Pick<X509Certificate, 'publicKey'>): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}
