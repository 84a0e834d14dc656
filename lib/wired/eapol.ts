// EAP over LANs (IEEE 802.1X): frames as they lie on Ethernet, to octets and back. Whatever comes from the wire is
// hostile until it has passed here.

import { secretBuffer } from '../base/secret.js';

/** Where a supplicant sends to, and an authenticator may: the group address of port access entities. */
export const paeGroupAddress: Uint8Array = Buffer.from('0180c2000003', 'hex');

/** What an EAPOL frame carries: IEEE 802.1X-2004, 7.5.4, and from `mka` on IEEE 802.1X-2010, 11.3.2. */
export const eapolTypes = {
  eapPacket: 0,
  start: 1,
  logoff: 2,
  key: 3,
  encapsulatedAsfAlert: 4,
  mka: 5,
  announcementGeneric: 6,
  announcementSpecific: 7,
  announcementReq: 8,
} as const;

/** A protocol version: of IEEE 802.1X-2001, -2004 or -2010. A supplicant's frames are alike in all. */
export type EapolVersion = 1 | 2 | 3;

/** A frame for us that is well formed. */
export interface EapolFrame {
  /** Six octets: who sent it. */
  readonly source: Buffer;
  readonly version: number;
  /** One of `eapolTypes`, or a later one. */
  readonly type: number;
  /** As long as the frame says; what pads the frame is cut off. */
  readonly body: Buffer;
}

/** Why a frame is none of ours. */
export type EapolDiscard =
  /** Too short for the heads that it must have. */
  | 'short'
  /** Another protocol, or behind a VLAN tag. */
  | 'etherType'
  /** To somebody else. */
  | 'destination'
  /** One of our own, come back. */
  | 'own'
  /** A version that no edition of the standard has. */
  | 'version'
  /** A body that is longer than what is there. */
  | 'length';

const etherType = 0x888e;
const headLength = 18;
/** The least that goes on Ethernet, without the checksum. */
const minFrameLength = 60;
const noBody = Buffer.alloc(0);

/**
 * A frame to the group address, padded to what Ethernet asks for. `source` has six octets. The frame has its own memory: it
 * can be wiped, which a password in `body` asks for.
 */
export function encodeEapol(
  source: Uint8Array,
  type: number,
  body: Uint8Array = noBody,
  version: EapolVersion = 2,
): Buffer {
  const frame = secretBuffer(Math.max(minFrameLength, headLength + body.length));
  frame.set(paeGroupAddress);
  frame.set(source, 6);
  frame.writeUInt16BE(etherType, 12);
  frame.writeUInt8(version, 14);
  frame.writeUInt8(type, 15);
  frame.writeUInt16BE(body.length, 16);
  frame.set(body, headLength);
  return frame;
}

/** What a frame says, or why it is ignored. `own` is the address of the port that it came to. */
export function decodeEapol(frame: Buffer, own: Uint8Array): EapolFrame | EapolDiscard {
  if (frame.length < headLength) return 'short';
  if (frame.readUInt16BE(12) !== etherType) return 'etherType';
  const destination = frame.subarray(0, 6);
  if (!destination.equals(own) && !destination.equals(paeGroupAddress)) return 'destination';
  const source = frame.subarray(6, 12);
  if (source.equals(own)) return 'own';
  // One of a later edition is read as ours (IEEE 802.1X-2004, 7.5.7).
  const version = frame.readUInt8(14);
  if (version === 0) return 'version';
  const end = headLength + frame.readUInt16BE(16);
  if (end > frame.length) return 'length';
  return { source, version, type: frame.readUInt8(15), body: frame.subarray(headLength, end) };
}

/** Six octets from `02:00:00:00:00:01`, or with hyphens, as Windows writes them. Throws RangeError. */
export function parseEthernetAddress(text: string): Buffer {
  if (!/^[\da-f]{2}([:-][\da-f]{2}){5}$/iu.test(text)) {
    throw new RangeError(`an Ethernet address looks like 02:00:00:00:00:01, not ${text}`);
  }
  return Buffer.from(text.replaceAll(/[:-]/gu, ''), 'hex');
}

/** `02:00:00:00:00:01` from six octets. */
export function formatEthernetAddress(address: Uint8Array): string {
  return Buffer.from(address)
    .toString('hex')
    .replaceAll(/(?<=^(?:..)+)(?=..)/gu, ':');
}
