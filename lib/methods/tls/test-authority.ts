// A throw-away certificate authority for tests and demonstrations: its key lives in memory, and is forgotten with it.

import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { types } from 'node:util';
import { ownOptions, type OptionNames, toInteger } from '../../base/arguments.js';

/** A certificate and its key, in PEM. */
export interface IssuedIdentity {
  readonly cert: string;
  readonly key: string;
}

/** The subject of a certificate. */
export interface CertificateSubject {
  /** Common name. */
  readonly name: string;
  /** The purpose of the certificate. */
  readonly purpose: 'server' | 'client';
  /** Names of hosts in the certificate. */
  readonly dnsNames?: readonly string[];
  /** E-mail addresses in the certificate. */
  readonly emails?: readonly string[];
  /** Windows' user principal name in the certificate. */
  readonly upn?: string;
  /** When it becomes valid. Default: an hour ago, or an hour before `notAfter` where that is earlier. */
  readonly notBefore?: Date;
  /** When it becomes invalid. Default: with the authority's own certificate. */
  readonly notAfter?: Date;
}

const subjectNames: OptionNames<CertificateSubject> = {
  name: 'string',
  purpose: ['server', 'client'],
  dnsNames: 'strings',
  emails: 'strings',
  upn: 'string',
  notBefore: 'object',
  notAfter: 'object',
};

/** An authority that issues certificates. */
export interface TestAuthority {
  /** Its own certificate, in PEM. */
  readonly ca: string;
  /** Issues a certificate, with a new key. */
  issue(this: void, subject: CertificateSubject): IssuedIdentity;
}

// The forms of DER (X.690) that certificates are written in.

/** One value: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const octets: number[] = [];
  for (let rest = body.length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | octets.length, ...octets), body]);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Buffer => der(0x31, ...content);
export const octetString = (...content: readonly Uint8Array[]): Buffer => der(0x04, ...content);
export const boolean = (value: boolean): Buffer => der(0x01, Buffer.of(value ? 0xff : 0));
export const text = (value: string): Buffer => der(0x0c, Buffer.from(value));

/** A tag of the context's own. */
export const tagged = (number: number, ...content: readonly Uint8Array[]): Buffer =>
  der(0xa0 | number, ...content);

/** A positive number, most significant octet first. */
export function integer(octets: Uint8Array): Buffer {
  let at = 0;
  while (at < octets.length - 1 && octets[at] === 0) at++;
  const digits = octets.subarray(at);
  return der(0x02, ((digits[0] ?? 0) & 0x80) === 0 ? digits : Buffer.concat([Buffer.of(0), digits]));
}

/** Bits, of which the last octet leaves some unused. */
export const bitString = (octets: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.of(unused), octets);

/** An object identifier in dotted numbers. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) {
      groups.unshift(0x80 | (high & 0x7f));
    }
    return groups;
  });
  return der(0x06, Buffer.from(octets));
}

/** A point in time to the second; as RFC 5280 wants it, UTCTime up to 2049 and GeneralizedTime from then on. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

const ids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  userPrincipalName: '1.3.6.1.4.1.311.20.2.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
} as const;

const hour = 3_600_000;
const defaultDays = 30;
const emailTag = 0x81;
const dnsTag = 0x82;
/** keyCertSign and cRLSign; digitalSignature. */
const usages = { authority: bitString(Buffer.of(0x06), 1), other: bitString(Buffer.of(0x80), 7) };

/**
 * Makes an authority with a P-256 key, for tests. Its key is not stored, and nothing can be revoked.
 * @param options.name its common name; default `Throw-away authority`
 * @param options.days how long its certificate lasts; default 30
 * @example
 * ```ts
 * import { makeTestAuthority, parseServerNames, tlsPeer } from 'eaphost/methods';
 *
 * const { ca, issue } = makeTestAuthority();
 * const server = issue({ name: 'radius', purpose: 'server', dnsNames: ['radius.example.org'] });
 * const user = issue({ name: 'alice', purpose: 'client' });
 * const peer = tlsPeer({ ca, serverNames: parseServerNames('radius.example.org'), ...user });
 * console.log(peer.name, server.cert);
 * ```
 */
export function makeTestAuthority(
  options: { readonly name?: string; readonly days?: number } = {},
): TestAuthority {
  const { name = 'Throw-away authority', days = defaultDays } = ownOptions(options, 'options', {
    name: 'string',
    days: 'number',
  });
  toInteger(days, 'days', -36_500, 36_500);
  const keys = newKeys();
  const notBefore = new Date(Date.now() - hour);
  const notAfter = new Date(Date.now() + days * 24 * hour);
  const issuer = { name, keys };
  const ca = certificate({
    issuer,
    subject: issuer,
    notBefore,
    notAfter,
    extensions: [
      extension(ids.basicConstraints, sequence(boolean(true)), true),
      extension(ids.keyUsage, usages.authority, true),
    ],
  });
  return {
    ca,
    issue(given) {
      const subjectOptions = ownOptions(given, 'subject', subjectNames, ['name', 'purpose']);
      const { name: subject, purpose, dnsNames = [], emails = [], upn } = subjectOptions;
      for (const name of ['notBefore', 'notAfter'] as const) {
        const date = subjectOptions[name];
        if (date !== undefined && !(types.isDate(date) && Number.isFinite(date.getTime())))
          throw new TypeError(`subject.${name} must be a Date`);
      }
      const { notAfter: end = notAfter } = subjectOptions;
      // One that has expired was valid before.
      const usual = new Date(Math.min(notBefore.getTime(), end.getTime() - hour));
      const { notBefore: start = usual } = subjectOptions;
      const own = newKeys();
      const otherName = objectIdentifier(ids.userPrincipalName);
      const names = [
        ...(upn === undefined ? [] : [tagged(0, otherName, tagged(0, text(upn)))]),
        ...emails.map((email) => der(emailTag, Buffer.from(email, 'latin1'))),
        ...dnsNames.map((host) => der(dnsTag, Buffer.from(host, 'latin1'))),
      ];
      const cert = certificate({
        issuer,
        subject: { name: subject, keys: own },
        notBefore: start,
        notAfter: end,
        extensions: [
          extension(ids.basicConstraints, sequence(), true),
          extension(ids.keyUsage, usages.other, true),
          extension(ids.extendedKeyUsage, sequence(objectIdentifier(ids[purpose]))),
          ...(names.length > 0 ? [extension(ids.subjectAltName, sequence(...names))] : []),
        ],
      });
      return { cert, key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Party {
  readonly name: string;
  readonly keys: Keys;
}

interface Contents {
  readonly issuer: Party;
  readonly subject: Party;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** A certificate of version 3 (RFC 5280, 4.1), in PEM. */
function certificate({ issuer, subject, notBefore, notAfter, extensions }: Contents): string {
  const algorithm = sequence(objectIdentifier(ids.ecdsaWithSha256));
  const content = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(randomBytes(16)),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(subject.name),
    publicKeyOf(subject),
    tagged(
      3,
      sequence(
        ...extensions,
        extension(ids.subjectKeyIdentifier, octetString(keyIdentifier(subject))),
        extension(ids.authorityKeyIdentifier, sequence(der(0x80, keyIdentifier(issuer)))),
      ),
    ),
  );
  const signature = sign('sha256', content, issuer.keys.privateKey);
  return new X509Certificate(sequence(content, algorithm, bitString(signature))).toString();
}

function publicKeyOf({ keys }: Party): Buffer {
  return keys.publicKey.export({ type: 'spki', format: 'der' });
}

function keyIdentifier(party: Party): Buffer {
  return createHash('sha1').update(publicKeyOf(party)).digest();
}

function distinguishedName(commonName: string): Buffer {
  const name = sequence(objectIdentifier(ids.commonName), text(commonName));
  return sequence(set(name));
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  const critical = isCritical ? [boolean(true)] : [];
  return sequence(objectIdentifier(id), ...critical, octetString(value));
}
