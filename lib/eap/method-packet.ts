// EAP packets of one method, as both sides of a method read and write them (RFC 3748, 4).

import { secretFrom } from '../base/secret.js';

/** EAP codes that carry a type. */
export const eapCodes = { request: 1, response: 2 } as const;

/** A request or a response of one method. */
export interface MethodPacket {
  readonly id: number;
  /** What follows the type. A copy. */
  readonly data: Buffer;
}

/** Reads a packet. Undefined: another code or type, or a length field that is not the packet's length. */
export function readPacket(packet: Uint8Array, code: number, type: number): MethodPacket | undefined {
  const copy = secretFrom(packet);
  if (copy.length < 5 || copy[0] !== code || copy.readUInt16BE(2) !== copy.length || copy[4] !== type) {
    return undefined;
  }
  return { id: copy.readUInt8(1), data: copy.subarray(5) };
}

/** Writes a packet; `parts` follow the type. */
export function writePacket(code: number, id: number, type: number, parts: readonly Uint8Array[]): Buffer {
  const packet = secretFrom(Uint8Array.of(code, id & 0xff, 0, 0, type), ...parts);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}
