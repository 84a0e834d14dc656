// The WLAN service's numbers by name. A test compares them with native/abi/networks-abi.json.

import type {
  AcmEventName,
  MsmEventName,
  OneXAuthStatus,
  OneXEventName,
  OneXRestartReason,
  WlanInterfaceState,
  WlanNetwork,
} from './types.js';

/** WLAN_INTERFACE_STATE, from 0. */
export const interfaceStates: readonly WlanInterfaceState[] = [
  'notReady',
  'connected',
  'adHocNetworkFormed',
  'disconnecting',
  'disconnected',
  'associating',
  'discovering',
  'authenticating',
];

/** DOT11_AUTH_ALGORITHM, from 0, which is none; 5 is WPA without authentication, which no profile has. */
export const authentications: readonly WlanNetwork['authentication'][] = [
  'unknown',
  'open',
  'shared',
  'WPA',
  'WPAPSK',
  'unknown',
  'WPA2',
  'WPA2PSK',
  'WPA3ENT192',
  'WPA3SAE',
  'OWE',
  'WPA3ENT',
];

/** WLAN_NOTIFICATION_ACM, from 0, which is none. */
export const acmEvents: readonly AcmEventName[] = [
  'unknown',
  'autoconfEnabled',
  'autoconfDisabled',
  'backgroundScanEnabled',
  'backgroundScanDisabled',
  'bssTypeChange',
  'powerSettingChange',
  'scanComplete',
  'scanFail',
  'connectionStart',
  'connectionComplete',
  'connectionAttemptFail',
  'filterListChange',
  'interfaceArrival',
  'interfaceRemoval',
  'profileChange',
  'profileNameChange',
  'profilesExhausted',
  'networkNotAvailable',
  'networkAvailable',
  'disconnecting',
  'disconnected',
  'adhocNetworkStateChange',
  'profileUnblocked',
  'screenPowerChange',
  'profileBlocked',
  'scanListRefresh',
  'operationalStateChange',
];

/** WLAN_NOTIFICATION_MSM, from 0, which is none. */
export const msmEvents: readonly MsmEventName[] = [
  'unknown',
  'associating',
  'associated',
  'authenticating',
  'connected',
  'roamingStart',
  'roamingEnd',
  'radioStateChange',
  'signalQualityChange',
  'disassociating',
  'disconnected',
  'peerJoin',
  'peerLeave',
  'adapterRemoval',
  'adapterOperationModeChange',
  'linkDegraded',
  'linkImproved',
];

/** ONEX_NOTIFICATION_TYPE, from 0, which is none. */
export const oneXEvents: readonly OneXEventName[] = ['unknown', 'resultUpdate', 'authRestarted'];

/** ONEX_AUTH_STATUS, from 0. */
export const oneXStatuses: readonly OneXAuthStatus[] = [
  'notStarted',
  'inProgress',
  'noAuthenticatorFound',
  'success',
  'failure',
];

/** ONEX_AUTH_RESTART_REASON, from 0. */
export const oneXRestartReasons: readonly OneXRestartReason[] = [
  'peerInitiated',
  'msmInitiated',
  'heldStateTimeout',
  'authTimeout',
  'configurationChanged',
  'userChanged',
  'quarantineStateChanged',
  'altCredsTrial',
];

/** WLAN_NOTIFICATION_SOURCE_…. */
export const notificationSources = { onex: 4, acm: 8, msm: 16 } as const;
/** WLAN_PROFILE_…. */
export const profileFlags = { groupPolicy: 1, user: 2 } as const;
/** WLAN_SET_EAPHOST_DATA_ALL_USERS. */
export const credentialsForAllUsers = 1;
/** WLAN_AVAILABLE_NETWORK_…. */
export const networkFlags = { connected: 1, hasProfile: 2 } as const;
/** dot11_BSS_type_infrastructure. */
export const infrastructure = 1;
/** OneXEapMethodBackend…. */
export const backendSupport = { supported: 1, unsupported: 2 } as const;
/** WLAN_READ_ACCESS, WLAN_EXECUTE_ACCESS and WLAN_WRITE_ACCESS: what each has more than the one before. */
export const accessRights = { read: 0x0002_0001, execute: 0x0002_0021, write: 0x0007_0023 } as const;
