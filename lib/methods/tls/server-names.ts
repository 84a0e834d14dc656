// The names of servers that a peer accepts, and the names in a certificate (EapTls/MsPeap: ServerNames).

import type { X509Certificate } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * A name that the server may have. A string is a whole name; `.example.org` any name that ends so; an asterisk stands
 * for part of one label. Case does not matter. Names with letters beyond ASCII are compared as DNS has them
 * (`xn--…`), with no asterisk in such a label. A regular expression must match the whole name in that form, in lower
 * case.
 */
export type ServerName = string | RegExp;

/**
 * The names in the text of a Windows profile: separated by semicolons; an entry that a host name cannot be, but for
 * asterisks, is a regular expression, as Windows takes it.
 * @throws SyntaxError for a malformed expression
 */
export function parseServerNames(text: string): ServerName[] {
  return text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => (isNamePattern(entry) ? entry : new RegExp(entry, 'iu')));
}

/**
 * A check whether one of a server certificate's names is one of those expected.
 * @throws SyntaxError for a name that no host can have
 */
export function serverNameCheck(expected: readonly ServerName[]): (certificate: X509Certificate) => boolean {
  const matchers = expected.map(matcherOf);
  return (certificate) =>
    serverCertificateNames(certificate)
      .map(nameInDns)
      .some((name) => name !== undefined && matchers.some((matcher) => matcher.test(name)));
}

/** The DNS names of a server's certificate; its common names where it has no alternative name of any kind (RFC 6125, 6.4.4). */
export function serverCertificateNames(certificate: X509Certificate): string[] {
  return certificate.subjectAltName === undefined
    ? commonNames(certificate)
    : alternativeNames(certificate, 'DNS');
}

/** The DNS names of a certificate; its common names where it has none. */
export function certificateNames(certificate: X509Certificate): string[] {
  const names = alternativeNames(certificate, 'DNS');
  return names.length > 0 ? names : commonNames(certificate);
}

function commonNames({ subject }: X509Certificate): string[] {
  return [...subject.matchAll(commonName)].map(({ groups }) => groups?.['name'] ?? '');
}

/**
 * A certificate's name in ASCII. IDNA makes one name of many, such as of those that look alike: only the one that it
 * gives back counts.
 */
function nameInDns(name: string): string | undefined {
  const lower = name.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
  if (isAscii(lower)) return lower;
  const ascii = domainToASCII(lower);
  return domainToUnicode(ascii) === lower ? ascii : undefined;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** The alternative names of a kind, which is Node's word for it, such as `DNS` or `email`. */
export function alternativeNames(certificate: X509Certificate, kind: string): string[] {
  return [...(certificate.subjectAltName ?? '').matchAll(alternativeName)]
    .filter(({ groups }) => groups?.['kind'] === kind)
    .map(({ groups }) => unquoted(groups?.['name'] ?? ''));
}

/** Names that hold commas are quoted as in JSON. */
const alternativeName = /(?:^|, )(?<kind>[^:,"]+):(?<name>"(?:[^"\\]|\\.)*"|[^,]*)/gu;
const commonName = /^CN=(?<name>.*)$/gmu;
const namePattern = /^\.?[\p{L}\d*_-]+(?:\.[\p{L}\d*_-]+)*\.?$/u;

/** `a.*` could be either; a bare `.*` at the end can only be meant as an expression. */
function isNamePattern(entry: string): boolean {
  return namePattern.test(entry) && !entry.includes('.*');
}

function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  const text: unknown = JSON.parse(name);
  return typeof text === 'string' ? text : '';
}

function matcherOf(name: ServerName): RegExp {
  if (name instanceof RegExp) {
    return new RegExp(`^(?:${name.source})$`, name.flags.replaceAll(/[gy]/gu, ''));
  }
  const ascii = asciiOf(name);
  const body = ascii.replaceAll(/[.\\+?^${}()|[\]/]/gu, String.raw`\$&`).replaceAll('*', '[^.]+');
  return new RegExp(ascii.startsWith('.') ? `^.+${body}$` : `^${body}$`, 'u');
}

/** An expected name in ASCII, lower case. */
function asciiOf(name: string): string {
  if (isAscii(name)) return name.toLowerCase();
  const ascii = domainToASCII(name);
  if (ascii !== '' && name.split('.').every((label) => isAscii(label) || !label.includes('*'))) return ascii;
  throw new SyntaxError(`No host can be called ${JSON.stringify(name)}`);
}
