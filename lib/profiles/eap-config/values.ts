// The simple values of an eap-config file: base64, certificates, numbers, dates. The file is anybody's: each has its
// limits, and no error quotes the text.

import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

import { malformed, type ParsedElement } from '../xml.js';
import type { EapConfigCertificate } from './types.js';

/** The most octets of a certificate, of a PKCS #12, of a logo. */
export const octetLimits = { certificate: 1 << 16, pkcs12: 1 << 20, logo: 1 << 21 } as const;

const notBase64 = /[^0-9A-Za-z+/]/u;

/** Octets of base64, with white space anywhere, of `limit` octets at most. */
export function base64(element: ParsedElement, limit: number): Buffer {
  const digits = element.text.replaceAll(/\s+/gu, '');
  if (digits.length > Math.ceil(limit / 3) * 4) throw malformed(element, `is longer than ${limit} octets`);
  const bare = digits.replace(/={1,2}$/u, '');
  const isWhole = digits.length % 4 === 0 && digits.length > 0;
  if (!isWhole || notBase64.test(bare)) throw malformed(element, 'must be base64');
  return Buffer.from(digits, 'base64');
}

const pem = /^\s*-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----\s*$/u;

/** A certificate: DER in base64, with or without PEM's lines around it. */
export function certificate(element: ParsedElement): EapConfigCertificate {
  const inner = pem.exec(element.text)?.[1];
  const der = base64(inner === undefined ? element : { ...element, text: inner }, octetLimits.certificate);
  let read: X509Certificate;
  try {
    read = new X509Certificate(der);
  } catch (error) {
    throw Object.assign(malformed(element, 'is no X.509 certificate'), { cause: error });
  }
  const bare = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();
  return {
    der: new Uint8Array(read.raw),
    pem: read.toString(),
    sha1: bare(read.fingerprint),
    sha256: bare(read.fingerprint256),
    isRoot: read.checkIssued(read),
    subject: read.subject,
    notAfter: new Date(read.validTo),
  };
}

/** xs:int of 0 and more. */
export function numberUpTo(text: string, element: ParsedElement, most: number): number {
  const digits = text.trim();
  const value = /^\+?\d{1,10}$/u.test(digits) ? Number(digits) : Number.NaN;
  if (!(value <= most)) throw malformed(element, `must be an integer from 0 to ${most}`);
  return value;
}

/** xs:boolean. */
export function truth(text: string, element: ParsedElement): boolean {
  const word = text.trim();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw malformed(element, 'must be true, false, 1 or 0');
}

/** Degrees of up to `most` in either direction. */
export function degrees(element: ParsedElement, most: number): number {
  const text = element.text.trim();
  const value = /^[-+]?\d{1,3}(?:\.\d{0,30})?$/u.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(value) <= most)) throw malformed(element, `must be degrees from -${most} to ${most}`);
  return value;
}

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/u;

/** xs:dateTime of the years 0000 to 9999. */
export function date(element: ParsedElement): Date {
  const text = element.text.trim();
  const [whole, zone] = dateTime.exec(text) ?? [];
  const value = new Date(whole === undefined ? Number.NaN : whole + (zone === undefined ? 'Z' : ''));
  if (Number.isNaN(value.getTime())) throw malformed(element, 'must be a date such as 2030-01-31T12:00:00Z');
  return value;
}
