// MS-MPPE-Send-Key and MS-MPPE-Recv-Key as they travel in an Access-Accept: encrypted for its request (RFC 2548,
// 2.4.2). lib/eap/attributes.ts has their plain form.

import { createHash } from 'node:crypto';
import { encodeVendorSpecific, microsoft } from '../eap/attributes.js';
import { microsoftValuesOf, type RadiusAttribute } from './attributes.js';
import { secretBuffer, secretFrom } from '../base/secret.js';
import { randomOctets } from '../base/random.js';

/** The key pair as the RADIUS server names it: Recv-Key = MSK[0..31], Send-Key = MSK[32..63]. */
export interface MppeKeys {
  readonly sendKey: Buffer;
  readonly recvKey: Buffer;
}

const blockLength = 16;

/**
 * Encrypts a key of at most 239 octets for the reply to one request. `salt` is a 16-bit number that differs within
 * a packet; its top bit is set.
 */
export function encryptKey(
  key: Uint8Array,
  salt: number,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): Buffer {
  const data = secretBuffer(2 + Math.ceil((1 + key.length) / blockLength) * blockLength);
  data.writeUInt16BE(salt | 0x8000, 0);
  data.writeUInt8(key.length, 2);
  data.set(key, 3);
  applyPads(data, requestAuthenticator, secret, 'encrypt');
  return data;
}

/** Decrypts a key attribute's data (salt first). Undefined when its form is wrong. */
export function decryptKey(
  data: Uint8Array,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): Buffer | undefined {
  if (data.length < 2 + blockLength || (data.length - 2) % blockLength !== 0) return undefined;
  const plain = secretFrom(data);
  applyPads(plain, requestAuthenticator, secret, 'decrypt');
  const end = 3 + plain.readUInt8(2);
  const key = end <= plain.length ? secretFrom(plain.subarray(3, end)) : undefined;
  plain.fill(0);
  return key;
}

/** The decrypted keys of an Access-Accept; undefined unless each is there exactly once and well formed. */
export function decryptKeys(
  attributes: readonly RadiusAttribute[],
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): MppeKeys | undefined {
  const [send, ...moreSend] = microsoftValuesOf(attributes, microsoft.mppeSendKey);
  const [recv, ...moreRecv] = microsoftValuesOf(attributes, microsoft.mppeRecvKey);
  if (!send || !recv || moreSend.length > 0 || moreRecv.length > 0) return undefined;
  const sendKey = decryptKey(send, requestAuthenticator, secret);
  const recvKey = decryptKey(recv, requestAuthenticator, secret);
  return sendKey && recvKey && { sendKey, recvKey };
}

/** The two key attributes of an Access-Accept, encrypted for its request under two different salts. */
export function encryptKeys(
  keys: MppeKeys,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): RadiusAttribute[] {
  const salt = randomOctets(2).readUInt16BE();
  const pairs = [
    [microsoft.mppeSendKey, keys.sendKey, salt],
    [microsoft.mppeRecvKey, keys.recvKey, salt ^ 1],
  ] as const;
  return pairs.map(([vendorType, key, ownSalt]) => {
    const data = encryptKey(key, ownSalt, requestAuthenticator, secret);
    return encodeVendorSpecific({ vendorId: microsoft.vendorId, vendorType, data });
  });
}

/**
 * The MSK out of the server's pair: Recv-Key, then Send-Key, then zeros up to 64 octets (EAP-MSCHAPv2 has two keys
 * of 16).
 */
export function mskOf({ recvKey, sendKey }: MppeKeys): Buffer {
  return secretFrom(recvKey, sendKey, new Uint8Array(Math.max(0, 64 - recvKey.length - sendKey.length)));
}

/** In place: each block of 16 is xored with MD5(secret + what came before), the first with MD5(secret + R + salt). */
function applyPads(
  data: Buffer,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
  direction: 'encrypt' | 'decrypt',
): void {
  let pad = createHash('md5')
    .update(secret)
    .update(requestAuthenticator)
    .update(data.subarray(0, 2))
    .digest();
  for (let at = 2; at < data.length; at += blockLength) {
    const block = data.subarray(at, at + blockLength);
    const next = createHash('md5').update(secret);
    if (direction === 'decrypt') next.update(block);
    for (let index = 0; index < blockLength; index++) block[index] = (block[index] ?? 0) ^ (pad[index] ?? 0);
    if (direction === 'encrypt') next.update(block);
    pad.fill(0);
    pad = next.digest();
  }
  pad.fill(0);
}
