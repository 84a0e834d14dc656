// The compound keys of PEAPv0, which bind the inner method to its tunnel ([MS-PEAP] 3.1.5.5 and 3.1.5.7).

import { createHmac } from 'node:crypto';
import { decodeKeys, type Side } from '../../eap/attributes.js';
import type { EapAttribute } from '../../eap/names.js';
import { wipe } from '../credentials.js';
import { secretBuffer, secretFrom } from '../../base/secret.js';

/** Intermediate PEAP MAC key, 40 octets, and compound MAC key, 20. */
export interface CompoundKeys {
  readonly ipmk: Buffer;
  readonly cmk: Buffer;
}

const tunnelKeyLength = 60;
const ipmkLength = 40;
const iskLength = 32;
const compoundLabel = 'Inner Methods Compound Keys';
/** Its end is a zero octet, the other label's is not. */
const sessionLabel = 'Session Key Generating Function\0';

/** PRF+ (RFC 4306, 2.13) with HMAC-SHA-1 and, unlike there, two zero octets behind each counter. */
function prfPlus(key: Uint8Array, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  let last: Buffer = Buffer.alloc(0);
  for (let counter = 1, size = 0; size < length; counter++, size += last.length) {
    last = createHmac('sha1', key)
      .update(last)
      .update(seed)
      .update(Buffer.of(counter, 0, 0))
      .digest();
    blocks.push(last);
  }
  const made = secretFrom(...blocks);
  wipe(...blocks);
  return made.subarray(0, length);
}

/**
 * The compound keys.
 * @param keyMaterial of the tunnel, at least 60 octets
 * @param isk the inner method's, 32 octets; undefined on a fast reconnect, which has no inner method
 */
export function compoundKeys(keyMaterial: Uint8Array, isk: Uint8Array | undefined): CompoundKeys {
  const tunnelKey = keyMaterial.subarray(0, tunnelKeyLength);
  const both = isk
    ? prfPlus(tunnelKey.subarray(0, ipmkLength), secretFrom(compoundLabel, isk), tunnelKeyLength)
    : secretFrom(tunnelKey);
  return { ipmk: both.subarray(0, ipmkLength), cmk: both.subarray(ipmkLength) };
}

/** The inner session key: the first 32 octets of the inner MSK; zeros where the method has none. */
export function innerSessionKey(attributes: readonly EapAttribute[], side: Side): Buffer {
  const isk = secretBuffer(iskLength);
  const { msk, emsk, mppeSendKey, mppeRecvKey } = decodeKeys(attributes, side);
  msk?.copy(isk);
  wipe(msk, emsk, mppeSendKey, mppeRecvKey);
  return isk;
}

/** The MSK after crypto-binding, 64 octets. */
export function compoundMsk(ipmk: Uint8Array): Buffer {
  const keys = prfPlus(ipmk, Buffer.from(sessionLabel), 128);
  wipe(keys.subarray(64));
  return keys.subarray(0, 64);
}

/** The compound MAC over a crypto-binding TLV whose MAC is zero, 20 octets. */
export function compoundMac(cmk: Uint8Array, tlv: Uint8Array): Buffer {
  return createHmac('sha1', cmk).update(tlv).update(Buffer.of(25)).digest();
}
