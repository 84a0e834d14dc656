// EAP packets as RADIUS needs them: the header (RFC 3748, 4), the packets that a host makes itself, and the
// EAP-Message attribute (RFC 3579, 3.1).

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

/** Reads the header. Undefined: too short, or its length field is not the packet's length, or a code that is none. */
export function eapHeader(packet: Uint8Array): EapHeader | undefined {
  const [code = 0, id = 0, high = 0, low = 0, type] = packet;
  if (packet.length < 4 || ((high << 8) | low) !== packet.length) return undefined;
  if (code === eapCodes.success || code === eapCodes.failure) {
    return packet.length === 4 ? { code, id } : undefined;
  }
  if (code !== eapCodes.request && code !== eapCodes.response) return undefined;
  return type === undefined ? undefined : { code, id, type };
}

/** A packet with this header and data. */
export function eapPacket(code: number, id: number, data: Uint8Array = new Uint8Array()): Buffer {
  const packet = Buffer.alloc(4 + data.length);
  packet.writeUInt8(code, 0);
  packet.writeUInt8(id & 0xff, 1);
  packet.writeUInt16BE(packet.length, 2);
  packet.set(data, 4);
  return packet;
}

/** The EAP-Request/Identity that a link without one makes up. */
export function identityRequest(id: number): Buffer {
  return eapPacket(eapCodes.request, id, Uint8Array.of(eapTypes.identity));
}
