// Certificates that must not be believed, made of one that is: whoever has it and its key can make them.

import { createPrivateKey, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../methods/tls/options.js';
import * as asn1 from '../methods/tls/test-authority.js';
import { NotApplicable } from './case.js';

/** The certificate itself, without those that lead to the root. */
export function ownCertificate({ cert }: TlsIdentity): X509Certificate {
  const [pem] = [cert ?? []].flat();
  if (pem === undefined || pem.length === 0) throw new NotApplicable('the certificate is not given in PEM');
  return new X509Certificate(typeof pem === 'string' ? pem : Buffer.from(pem));
}

/** The common name of a certificate's issuer. */
export function issuerOf(identity: TlsIdentity): string {
  const { issuer } = ownCertificate(identity);
  const [, name = issuer] = /^CN=(.+)$/mu.exec(issuer) ?? [];
  return name;
}

/** A certificate that another one has signed, which is no authority. */
export function issuedBy(issuer: TlsIdentity, subject: asn1.CertificateSubject): TlsIdentity {
  const certificate = ownCertificate(issuer);
  if (!issuer.key) throw new NotApplicable('the key of the certificate is not given in PEM');
  const key = createPrivateKey({
    key: typeof issuer.key === 'string' ? issuer.key : Buffer.from(issuer.key),
    passphrase: issuer.passphrase,
  });
  const algorithms: Readonly<Record<string, string>> = {
    ec: '1.2.840.10045.4.3.2',
    rsa: '1.2.840.113549.1.1.11',
  };
  const oid = algorithms[key.asymmetricKeyType ?? ''];
  if (oid === undefined) throw new NotApplicable(`the key is of the type ${key.asymmetricKeyType}`);
  const made = asn1.makeTestAuthority().issue(subject);
  const own = partsOf(new X509Certificate(made.cert).raw);
  const algorithm = asn1.sequence(
    asn1.objectIdentifier(oid),
    ...(oid.endsWith('.11') ? [Buffer.of(5, 0)] : []),
  );
  const content = asn1.sequence(
    asn1.tagged(0, asn1.integer(Buffer.of(2))),
    asn1.integer(randomBytes(16)),
    algorithm,
    partsOf(certificate.raw).subject,
    own.validity,
    own.subject,
    own.publicKey,
  );
  const signed = asn1.sequence(content, algorithm, asn1.bitString(sign('sha256', content, key)));
  return { cert: `${new X509Certificate(signed).toString()}${certificate.toString()}`, key: made.key };
}

/** The fields of a certificate (RFC 5280, 4.1), each with its tag and length. */
function partsOf(certificate: Buffer): { validity: Buffer; subject: Buffer; publicKey: Buffer } {
  const [content = Buffer.alloc(0)] = elementsOf(certificate);
  // The version, the serial number, the algorithm and the issuer come before.
  const [, , , , validity, subject, publicKey] = elementsOf(content);
  if (!validity || !subject || !publicKey) throw new NotApplicable('the certificate cannot be read');
  return { validity, subject, publicKey };
}

/** What a constructed value holds. */
function elementsOf(value: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = contentAt(value, 0); at < value.length;) {
    const start = contentAt(value, at);
    const octets = value.subarray(at + 2, start);
    const length = octets.length === 0 ? (value[at + 1] ?? 0) : octets.readUIntBE(0, octets.length);
    elements.push(value.subarray(at, start + length));
    at = start + length;
  }
  return elements;
}

/** Where the content of the value at an offset begins. */
function contentAt(value: Buffer, at: number): number {
  const first = value[at + 1] ?? 0;
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
}
