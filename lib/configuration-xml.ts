// XML ↔ blob where no MSXML does it: with the embedded run-time, for the package's own methods, and for any method's
// documents that hold a blob. The blobs are those of lib/methods; that of a TLS method holds its document.

import { eapErrorCodes } from './error-codes.js';
import { EapError } from './errors.js';
import { CredentialsError, encodeCredentials, type CredentialsInput } from './methods/credentials.js';
import { encodeProfile, profileDocument } from './methods/tls/profile.js';
import { TlsOptionsError } from './methods/tls/trust.js';
import {
  profiles,
  type MsChapV2Credentials,
  type ParsedCredentials,
  type TlsCredentials,
} from './profiles/index.js';
import { malformed } from './profiles/xml.js';
import { formatMethodType, isSameMethodType, type FullMethodType } from './types.js';

/** A method's configuration as a blob. */
export interface MethodConfig {
  readonly method: FullMethodType;
  readonly blob: Buffer;
}

const mschapv2Type: FullMethodType = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };

// EAPMSCHAPv2 of [MS-GPWL]: version 1 and flags, 32 bits each, little-endian; the blob of Windows' own method.
const mschapv2Version = 1;
const useLogonCredentials = 2;

function notSupported(call: string, method: FullMethodType, what: string): EapError {
  const code = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';
  return new EapError(
    `${call} failed: the embedded run-time has no XML for ${what} of method ${formatMethodType(method)}; it knows ` +
      `that of EAP-MSCHAPv2, EAP-TLS, PEAP and EAP-TTLS, and of every method as ConfigBlob or CredentialsBlob (${code})`,
    { code, winError: eapErrorCodes[code], method, call },
  );
}

/** EapHostConfig as a blob: what EapHostPeerConfigXml2Blob does. */
export function configFromXml(xml: string): MethodConfig {
  const parsed = profiles.parseConfig(xml);
  const method = parsed.type;
  if (parsed.method === 'blob') return { method, blob: Buffer.from(parsed.options.blob) };
  const call = 'EapHostPeerConfigXml2Blob';
  if (parsed.method === 'tls' || parsed.method === 'peap' || parsed.method === 'ttls') {
    return { method, blob: refusing(call, method, () => encodeProfile(parsed)) };
  }
  if (parsed.method !== 'mschapv2') throw notSupported(call, method, 'the configuration');
  const blob = Buffer.alloc(8);
  blob.writeUInt32LE(mschapv2Version);
  // What the element means where it is left out.
  const { useWinlogonCredentials = true } = parsed.options;
  blob.writeUInt32LE(useWinlogonCredentials ? useLogonCredentials : 0, 4);
  return { method, blob };
}

/** A blob as EapHostConfig: what EapHostPeerConfigBlob2Xml does. A method without XML of its own has ConfigBlob. */
export function configToXml(method: FullMethodType, blob: Uint8Array): string {
  if (isSameMethodType(method, mschapv2Type) && blob.length === 8) {
    const view = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    const flags = view.readUInt32LE(4);
    if (view.readUInt32LE() === mschapv2Version && (flags & ~useLogonCredentials) === 0) {
      return profiles.mschapv2({ useWinlogonCredentials: flags === useLogonCredentials });
    }
  }
  return profileDocument(blob) ?? profiles.blob({ type: method, blob });
}

/** Says of a profile that a method cannot do, what it cannot. */
function refusing<T>(call: string, method: FullMethodType, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TlsOptionsError)) throw error;
    const code = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';
    const details = { code, winError: eapErrorCodes[code], method, call, cause: error };
    throw new EapError(`${call} failed: ${error.message} (${code})`, details);
  }
}

/** EapHostUserCredentials as a user blob: what EapHostPeerCredentialsXml2Blob does. It holds secrets: wipe it. */
export function credentialsFromXml(xml: string): MethodConfig {
  const call = 'EapHostPeerCredentialsXml2Blob';
  const parsed = profiles.parseCredentials(xml);
  const method = parsed.type;
  if (parsed.method === 'blob') return { method, blob: Buffer.from(parsed.options.blob) };
  const input = userOf(parsed);
  if (input === 'unknown') throw notSupported(call, method, 'the credentials');
  if (input === 'loggedOn') {
    throw notSupported(call, method, "the logged-on user's credentials, which Username left out stands for,");
  }
  try {
    return { method, blob: encodeCredentials(input) };
  } catch (error) {
    // Its message never repeats any of the credentials.
    if (error instanceof CredentialsError) throw malformed('EapHostUserCredentials', error.message);
    throw error;
  }
}

type User = CredentialsInput | 'loggedOn' | 'unknown';

function userOf(parsed: ParsedCredentials): User {
  if (parsed.unknown.length > 0) return 'unknown';
  switch (parsed.method) {
    case 'mschapv2':
      return passwordUser(parsed.options);
    case 'tls':
      return certificateUser(parsed.options);
    case 'ttls':
      return parsed.options;
    case 'peap': {
      const { inner, routingIdentity } = parsed.options;
      // Guest access, which the package's PEAP does not have.
      if (!inner) return 'unknown';
      const user = 'tls' in inner ? certificateUser(inner.tls) : passwordUser(inner.mschapv2);
      return typeof user === 'string' || routingIdentity === undefined ? user : { ...user, routingIdentity };
    }
    default:
      return 'unknown';
  }
}

function passwordUser({ username, password = '', logonDomain = '' }: MsChapV2Credentials): User {
  return username === undefined ? 'loggedOn' : { username, password, domain: logonDomain };
}

function certificateUser({ username, certificate = '' }: TlsCredentials): CredentialsInput {
  return { username, password: '', certificate };
}
