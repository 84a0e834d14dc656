// EAP method types inside packets: legacy and expanded, and what a Nak asks for (RFC 3748, 5.3 and 5.7).

import type { MethodType } from './names.js';
import { eapTypes } from './packet.js';

/** A method type without its author: what a packet can say. */
export type PacketType = Omit<MethodType, 'authorId'>;

/** The type of a request or response that has at least five octets; a short expanded one gives type 0. */
export function typeOf(packet: Uint8Array): PacketType {
  const type = packet[4] ?? 0;
  if (type !== eapTypes.expanded) return { type };
  return packet.length < 12 ? { type: 0 } : expandedType(packet, 4);
}

/** The same type for packets: author numbers do not count, and an expanded IETF type is the legacy one. */
export function sameType(a: PacketType, b: PacketType): boolean {
  const left = plain(a);
  const right = plain(b);
  return (
    left.type === right.type &&
    (left.vendorId ?? 0) === (right.vendorId ?? 0) &&
    (left.vendorType ?? 0) === (right.vendorType ?? 0)
  );
}

/**
 * What a Nak asks for, as tests for a method's type, in the peer's order; empty when it wants none. Undefined: this
 * response to a request of type `offered` is no Nak.
 */
export function nakChoices(
  response: Uint8Array,
  offered: PacketType,
): ((type: PacketType) => boolean)[] | undefined {
  if (response[4] === eapTypes.nak) {
    const wanted = [...response.subarray(5)].filter((type) => type !== 0);
    // 254 in a legacy Nak: any expanded type may be tried.
    return wanted.map((want) => (type) => plain(type).type === want);
  }
  // An expanded Nak answers an expanded request only.
  const type = typeOf(response);
  if (offered.type !== eapTypes.expanded || type.vendorId !== 0 || type.vendorType !== eapTypes.nak) {
    return undefined;
  }
  const choices: ((type: PacketType) => boolean)[] = [];
  for (let at = 12; at + 8 <= response.length; at += 8) {
    const wanted = expandedType(response, at);
    const isNone = wanted.vendorId === 0 && wanted.vendorType === 0;
    if (response[at] === eapTypes.expanded && !isNone) choices.push((type) => sameType(type, wanted));
  }
  return choices;
}

/** The eight octets 254, vendor (3), type (4). */
function expandedType(packet: Uint8Array, at: number): Required<PacketType> {
  // Not by a DataView: one is made for each packet, and takes longer to make than all this.
  const octet = (index: number): number => packet[at + index] ?? 0;
  return {
    type: eapTypes.expanded,
    vendorId: (octet(1) << 16) | (octet(2) << 8) | octet(3),
    vendorType: ((octet(4) << 24) | (octet(5) << 16) | (octet(6) << 8) | octet(7)) >>> 0,
  };
}

function plain(type: PacketType): PacketType {
  const isIetf = type.type === eapTypes.expanded && (type.vendorId ?? 0) === 0;
  return isIetf
    ? { type: type.vendorType ?? 0 }
    : type.type === eapTypes.expanded
      ? type
      : { type: type.type };
}
