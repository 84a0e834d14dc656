/**
 * Typed options ↔ the XML documents that EAPHost takes.
 *
 * @module eaphost/profiles
 */

import { blob, mschapv2, parseConfig, peap, teap, tls, ttls } from './config.js';
import { lan, parseLan } from './connections/lan.js';
import { parseRasphone, rasphone } from './connections/rasphone.js';
import { parseVpn, vpn } from './connections/vpn.js';
import { parseWlan, wlan } from './connections/wlan.js';
import { toNetworkManager } from './conversions/network-manager.js';
import { toWpaSupplicant } from './conversions/wpa-supplicant.js';
import { credentials, parseCredentials } from './credentials.js';
import { fromEapConfig } from './eap-config/networks.js';
import { parseEapConfig } from './eap-config/read.js';

/**
 * Builds and parses EAPHost's XML: EapHostConfig (what EapHostPeerConfigXml2Blob takes) and EapHostUserCredentials
 * (what EapHostPeerCredentialsXml2Blob takes), for the methods that come with Windows; and the profiles of connections
 * around an EapHostConfig: WLANProfile, LANProfile, VPNProfile. Elements, their order and namespaces are those that
 * Windows accepts in practice. An omitted option writes no element, and Windows' default
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
  /** WLANProfile: a wireless network. */
  wlan,
  /** Reads a WLANProfile document. */
  parseWlan,
  /** LANProfile: a wired network. */
  lan,
  /** Reads a LANProfile document. */
  parseLan,
  /** VPNProfile: ProfileXML of the VPNv2 CSP. */
  vpn,
  /** Reads a VPNProfile document. */
  parseVpn,
  /** The lines of a phone book's entry that hold an EAP configuration. */
  rasphone,
  /** Reads the EAP configurations in a phone book, rasphone.pbk. */
  parseRasphone,
  /** Reads an eap-config file. */
  parseEapConfig,
  /** From a provider of an eap-config file to the profiles of its networks. */
  fromEapConfig,
  /** Connections of NetworkManager. */
  toNetworkManager,
  /** The configuration of wpa_supplicant. */
  toWpaSupplicant,
} as const;

export type {
  MsChapV2Credentials,
  ParsedCredentials,
  PeapCredentials,
  PeapInnerCredentials,
  TlsCredentials,
  TtlsCredentials,
} from './credentials.js';
export type * from './connections/options.js';
export type { EapConfigChoice, EapConfigProfiles } from './eap-config/networks.js';
export type * from './conversions/types.js';
export type * from './eap-config/types.js';
export type * from './options.js';
