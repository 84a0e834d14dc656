// The user blob of the package's methods: who the user is and what they know. All text is UTF-8:
//   'E' 'H' 'C' 1, then four fields of a 16-bit big-endian length and that many octets each:
//   user name, domain, password, new password; domain and new password may be empty.
//   'E' 'H' 'C' 2, then six: those four, routing identity, certificate (hex digits); each but the name may be empty.

import { isUtf8 } from 'node:buffer';
import { ownOptions, type OptionNames } from '../base/arguments.js';
import { systemErrorCodes } from '../base/error-codes.js';
import { secretBuffer, secretFrom } from '../base/secret.js';

/** A user's name and password, for `encodeCredentials`. */
export interface CredentialsInput {
  /** 1 to 256 octets of UTF-8. `DOMAIN\user` and `user@realm` are fine too. */
  readonly username: string;
  /** Up to 256 UTF-16 units; octets are UTF-8. */
  readonly password: string | Uint8Array;
  /** Put before the user name with a backslash. */
  readonly domain?: string;
  /** The new password, sent if the server says that the old one has expired. */
  readonly newPassword?: string | Uint8Array;
  /** PEAP: the outer identity in place of the profile's. Up to 253 octets. */
  readonly routingIdentity?: string;
  /** EAP-TLS: SHA-1 of the certificate that the method must have, in hex. */
  readonly certificate?: string;
}

const credentialNames: OptionNames<CredentialsInput> = {
  username: 'string',
  password: 'secret',
  domain: 'string',
  newPassword: 'secret',
  routingIdentity: 'string',
  certificate: 'string',
};

/** Decoded credentials. The passwords are copies, UTF-8; wipe them with `wipe`. */
export interface Credentials {
  readonly username: string;
  readonly domain: string;
  readonly password: Buffer;
  /** Empty when there is none. */
  readonly newPassword: Buffer;
  /** Empty when there is none. */
  readonly routingIdentity: string;
  /** Hex digits of a SHA-1; empty when there is none. */
  readonly certificate: string;
}

/** The error of an invalid user blob. The message never quotes it. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly code = 'EAPHOST_BAD_CREDENTIALS';
  /** The code that a method DLL returns for it. */
  readonly winError = systemErrorCodes.ERROR_INVALID_DATA;
}

const magic = Buffer.from('EHC');
/** The number of fields in each version. */
const fieldCounts: Readonly<Record<number, number>> = { 1: 4, 2: 6 };
const maxRoutingOctets = 253;
const maxNameOctets = 256;
const maxPasswordUnits = 256;
const noText = Buffer.alloc(0);

/** The user blob for the package's methods. Throws CredentialsError for what has no place in it. */
export function encodeCredentials(given: CredentialsInput): Buffer {
  const credentials = ownOptions(given, 'credentials', credentialNames, ['username', 'password']);
  const { username, domain = '', password, newPassword = '' } = credentials;
  const { routingIdentity = '', certificate = '' } = credentials;
  const fields = [Buffer.from(username), Buffer.from(domain), secretFrom(password), secretFrom(newPassword)];
  const isShort = routingIdentity === '' && certificate === '';
  if (!isShort) fields.push(Buffer.from(routingIdentity), Buffer.from(certificate));
  try {
    check(fields);
    const size = fields.reduce((sum, field) => sum + 2 + field.length, magic.length + 1);
    const blob = secretBuffer(size);
    let at = blob.writeUInt8(isShort ? 1 : 2, magic.copy(blob));
    for (const field of fields) {
      at = blob.writeUInt16BE(field.length, at);
      at += field.copy(blob, at);
    }
    return blob;
  } finally {
    wipe(...fields);
  }
}

/** The fields of a user blob, in its own memory. Throws CredentialsError for one that is not of `encodeCredentials`. */
function fieldsOf(blob: Uint8Array): readonly Buffer[] {
  const view = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (!isUserBlob(view)) throw new CredentialsError('the user blob is not one of encodeCredentials()');
  const version = view.readUInt8(magic.length);
  const count = fieldCounts[version];
  if (count === undefined) throw new CredentialsError(`the user blob has version ${version}, not 1 or 2`);
  const fields: Buffer[] = [];
  let at = magic.length + 1;
  while (at < view.length && fields.length < count) {
    const start = at + 2;
    const end = start <= view.length ? start + view.readUInt16BE(at) : Infinity;
    if (end > view.length) throw new CredentialsError('the user blob is cut short');
    fields.push(view.subarray(start, end));
    at = end;
  }
  if (fields.length < count || at !== view.length) {
    throw new CredentialsError('the user blob has too few or too many octets');
  }
  check(fields);
  return fields;
}

/** Reads a user blob. Throws CredentialsError for one that is not of `encodeCredentials`. */
export function decodeCredentials(blob: Uint8Array): Credentials {
  const fields = fieldsOf(blob);
  const [username = noText, domain = noText, password = noText, newPassword = noText] = fields;
  const [, , , , routingIdentity = noText, certificate = noText] = fields;
  return {
    username: username.toString(),
    domain: domain.toString(),
    password: secretFrom(password),
    newPassword: secretFrom(newPassword),
    routingIdentity: routingIdentity.toString(),
    certificate: certificate.toString(),
  };
}

/** Whether a user blob is of this form; methods of others have forms of their own. */
export function isUserBlob(blob: Uint8Array): boolean {
  return blob.length > magic.length && magic.equals(blob.subarray(0, magic.length));
}

/** The identity of a user blob. Throws as `decodeCredentials`. */
export function identityIn(blob: Uint8Array): string {
  const [username = noText, domain = noText] = fieldsOf(blob);
  return identityOf({ username: username.toString(), domain: domain.toString() });
}

/** The identity in the clear of a user blob, if it has one. Throws as `decodeCredentials`. */
export function routingIdentityIn(blob: Uint8Array): string | undefined {
  const [, , , , routingIdentity = noText] = fieldsOf(blob);
  return routingIdentity.length === 0 ? undefined : routingIdentity.toString();
}

/** The identity as it is sent: `domain\username`, or the user name alone. */
export function identityOf({ username, domain }: Pick<Credentials, 'username' | 'domain'>): string {
  return domain === '' ? username : `${domain}\\${username}`;
}

/** Overwrites what must not stay in memory. */
export function wipe(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

/** Overwrites the passwords of decoded credentials. */
export function wipeCredentials(credentials: Credentials | undefined): void {
  wipe(credentials?.password, credentials?.newPassword);
}

function check([
  username = noText,
  domain = noText,
  password = noText,
  newPassword = noText,
  routingIdentity = noText,
  certificate = noText,
]: readonly Buffer[]): void {
  const texts = { username, domain, password, newPassword, 'routing identity': routingIdentity };
  for (const [what, field] of Object.entries(texts)) {
    if (!isUtf8(field)) throw new CredentialsError(`the ${what} is not valid UTF-8`);
  }
  const nameLength = username.length + (domain.length > 0 ? domain.length + 1 : 0);
  if (username.length < 1 || nameLength > maxNameOctets) {
    throw new CredentialsError(`the username, with its domain, must have 1 to 256 octets, not ${nameLength}`);
  }
  if (username.includes(0) || domain.includes(0)) {
    throw new CredentialsError('the username and the domain must not hold a zero octet');
  }
  if (domain.includes('\\')) throw new CredentialsError('the domain must not hold a backslash');
  if (routingIdentity.length > maxRoutingOctets || routingIdentity.includes(0)) {
    throw new CredentialsError('the routing identity may have at most 253 octets, none of them zero');
  }
  if (certificate.length > 0 && !/^[0-9a-f]{40}$/u.test(certificate.toString('latin1'))) {
    throw new CredentialsError('the certificate must be a SHA-1 in 40 lower-case hex digits');
  }
  if (utf16Units(password) > maxPasswordUnits || utf16Units(newPassword) > maxPasswordUnits) {
    throw new CredentialsError('the password is too long: it may have at most 256 characters (UTF-16 units)');
  }
}

/** Units of UTF-16 that valid UTF-8 takes: one for each character, two for those of four octets. */
function utf16Units(text: Uint8Array): number {
  let units = 0;
  for (const octet of text) units += octet >= 0xf0 ? 2 : octet < 0x80 || octet >= 0xc0 ? 1 : 0;
  return units;
}
