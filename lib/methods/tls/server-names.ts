// The names of servers that a peer accepts, and the names in a certificate (EapTls/MsPeap: ServerNames).

import type { X509Certificate } from 'node:crypto';

/**
 * What the server may be called. A string is a whole name; `.example.org` any name that ends so; an asterisk stands for
 * part of one label. Case does not matter. A regular expression must match the whole name.
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

/** Whether one of the certificate's names is one of those expected. */
export function hasServerName(certificate: X509Certificate, expected: readonly ServerName[]): boolean {
  const matchers = expected.map(matcherOf);
  return certificateNames(certificate).some((name) => matchers.some((matches) => matches.test(name)));
}

/** The DNS names of a certificate; its common names where it has none. */
export function certificateNames(certificate: X509Certificate): string[] {
  const names = [...(certificate.subjectAltName ?? '').matchAll(alternativeName)]
    .filter(({ groups }) => groups?.['kind'] === 'DNS')
    .map(({ groups }) => unquoted(groups?.['name'] ?? ''));
  if (names.length > 0) return names;
  return [...certificate.subject.matchAll(commonName)].map(({ groups }) => groups?.['name'] ?? '');
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
  const body = name.replaceAll(/[.\\+?^${}()|[\]/-]/gu, String.raw`\$&`).replaceAll('*', '[^.]+');
  return new RegExp(name.startsWith('.') ? `^.+${body}$` : `^${body}$`, 'iu');
}
