// The ABI of Windows' network configuration, as far as this package uses it: the WLAN service (wlanapi.dll),
// 802.1X (dot1x.h), and EAP of phone-book entries (rasapi32.dll). Names are the Windows SDK's; none is
// packed. Sizes, offsets, values and prototypes are asserted by scripts/abi-asserts.mjs from
// networks-abi.json, which names its sources.
#pragma once

#include "native/abi/base.h"
#include "native/abi/structs.h"

namespace eaphost::abi {

inline constexpr DWORD WLAN_API_VERSION_2_0 = 0x00000002;
inline constexpr DWORD WLAN_MAX_NAME_LENGTH = 256;
inline constexpr DWORD WLAN_MAX_PHY_TYPE_NUMBER = 8;
inline constexpr DWORD DOT11_SSID_MAX_LENGTH = 32;

inline constexpr DWORD WLAN_PROFILE_GROUP_POLICY = 0x00000001;
inline constexpr DWORD WLAN_PROFILE_USER = 0x00000002;
inline constexpr DWORD WLAN_SET_EAPHOST_DATA_ALL_USERS = 0x00000001;
inline constexpr DWORD WLAN_AVAILABLE_NETWORK_CONNECTED = 0x00000001;
inline constexpr DWORD WLAN_AVAILABLE_NETWORK_HAS_PROFILE = 0x00000002;

inline constexpr DWORD WLAN_NOTIFICATION_SOURCE_NONE = 0;
inline constexpr DWORD WLAN_NOTIFICATION_SOURCE_ONEX = 0x00000004;
inline constexpr DWORD WLAN_NOTIFICATION_SOURCE_ACM = 0x00000008;
inline constexpr DWORD WLAN_NOTIFICATION_SOURCE_MSM = 0x00000010;

enum WLAN_INTERFACE_STATE : std::int32_t {
  wlan_interface_state_not_ready = 0,
  wlan_interface_state_connected = 1,
  wlan_interface_state_ad_hoc_network_formed = 2,
  wlan_interface_state_disconnecting = 3,
  wlan_interface_state_disconnected = 4,
  wlan_interface_state_associating = 5,
  wlan_interface_state_discovering = 6,
  wlan_interface_state_authenticating = 7,
};

enum WLAN_CONNECTION_MODE : std::int32_t {
  wlan_connection_mode_profile = 0,
  wlan_connection_mode_temporary_profile = 1,
  wlan_connection_mode_discovery_secure = 2,
  wlan_connection_mode_discovery_unsecure = 3,
  wlan_connection_mode_auto = 4,
  wlan_connection_mode_invalid = 5,
};

enum DOT11_BSS_TYPE : std::int32_t {
  dot11_BSS_type_infrastructure = 1,
  dot11_BSS_type_independent = 2,
  dot11_BSS_type_any = 3,
};

enum DOT11_AUTH_ALGORITHM : std::int32_t {
  DOT11_AUTH_ALGO_80211_OPEN = 1,
  DOT11_AUTH_ALGO_80211_SHARED_KEY = 2,
  DOT11_AUTH_ALGO_WPA = 3,
  DOT11_AUTH_ALGO_WPA_PSK = 4,
  DOT11_AUTH_ALGO_WPA_NONE = 5,
  DOT11_AUTH_ALGO_RSNA = 6,
  DOT11_AUTH_ALGO_RSNA_PSK = 7,
  DOT11_AUTH_ALGO_WPA3 = 8,
  DOT11_AUTH_ALGO_WPA3_SAE = 9,
  DOT11_AUTH_ALGO_OWE = 10,
  DOT11_AUTH_ALGO_WPA3_ENT = 11,
};

enum DOT11_CIPHER_ALGORITHM : std::int32_t {
  DOT11_CIPHER_ALGO_NONE = 0,
  DOT11_CIPHER_ALGO_CCMP = 4,
};

enum WLAN_NOTIFICATION_ACM : std::int32_t {
  wlan_notification_acm_start = 0,
  wlan_notification_acm_autoconf_enabled = 1,
  wlan_notification_acm_autoconf_disabled = 2,
  wlan_notification_acm_background_scan_enabled = 3,
  wlan_notification_acm_background_scan_disabled = 4,
  wlan_notification_acm_bss_type_change = 5,
  wlan_notification_acm_power_setting_change = 6,
  wlan_notification_acm_scan_complete = 7,
  wlan_notification_acm_scan_fail = 8,
  wlan_notification_acm_connection_start = 9,
  wlan_notification_acm_connection_complete = 10,
  wlan_notification_acm_connection_attempt_fail = 11,
  wlan_notification_acm_filter_list_change = 12,
  wlan_notification_acm_interface_arrival = 13,
  wlan_notification_acm_interface_removal = 14,
  wlan_notification_acm_profile_change = 15,
  wlan_notification_acm_profile_name_change = 16,
  wlan_notification_acm_profiles_exhausted = 17,
  wlan_notification_acm_network_not_available = 18,
  wlan_notification_acm_network_available = 19,
  wlan_notification_acm_disconnecting = 20,
  wlan_notification_acm_disconnected = 21,
  wlan_notification_acm_adhoc_network_state_change = 22,
  wlan_notification_acm_profile_unblocked = 23,
  wlan_notification_acm_screen_power_change = 24,
  wlan_notification_acm_profile_blocked = 25,
  wlan_notification_acm_scan_list_refresh = 26,
  wlan_notification_acm_operational_state_change = 27,
};

enum WLAN_NOTIFICATION_MSM : std::int32_t {
  wlan_notification_msm_start = 0,
  wlan_notification_msm_associating = 1,
  wlan_notification_msm_associated = 2,
  wlan_notification_msm_authenticating = 3,
  wlan_notification_msm_connected = 4,
  wlan_notification_msm_roaming_start = 5,
  wlan_notification_msm_roaming_end = 6,
  wlan_notification_msm_radio_state_change = 7,
  wlan_notification_msm_signal_quality_change = 8,
  wlan_notification_msm_disassociating = 9,
  wlan_notification_msm_disconnected = 10,
  wlan_notification_msm_peer_join = 11,
  wlan_notification_msm_peer_leave = 12,
  wlan_notification_msm_adapter_removal = 13,
  wlan_notification_msm_adapter_operation_mode_change = 14,
  wlan_notification_msm_link_degraded = 15,
  wlan_notification_msm_link_improved = 16,
};

enum ONEX_NOTIFICATION_TYPE : std::int32_t {
  OneXPublicNotificationBase = 0,
  OneXNotificationTypeResultUpdate = 1,
  OneXNotificationTypeAuthRestarted = 2,
};

enum ONEX_AUTH_STATUS : std::int32_t {
  OneXAuthNotStarted = 0,
  OneXAuthInProgress = 1,
  OneXAuthNoAuthenticatorFound = 2,
  OneXAuthSuccess = 3,
  OneXAuthFailure = 4,
  OneXAuthInvalid = 5,
};

enum ONEX_AUTH_RESTART_REASON : std::int32_t {
  OneXRestartReasonPeerInitiated = 0,
  OneXRestartReasonMsmInitiated = 1,
  OneXRestartReasonOneXHeldStateTimeout = 2,
  OneXRestartReasonOneXAuthTimeout = 3,
  OneXRestartReasonOneXConfigurationChanged = 4,
  OneXRestartReasonOneXUserChanged = 5,
  OneXRestartReasonQuarantineStateChanged = 6,
  OneXRestartReasonAltCredsTrial = 7,
};

enum ONEX_EAP_METHOD_BACKEND_SUPPORT : std::int32_t {
  OneXEapMethodBackendSupportUnknown = 0,
  OneXEapMethodBackendSupported = 1,
  OneXEapMethodBackendUnsupported = 2,
};

struct DOT11_SSID {
  DWORD uSSIDLength;
  BYTE ucSSID[DOT11_SSID_MAX_LENGTH];
};

struct WLAN_INTERFACE_INFO {
  GUID InterfaceGuid;
  WCHAR strInterfaceDescription[WLAN_MAX_NAME_LENGTH];
  WLAN_INTERFACE_STATE isState;
};

// The lists have as many elements as dwNumberOfItems says.
struct WLAN_INTERFACE_INFO_LIST {
  DWORD dwNumberOfItems;
  DWORD dwIndex;
  WLAN_INTERFACE_INFO InterfaceInfo[1];
};

struct WLAN_PROFILE_INFO {
  WCHAR strProfileName[WLAN_MAX_NAME_LENGTH];
  DWORD dwFlags;
};

struct WLAN_PROFILE_INFO_LIST {
  DWORD dwNumberOfItems;
  DWORD dwIndex;
  WLAN_PROFILE_INFO ProfileInfo[1];
};

struct WLAN_AVAILABLE_NETWORK {
  WCHAR strProfileName[WLAN_MAX_NAME_LENGTH];
  DOT11_SSID dot11Ssid;
  DOT11_BSS_TYPE dot11BssType;
  DWORD uNumberOfBssids;
  BOOL bNetworkConnectable;
  DWORD wlanNotConnectableReason;
  DWORD uNumberOfPhyTypes;
  std::int32_t dot11PhyTypes[WLAN_MAX_PHY_TYPE_NUMBER];
  BOOL bMorePhyTypes;
  DWORD wlanSignalQuality;
  BOOL bSecurityEnabled;
  DOT11_AUTH_ALGORITHM dot11DefaultAuthAlgorithm;
  DOT11_CIPHER_ALGORITHM dot11DefaultCipherAlgorithm;
  DWORD dwFlags;
  DWORD dwReserved;
};

struct WLAN_AVAILABLE_NETWORK_LIST {
  DWORD dwNumberOfItems;
  DWORD dwIndex;
  WLAN_AVAILABLE_NETWORK Network[1];
};

struct WLAN_CONNECTION_PARAMETERS {
  WLAN_CONNECTION_MODE wlanConnectionMode;
  LPCWSTR strProfile;
  DOT11_SSID* pDot11Ssid;
  void* pDesiredBssidList;  // DOT11_BSSID_LIST
  DOT11_BSS_TYPE dot11BssType;
  DWORD dwFlags;
};

// L2_NOTIFICATION_DATA.
struct WLAN_NOTIFICATION_DATA {
  DWORD NotificationSource;
  DWORD NotificationCode;
  GUID InterfaceGuid;
  DWORD dwDataSize;
  void* pData;
};

struct WLAN_CONNECTION_NOTIFICATION_DATA {
  WLAN_CONNECTION_MODE wlanConnectionMode;
  WCHAR strProfileName[WLAN_MAX_NAME_LENGTH];
  DOT11_SSID dot11Ssid;
  DOT11_BSS_TYPE dot11BssType;
  BOOL bSecurityEnabled;
  DWORD wlanReasonCode;
  DWORD dwFlags;
  WCHAR strProfileXml[1];
};

struct WLAN_MSM_NOTIFICATION_DATA {
  WLAN_CONNECTION_MODE wlanConnectionMode;
  WCHAR strProfileName[WLAN_MAX_NAME_LENGTH];
  DOT11_SSID dot11Ssid;
  DOT11_BSS_TYPE dot11BssType;
  BYTE dot11MacAddr[6];
  BOOL bSecurityEnabled;
  BOOL bFirstPeer;
  BOOL bLastPeer;
  DWORD wlanReasonCode;
};

// Octets behind the structure that it is in, at an offset from where that begins.
struct ONEX_VARIABLE_BLOB {
  DWORD dwSize;
  DWORD dwOffset;
};

struct ONEX_STATUS {
  ONEX_AUTH_STATUS authStatus;
  DWORD dwReason;
  DWORD dwError;
};

struct ONEX_RESULT_UPDATE_DATA {
  ONEX_STATUS oneXStatus;
  ONEX_EAP_METHOD_BACKEND_SUPPORT BackendSupport;
  BOOL fBackendEngaged;
  DWORD flags;  // bit 0: fOneXAuthParams, bit 1: fEapError
  ONEX_VARIABLE_BLOB authParams;
  ONEX_VARIABLE_BLOB eapError;
};

struct ONEX_EAP_ERROR {
  DWORD dwWinError;
  EAP_METHOD_TYPE type;
  DWORD dwReasonCode;
  GUID rootCauseGuid;
  GUID repairGuid;
  GUID helpLinkGuid;
  DWORD flags;  // bit 0: fRootCauseString, bit 1: fRepairString
  ONEX_VARIABLE_BLOB RootCauseString;
  ONEX_VARIABLE_BLOB RepairString;
};

// On a thread of the WLAN service's client.
using WLAN_NOTIFICATION_CALLBACK = void(EAPHOST_STDCALL*)(WLAN_NOTIFICATION_DATA* pData, void* pContext);

// wlanapi.dll.
using WlanOpenHandleFn = DWORD EAPHOST_STDCALL(DWORD dwClientVersion, void* pReserved,
                                               DWORD* pdwNegotiatedVersion, HANDLE* phClientHandle);
using WlanCloseHandleFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, void* pReserved);
using WlanEnumInterfacesFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, void* pReserved,
                                                   WLAN_INTERFACE_INFO_LIST** ppInterfaceList);
using WlanGetProfileListFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                                   void* pReserved, WLAN_PROFILE_INFO_LIST** ppProfileList);
using WlanGetProfileFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                               LPCWSTR strProfileName, void* pReserved,
                                               LPWSTR* pstrProfileXml, DWORD* pdwFlags,
                                               DWORD* pdwGrantedAccess);
using WlanSetProfileFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                               DWORD dwFlags, LPCWSTR strProfileXml,
                                               LPCWSTR strAllUserProfileSecurity, BOOL bOverwrite,
                                               void* pReserved, DWORD* pdwReasonCode);
using WlanDeleteProfileFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                                  LPCWSTR strProfileName, void* pReserved);
using WlanSetProfilePositionFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                                       LPCWSTR strProfileName, DWORD dwPosition,
                                                       void* pReserved);
using WlanSetProfileEapXmlUserDataFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                                             LPCWSTR strProfileName, DWORD dwFlags,
                                                             LPCWSTR strEapXmlUserData, void* pReserved);
using WlanConnectFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                            const WLAN_CONNECTION_PARAMETERS* pConnectionParameters,
                                            void* pReserved);
using WlanDisconnectFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid,
                                               void* pReserved);
using WlanGetAvailableNetworkListFn =
    DWORD EAPHOST_STDCALL(HANDLE hClientHandle, const GUID* pInterfaceGuid, DWORD dwFlags, void* pReserved,
                          WLAN_AVAILABLE_NETWORK_LIST** ppAvailableNetworkList);
using WlanRegisterNotificationFn = DWORD EAPHOST_STDCALL(HANDLE hClientHandle, DWORD dwNotifSource,
                                                         BOOL bIgnoreDuplicate,
                                                         WLAN_NOTIFICATION_CALLBACK funcCallback,
                                                         void* pCallbackContext, void* pReserved,
                                                         DWORD* pdwPrevNotifSource);
using WlanFreeMemoryFn = void EAPHOST_STDCALL(void* pMemory);

// rasapi32.dll.
using RasGetCustomAuthDataWFn = DWORD EAPHOST_STDCALL(LPCWSTR pszPhonebook, LPCWSTR pszEntry,
                                                      BYTE* pbCustomAuthData, DWORD* pdwSizeofCustomAuthData);
using RasSetCustomAuthDataWFn = DWORD EAPHOST_STDCALL(LPCWSTR pszPhonebook, LPCWSTR pszEntry,
                                                      BYTE* pbCustomAuthData, DWORD dwSizeofCustomAuthData);
using RasSetEapUserDataWFn = DWORD EAPHOST_STDCALL(HANDLE hToken, LPCWSTR pszPhonebook, LPCWSTR pszEntry,
                                                   BYTE* pbEapData, DWORD dwSizeofEapData);

}  // namespace eaphost::abi
