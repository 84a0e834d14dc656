// EAP packets (RFC 3748, 4): the header, and the packets of one method as both its sides read and write them.

import { secretBuffer, secretFrom } from '../base/secret.js';

/** EAP codes. */
export const eapCodes = { request: 1, response: 2, success: 3, failure: 4 } as const;

/** EAP types that a host handles itself, and the type of expanded types. */
export const eapTypes = { identity: 1, notification: 2, nak: 3, expanded: 254 } as const;

/** The header of an EAP packet; `type` only where there is one. */
export interface EapHeader {
  readonly code: number;
  readonly id: number;
  readonly type?: number;
}

/** A request or a response of one method. */
export interface MethodPacket {
  readonly id: number;
  /** What follows the type. A copy. */
  readonly data: Buffer;
}

const headerLength = 4;

/** The packet without what the link padded it with. Undefined: too short for a header, or for its length field. */
export function wholePacket(data: Uint8Array): Uint8Array | undefined {
  const length = ((data[2] ?? 0) << 8) | (data[3] ?? 0);
  if (length < headerLength || length > data.length) return undefined;
  return length === data.length ? data : data.subarray(0, length);
}

/** Reads the header. Undefined: its length field is not the packet's length, or the code is unknown. */
export function eapHeader(packet: Uint8Array): EapHeader | undefined {
  // By index: taking an array apart runs an iterator.
  const code = packet[0] ?? 0;
  const id = packet[1] ?? 0;
  const type = packet[4];
  if (wholePacket(packet)?.length !== packet.length) return undefined;
  if (code === eapCodes.success || code === eapCodes.failure) {
    return type === undefined ? { code, id } : undefined;
  }
  if (code !== eapCodes.request && code !== eapCodes.response) return undefined;
  return type === undefined ? undefined : { code, id, type };
}

/** A packet with this header; `parts` follow it. */
export function eapPacket(code: number, id: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = headerLength;
  for (const part of parts) length += part.length;
  const packet = secretBuffer(length);
  packet.writeUInt8(code);
  packet.writeUInt8(id & 0xff, 1);
  packet.writeUInt16BE(length, 2);
  let at = headerLength;
  for (const part of parts) {
    packet.set(part, at);
    at += part.length;
  }
  return packet;
}

/** The EAP-Request/Identity that a link without one makes up. */
export function identityRequest(id: number): Buffer {
  return eapPacket(eapCodes.request, id, Uint8Array.of(eapTypes.identity));
}

/** Reads a packet of a method. Undefined: an invalid packet, or one of another code or type. */
export function readPacket(packet: Uint8Array, code: number, type: number): MethodPacket | undefined {
  const copy = secretFrom(packet);
  const header = eapHeader(copy);
  if (header?.code !== code || header.type !== type) return undefined;
  return { id: header.id, data: copy.subarray(headerLength + 1) };
}

/** A packet of a method; `parts` follow the type. */
export function writePacket(code: number, id: number, type: number, parts: readonly Uint8Array[]): Buffer {
  return eapPacket(code, id, Uint8Array.of(type), ...parts);
}
