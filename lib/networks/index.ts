/**
 * Windows' network configuration around EAP: profiles, credentials and connections of the WLAN service, EAP of VPN
 * entries.
 *
 * @module eaphost/networks
 */

export { openWlan, type Wlan } from './wlan.js';
export type {
  SetWlanCredentialsOptions,
  SetWlanProfileOptions,
  WlanInterfaceOptions,
  WlanOptions,
} from './wlan-options.js';
export type { WlanEvents } from './events.js';
export { vpn, type VpnEapOptions, type VpnEntryOptions } from './vpn.js';
export { networkReason, type NetworkReason } from './reasons.js';
export type { NetshProgram } from './netsh.js';
export { wired, type LanCredentialOptions, type LanOptions, type WiredProfile } from './wired.js';
export type {
  AcmEvent,
  AcmEventName,
  MsmEvent,
  MsmEventName,
  OneXAuthStatus,
  OneXEapError,
  OneXEvent,
  OneXEventName,
  OneXRestartReason,
  WlanConnectResult,
  WlanConnectionDetails,
  WlanEvent,
  WlanInterface,
  WlanInterfaceState,
  WlanNetwork,
  WlanOverflow,
  WlanProfileDocument,
  WlanProfileEntry,
} from './types.js';
