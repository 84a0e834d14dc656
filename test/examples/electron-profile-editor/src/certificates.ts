// The certificates in a file of the user's: one in DER, or any number in PEM. Private keys beside them are not looked at.

import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import type { Certificate, CertificateFile } from './api.js';

const largestFile = 1 << 20;
const longestSubject = 256;
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gu;

function summaryOf(encoded: string | Buffer): Certificate {
  const { subject, validTo, fingerprint } = new X509Certificate(encoded);
  const end = new Date(validTo);
  return {
    subject: subject.replaceAll('\n', ', ').slice(0, longestSubject),
    expires: end.toISOString().slice(0, 10),
    isExpired: end.getTime() < Date.now(),
    sha1: fingerprint.replaceAll(':', '').toLowerCase(),
  };
}

/** Reads them. Throws RangeError for a file that holds anything else, or is too large. */
export async function readCertificates(file: string): Promise<CertificateFile> {
  const name = basename(file);
  if ((await stat(file)).size > largestFile) throw new RangeError(`${name} is larger than 1 MiB`);
  const octets = await readFile(file);
  const encoded = octets.toString('latin1').match(pemBlock) ?? [octets];
  try {
    return { name, certificates: encoded.map(summaryOf) };
  } catch (cause) {
    throw new RangeError(`${name} is no certificate in PEM or DER`, { cause });
  }
}
