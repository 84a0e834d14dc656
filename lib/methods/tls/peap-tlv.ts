// The content of PEAPv0's tunnel: inner EAP packets, mostly without their header, and the extensions packet with its
// TLVs ([MS-PEAP] 2.2.8).

import { timingSafeEqual } from 'node:crypto';
import { eapCodes, eapHeader, eapPacket, writePacket } from '../../eap/packet.js';
import { type CompoundKeys, compoundMac } from './peap-keys.js';
import { randomOctets } from '../../base/random.js';

/** EAP type of the extensions packet. */
const extensionsType = 33;

/** The words of a result TLV. */
export const tlvResults = { success: 1, failure: 2 } as const;

/** A crypto-binding TLV as it came. */
export interface CryptoBinding {
  readonly subType: number;
  readonly nonce: Buffer;
  /** The whole TLV. */
  readonly tlv: Buffer;
}

/** An extensions packet. */
export interface Extensions {
  readonly code: number;
  readonly id: number;
  readonly result: number | undefined;
  readonly binding: CryptoBinding | undefined;
  /** A mandatory TLV that is not known here. */
  readonly unknown: number | undefined;
}

/** The two directions of crypto-binding. */
export const bindingSubTypes = { request: 0, response: 1 } as const;

const resultType = 3;
const nakType = 4;
const bindingType = 12;
const mandatory = 0x8000;
const typeMask = 0x3fff;
const bindingLength = 56;
const nonceAt = 8;
const nonceLength = 32;
const macAt = nonceAt + nonceLength;

/** An EAP packet as it goes into the tunnel: without its header, the extensions packet excepted. */
export function strip(packet: Uint8Array): Uint8Array {
  return packet[4] === extensionsType ? packet : packet.subarray(4);
}

/** The EAP packet that came out of the tunnel. Some senders leave the header in place. */
export function restore(data: Buffer, code: number, id: number): Buffer {
  return eapHeader(data)?.code === code ? data : eapPacket(code, id, data);
}

/** Reads an extensions packet. Undefined: it is none, or malformed. */
export function readExtensions(packet: Buffer): Extensions | undefined {
  const header = eapHeader(packet);
  if (header?.type !== extensionsType) return undefined;
  let result: number | undefined;
  let binding: CryptoBinding | undefined;
  let unknown: number | undefined;
  let at = 5;
  while (at + 4 <= packet.length) {
    const head = packet.readUInt16BE(at);
    const end = at + 4 + packet.readUInt16BE(at + 2);
    if (end > packet.length) return undefined;
    const tlv = packet.subarray(at, end);
    const type = head & typeMask;
    if (type === resultType) {
      if (tlv.length !== 6 || result !== undefined) return undefined;
      result = tlv.readUInt16BE(4);
    } else if (type === bindingType) {
      if (tlv.length !== 4 + bindingLength || binding) return undefined;
      binding = { subType: tlv.readUInt8(7), nonce: tlv.subarray(nonceAt, macAt), tlv };
    } else if ((head & mandatory) !== 0) unknown = type;
    at = end;
  }
  if (at !== packet.length) return undefined;
  return { code: header.code, id: header.id, result, binding, unknown };
}

/** An extensions packet with these TLVs. */
export function writeExtensions(code: number, id: number, tlvs: readonly Uint8Array[]): Buffer {
  return writePacket(code, id, extensionsType, tlvs);
}

/** A result TLV with one of `tlvResults`. */
export function resultTlv(result: number): Buffer {
  return Buffer.of(mandatory >> 8, resultType, 0, 2, 0, result);
}

/** Says that a mandatory TLV is not known. */
export function nakTlv(type: number): Buffer {
  return Buffer.of(mandatory >> 8, nakType, 0, 6, 0, 0, 0, 0, type >> 8, type & 0xff);
}

/** A crypto-binding TLV, which is not mandatory. A response repeats the request's nonce. */
export function bindingTlv(
  keys: CompoundKeys,
  subType: number,
  nonce: Uint8Array = randomOctets(nonceLength),
): Buffer {
  const tlv = Buffer.alloc(4 + bindingLength);
  tlv.writeUInt16BE(bindingType, 0);
  tlv.writeUInt16BE(bindingLength, 2);
  tlv.writeUInt8(subType, 7);
  tlv.set(nonce, nonceAt);
  tlv.set(compoundMac(keys.cmk, tlv), macAt);
  return tlv;
}

/** Whether a crypto-binding TLV is of that kind and its sender knows the keys. */
export function isBound({ tlv, subType }: CryptoBinding, keys: CompoundKeys, expected: number): boolean {
  const blank = Buffer.from(tlv);
  blank.fill(0, macAt);
  return subType === expected && timingSafeEqual(compoundMac(keys.cmk, blank), tlv.subarray(macAt));
}

/** An inner request of the extensions type. */
export function isExtensionsRequest(packet: Buffer): boolean {
  const header = eapHeader(packet);
  return header?.code === eapCodes.request && header.type === extensionsType;
}
