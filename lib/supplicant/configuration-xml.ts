// XML ↔ blob where no MSXML does it: with the embedded run-time, for the methods that come with Windows, and for any
// method's documents that hold a blob. XML that only a method's own DLL knows is left to the DLL. The blobs are those
// of lib/methods: that of EAP-MSCHAPv2 is Windows' own; those of the TLS methods contain the whole document, and the
// method rejects unsupported options when a session begins.

import { eapErrorCodes } from '../base/error-codes.js';
import { EapError } from '../base/errors.js';
import { CredentialsError, encodeCredentials, type CredentialsInput } from '../methods/credentials.js';
import { profileBlob, profileDocument } from '../methods/tls/profile.js';
import {
  profiles,
  type MsChapV2Credentials,
  type ParsedCredentials,
  type ParseOptions,
  type TlsCredentials,
} from '../profiles/index.js';
import { HiddenText } from '../profiles/hidden-text.js';
import { malformed } from '../profiles/xml.js';
import { formatMethodType, isSameMethodType, type FullMethodType } from '../eap/names.js';
import { secretFrom } from '../base/secret.js';

/** A method's configuration as a blob. */
export interface MethodConfig {
  readonly method: FullMethodType;
  readonly blob: Buffer;
}

/** The result of converting a document: no blob if only the method's DLL can make one. */
export interface ConvertedXml {
  readonly method: FullMethodType;
  readonly blob: Buffer | undefined;
}

const typeOf = (type: number, authorId = 0): FullMethodType => ({
  type,
  vendorId: 0,
  vendorType: 0,
  authorId,
});
const mschapv2Type = typeOf(26);
/** The methods whose XML is known here. */
const knownTypes = [mschapv2Type, typeOf(13), typeOf(25), typeOf(21, 311), typeOf(55, 311)];

// EAPMSCHAPv2 of [MS-GPWL]: version 1 and flags, 32 bits each, little-endian; the blob of Windows' own method.
const mschapv2Version = 1;
const useLogonCredentials = 2;

/** The methods whose connection blob is their document. */
const documentMethods: ReadonlySet<string> = new Set(['tls', 'peap', 'ttls', 'teap']);

/**
 * What a document holds that nobody knows, a sentence each; nothing where its method's DLL alone knows its elements.
 * `keep`: what else is wrong with it is a sentence too. Otherwise throws EapError.
 */
export function strangersIn(
  xml: string,
  parse: 'parseConfig' | 'parseCredentials',
  unknown: ParseOptions['unknown'],
): readonly string[] {
  try {
    const parsed = profiles[parse](xml, { unknown });
    return parsed.method === 'other' ? [] : parsed.unknown;
  } catch (error) {
    if (unknown === 'keep' && error instanceof EapError) return [error.message];
    throw error;
  }
}

/** EapHostConfig as a blob: what EapHostPeerConfigXml2Blob does. */
export function configFromXml(xml: string): ConvertedXml {
  const parsed = profiles.parseConfig(xml);
  const method = parsed.type;
  if (parsed.method === 'blob') return { method, blob: secretFrom(parsed.options.blob) };
  if (documentMethods.has(parsed.method)) return { method, blob: profileBlob(xml) };
  if (parsed.method !== 'mschapv2') return { method, blob: undefined };
  const blob = Buffer.alloc(8);
  blob.writeUInt32LE(mschapv2Version);
  // The meaning of an omitted element.
  const { useWinlogonCredentials = true } = parsed.options;
  blob.writeUInt32LE(useWinlogonCredentials ? useLogonCredentials : 0, 4);
  return { method, blob };
}

/** The document that a blob is; undefined if it is none of this method. */
function documentIn(method: FullMethodType, blob: Uint8Array): string | undefined {
  const xml = profileDocument(blob);
  if (xml === undefined) return undefined;
  try {
    const parsed = profiles.parseConfig(xml);
    const isIts = documentMethods.has(parsed.method) && isSameMethodType(parsed.type, method);
    return isIts ? xml : undefined;
  } catch (error) {
    if (error instanceof EapError && error.code === 'EAP_E_EAPHOST_XML_MALFORMED') return undefined;
    throw error;
  }
}

/**
 * A blob as EapHostConfig: what EapHostPeerConfigBlob2Xml does. A blob that is not its method's own has ConfigBlob.
 * undefined where only the method's DLL knows its XML.
 */
export function configToXml(method: FullMethodType, blob: Uint8Array): string | undefined {
  if (!knownTypes.some((known) => isSameMethodType(known, method))) return undefined;
  if (isSameMethodType(method, mschapv2Type) && blob.length === 8) {
    const view = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    const flags = view.readUInt32LE(4);
    if (view.readUInt32LE() === mschapv2Version && (flags & ~useLogonCredentials) === 0) {
      return profiles.mschapv2({ useWinlogonCredentials: flags === useLogonCredentials });
    }
  }
  return documentIn(method, blob) ?? blobToXml(method, blob);
}

/** A blob of any method as EapHostConfig with ConfigBlob. */
export function blobToXml(method: FullMethodType, blob: Uint8Array): string {
  return profiles.blob({ type: method, blob });
}

/** The user that a document names, for the package's methods. Throws EapError for what they do not support. */
function userOf(parsed: Exclude<ParsedCredentials, { method: 'blob' | 'other' }>): CredentialsInput {
  const refuse = (why: string): never => {
    const call = 'EapHostPeerCredentialsXml2Blob';
    const code = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';
    const method = parsed.type;
    const message = `${call} failed for method ${formatMethodType(method)}: ${why} (${code})`;
    throw new EapError(message, { code, winError: eapErrorCodes[code], method, call });
  };
  const ofName = ({ username, password = '', logonDomain = '' }: MsChapV2Credentials): CredentialsInput =>
    username === undefined
      ? refuse('there is no logged-on user here, whose credentials a Username that is left out stands for')
      : { username, password, domain: logonDomain };
  const ofCertificate = ({ username, certificate = '' }: TlsCredentials): CredentialsInput => ({
    username,
    password: '',
    certificate,
  });
  if (parsed.method === 'mschapv2') return ofName(parsed.options);
  if (parsed.method === 'ttls') return parsed.options;
  if (parsed.method === 'tls') return ofCertificate(parsed.options);
  const { inner, routingIdentity } = parsed.options;
  if (inner === undefined) return refuse('a user blob has no place for a guest, without an inner method');
  const user = 'tls' in inner ? ofCertificate(inner.tls) : ofName(inner.mschapv2);
  return routingIdentity === undefined ? user : { ...user, routingIdentity };
}

/** A document of credentials: text, and what its secrets are where they were taken out of it. */
export type CredentialsDocument = string | HiddenText;

/** A document given as octets, without its secrets. Wipe it. */
export const hideSecrets = (document: Uint8Array): HiddenText => new HiddenText(document);

/** EapHostUserCredentials as a user blob: what EapHostPeerCredentialsXml2Blob does. It holds secrets: wipe it. */
export function credentialsFromXml(document: CredentialsDocument): ConvertedXml {
  const hidden = typeof document === 'string' ? undefined : document;
  const parsed = profiles.parseCredentials(typeof document === 'string' ? document : document.xml);
  const method = parsed.type;
  if (parsed.method === 'other') return { method, blob: undefined };
  if (parsed.method === 'blob') {
    const { blob } = parsed.options;
    return { method, blob: hidden?.blobOf(blob) ?? secretFrom(blob) };
  }
  const user = userOf(parsed);
  const password = hidden && typeof user.password === 'string' ? hidden.secretOf(user.password) : undefined;
  try {
    return { method, blob: encodeCredentials({ ...user, ...(password && { password }) }) };
  } catch (error) {
    // Its message never repeats any of the credentials.
    if (error instanceof CredentialsError) throw malformed('EapHostUserCredentials', error.message);
    throw error;
  } finally {
    password?.fill(0);
  }
}
