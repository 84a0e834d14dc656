/**
 * IEEE 802.1X on a wire: the supplicant that keeps a port authenticated, raw links of network cards, EAPOL frames.
 *
 * @module eaphost/wired
 */

export { openWiredSupplicant, type WiredSupplicantOptions } from './open.js';
export type { WiredSupplicant, WiredChanges, WiredEvent, WiredEvents, WiredStatus } from './supplicant.js';
export type { SessionInput, WiredFailure } from './eap-peer.js';
export type { WiredCounters } from './counters.js';
export {
  listEthernetInterfaces,
  openEthernetLink,
  type EthernetInterface,
  type EthernetLinkOptions,
} from './ethernet.js';
export { readProtectedFile, writeProtectedFile, type ProtectedFileOptions } from './protected-file.js';
export type { EthernetLink, LinkEvents } from './link.js';
export type { BackendState, PaeState } from './pae.js';
export {
  decodeEapol,
  eapolTypes,
  encodeEapol,
  formatEthernetAddress,
  paeGroupAddress,
  parseEthernetAddress,
  type EapolDiscard,
  type EapolFrame,
  type EapolVersion,
} from './eapol.js';
