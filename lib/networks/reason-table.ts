// The reason codes of the WLAN service and of 802.1X, in words, with what to do about each. A group of Windows' header
// counts up from its base without a gap: the place of a row is its number. Pure.

/** A reason: its name behind the prefix of its group, what it means, and what to do. */
export type ReasonRow = readonly [name: string, words: string, remedy: string];

/** Reasons that follow one another; the first is `base` + 1. */
export interface ReasonGroup {
  readonly prefix: string;
  readonly base: number;
  readonly rows: readonly ReasonRow[];
}

const nothing = 'nothing is to be done';
const again =
  'connect again; if it stays so, restart the service WlanSvc and look at its event log (WLAN-AutoConfig)';
const driver = 'update the driver of the adapter, then switch the adapter off and on';
const nearer =
  'come nearer to the access point, and look whether the network is in range (eaphost network list)';
const byHand = 'connect by hand, or set connectionMode to auto in the profile';
const policy =
  'ask the administrator: group policy (Wireless Network Policies) says which networks are allowed';
const unblock = 'unblock it as administrator: netsh wlan show filters, then netsh wlan delete filter';
const schema = 'correct the element that the profile’s own check names: eaphost xml FILE --to options';
const rebuild = 'build the profile anew from typed options (profiles.wlan), which know the right values';
const infrastructure = 'set connectionType to ESS: enterprise networks are infrastructure networks';
const vendor = 'take the IHV element out: 802.1X by Windows needs nothing of the adapter’s vendor';
const pair = 'use WPA2 with AES, or WPA3ENT with AES or GCMP256, which Windows supports together';
const onex = 'set useOneX to true, and add the OneX element with the EAP method';
const pmk = 'leave the PMK cache’s settings out of the profile, or keep them within the schema’s limits';
const key = 'a profile for 802.1X has no sharedKey: take that element out; elsewhere enter the key again';
const point = 'look at the access point: it breaks the handshake of IEEE 802.11; update its software';
const match =
  'set authentication and encryption in the profile to what the network offers (eaphost network list)';
const credentials = 'set the user’s credentials again, and test them with eaphost auth';
const server =
  'look at the access point and its RADIUS server: it does not reach it, or the server is silent';
const prompt = 'set the credentials in advance, so that no dialog is needed, and use disablePrompt';
const fips = 'turn the FIPS mode off in the profile, or use an adapter and a network that have it';

const ac: readonly ReasonRow[] = [
  ['NETWORK_NOT_COMPATIBLE', 'the adapter cannot use this network', match],
  ['PROFILE_NOT_COMPATIBLE', 'the adapter cannot use this profile', match],
];

const acConnect: readonly ReasonRow[] = [
  ['NO_AUTO_CONNECTION', 'the profile does not connect by itself', byHand],
  ['NOT_VISIBLE', 'the network is not in range', nearer],
  ['GP_DENIED', 'group policy blocks the network', policy],
  ['USER_DENIED', 'a filter of the user blocks the network', unblock],
  ['BSS_TYPE_NOT_ALLOWED', 'the adapter may not use networks of this type', infrastructure],
  ['IN_FAILED_LIST', 'connecting failed before, and is not tried again by itself', 'connect by hand'],
  [
    'IN_BLOCKED_LIST',
    'connecting failed too often, and is not tried for a while',
    'wait a minute, or connect by hand',
  ],
  ['SSID_LIST_TOO_LONG', 'the profile has more SSIDs than the adapter takes', 'split the profile'],
  ['CONNECT_CALL_FAIL', 'the adapter did not begin to connect', driver],
  ['SCAN_CALL_FAIL', 'the adapter did not search for networks', driver],
  ['NETWORK_NOT_AVAILABLE', 'the network is not there', nearer],
  ['PROFILE_CHANGED_OR_DELETED', 'the profile was changed or deleted while it connected', again],
  ['KEY_MISMATCH', 'the key of the network is wrong', key],
  ['USER_NOT_RESPOND', 'the user did not answer a dialog', prompt],
  ['AP_PROFILE_NOT_ALLOWED_FOR_CLIENT', 'a program for an old version may not use a hosted network', nothing],
  ['AP_PROFILE_NOT_ALLOWED', 'hosted networks are not allowed', policy],
  ['HOTSPOT2_PROFILE_DENIED', 'Hotspot 2.0 profiles are not allowed', policy],
];

const profile: readonly ReasonRow[] = [
  ['INVALID_PROFILE_SCHEMA', 'the profile breaks Windows’ schema', schema],
  ['PROFILE_MISSING', 'the document has no WLANProfile element', schema],
  [
    'INVALID_PROFILE_NAME',
    'the name of the profile is missing, or too long',
    'give it a name of 1 to 255 characters',
  ],
  ['INVALID_PROFILE_TYPE', 'the profile is neither a user’s nor one for all users', rebuild],
  ['INVALID_PHY_TYPE', 'a phyType of the profile is unknown', 'take the phyType elements out'],
  ['MSM_SECURITY_MISSING', 'the profile has no security element below MSM', onex],
  ['IHV_SECURITY_NOT_SUPPORTED', 'the adapter has no security of its vendor', vendor],
  ['IHV_OUI_MISMATCH', 'the vendor in the profile is not the adapter’s', vendor],
  ['IHV_OUI_MISSING', 'the IHV element names no vendor', vendor],
  ['IHV_SETTINGS_MISSING', 'the IHV element has no settings', vendor],
  ['CONFLICT_SECURITY', 'the profile has security of Windows and of the vendor', vendor],
  ['SECURITY_MISSING', 'the profile has no security', onex],
  ['INVALID_BSS_TYPE', 'connectionType is neither ESS nor IBSS', infrastructure],
  ['INVALID_ADHOC_CONNECTION_MODE', 'an ad hoc network cannot connect by itself', infrastructure],
  ['NON_BROADCAST_SET_FOR_ADHOC', 'an ad hoc network cannot be hidden', infrastructure],
  ['AUTO_SWITCH_SET_FOR_ADHOC', 'an ad hoc network cannot have autoSwitch', infrastructure],
  ['AUTO_SWITCH_SET_FOR_MANUAL_CONNECTION', 'autoSwitch needs connectionMode auto', byHand],
  ['IHV_SECURITY_ONEX_MISSING', 'the vendor’s security lacks the 802.1X element', onex],
  [
    'PROFILE_SSID_INVALID',
    'an SSID is missing, or is not 1 to 32 octets',
    'correct name or hex below SSIDConfig/SSID',
  ],
  ['TOO_MANY_SSID', 'the profile has too many SSIDs', 'split the profile: Windows takes 256 at most'],
  ['IHV_CONNECTIVITY_NOT_SUPPORTED', 'the adapter does not know the vendor’s connectivity', vendor],
  [
    'BAD_MAX_NUMBER_OF_CLIENTS_FOR_AP',
    'the number of clients of the hosted network is out of range',
    rebuild,
  ],
  ['INVALID_CHANNEL', 'the channel does not exist', 'take the channel out of the profile'],
  ['OPERATION_MODE_NOT_SUPPORTED', 'the driver does not have this mode', driver],
  ['AUTO_AP_PROFILE_NOT_ALLOWED', 'a hosted network cannot connect by itself', byHand],
  ['AUTO_CONNECTION_NOT_ALLOWED', 'the profile may not connect by itself', 'set connectionMode to manual'],
  [
    'HOTSPOT2_PROFILE_NOT_ALLOWED',
    'this Windows takes no Hotspot 2.0 profile here',
    'take the Hotspot2 element out',
  ],
];

const msm: readonly ReasonRow[] = [
  ['UNSUPPORTED_SECURITY_SET_BY_OS', 'this Windows does not have the profile’s security', pair],
  ['UNSUPPORTED_SECURITY_SET', 'the adapter does not have the profile’s security', pair],
  ['BSS_TYPE_UNMATCH', 'the network is of another type than the profile says', infrastructure],
  [
    'PHY_TYPE_UNMATCH',
    'the network’s radio is of another kind than the profile says',
    'take the phyType elements out',
  ],
  ['DATARATE_UNMATCH', 'network and adapter have no data rate in common', driver],
];

const msmConnect: readonly ReasonRow[] = [
  ['USER_CANCELLED', 'the user cancelled, or another connection was asked for', nothing],
  ['ASSOCIATION_FAILURE', 'the adapter lost the access point while it associated', nearer],
  ['ASSOCIATION_TIMEOUT', 'the access point did not answer the association in time', nearer],
  ['PRE_SECURITY_FAILURE', 'security failed before the association', match],
  ['START_SECURITY_FAILURE', 'security did not start after the association', again],
  ['SECURITY_FAILURE', 'authentication or key exchange failed', credentials],
  ['SECURITY_TIMEOUT', 'authentication or key exchange took too long', server],
  ['ROAMING_FAILURE', 'the adapter lost the access point while it roamed', nearer],
  ['ROAMING_SECURITY_FAILURE', 'security did not start after roaming', again],
  ['ADHOC_SECURITY_FAILURE', 'security did not start in the ad hoc network', infrastructure],
  ['DRIVER_DISCONNECTED', 'the driver disconnected', driver],
  ['DRIVER_OPERATION_FAILURE', 'the driver failed', driver],
  ['IHV_NOT_AVAILABLE', 'the service of the adapter’s vendor does not run', driver],
  ['IHV_NOT_RESPONDING', 'the service of the adapter’s vendor does not answer', driver],
  ['DISCONNECT_TIMEOUT', 'the driver did not disconnect in time', driver],
  ['INTERNAL_FAILURE', 'the WLAN service failed inside', again],
  ['UI_REQUEST_TIMEOUT', 'nobody answered a dialog in time', prompt],
  ['TOO_MANY_SECURITY_ATTEMPTS', 'the machine roams too often to authenticate', nearer],
  ['AP_STARTING_FAILURE', 'the driver cannot host a network', driver],
  ['NO_VISIBLE_AP', 'no access point to connect to is in range', nearer],
];

const msmsec: readonly ReasonRow[] = [
  ['PROFILE_INVALID_KEY_INDEX', 'keyIndex is not 0 to 3', key],
  ['PROFILE_PSK_PRESENT', 'the profile has a passphrase where a key is needed', key],
  ['PROFILE_KEY_LENGTH', 'the key has a wrong length', key],
  ['PROFILE_PSK_LENGTH', 'the passphrase is not 8 to 63 characters', key],
  ['PROFILE_NO_AUTH_CIPHER_SPECIFIED', 'authentication or encryption is missing', pair],
  ['PROFILE_TOO_MANY_AUTH_CIPHER_SPECIFIED', 'the profile has too many pairs of authEncryption', pair],
  ['PROFILE_DUPLICATE_AUTH_CIPHER', 'the profile has an authEncryption twice', 'take one of the two out'],
  ['PROFILE_RAWDATA_INVALID', 'the security settings cannot be read', rebuild],
  ['PROFILE_INVALID_AUTH_CIPHER', 'authentication and encryption do not go together', pair],
  ['PROFILE_ONEX_DISABLED', 'this authentication needs 802.1X, and useOneX is false', onex],
  ['PROFILE_ONEX_ENABLED', 'this authentication takes no 802.1X, and useOneX is true', match],
  ['PROFILE_INVALID_PMKCACHE_MODE', 'PMKCacheMode is unknown', pmk],
  ['PROFILE_INVALID_PMKCACHE_SIZE', 'PMKCacheSize is out of range', pmk],
  ['PROFILE_INVALID_PMKCACHE_TTL', 'PMKCacheTTL is out of range', pmk],
  ['PROFILE_INVALID_PREAUTH_MODE', 'preAuthMode is unknown', pmk],
  ['PROFILE_INVALID_PREAUTH_THROTTLE', 'preAuthThrottle is out of range', pmk],
  ['PROFILE_PREAUTH_ONLY_ENABLED', 'pre-authentication needs the PMK cache', pmk],
  ['CAPABILITY_NETWORK', 'the network lacks what the profile needs', match],
  ['CAPABILITY_NIC', 'the adapter lacks what the profile needs', driver],
  ['CAPABILITY_PROFILE', 'the profile does not have what the network needs', match],
  ['CAPABILITY_DISCOVERY', 'the network does not have the discovery that was asked for', match],
  ['PROFILE_PASSPHRASE_CHAR', 'the passphrase has a character that it may not have', key],
  ['PROFILE_KEYMATERIAL_CHAR', 'the key has a character that it may not have', key],
  ['PROFILE_WRONG_KEYTYPE', 'keyType does not fit the key', key],
  ['MIXED_CELL', 'the access point takes both protected and open stations', point],
  ['PROFILE_AUTH_TIMERS_INVALID', 'a timer of the OneX element is out of range', schema],
  ['PROFILE_INVALID_GKEY_INTV', 'the interval of group keys is out of range', rebuild],
  ['TRANSITION_NETWORK', 'the network seems to be changing its security; the old one is tried next', again],
  ['PROFILE_KEY_UNMAPPED_CHAR', 'the key has characters outside of ASCII', key],
  ['CAPABILITY_PROFILE_AUTH', 'the network does not have the profile’s authentication', match],
  ['CAPABILITY_PROFILE_CIPHER', 'the network does not have the profile’s encryption', match],
  ['PROFILE_SAFE_MODE', 'FIPSMode is unknown', fips],
  ['CAPABILITY_PROFILE_SAFE_MODE_NIC', 'the adapter has no FIPS mode', fips],
  ['CAPABILITY_PROFILE_SAFE_MODE_NW', 'the network has no FIPS mode', fips],
  ['PROFILE_UNSUPPORTED_AUTH', 'this Windows or the adapter lacks the profile’s authentication', pair],
  ['PROFILE_UNSUPPORTED_CIPHER', 'this Windows or the adapter lacks the profile’s encryption', pair],
  ['CAPABILITY_MFP_NW_NIC', 'the network needs protected management frames; the adapter has none', driver],
];

const msmsecConnect: readonly ReasonRow[] = [
  ['UI_REQUEST_FAILURE', 'a dialog could not be shown', prompt],
  ['AUTH_START_TIMEOUT', '802.1X did not start in time', server],
  ['AUTH_SUCCESS_TIMEOUT', '802.1X did not end in time', server],
  ['KEY_START_TIMEOUT', 'the access point did not start the key exchange in time', point],
  ['KEY_SUCCESS_TIMEOUT', 'the key exchange did not end in time', point],
  ['M3_MISSING_KEY_DATA', 'message 3 of the 4-way handshake has no key data', point],
  ['M3_MISSING_IE', 'message 3 of the 4-way handshake has no RSN element', point],
  ['M3_MISSING_GRP_KEY', 'message 3 of the 4-way handshake has no group key', point],
  ['PR_IE_MATCHING', 'message 3 offers other security than the beacon did', point],
  ['SEC_IE_MATCHING', 'message 3 offers a second security that does not match', point],
  ['NO_PAIRWISE_KEY', 'the access point gave a group key alone', point],
  ['G1_MISSING_KEY_DATA', 'message 1 of the group handshake has no key data', point],
  ['G1_MISSING_GRP_KEY', 'message 1 of the group handshake has no group key', point],
  ['PEER_INDICATED_INSECURE', 'the access point gave up security that was there', point],
  ['NO_AUTHENTICATOR', 'the profile needs 802.1X, and the network does not ask for it', match],
  ['NIC_FAILURE', 'the adapter did not take the keys', driver],
  ['CANCELLED', 'the connection was cancelled', nothing],
  ['KEY_FORMAT', 'the key that was entered has a wrong format', key],
  ['DOWNGRADE_DETECTED', 'the access point offers less security than before: somebody may feign it', point],
  ['PSK_MISMATCH_SUSPECTED', 'the key of the network seems to be wrong', key],
  ['FORCED_FAILURE', 'the connection was ended, as its method was not secure', match],
  ['M3_TOO_MANY_RSNIE', 'message 3 of the 4-way handshake has too many RSN elements', point],
  ['M2_MISSING_KEY_DATA', 'message 2 of the 4-way handshake has no key data', infrastructure],
  ['M2_MISSING_IE', 'message 2 of the 4-way handshake has no RSN element', infrastructure],
  ['AUTH_WCN_COMPLETED', 'Wi-Fi Protected Setup is done', nothing],
  ['M3_MISSING_MGMT_GRP_KEY', 'message 3 of the 4-way handshake has no management group key', point],
  ['G1_MISSING_MGMT_GRP_KEY', 'message 1 of the group handshake has no management group key', point],
];

const oneX: readonly ReasonRow[] = [
  [
    'UNABLE_TO_IDENTIFY_USER',
    'there are no credentials to use, such as of a user when nobody is logged on',
    credentials,
  ],
  ['IDENTITY_NOT_FOUND', 'the EAP method found no identity', credentials],
  ['UI_DISABLED', 'a dialog is needed, and none may be shown', prompt],
  ['UI_FAILURE', 'a dialog is needed, and could not be shown', prompt],
  [
    'EAP_FAILURE_RECEIVED',
    'the EAP method failed, or the server refused',
    'look at the EAP error beside this code; test the credentials with eaphost auth, and read the server’s log',
  ],
  ['AUTHENTICATOR_NO_LONGER_PRESENT', 'the switch or access point has gone, or is silent', nearer],
  ['NO_RESPONSE_TO_IDENTITY', 'nobody answered the identity', server],
  ['PROFILE_VERSION_NOT_SUPPORTED', 'the OneX element is of an unknown version', rebuild],
  ['PROFILE_INVALID_LENGTH', 'the stored 802.1X settings have a wrong length', 'write the profile again'],
  [
    'PROFILE_DISALLOWED_EAP_TYPE',
    'the EAP method is not allowed on this medium, as MD5 is not on Wi-Fi',
    'use PEAP, EAP-TLS, EAP-TTLS or TEAP',
  ],
  [
    'PROFILE_INVALID_EAP_TYPE_OR_FLAG',
    'the EAP method is not installed, or its flags are wrong',
    'choose a method that eaphost methods lists',
  ],
  ['PROFILE_INVALID_ONEX_FLAGS', 'a flag of the OneX element is wrong', schema],
  ['PROFILE_INVALID_TIMER_VALUE', 'a timer of the OneX element is out of range', schema],
  ['PROFILE_INVALID_SUPPLICANT_MODE', 'supplicantMode is unknown', schema],
  ['PROFILE_INVALID_AUTH_MODE', 'authMode is unknown', schema],
  ['PROFILE_INVALID_EAP_CONNECTION_PROPERTIES', 'the EAP method refused its settings in the profile', schema],
  ['UI_CANCELLED', 'the user cancelled a dialog', prompt],
  ['PROFILE_INVALID_EXPLICIT_CREDENTIALS', 'the stored credentials are wrong', credentials],
  ['PROFILE_EXPIRED_EXPLICIT_CREDENTIALS', 'the stored credentials have expired', credentials],
  ['UI_NOT_PERMITTED', 'a dialog is needed, and the stored credentials are another user’s', credentials],
];

/** Every group: L2_REASON_CODE_DOT11_AC_BASE and its like, where a group’s second half is about connecting. */
export const reasonGroups: readonly ReasonGroup[] = [
  { prefix: 'WLAN_REASON_CODE_', base: 0x20000, rows: ac },
  { prefix: 'WLAN_REASON_CODE_', base: 0x28000, rows: acConnect },
  { prefix: 'WLAN_REASON_CODE_', base: 0x30000, rows: msm },
  { prefix: 'WLAN_REASON_CODE_', base: 0x38000, rows: msmConnect },
  { prefix: 'WLAN_REASON_CODE_MSMSEC_', base: 0x40000, rows: msmsec },
  { prefix: 'WLAN_REASON_CODE_MSMSEC_', base: 0x48000, rows: msmsecConnect },
  { prefix: 'ONEX_', base: 0x50000, rows: oneX },
  { prefix: 'WLAN_REASON_CODE_', base: 0x80000, rows: profile },
  {
    prefix: 'WLAN_REASON_CODE_',
    base: 0x10000,
    rows: [['UNKNOWN', 'Windows does not say why', again]],
  },
];
