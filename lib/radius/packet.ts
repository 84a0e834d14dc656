// RADIUS packets (RFC 2865, 3): octets in and out, and the two checks that protect them, the Response
// Authenticator and the Message-Authenticator (RFC 3579, 3.2). What comes from the network never throws here: it
// gives a packet or the name of its fault.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { maxValueLength, messageAuthenticatorType, type RadiusAttribute, RadiusError } from './attributes.js';
import { secretFrom } from '../base/secret.js';

/** Packet codes of authentication. */
export const radiusCodes = {
  accessRequest: 1,
  accessAccept: 2,
  accessReject: 3,
  accessChallenge: 11,
  /** Whether the server is there (RFC 5997). */
  statusServer: 12,
} as const;

/** Octets of the header, and the most that a packet may have (RFC 2865, 3). */
export const headerLength = 20;
export const maxPacketLength = 4096;

/** A packet that was taken apart. Nothing in it is verified yet. */
export interface RadiusPacket {
  readonly code: number;
  readonly id: number;
  /** Request or Response Authenticator, 16 octets. */
  readonly authenticator: Buffer;
  readonly attributes: readonly RadiusAttribute[];
  /** The packet's own octets, padding cut off. */
  readonly bytes: Buffer;
}

/** Faults of a datagram's form. */
export type FormFault =
  /** Fewer than 20 octets. */
  | 'tooShort'
  /** The length field is below 20, above 4096, or above what came. */
  | 'badLength'
  /** Attributes that do not fill the packet exactly, or one with a length below 2. */
  | 'badAttribute';

/** Faults of a packet's Message-Authenticator. */
export type IntegrityFault =
  /** There is none. */
  | 'noMessageAuthenticator'
  /** It is wrong, has a wrong length, or occurs twice. */
  | 'badMessageAuthenticator';

/** Parses a datagram. Octets after the packet's length are padding and ignored. The result is a copy. */
export function decodePacket(datagram: Uint8Array): RadiusPacket | FormFault {
  if (datagram.length < headerLength) return 'tooShort';
  const length = ((datagram[2] ?? 0) << 8) | (datagram[3] ?? 0);
  if (length < headerLength || length > maxPacketLength || length > datagram.length) return 'badLength';
  const bytes = secretFrom(datagram.subarray(0, length));
  const attributes: RadiusAttribute[] = [];
  for (let at = headerLength; at < length;) {
    const size = at + 1 < length ? bytes.readUInt8(at + 1) : 0;
    if (size < 2 || at + size > length) return 'badAttribute';
    attributes.push({ type: bytes.readUInt8(at), value: bytes.subarray(at + 2, at + size) });
    at += size;
  }
  return {
    code: bytes.readUInt8(0),
    id: bytes.readUInt8(1),
    authenticator: bytes.subarray(4, headerLength),
    attributes,
    bytes,
  };
}

/** An Access-Request, Message-Authenticator first. Throws EAPHOST_RADIUS_TOO_LONG. */
export function encodeRequest(
  packet: Pick<RadiusPacket, 'code' | 'id' | 'authenticator' | 'attributes'>,
  secret: Uint8Array,
): Buffer {
  const bytes = encode(packet.code, packet.id, packet.authenticator, packet.attributes);
  messageAuthenticator(bytes, secret).copy(bytes, headerLength + 2);
  return bytes;
}

/** A reply to the request with this id and authenticator, Message-Authenticator first. Throws as encodeRequest. */
export function encodeReply(
  packet: Pick<RadiusPacket, 'code' | 'attributes'>,
  request: Pick<RadiusPacket, 'id' | 'authenticator'>,
  secret: Uint8Array,
): Buffer {
  const bytes = encode(packet.code, request.id, request.authenticator, packet.attributes);
  messageAuthenticator(bytes, secret).copy(bytes, headerLength + 2);
  responseAuthenticator(bytes, secret).copy(bytes, 4);
  return bytes;
}

/** Checks a request's Message-Authenticator, in constant time. Undefined: it is right. */
export function checkRequest(packet: RadiusPacket, secret: Uint8Array): IntegrityFault | undefined {
  return checkMessageAuthenticator(packet, packet.authenticator, secret);
}

/** Checks a reply against its request: both authenticators, in constant time. Undefined: it is right. */
export function checkReply(
  packet: RadiusPacket,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): IntegrityFault | 'badResponseAuthenticator' | undefined {
  const bytes = Buffer.from(packet.bytes);
  bytes.set(requestAuthenticator, 4);
  if (!timingSafeEqual(responseAuthenticator(bytes, secret), packet.authenticator)) {
    return 'badResponseAuthenticator';
  }
  return checkMessageAuthenticator(packet, requestAuthenticator, secret);
}

function encode(
  code: number,
  id: number,
  authenticator: Uint8Array,
  attributes: readonly RadiusAttribute[],
): Buffer {
  const length = attributes.reduce((sum, { value }) => sum + 2 + value.length, headerLength + 18);
  if (length > maxPacketLength || attributes.some(({ value }) => value.length > maxValueLength)) {
    throw new RadiusError(
      'EAPHOST_RADIUS_TOO_LONG',
      `a RADIUS packet of ${length} octets or one of its attributes is too long`,
    );
  }
  const bytes = Buffer.alloc(length);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8(id, 1);
  bytes.writeUInt16BE(length, 2);
  bytes.set(authenticator, 4);
  bytes.writeUInt8(messageAuthenticatorType, headerLength);
  bytes.writeUInt8(18, headerLength + 1);
  let at = headerLength + 18;
  for (const { type, value } of attributes) {
    bytes.writeUInt8(type, at);
    bytes.writeUInt8(2 + value.length, at + 1);
    bytes.set(value, at + 2);
    at += 2 + value.length;
  }
  return bytes;
}

function checkMessageAuthenticator(
  packet: RadiusPacket,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): IntegrityFault | undefined {
  const found = packet.attributes.filter(({ type }) => type === messageAuthenticatorType);
  const given = found[0]?.value;
  if (!given) return 'noMessageAuthenticator';
  if (found.length > 1 || given.length !== 16) return 'badMessageAuthenticator';
  // The sum was taken with its own 16 octets zero and with the request's authenticator in the header.
  const bytes = Buffer.from(packet.bytes);
  bytes.set(requestAuthenticator, 4);
  const at = given.byteOffset - packet.bytes.byteOffset;
  bytes.fill(0, at, at + 16);
  return timingSafeEqual(messageAuthenticator(bytes, secret), given) ? undefined : 'badMessageAuthenticator';
}

function messageAuthenticator(bytes: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac('md5', secret).update(bytes).digest();
}

/** `bytes` carries the request's authenticator in its header. */
function responseAuthenticator(bytes: Uint8Array, secret: Uint8Array): Buffer {
  return createHash('md5').update(bytes).update(secret).digest();
}
