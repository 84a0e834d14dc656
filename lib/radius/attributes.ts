// RADIUS attributes: values in and out of them. Their numbers are those of EAPHost's attributes. And the error that every
// rejection of lib/radius carries: a refused authentication is a result, never an error.

import { checkWellFormed, toBytes } from '../base/arguments.js';
import { attributeTypes, decodeVendorSpecific, microsoft } from '../eap/attributes.js';
import { secretFrom } from '../base/secret.js';
import type { EapAttribute } from '../eap/names.js';

/** Why a RADIUS call failed. */
export type RadiusErrorCode =
  /** No acceptable reply came, all retransmissions included. */
  | 'EAPHOST_RADIUS_TIMEOUT'
  /** The client or server was closed. */
  | 'EAPHOST_RADIUS_CLOSED'
  /** The name did not resolve, or the socket failed. */
  | 'EAPHOST_RADIUS_NETWORK'
  /** An attribute or the whole packet is larger than RADIUS allows. */
  | 'EAPHOST_RADIUS_TOO_LONG'
  /** The other side, properly authenticated, broke the protocol. */
  | 'EAPHOST_RADIUS_PROTOCOL';

/** A failed RADIUS call. Its message never holds a secret. */
export class RadiusError extends Error {
  readonly code: RadiusErrorCode;

  constructor(code: RadiusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RadiusError';
    this.code = code;
  }
}

/** One attribute: its number (`attributeTypes`) and its value without type and length, at most 253 octets. */
export type RadiusAttribute = EapAttribute;

/** Attribute numbers that EAPHost names otherwise or not at all (RFC 3579, 3.2; RFC 5176, 3.5). */
export const messageAuthenticatorType = attributeTypes.Signature;
export const errorCauseType = 101;

/** Error-Cause: the server ignored an invalid EAP packet (RFC 3579, 2.2). */
export const invalidEapIgnored = 202;

/** Largest value of one attribute, in octets. */
export const maxValueLength = 253;

/**
 * An attribute of octets or UTF-8 text. Throws EAPHOST_RADIUS_TOO_LONG for more than 253 octets, TypeError
 * and RangeError for what is neither, or holds half a character.
 */
export function textAttribute(type: number, text: string | Uint8Array): RadiusAttribute {
  if (typeof text === 'string') checkWellFormed(text, 'text');
  const value = Buffer.from(typeof text === 'string' ? text : toBytes(text, 'text'));
  if (value.length > maxValueLength) {
    const what =
      type === attributeTypes.UserName ? 'the identity, as User-Name,' : `RADIUS attribute ${type}`;
    throw new RadiusError(
      'EAPHOST_RADIUS_TOO_LONG',
      `${what} has ${value.length} octets, and may have at most 253`,
    );
  }
  return { type, value };
}

/** An attribute of a 32-bit unsigned number. */
export function integerAttribute(type: number, number: number): RadiusAttribute {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(number);
  return { type, value };
}

/** The values of every attribute of this number, in order, as views. */
export function valuesOf(attributes: readonly RadiusAttribute[], type: number): Buffer[] {
  return attributes.filter((attribute) => attribute.type === type).map(({ value }) => asBuffer(value));
}

/** The number in the first attribute of this number; undefined when there is none of four octets. */
export function integerOf(attributes: readonly RadiusAttribute[], type: number): number | undefined {
  const [value] = valuesOf(attributes, type);
  return value?.length === 4 ? value.readUInt32BE() : undefined;
}

/** The text in the first attribute of this number. */
export function textOf(attributes: readonly RadiusAttribute[], type: number): string | undefined {
  return valuesOf(attributes, type)[0]?.toString('utf8');
}

/** The values of Microsoft's attribute of this number, as copies. */
export function microsoftValuesOf(attributes: readonly RadiusAttribute[], vendorType: number): Buffer[] {
  return attributes
    .flatMap((attribute) => decodeVendorSpecific(attribute))
    .filter((value) => value.vendorId === microsoft.vendorId && value.vendorType === vendorType)
    .map(({ data }) => data);
}

/** The same octets as a Buffer, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An EAP packet as EAP-Message attributes of at most 253 octets. An empty one gives an EAP-Start. */
export function splitEapMessage(packet: Uint8Array): RadiusAttribute[] {
  const pieces: RadiusAttribute[] = [];
  let at = 0;
  do {
    pieces.push({ type: attributeTypes.EAPMessage, value: packet.subarray(at, at + maxValueLength) });
    at += maxValueLength;
  } while (at < packet.length);
  return pieces;
}

/** The EAP packet in a packet's attributes: undefined when there is none, 'scattered' when they are not consecutive. */
export function joinEapMessage(attributes: readonly RadiusAttribute[]): Buffer | 'scattered' | undefined {
  const isPiece = ({ type }: RadiusAttribute) => type === attributeTypes.EAPMessage;
  const first = attributes.findIndex(isPiece);
  if (first < 0) return undefined;
  const pieces = attributes.filter(isPiece);
  if (!attributes.slice(first, first + pieces.length).every(isPiece)) return 'scattered';
  return secretFrom(...pieces.map(({ value }) => value));
}
