// The calls that configure networks, as the native side takes and gives them: native/addon/network_calls.cc and
// network_values.cc are the other half. Numbers are Windows' own; native/abi/networks.h names them.

import type { NativeUserToken } from './runtime-types.js';

declare const wlanBrand: unique symbol;

/** A client of the WLAN service; closed with the call `closeWlan`, or when it has been forgotten. */
export interface NativeWlan {
  readonly [wlanBrand]: never;
}

/** WLAN_INTERFACE_INFO. */
export interface NativeWlanInterface {
  /** Lower case, without braces. */
  guid: string;
  description: string;
  /** WLAN_INTERFACE_STATE. */
  state: number;
}

/** WLAN_PROFILE_INFO. */
export interface NativeWlanProfile {
  name: string;
  /** WLAN_PROFILE_GROUP_POLICY (1), WLAN_PROFILE_USER (2). */
  flags: number;
}

/** What WlanGetProfile gives. */
export interface NativeWlanDocument {
  xml: string;
  flags: number;
  /** An access mask. */
  access: number;
}

/** WLAN_AVAILABLE_NETWORK. */
export interface NativeWlanNetwork {
  profile: string;
  ssid: Buffer;
  /** DOT11_BSS_TYPE. */
  bssType: number;
  accessPoints: number;
  isConnectable: boolean;
  reasonCode: number;
  signalQuality: number;
  isSecured: boolean;
  /** DOT11_AUTH_ALGORITHM. */
  authentication: number;
  /** DOT11_CIPHER_ALGORITHM. */
  cipher: number;
  /** WLAN_AVAILABLE_NETWORK_CONNECTED (1), WLAN_AVAILABLE_NETWORK_HAS_PROFILE (2). */
  flags: number;
}

/** WLAN_NOTIFICATION_DATA, with what of its data belongs to its code. */
export interface NativeWlanNotification {
  /** WLAN_NOTIFICATION_SOURCE_ONEX (4), _ACM (8), _MSM (16). */
  source: number;
  code: number;
  interface: string;
  /** WLAN_CONNECTION_NOTIFICATION_DATA, WLAN_MSM_NOTIFICATION_DATA. */
  connection?: { profile: string; ssid: Buffer; isSecured: boolean; reasonCode: number; bssid?: Buffer };
  /** ONEX_RESULT_UPDATE_DATA. */
  result?: {
    status: number;
    reasonCode: number;
    winError: number;
    backendSupport: number;
    eapError?: { winError: number; reasonCode: number; method: number; rootCause?: string; repair?: string };
  };
  /** A scan's reason code, a signal's quality, an ONEX_AUTH_RESTART_REASON. */
  number?: number;
}

/** What the WLAN service has told. */
export interface NativeWlanBatch {
  notifications: NativeWlanNotification[];
  /** So many were lost. */
  dropped: number;
  /** It is closed: nothing comes any more. */
  isOver: boolean;
}

/** An interface of a client: its GUID. */
interface AtInterface {
  wlan: NativeWlan;
  interface: string;
}

/** A profile of an interface. */
interface AtProfile extends AtInterface {
  profile: string;
}

/** An entry of a phone book. */
interface AtEntry {
  /** The path of a library in place of rasapi32.dll; empty for System32's. */
  library: string;
  /** The path of a .pbk file; empty for the system's. */
  phonebook: string;
  entry: string;
}

/** Every call: what it takes and what it gives. */
export interface NetworkCalls {
  /** `library`: the path of one in place of wlanapi.dll; empty for System32's. */
  openWlan: { options: { library: string }; result: NativeWlan };
  /** When the calls under way are over. */
  closeWlan: { options: { wlan: NativeWlan }; result: undefined };
  wlanInterfaces: { options: { wlan: NativeWlan }; result: NativeWlanInterface[] };
  wlanProfiles: { options: AtInterface; result: NativeWlanProfile[] };
  wlanGetProfile: { options: AtProfile; result: NativeWlanDocument };
  /** `xml` in UTF-16LE. Gives what the function returned, and why the document was refused. */
  wlanSetProfile: {
    options: AtInterface & { xml: Uint8Array; flags: number; overwrite: boolean };
    result: { code: number; reasonCode: number };
  };
  wlanDeleteProfile: { options: AtProfile; result: undefined };
  wlanSetProfilePosition: { options: AtProfile & { position: number }; result: undefined };
  /** `xml` in UTF-16LE. */
  wlanSetCredentials: { options: AtProfile & { xml: Uint8Array; flags: number }; result: undefined };
  /** It has begun; notifications tell the rest. */
  wlanConnect: { options: AtProfile; result: undefined };
  wlanDisconnect: { options: AtInterface; result: undefined };
  wlanNetworks: { options: AtInterface; result: NativeWlanNetwork[] };
  getCustomAuthData: { options: AtEntry; result: Buffer };
  setCustomAuthData: { options: AtEntry & { data: Uint8Array }; result: undefined };
  setEapUserData: {
    options: AtEntry & { userToken: NativeUserToken; data: Uint8Array };
    result: undefined;
  };
}
