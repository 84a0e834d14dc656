// A throw-away certificate authority for tests and demonstrations: its key lives in memory, and is forgotten with it.

import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { ownOptions } from '../../base/arguments.js';
import * as asn1 from './der.js';

/** A certificate and its key, in PEM. */
export interface IssuedIdentity {
  readonly cert: string;
  readonly key: string;
}

/** Whom a certificate is for. */
export interface CertificateSubject {
  /** Common name. */
  readonly name: string;
  /** What the certificate may be used for. */
  readonly purpose: 'server' | 'client';
  /** Names of hosts in the certificate. */
  readonly dnsNames?: readonly string[];
  /** E-mail addresses in the certificate. */
  readonly emails?: readonly string[];
  /** Windows' user principal name in the certificate. */
  readonly upn?: string;
  /** When it becomes invalid. Default: with the authority's own certificate. */
  readonly notAfter?: Date;
}

/** An authority that issues certificates. */
export interface TestAuthority {
  /** Its own certificate, in PEM. */
  readonly ca: string;
  /** Issues a certificate, with a new key. */
  issue(this: void, subject: CertificateSubject): IssuedIdentity;
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
const usages = { authority: asn1.bitString(Buffer.of(0x06), 1), other: asn1.bitString(Buffer.of(0x80), 7) };

/**
 * Makes an authority with a P-256 key, for tests: nobody keeps its key, and nothing can be revoked.
 * @param options.name its common name; default `Throw-away authority`
 * @param options.days how long its certificate lasts; default 30
 */
export function makeTestAuthority(
  options: { readonly name?: string; readonly days?: number } = {},
): TestAuthority {
  const { name = 'Throw-away authority', days = defaultDays } = ownOptions(options, 'options');
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
      extension(ids.basicConstraints, asn1.sequence(asn1.boolean(true)), true),
      extension(ids.keyUsage, usages.authority, true),
    ],
  });
  return {
    ca,
    issue(given) {
      const subjectOptions = ownOptions(given, 'subject');
      const { name: subject, purpose, dnsNames = [], emails = [], upn } = subjectOptions;
      const { notAfter: end = notAfter } = subjectOptions;
      const own = newKeys();
      const otherName = asn1.objectIdentifier(ids.userPrincipalName);
      const names = [
        ...(upn === undefined ? [] : [asn1.tagged(0, otherName, asn1.tagged(0, asn1.text(upn)))]),
        ...emails.map((email) => asn1.der(emailTag, Buffer.from(email, 'latin1'))),
        ...dnsNames.map((host) => asn1.der(dnsTag, Buffer.from(host, 'latin1'))),
      ];
      const cert = certificate({
        issuer,
        subject: { name: subject, keys: own },
        // One that has expired was valid before.
        notBefore: new Date(Math.min(notBefore.getTime(), end.getTime() - hour)),
        notAfter: end,
        extensions: [
          extension(ids.basicConstraints, asn1.sequence(), true),
          extension(ids.keyUsage, usages.other, true),
          extension(ids.extendedKeyUsage, asn1.sequence(asn1.objectIdentifier(ids[purpose]))),
          ...(names.length > 0 ? [extension(ids.subjectAltName, asn1.sequence(...names))] : []),
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
  const algorithm = asn1.sequence(asn1.objectIdentifier(ids.ecdsaWithSha256));
  const content = asn1.sequence(
    asn1.tagged(0, asn1.integer(Buffer.of(2))),
    asn1.integer(randomBytes(16)),
    algorithm,
    distinguishedName(issuer.name),
    asn1.sequence(asn1.time(notBefore), asn1.time(notAfter)),
    distinguishedName(subject.name),
    publicKeyOf(subject),
    asn1.tagged(
      3,
      asn1.sequence(
        ...extensions,
        extension(ids.subjectKeyIdentifier, asn1.octetString(keyIdentifier(subject))),
        extension(ids.authorityKeyIdentifier, asn1.sequence(asn1.der(0x80, keyIdentifier(issuer)))),
      ),
    ),
  );
  const signature = sign('sha256', content, issuer.keys.privateKey);
  return new X509Certificate(asn1.sequence(content, algorithm, asn1.bitString(signature))).toString();
}

function publicKeyOf({ keys }: Party): Buffer {
  return keys.publicKey.export({ type: 'spki', format: 'der' });
}

function keyIdentifier(party: Party): Buffer {
  return createHash('sha1').update(publicKeyOf(party)).digest();
}

function distinguishedName(commonName: string): Buffer {
  const name = asn1.sequence(asn1.objectIdentifier(ids.commonName), asn1.text(commonName));
  return asn1.sequence(asn1.set(name));
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  const critical = isCritical ? [asn1.boolean(true)] : [];
  return asn1.sequence(asn1.objectIdentifier(id), ...critical, asn1.octetString(value));
}
