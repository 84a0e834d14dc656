// TLS alerts that node:tls cannot send: it looks at certificates when the handshake is over and then only cuts the
// connection. The alert record is made here instead (RFC 5246, 7.2; RFC 8446, 5.2 and 6).

import { createCipheriv, createHmac } from 'node:crypto';

/** Alert descriptions used here. */
export const alerts = {
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateRevoked: 44,
  certificateExpired: 45,
  certificateUnknown: 46,
  unknownCa: 48,
  accessDenied: 49,
} as const;

const alertType = 21;
const applicationDataType = 23;
const fatal = 2;
const ivLength = 12;
const tagLength = 16;

interface Suite {
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305';
  readonly keyLength: number;
  readonly hash: string;
}

/** The cipher suites of TLS 1.3 by their standard names. */
const suites: ReadonlyMap<string, Suite> = new Map<string, Suite>([
  ['TLS_AES_128_GCM_SHA256', { cipher: 'aes-128-gcm', keyLength: 16, hash: 'sha256' }],
  ['TLS_AES_256_GCM_SHA384', { cipher: 'aes-256-gcm', keyLength: 32, hash: 'sha384' }],
  ['TLS_CHACHA20_POLY1305_SHA256', { cipher: 'chacha20-poly1305', keyLength: 32, hash: 'sha256' }],
]);

/** A fatal alert in the clear: in TLS up to 1.2 right as long as the sender has not changed its cipher. */
export function plainAlert(description: number): Buffer {
  return Buffer.of(alertType, 3, 3, 0, 2, fatal, description);
}

/**
 * A fatal alert as the first record under a traffic secret of TLS 1.3; undefined for a cipher suite not known here.
 * @param suiteName standard name, such as `TLS_AES_128_GCM_SHA256`
 */
export function sealedAlert(
  description: number,
  trafficSecret: Uint8Array,
  suiteName: string,
): Buffer | undefined {
  const suite = suites.get(suiteName);
  if (!suite) return undefined;
  const key = expandLabel(suite.hash, trafficSecret, 'key', suite.keyLength);
  const iv = expandLabel(suite.hash, trafficSecret, 'iv', ivLength);
  const inner = Buffer.of(fatal, description, alertType);
  const header = Buffer.of(applicationDataType, 3, 3, 0, inner.length + tagLength);
  // The first record's nonce is the IV itself.
  const cipher =
    suite.cipher === 'chacha20-poly1305'
      ? createCipheriv(suite.cipher, key, iv, { authTagLength: tagLength })
      : createCipheriv(suite.cipher, key, iv);
  cipher.setAAD(header, { plaintextLength: inner.length });
  const sealed = Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  iv.fill(0);
  return sealed;
}

/** HKDF-Expand-Label without a context (RFC 8446, 7.1), for lengths up to one hash. */
function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0, 1)]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
