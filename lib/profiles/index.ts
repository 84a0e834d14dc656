/**
 * Typed options ↔ the XML documents that EAPHost takes.
 *
 * @module eaphost/profiles
 */

import { blob, mschapv2, parseConfig, peap, teap, tls, ttls } from './config.js';
import { credentials, parseCredentials } from './credentials.js';

/**
 * Builds and parses EAPHost's XML: EapHostConfig (what EapHostPeerConfigXml2Blob takes) and EapHostUserCredentials
 * (what EapHostPeerCredentialsXml2Blob takes), for the methods that come with Windows. Elements, their order and
 * namespaces are those that Windows accepts in practice. An omitted option writes no element, and Windows' default
 * applies.
 *
 * @example
 * ```ts
 * import { profiles } from 'eaphost/profiles';
 *
 * const xml = profiles.peap({
 *   serverValidation: { disablePrompt: true, serverNames: ['radius.example.org'] },
 *   inner: { mschapv2: { useWinlogonCredentials: false } },
 * });
 * console.log(profiles.parseConfig(xml).unknown); // what no option expresses
 * ```
 */
export const profiles = {
  /** EapHostConfig of EAP-TLS. */
  tls,
  /** EapHostConfig of EAP-MSCHAPv2. */
  mschapv2,
  /** EapHostConfig of PEAP. */
  peap,
  /** EapHostConfig of EAP-TTLS. */
  ttls,
  /** EapHostConfig of TEAP. */
  teap,
  /** EapHostConfig of any method, as ConfigBlob. */
  blob,
  /** Reads an EapHostConfig document. */
  parseConfig,
  /** EapHostUserCredentials, a builder for each method. */
  credentials,
  /** Reads an EapHostUserCredentials document. */
  parseCredentials,
} as const;

export type {
  MsChapV2Credentials,
  ParsedCredentials,
  PeapCredentials,
  PeapInnerCredentials,
  TlsCredentials,
  TtlsCredentials,
} from './credentials.js';
export type * from './options.js';
