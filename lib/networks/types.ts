// What the WLAN service tells: interfaces, profiles, networks, notifications.

import type { WlanProfileAuthentication } from '../profiles/index.js';

/** WLAN_INTERFACE_STATE. */
export type WlanInterfaceState =
  | 'notReady'
  | 'connected'
  | 'adHocNetworkFormed'
  | 'disconnecting'
  | 'disconnected'
  | 'associating'
  | 'discovering'
  | 'authenticating'
  | 'unknown';

/** A wireless adapter (WLAN_INTERFACE_INFO). */
export interface WlanInterface {
  /** Its GUID: lower case, without braces. */
  readonly guid: string;
  /** The adapter's, such as `Intel(R) Wi-Fi 6 AX201 160MHz`. */
  readonly description: string;
  readonly state: WlanInterfaceState;
}

/** A profile in the list of an interface (WLAN_PROFILE_INFO), whose order Windows tries them in. */
export interface WlanProfileEntry {
  /** Case makes a difference. */
  readonly name: string;
  /** Whether every user has it; else it is this user's. */
  readonly forAllUsers: boolean;
  /** Whether it comes from a group policy: then it can be neither changed nor deleted. */
  readonly groupPolicy: boolean;
}

/** A profile with its document (WlanGetProfile). */
export interface WlanProfileDocument extends WlanProfileEntry {
  /** WLANProfile. Keys in it are encrypted. */
  readonly xml: string;
  /** What this user may do with it; undefined where Windows does not say, as for profiles of a user. */
  readonly access: 'read' | 'execute' | 'write' | undefined;
}

/** A network in range, or one that a profile names (WLAN_AVAILABLE_NETWORK). */
export interface WlanNetwork {
  /** The SSID as text; octets that are no UTF-8 are read as Latin-1. Empty for a hidden network. */
  readonly ssid: string;
  /** The SSID itself: up to 32 octets. */
  readonly ssidOctets: Buffer;
  /** The name of its profile; undefined if there is none. */
  readonly profile: string | undefined;
  readonly isConnected: boolean;
  /** Whether this computer can connect to it; else `reasonCode` says why not. */
  readonly isConnectable: boolean;
  /** WLAN_REASON_CODE; 0 where it is connectable. */
  readonly reasonCode: number;
  /** The same in words: more says `networkReason`. */
  readonly reason: string;
  /** 0 to 100: -100 dBm to -50 dBm. */
  readonly signalQuality: number;
  readonly isSecured: boolean;
  /** Its preferred authentication, as profiles name it; `unknown` for others, which `authenticationCode` tells. */
  readonly authentication: WlanProfileAuthentication | 'unknown';
  /** DOT11_AUTH_ALGORITHM. */
  readonly authenticationCode: number;
  /** DOT11_CIPHER_ALGORITHM, such as 4 for AES-CCMP. */
  readonly cipherCode: number;
  /** How many access points it has in range. */
  readonly accessPoints: number;
  readonly isInfrastructure: boolean;
}

/** WLAN_NOTIFICATION_ACM: what the automatic configuration tells. */
export type AcmEventName =
  | 'autoconfEnabled'
  | 'autoconfDisabled'
  | 'backgroundScanEnabled'
  | 'backgroundScanDisabled'
  | 'bssTypeChange'
  | 'powerSettingChange'
  | 'scanComplete'
  | 'scanFail'
  | 'connectionStart'
  | 'connectionComplete'
  | 'connectionAttemptFail'
  | 'filterListChange'
  | 'interfaceArrival'
  | 'interfaceRemoval'
  | 'profileChange'
  | 'profileNameChange'
  | 'profilesExhausted'
  | 'networkNotAvailable'
  | 'networkAvailable'
  | 'disconnecting'
  | 'disconnected'
  | 'adhocNetworkStateChange'
  | 'profileUnblocked'
  | 'screenPowerChange'
  | 'profileBlocked'
  | 'scanListRefresh'
  | 'operationalStateChange'
  | 'unknown';

/** WLAN_NOTIFICATION_MSM: what the media specific module tells of an association. */
export type MsmEventName =
  | 'associating'
  | 'associated'
  | 'authenticating'
  | 'connected'
  | 'roamingStart'
  | 'roamingEnd'
  | 'radioStateChange'
  | 'signalQualityChange'
  | 'disassociating'
  | 'disconnected'
  | 'peerJoin'
  | 'peerLeave'
  | 'adapterRemoval'
  | 'adapterOperationModeChange'
  | 'linkDegraded'
  | 'linkImproved'
  | 'unknown';

/** ONEX_NOTIFICATION_TYPE: what 802.1X tells. */
export type OneXEventName = 'resultUpdate' | 'authRestarted' | 'unknown';

/** ONEX_AUTH_STATUS. */
export type OneXAuthStatus =
  'notStarted' | 'inProgress' | 'noAuthenticatorFound' | 'success' | 'failure' | 'unknown';

/** ONEX_AUTH_RESTART_REASON. */
export type OneXRestartReason =
  | 'peerInitiated'
  | 'msmInitiated'
  | 'heldStateTimeout'
  | 'authTimeout'
  | 'configurationChanged'
  | 'userChanged'
  | 'quarantineStateChanged'
  | 'altCredsTrial'
  | 'unknown';

/** What every notification has. */
interface WlanEventBase<Source extends string, Name extends string> {
  readonly source: Source;
  readonly event: Name;
  /** NotificationCode: what `unknown` stands for. */
  readonly code: number;
  /** The interface's GUID: lower case, without braces. */
  readonly interface: string;
}

/** Which connection an event is about. */
export interface WlanConnectionDetails {
  /** The name of the profile. */
  readonly profile: string;
  /** As in {@link WlanNetwork}. */
  readonly ssid: string;
  readonly isSecured: boolean;
  /** WLAN_REASON_CODE; 0 is success. */
  readonly reasonCode: number;
}

/** A notification of the automatic configuration module. */
export interface AcmEvent extends WlanEventBase<'acm', AcmEventName> {
  /** Of `connectionStart`, `connectionComplete`, `connectionAttemptFail`, `disconnecting` and `disconnected`. */
  readonly connection?: WlanConnectionDetails;
  /** Of `scanFail`, and that of `connection`. */
  readonly reasonCode?: number;
  /** The same in words: more says `networkReason`. */
  readonly reason?: string;
}

/** A notification of the media specific module. */
export interface MsmEvent extends WlanEventBase<'msm', MsmEventName> {
  /** Of the events between `associating` and `disconnected`. */
  readonly connection?: WlanConnectionDetails & {
    /** The access point's address: `02:00:00:00:00:01`. */
    readonly bssid: string;
  };
  /** That of `connection`. */
  readonly reasonCode?: number;
  /** The same in words: more says `networkReason`. */
  readonly reason?: string;
  /** Of `signalQualityChange`: 0 to 100. */
  readonly signalQuality?: number;
}

/** What the EAP method said of a failure (ONEX_EAP_ERROR). */
export interface OneXEapError {
  readonly winError: number;
  readonly reasonCode: number;
  /** The number of the EAP method; 0 if none. */
  readonly method: number;
  readonly rootCause?: string;
  readonly repair?: string;
}

/** A notification of 802.1X. */
export interface OneXEvent extends WlanEventBase<'onex', OneXEventName> {
  /** Of `resultUpdate`. */
  readonly status?: OneXAuthStatus;
  /** ONEX_REASON_CODE of `resultUpdate`; 0 is success. */
  readonly reasonCode?: number;
  /** The same in words: more says `networkReason`. */
  readonly reason?: string;
  /** The Windows error code of `resultUpdate`; 0 is none. */
  readonly winError?: number;
  /** Of `resultUpdate`: whether the server supports the EAP method; undefined where it is not known. */
  readonly isMethodSupported?: boolean;
  /** Of `resultUpdate`, where the EAP method failed. */
  readonly eapError?: OneXEapError;
  /** Of `authRestarted`. */
  readonly restartReason?: OneXRestartReason;
}

/** Notifications came faster than they were taken: so many are lost, at least. */
export interface WlanOverflow {
  readonly source: 'overflow';
  readonly dropped: number;
}

/** What the WLAN service tells. `source` says which kind. */
export type WlanEvent = AcmEvent | MsmEvent | OneXEvent | WlanOverflow;

/** What became of an attempt to connect. */
export interface WlanConnectResult {
  readonly isConnected: boolean;
  /** WLAN_REASON_CODE; 0 where it is connected. */
  readonly reasonCode: number;
  /** The same in words: more says `networkReason`. */
  readonly reason: string;
  /** The interface's GUID. */
  readonly interface: string;
  readonly profile: string;
  /** What 802.1X last said of this attempt; undefined if nothing. */
  readonly oneX: OneXEvent | undefined;
}
