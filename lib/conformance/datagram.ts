// RADIUS datagrams as hostile as a case needs them: any code, attributes and signature, and the sums right wherever the
// case does not want them wrong. lib/radius/packet.ts encodes only what is right.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { attributeTypes } from '../eap/attributes.js';
import { messageAuthenticatorType, type RadiusAttribute, splitEapMessage } from '../radius/attributes.js';
import { decodePacket, headerLength } from '../radius/packet.js';

/** Where the Message-Authenticator is, or how it is wrong. */
export type SignatureForm = 'first' | 'last' | 'none' | 'wrong' | 'twice' | 'short';

/** A RADIUS packet to be encoded. */
export interface RadiusMessage {
  readonly code: number;
  readonly id: number;
  /** The Request Authenticator; of a reply, that of its request. */
  readonly authenticator: Uint8Array;
  /** Without Message-Authenticator. */
  readonly attributes: readonly RadiusAttribute[];
  /** Default `first`. */
  readonly signature?: SignatureForm;
  /** Changes the octets before they are signed. */
  readonly patch?: (bytes: Buffer) => void;
  /** Set in place of the sum of a reply. */
  readonly responseAuthenticator?: Uint8Array;
}

/** The octets of a request or, with `isReply`, of a reply. */
export function encodeDatagram(message: RadiusMessage, secret: Uint8Array, isReply = false): Buffer {
  const { code, id, authenticator, attributes, signature = 'first', responseAuthenticator } = message;
  const sums = { first: 1, last: 1, none: 0, wrong: 1, twice: 2, short: 1 }[signature];
  const sum = { type: messageAuthenticatorType, value: new Uint8Array(signature === 'short' ? 15 : 16) };
  const own = Array.from<unknown, RadiusAttribute>({ length: sums }, () => sum);
  const all = signature === 'last' ? [...attributes, ...own] : [...own, ...attributes];
  const octets = all.map(({ type, value }) => Buffer.concat([Buffer.of(type, 2 + value.length), value]));
  const bytes = Buffer.concat([Buffer.of(code, id, 0, 0), authenticator, ...octets]);
  bytes.writeUInt16BE(bytes.length, 2);
  message.patch?.(bytes);
  const hmac = createHmac('md5', secret).update(bytes).digest();
  if (signature === 'wrong') hmac[0] = (hmac[0] ?? 0) ^ 1;
  const last = bytes.length - 16;
  for (let index = 0; index < sums; index++) {
    hmac.copy(bytes, signature === 'last' ? last : headerLength + 2 + 18 * index, 0, sum.value.length);
  }
  if (!isReply) return bytes;
  const md5 = createHash('md5').update(bytes).update(secret).digest();
  bytes.set(responseAuthenticator ?? md5, 4);
  return bytes;
}

/** A datagram as a message that can be changed and encoded again; undefined if it is malformed. */
export function messageOf(datagram: Uint8Array): RadiusMessage | undefined {
  const packet = decodePacket(datagram);
  if (typeof packet === 'string') return undefined;
  const { code, id, authenticator, attributes } = packet;
  return {
    code,
    id,
    authenticator,
    attributes: attributes.filter(({ type }) => type !== messageAuthenticatorType),
  };
}

/** Attributes with another EAP packet in place of theirs; without it, with none. */
export function withEap(
  attributes: readonly RadiusAttribute[],
  eap: Uint8Array | undefined,
): RadiusAttribute[] {
  const others = attributes.filter(({ type }) => type !== attributeTypes.EAPMessage);
  return eap ? [...others, ...splitEapMessage(eap)] : others;
}

/** A new Request Authenticator. */
export const newAuthenticator = (): Buffer => randomBytes(16);
