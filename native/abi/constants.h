// EAPHost's constants, typed. The SDK has them as macros, mostly without a type.
#pragma once

#include "native/abi/base.h"

namespace eaphost::abi {

// EAP method properties (eapProp*), a bit set.
inline constexpr DWORD eapPropCipherSuiteNegotiation = 0x00000001;
inline constexpr DWORD eapPropMutualAuth = 0x00000002;
inline constexpr DWORD eapPropIntegrity = 0x00000004;
inline constexpr DWORD eapPropReplayProtection = 0x00000008;
inline constexpr DWORD eapPropConfidentiality = 0x00000010;
inline constexpr DWORD eapPropKeyDerivation = 0x00000020;
inline constexpr DWORD eapPropKeyStrength64 = 0x00000040;
inline constexpr DWORD eapPropKeyStrength128 = 0x00000080;
inline constexpr DWORD eapPropKeyStrength256 = 0x00000100;
inline constexpr DWORD eapPropKeyStrength512 = 0x00000200;
inline constexpr DWORD eapPropKeyStrength1024 = 0x00000400;
inline constexpr DWORD eapPropDictionaryAttackResistance = 0x00000800;
inline constexpr DWORD eapPropFastReconnect = 0x00001000;
inline constexpr DWORD eapPropCryptoBinding = 0x00002000;
inline constexpr DWORD eapPropSessionIndependence = 0x00004000;
inline constexpr DWORD eapPropFragmentation = 0x00008000;
inline constexpr DWORD eapPropChannelBinding = 0x00010000;
inline constexpr DWORD eapPropNap = 0x00020000;
inline constexpr DWORD eapPropStandalone = 0x00040000;
inline constexpr DWORD eapPropMppeEncryption = 0x00080000;
inline constexpr DWORD eapPropTunnelMethod = 0x00100000;
inline constexpr DWORD eapPropSupportsConfig = 0x00200000;
inline constexpr DWORD eapPropCertifiedMethod = 0x00400000;
inline constexpr DWORD eapPropHiddenMethod = 0x00800000;
inline constexpr DWORD eapPropMachineAuth = 0x01000000;
inline constexpr DWORD eapPropUserAuth = 0x02000000;
inline constexpr DWORD eapPropIdentityPrivacy = 0x04000000;
inline constexpr DWORD eapPropMethodChaining = 0x08000000;
inline constexpr DWORD eapPropSharedStateEquivalence = 0x10000000;
inline constexpr DWORD eapPropReserved = 0x80000000;

// EAP flags, a bit set.
inline constexpr DWORD EAP_FLAG_Reserved1 = 0x00000001;
inline constexpr DWORD EAP_FLAG_NON_INTERACTIVE = 0x00000002;
inline constexpr DWORD EAP_FLAG_LOGON = 0x00000004;
inline constexpr DWORD EAP_FLAG_PREVIEW = 0x00000008;
inline constexpr DWORD EAP_FLAG_Reserved2 = 0x00000010;
inline constexpr DWORD EAP_FLAG_MACHINE_AUTH = 0x00000020;
inline constexpr DWORD EAP_FLAG_GUEST_ACCESS = 0x00000040;
inline constexpr DWORD EAP_FLAG_Reserved3 = 0x00000080;
inline constexpr DWORD EAP_FLAG_Reserved4 = 0x00000100;
inline constexpr DWORD EAP_FLAG_RESUME_FROM_HIBERNATE = 0x00000200;
inline constexpr DWORD EAP_FLAG_Reserved5 = 0x00000400;
inline constexpr DWORD EAP_FLAG_Reserved6 = 0x00000800;
inline constexpr DWORD EAP_FLAG_FULL_AUTH = 0x00001000;
inline constexpr DWORD EAP_FLAG_PREFER_ALT_CREDENTIALS = 0x00002000;
inline constexpr DWORD EAP_FLAG_Reserved7 = 0x00004000;
inline constexpr DWORD EAP_PEER_FLAG_HEALTH_STATE_CHANGE = 0x00008000;
inline constexpr DWORD EAP_FLAG_SUPRESS_UI = 0x00010000;
inline constexpr DWORD EAP_FLAG_PRE_LOGON = 0x00020000;
inline constexpr DWORD EAP_FLAG_USER_AUTH = 0x00040000;
inline constexpr DWORD EAP_FLAG_CONFG_READONLY = 0x00080000;
inline constexpr DWORD EAP_FLAG_Reserved8 = 0x00100000;
inline constexpr DWORD EAP_FLAG_Reserved9 = 0x00400000;
inline constexpr DWORD EAP_FLAG_VPN = 0x00800000;
inline constexpr DWORD EAP_FLAG_ONLY_EAP_TLS = 0x01000000;
inline constexpr DWORD EAP_FLAG_SERVER_VALIDATION_REQUIRED = 0x02000000;
inline constexpr DWORD EAP_PEER_FLAG_GUEST_ACCESS = 0x00000040;

// Error and information codes.
inline constexpr DWORD EAP_E_EAPHOST_FIRST = 0x80420000;
inline constexpr DWORD EAP_E_EAPHOST_LAST = 0x804200FF;
inline constexpr DWORD EAP_I_EAPHOST_FIRST = 0x80420000;
inline constexpr DWORD EAP_I_EAPHOST_LAST = 0x804200FF;
inline constexpr DWORD EAP_E_CERT_STORE_INACCESSIBLE = 0x80420010;
inline constexpr DWORD EAP_E_EAPHOST_METHOD_NOT_INSTALLED = 0x80420011;
inline constexpr DWORD EAP_E_EAPHOST_THIRDPARTY_METHOD_HOST_RESET = 0x80420012;
inline constexpr DWORD EAP_E_EAPHOST_EAPQEC_INACCESSIBLE = 0x80420013;
inline constexpr DWORD EAP_E_EAPHOST_IDENTITY_UNKNOWN = 0x80420014;
inline constexpr DWORD EAP_E_AUTHENTICATION_FAILED = 0x80420015;
inline constexpr DWORD EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED = 0x40420016;
inline constexpr DWORD EAP_E_EAPHOST_METHOD_INVALID_PACKET = 0x80420017;
inline constexpr DWORD EAP_E_EAPHOST_REMOTE_INVALID_PACKET = 0x80420018;
inline constexpr DWORD EAP_E_EAPHOST_XML_MALFORMED = 0x80420019;
inline constexpr DWORD EAP_E_METHOD_CONFIG_DOES_NOT_SUPPORT_SSO = 0x8042001A;
inline constexpr DWORD EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED = 0x80420020;
inline constexpr DWORD EAP_E_USER_FIRST = 0x80420100;
inline constexpr DWORD EAP_E_USER_LAST = 0x804201FF;
inline constexpr DWORD EAP_I_USER_FIRST = 0x40420100;
inline constexpr DWORD EAP_I_USER_LAST = 0x404201FF;
inline constexpr DWORD EAP_E_USER_CERT_NOT_FOUND = 0x80420100;
inline constexpr DWORD EAP_E_USER_CERT_INVALID = 0x80420101;
inline constexpr DWORD EAP_E_USER_CERT_EXPIRED = 0x80420102;
inline constexpr DWORD EAP_E_USER_CERT_REVOKED = 0x80420103;
inline constexpr DWORD EAP_E_USER_CERT_OTHER_ERROR = 0x80420104;
inline constexpr DWORD EAP_E_USER_CERT_REJECTED = 0x80420105;
inline constexpr DWORD EAP_I_USER_ACCOUNT_OTHER_ERROR = 0x40420110;
inline constexpr DWORD EAP_E_USER_CREDENTIALS_REJECTED = 0x80420111;
inline constexpr DWORD EAP_E_USER_NAME_PASSWORD_REJECTED = 0x80420112;
inline constexpr DWORD EAP_E_NO_SMART_CARD_READER = 0x80420113;
inline constexpr DWORD EAP_E_SERVER_FIRST = 0x80420200;
inline constexpr DWORD EAP_E_SERVER_LAST = 0x804202FF;
inline constexpr DWORD EAP_E_SERVER_CERT_NOT_FOUND = 0x80420200;
inline constexpr DWORD EAP_E_SERVER_CERT_INVALID = 0x80420201;
inline constexpr DWORD EAP_E_SERVER_CERT_EXPIRED = 0x80420202;
inline constexpr DWORD EAP_E_SERVER_CERT_REVOKED = 0x80420203;
inline constexpr DWORD EAP_E_SERVER_CERT_OTHER_ERROR = 0x80420204;
inline constexpr DWORD EAP_E_USER_ROOT_CERT_FIRST = 0x80420300;
inline constexpr DWORD EAP_E_USER_ROOT_CERT_LAST = 0x804203FF;
inline constexpr DWORD EAP_E_USER_ROOT_CERT_NOT_FOUND = 0x80420300;
inline constexpr DWORD EAP_E_USER_ROOT_CERT_INVALID = 0x80420301;
inline constexpr DWORD EAP_E_USER_ROOT_CERT_EXPIRED = 0x80420302;
inline constexpr DWORD EAP_E_SERVER_ROOT_CERT_FIRST = 0x80420400;
inline constexpr DWORD EAP_E_SERVER_ROOT_CERT_LAST = 0x804204FF;
inline constexpr DWORD EAP_E_SERVER_ROOT_CERT_NOT_FOUND = 0x80420400;
inline constexpr DWORD EAP_E_SERVER_ROOT_CERT_INVALID = 0x80420401;
inline constexpr DWORD EAP_E_SERVER_ROOT_CERT_NAME_REQUIRED = 0x80420406;
inline constexpr DWORD EAP_E_SIM_NOT_VALID = 0x80420500;
inline constexpr DWORD EAP_METHOD_INVALID_PACKET = 0x80420017;
inline constexpr DWORD EAP_INVALID_PACKET = 0x80420018;

// Versions, lengths, groups.
inline constexpr DWORD EAP_CREDENTIAL_VERSION = 1;
inline constexpr DWORD EAP_INTERACTIVE_UI_DATA_VERSION = 1;
inline constexpr DWORD EAPHOST_PEER_API_VERSION = 1;
inline constexpr DWORD EAPHOST_METHOD_API_VERSION = 1;
inline constexpr DWORD MAX_EAP_CONFIG_INPUT_FIELD_LENGTH = 256;
inline constexpr DWORD MAX_EAP_CONFIG_INPUT_FIELD_VALUE_LENGTH = 1024;
inline constexpr DWORD CERTIFICATE_HASH_LENGTH = 20;
inline constexpr DWORD FACILITY_EAP_MESSAGE = 2114;
inline constexpr DWORD _EAP_CERT_FIRST = 0;
inline constexpr DWORD _EAP_CERT_LAST = 15;
inline constexpr DWORD _EAP_CERT_NOT_FOUND = 1;
inline constexpr DWORD _EAP_CERT_INVALID = 2;
inline constexpr DWORD _EAP_CERT_EXPIRED = 3;
inline constexpr DWORD _EAP_CERT_REVOKED = 4;
inline constexpr DWORD _EAP_CERT_OTHER_ERROR = 5;
inline constexpr DWORD _EAP_CERT_REJECTED = 6;
inline constexpr DWORD _EAP_CERT_NAME_REQUIRED = 7;
inline constexpr DWORD _EAP_GENERAL_FIRST = 16;
inline constexpr DWORD _EAP_GENERAL_LAST = 63;
inline constexpr DWORD EAP_GROUP_MASK = 65280;
inline constexpr DWORD NCRYPT_PIN_CACHE_PIN_BYTE_LENGTH = 90;
inline constexpr DWORD NGC_TICKET_PROPERTY_STRING_LENGTH = 45;
inline constexpr DWORD EAP_METHOD_AUTHENTICATOR_CONFIG_IS_IDENTITY_PRIVACY = 1;

// UI input field properties, a bit set.
inline constexpr DWORD EAP_UI_INPUT_FIELD_PROPS_DEFAULT = 0x00000000;
inline constexpr DWORD EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE = 0x00000001;
inline constexpr DWORD EAP_UI_INPUT_FIELD_PROPS_NON_PERSIST = 0x00000002;
inline constexpr DWORD EAP_UI_INPUT_FIELD_PROPS_READ_ONLY = 0x00000004;

// Configuration input field properties, a bit set.
inline constexpr DWORD EAP_CONFIG_INPUT_FIELD_PROPS_DEFAULT = 0x00000000;
inline constexpr DWORD EAP_CONFIG_INPUT_FIELD_PROPS_NON_DISPLAYABLE = 0x00000001;
inline constexpr DWORD EAP_CONFIG_INPUT_FIELD_PROPS_NON_PERSIST = 0x00000002;

// Registry location and value names.
inline constexpr WCHAR EAP_VALUENAME_PROPERTIES[] = u"Properties";
inline constexpr WCHAR EAP_REGISTRY_LOCATION[] = u"System\\CurrentControlSet\\Services\\EapHost\\Methods";
inline constexpr WCHAR EAP_PEER_VALUENAME_DLL_PATH[] = u"PeerDllPath";
inline constexpr WCHAR EAP_PEER_VALUENAME_FRIENDLY_NAME[] = u"PeerFriendlyName";
inline constexpr WCHAR EAP_PEER_VALUENAME_CONFIGUI[] = u"PeerConfigUIPath";
inline constexpr WCHAR EAP_PEER_VALUENAME_REQUIRE_CONFIGUI[] = u"PeerRequireConfigUI";
inline constexpr WCHAR EAP_PEER_VALUENAME_IDENTITY[] = u"PeerIdentityPath";
inline constexpr WCHAR EAP_PEER_VALUENAME_INTERACTIVEUI[] = u"PeerInteractiveUIPath";
inline constexpr WCHAR EAP_PEER_VALUENAME_INVOKE_NAMEDLG[] = u"PeerInvokeUsernameDialog";
inline constexpr WCHAR EAP_PEER_VALUENAME_INVOKE_PWDDLG[] = u"PeerInvokePasswordDialog";
inline constexpr WCHAR EAP_PEER_VALUENAME_PROPERTIES[] = u"Properties";
inline constexpr WCHAR EAP_AUTHENTICATOR_VALUENAME_DLL_PATH[] = u"AuthenticatorDllPath";
inline constexpr WCHAR EAP_AUTHENTICATOR_VALUENAME_FRIENDLY_NAME[] = u"AuthenticatorFriendlyName";
inline constexpr WCHAR EAP_AUTHENTICATOR_VALUENAME_PROPERTIES[] = u"Properties";
inline constexpr WCHAR EAP_AUTHENTICATOR_VALUENAME_CONFIGUI[] = u"AuthenticatorConfigUIPath";

// Legacy RAS EAP.
inline constexpr WCHAR RAS_EAP_REGISTRY_LOCATION[] = u"System\\CurrentControlSet\\Services\\Rasman\\PPP\\EAP";
inline constexpr WCHAR RAS_EAP_VALUENAME_PATH[] = u"Path";
inline constexpr WCHAR RAS_EAP_VALUENAME_CONFIGUI[] = u"ConfigUIPath";
inline constexpr WCHAR RAS_EAP_VALUENAME_INTERACTIVEUI[] = u"InteractiveUIPath";
inline constexpr WCHAR RAS_EAP_VALUENAME_IDENTITY[] = u"IdentityPath";
inline constexpr WCHAR RAS_EAP_VALUENAME_FRIENDLY_NAME[] = u"FriendlyName";
inline constexpr WCHAR RAS_EAP_VALUENAME_DEFAULT_DATA[] = u"ConfigData";
inline constexpr WCHAR RAS_EAP_VALUENAME_REQUIRE_CONFIGUI[] = u"RequireConfigUI";
inline constexpr WCHAR RAS_EAP_VALUENAME_ENCRYPTION[] = u"MPPEEncryptionSupported";
inline constexpr WCHAR RAS_EAP_VALUENAME_INVOKE_NAMEDLG[] = u"InvokeUsernameDialog";
inline constexpr WCHAR RAS_EAP_VALUENAME_INVOKE_PWDDLG[] = u"InvokePasswordDialog";
inline constexpr WCHAR RAS_EAP_VALUENAME_CONFIG_CLSID[] = u"ConfigCLSID";
inline constexpr WCHAR RAS_EAP_VALUENAME_STANDALONE_SUPPORTED[] = u"StandaloneSupported";
inline constexpr WCHAR RAS_EAP_VALUENAME_ROLES_SUPPORTED[] = u"RolesSupported";
inline constexpr WCHAR RAS_EAP_VALUENAME_PER_POLICY_CONFIG[] = u"PerPolicyConfig";
inline constexpr WCHAR RAS_EAP_VALUENAME_ISTUNNEL_METHOD[] = u"IsTunnelMethod";
inline constexpr WCHAR RAS_EAP_VALUENAME_FILTER_INNERMETHODS[] = u"FilterInnerMethods";
inline constexpr DWORD RAS_EAP_ROLE_AUTHENTICATOR = 0x00000001;
inline constexpr DWORD RAS_EAP_ROLE_AUTHENTICATEE = 0x00000002;
inline constexpr DWORD RAS_EAP_ROLE_EXCLUDE_IN_EAP = 0x00000004;
inline constexpr DWORD RAS_EAP_ROLE_EXCLUDE_IN_PEAP = 0x00000008;
inline constexpr DWORD RAS_EAP_ROLE_EXCLUDE_IN_VPN = 0x00000010;
inline constexpr DWORD raatARAPChallenge = 0x00000021;
inline constexpr DWORD raatARAPOldPassword = 0x00000013;
inline constexpr DWORD raatARAPNewPassword = 0x00000014;
inline constexpr DWORD raatARAPPasswordChangeReason = 0x00000015;
inline constexpr DWORD EAPCODE_Request = 0x00000001;
inline constexpr DWORD EAPCODE_Response = 0x00000002;
inline constexpr DWORD EAPCODE_Success = 0x00000003;
inline constexpr DWORD EAPCODE_Failure = 0x00000004;
inline constexpr DWORD MAXEAPCODE = 0x00000004;
inline constexpr DWORD RAS_EAP_FLAG_ROUTER = 0x00000001;
inline constexpr DWORD RAS_EAP_FLAG_NON_INTERACTIVE = 0x00000002;
inline constexpr DWORD RAS_EAP_FLAG_LOGON = 0x00000004;
inline constexpr DWORD RAS_EAP_FLAG_PREVIEW = 0x00000008;
inline constexpr DWORD RAS_EAP_FLAG_FIRST_LINK = 0x00000010;
inline constexpr DWORD RAS_EAP_FLAG_MACHINE_AUTH = 0x00000020;
inline constexpr DWORD RAS_EAP_FLAG_GUEST_ACCESS = 0x00000040;
inline constexpr DWORD RAS_EAP_FLAG_8021X_AUTH = 0x00000080;
inline constexpr DWORD RAS_EAP_FLAG_HOSTED_IN_PEAP = 0x00000100;
inline constexpr DWORD RAS_EAP_FLAG_RESUME_FROM_HIBERNATE = 0x00000200;
inline constexpr DWORD RAS_EAP_FLAG_PEAP_UPFRONT = 0x00000400;
inline constexpr DWORD RAS_EAP_FLAG_ALTERNATIVE_USER_DB = 0x00000800;
inline constexpr DWORD RAS_EAP_FLAG_PEAP_FORCE_FULL_AUTH = 0x00001000;
inline constexpr DWORD RAS_EAP_FLAG_PRE_LOGON = 0x00020000;
inline constexpr DWORD RAS_EAP_FLAG_CONFG_READONLY = 0x00080000;
inline constexpr DWORD RAS_EAP_FLAG_RESERVED = 0x00100000;
inline constexpr DWORD RAS_EAP_FLAG_SAVE_CREDMAN = 0x00200000;
inline constexpr DWORD RAS_EAP_FLAG_SERVER_VALIDATION_REQUIRED = 0x02000000;
inline constexpr DWORD PPP_EAP_PACKET_HDR_LEN = 0x00000004;

// Cause, repair and help GUIDs of EAP_ERROR.
inline constexpr GUID GUID_EapHost_Default = {
    0x00000000, 0x0000, 0x0000, {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}};
inline constexpr GUID GUID_EapHost_Cause_MethodDLLNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x01}};
inline constexpr GUID GUID_EapHost_Repair_ContactSysadmin = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x02}};
inline constexpr GUID GUID_EapHost_Cause_CertStoreInaccessible = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x04}};
inline constexpr GUID GUID_EapHost_Cause_Generic_AuthFailure = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x01, 0x04}};
inline constexpr GUID GUID_EapHost_Cause_IdentityUnknown = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x02, 0x04}};
inline constexpr GUID GUID_EapHost_Cause_SimNotValid = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x03, 0x04}};
inline constexpr GUID GUID_EapHost_Cause_Server_CertExpired = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x05}};
inline constexpr GUID GUID_EapHost_Cause_Server_CertInvalid = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x06}};
inline constexpr GUID GUID_EapHost_Cause_Server_CertNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x07}};
inline constexpr GUID GUID_EapHost_Cause_Server_CertRevoked = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x08}};
inline constexpr GUID GUID_EapHost_Cause_Server_CertOtherError = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x01, 0x08}};
inline constexpr GUID GUID_EapHost_Cause_User_CertExpired = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x09}};
inline constexpr GUID GUID_EapHost_Cause_User_CertInvalid = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x0a}};
inline constexpr GUID GUID_EapHost_Cause_User_CertNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x0b}};
inline constexpr GUID GUID_EapHost_Cause_User_CertOtherError = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x0c}};
inline constexpr GUID GUID_EapHost_Cause_User_CertRejected = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x0d}};
inline constexpr GUID GUID_EapHost_Cause_User_CertRevoked = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x0e}};
inline constexpr GUID GUID_EapHost_Cause_User_Account_OtherProblem = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x01, 0x0e}};
inline constexpr GUID GUID_EapHost_Cause_User_CredsRejected = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x02, 0x0e}};
inline constexpr GUID GUID_EapHost_Cause_User_Root_CertExpired = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x0f}};
inline constexpr GUID GUID_EapHost_Cause_User_Root_CertInvalid = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x10}};
inline constexpr GUID GUID_EapHost_Cause_User_Root_CertNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x11}};
inline constexpr GUID GUID_EapHost_Cause_Server_Root_CertNameRequired = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x12}};
inline constexpr GUID GUID_EapHost_Cause_Server_Root_CertNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x01, 0x12}};
inline constexpr GUID GUID_EapHost_Cause_ThirdPartyMethod_Host_Reset = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x02, 0x12}};
inline constexpr GUID GUID_EapHost_Cause_EapQecInaccessible = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x03, 0x12}};
inline constexpr GUID GUID_EapHost_Repair_Server_ClientSelectServerCert = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x18}};
inline constexpr GUID GUID_EapHost_Repair_User_AuthFailure = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x19}};
inline constexpr GUID GUID_EapHost_Repair_User_GetNewCert = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x1a}};
inline constexpr GUID GUID_EapHost_Repair_User_SelectValidCert = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x1b}};
inline constexpr GUID GUID_EapHost_Repair_Retry_Authentication = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x01, 0x1b}};
inline constexpr GUID GUID_EapHost_Cause_EapNegotiationFailed = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x1c}};
inline constexpr GUID GUID_EapHost_Cause_XmlMalformed = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x1d}};
inline constexpr GUID GUID_EapHost_Cause_MethodDoesNotSupportOperation = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x1e}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_AuthFailure = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x1f}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_IdentityUnknown = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x20}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_NegotiationFailed = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x21}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_MethodNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x22}};
inline constexpr GUID GUID_EapHost_Repair_RestartNap = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x23}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_CertStoreInaccessible = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x24}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_InvalidUserAccount = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x25}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_RootCertInvalid = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x26}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_RootCertNotFound = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x27}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_RootExpired = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x28}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_CertNameAbsent = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x29}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_NoSmartCardReader = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x2a}};
inline constexpr GUID GUID_EapHost_Cause_No_SmartCardReader_Found = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x2b}};
inline constexpr GUID GUID_EapHost_Repair_ContactAdmin_InvalidUserCert = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x2c}};
inline constexpr GUID GUID_EapHost_Repair_Method_Not_Support_Sso = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x2d}};
inline constexpr GUID GUID_EapHost_Repair_No_ValidSim_Found = {
    0x9612fc67, 0x6150, 0x4209, {0xa8, 0x5e, 0xa8, 0xd8, 0x00, 0x00, 0x00, 0x2e}};
inline constexpr GUID GUID_EapHost_Help_ObtainingCerts = {
    0xf535eea3, 0x1bdd, 0x46ca, {0xa2, 0xfc, 0xa6, 0x65, 0x59, 0x39, 0xb7, 0xe8}};
inline constexpr GUID GUID_EapHost_Help_Troubleshooting = {
    0x33307acf, 0x0698, 0x41ba, {0xb0, 0x14, 0xea, 0x0a, 0x2e, 0xb8, 0xd0, 0xa8}};
inline constexpr GUID GUID_EapHost_Cause_Method_Config_Does_Not_Support_Sso = {
    0xda18bd32, 0x004f, 0x41fa, {0xae, 0x08, 0x0b, 0xc8, 0x5e, 0x58, 0x45, 0xac}};

}  // namespace eaphost::abi
