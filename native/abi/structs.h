// EAPHost's structures and unions, by natural alignment: the Windows SDK packs none of them.
// Sizes and offsets are asserted by scripts/abi-asserts.mjs from eaphost-abi.json.
#pragma once

#include "native/abi/base.h"
#include "native/abi/enums.h"

namespace eaphost::abi {

struct EAP_TYPE;
struct EAP_METHOD_TYPE;
struct EAP_METHOD_INFO;
struct EAP_METHOD_INFO_EX;
struct EAP_METHOD_INFO_ARRAY;
struct EAP_METHOD_INFO_ARRAY_EX;
struct EAP_ERROR;
struct EAP_ATTRIBUTE;
struct EAP_ATTRIBUTES;
struct EAP_CONFIG_INPUT_FIELD_DATA;
struct EAP_CONFIG_INPUT_FIELD_ARRAY;
struct EAP_CRED_EXPIRY_REQ;
union EAP_UI_DATA_FORMAT;
struct EAP_INTERACTIVE_UI_DATA;
struct EAP_METHOD_PROPERTY_VALUE_BOOL;
struct EAP_METHOD_PROPERTY_VALUE_DWORD;
struct EAP_METHOD_PROPERTY_VALUE_STRING;
union EAP_METHOD_PROPERTY_VALUE;
struct EAP_METHOD_PROPERTY;
struct EAP_METHOD_PROPERTY_ARRAY;
struct EAPHOST_IDENTITY_UI_PARAMS;
struct EAPHOST_INTERACTIVE_UI_PARAMS;
struct EapUsernamePasswordCredential;
struct EapCertificateCredential;
struct EapSimCredential;
union EapCredentialTypeData;
struct EapCredential;
struct EAPHOST_AUTH_INFO;
struct EapHostPeerMethodResult;
struct EapPacket;
struct EAP_METHOD_AUTHENTICATOR_RESULT;
struct EapPeerMethodOutput;
struct NgcTicketContext;
struct EapPeerMethodResult;
struct RAS_AUTH_ATTRIBUTE;
struct PPP_EAP_PACKET;
struct PPP_EAP_INPUT;
struct PPP_EAP_OUTPUT;
struct LEGACY_IDENTITY_UI_PARAMS;
struct LEGACY_INTERACTIVE_UI_PARAMS;
struct EapHostPeerNapInfo;
struct EAP_PEER_METHOD_ROUTINES;
struct EAP_AUTHENTICATOR_METHOD_ROUTINES;
struct PPP_EAP_INFO;

// A FILETIME in the documentation's EapHostPeerNapInfo: two DWORDs, so its alignment is 4.
struct ProbationTime {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
};

struct EAP_TYPE {
  BYTE type;
  DWORD dwVendorId;
  DWORD dwVendorType;
};

struct EAP_METHOD_TYPE {
  EAP_TYPE eapType;
  DWORD dwAuthorId;
};

struct EAP_METHOD_INFO {
  EAP_METHOD_TYPE eaptype;
  LPWSTR pwszAuthorName;
  LPWSTR pwszFriendlyName;
  DWORD eapProperties;
  EAP_METHOD_INFO* pInnerMethodInfo;
};

struct EAP_METHOD_INFO_EX {
  EAP_METHOD_TYPE eaptype;
  LPWSTR pwszAuthorName;
  LPWSTR pwszFriendlyName;
  DWORD eapProperties;
  EAP_METHOD_INFO_ARRAY_EX* pInnerMethodInfoArray;
};

struct EAP_METHOD_INFO_ARRAY {
  DWORD dwNumberOfMethods;
  EAP_METHOD_INFO* pEapMethods;
};

struct EAP_METHOD_INFO_ARRAY_EX {
  DWORD dwNumberOfMethods;
  EAP_METHOD_INFO_EX* pEapMethods;
};

struct EAP_ERROR {
  DWORD dwWinError;
  EAP_METHOD_TYPE type;
  DWORD dwReasonCode;
  GUID rootCauseGuid;
  GUID repairGuid;
  GUID helpLinkGuid;
  LPWSTR pRootCauseString;
  LPWSTR pRepairString;
};

struct EAP_ATTRIBUTE {
  EAP_ATTRIBUTE_TYPE eaType;
  DWORD dwLength;
  BYTE* pValue;
};
using EapAttribute = EAP_ATTRIBUTE;

struct EAP_ATTRIBUTES {
  DWORD dwNumberOfAttributes;
  EAP_ATTRIBUTE* pAttribs;
};
using EapAttributes = EAP_ATTRIBUTES;

struct EAP_CONFIG_INPUT_FIELD_DATA {
  DWORD dwSize;
  EAP_CONFIG_INPUT_FIELD_TYPE Type;
  DWORD dwFlagProps;
  LPWSTR pwszLabel;
  LPWSTR pwszData;
  DWORD dwMinDataLength;
  DWORD dwMaxDataLength;
};

struct EAP_CONFIG_INPUT_FIELD_ARRAY {
  DWORD dwVersion;
  DWORD dwNumberOfFields;
  EAP_CONFIG_INPUT_FIELD_DATA* pFields;
};
using EAP_CRED_REQ = EAP_CONFIG_INPUT_FIELD_ARRAY;
using EAP_CRED_RESP = EAP_CONFIG_INPUT_FIELD_ARRAY;
using EAP_CRED_LOGON_REQ = EAP_CONFIG_INPUT_FIELD_ARRAY;
using EAP_CRED_LOGON_RESP = EAP_CONFIG_INPUT_FIELD_ARRAY;

struct EAP_CRED_EXPIRY_REQ {
  EAP_CONFIG_INPUT_FIELD_ARRAY curCreds;
  EAP_CONFIG_INPUT_FIELD_ARRAY newCreds;
};
using EAP_CRED_EXPIRY_RESP = EAP_CRED_EXPIRY_REQ;

union EAP_UI_DATA_FORMAT {
  EAP_CRED_REQ* credData;
  EAP_CRED_EXPIRY_REQ* credExpiryData;
  EAP_CRED_LOGON_REQ* credLogonData;
};

struct EAP_INTERACTIVE_UI_DATA {
  DWORD dwVersion;
  DWORD dwSize;
  EAP_INTERACTIVE_UI_DATA_TYPE dwDataType;
  DWORD cbUiData;
  EAP_UI_DATA_FORMAT pbUiData;
};

struct EAP_METHOD_PROPERTY_VALUE_BOOL {
  DWORD length;
  BOOL value;
};

struct EAP_METHOD_PROPERTY_VALUE_DWORD {
  DWORD length;
  DWORD value;
};

struct EAP_METHOD_PROPERTY_VALUE_STRING {
  DWORD length;
  BYTE* value;
};

union EAP_METHOD_PROPERTY_VALUE {
  EAP_METHOD_PROPERTY_VALUE_BOOL empvBool;
  EAP_METHOD_PROPERTY_VALUE_DWORD empvDword;
  EAP_METHOD_PROPERTY_VALUE_STRING empvString;
};

struct EAP_METHOD_PROPERTY {
  EAP_METHOD_PROPERTY_TYPE eapMethodPropertyType;
  EAP_METHOD_PROPERTY_VALUE_TYPE eapMethodPropertyValueType;
  EAP_METHOD_PROPERTY_VALUE eapMethodPropertyValue;
};

struct EAP_METHOD_PROPERTY_ARRAY {
  DWORD dwNumberOfProperties;
  EAP_METHOD_PROPERTY* pMethodProperty;
};

struct EAPHOST_IDENTITY_UI_PARAMS {
  EAP_METHOD_TYPE eapMethodType;
  DWORD dwFlags;
  DWORD dwSizeofConnectionData;
  BYTE* pConnectionData;
  DWORD dwSizeofUserData;
  BYTE* pUserData;
  DWORD dwSizeofUserDataOut;
  BYTE* pUserDataOut;
  LPWSTR pwszIdentity;
  DWORD dwError;
  EAP_ERROR* pEapError;
};

struct EAPHOST_INTERACTIVE_UI_PARAMS {
  DWORD dwSizeofContextData;
  BYTE* pContextData;
  DWORD dwSizeofInteractiveUIData;
  BYTE* pInteractiveUIData;
  DWORD dwError;
  EAP_ERROR* pEapError;
};

struct EapUsernamePasswordCredential {
  LPWSTR username;
  LPWSTR password;
};

struct EapCertificateCredential {
  BYTE certHash[20];
  LPWSTR password;
};

struct EapSimCredential {
  LPWSTR iccID;
};

union EapCredentialTypeData {
  EapUsernamePasswordCredential username_password;
  EapCertificateCredential certificate;
  EapSimCredential sim;
};

struct EapCredential {
  EapCredentialType credType;
  EapCredentialTypeData credData;
};

struct EAPHOST_AUTH_INFO {
  EAPHOST_AUTH_STATUS status;
  DWORD dwErrorCode;
  DWORD dwReasonCode;
};

struct EapHostPeerMethodResult {
  BOOL fIsSuccess;
  std::uint32_t dwFailureReasonCode;
  BOOL fSaveConnectionData;
  std::uint32_t dwSizeofConnectionData;
  BYTE* pConnectionData;
  BOOL fSaveUserData;
  std::uint32_t dwSizeofUserData;
  BYTE* pUserData;
  EAP_ATTRIBUTES* pAttribArray;
  ISOLATION_STATE isolationState;
  EAP_METHOD_INFO* pEapMethodInfo;
  EAP_ERROR* pEapError;
};

struct EapPacket {
  BYTE Code;
  BYTE Id;
  BYTE Length[2];
  BYTE Data[1];
};

struct EAP_METHOD_AUTHENTICATOR_RESULT {
  BOOL fIsSuccess;
  DWORD dwFailureReason;
  EAP_ATTRIBUTES* pAuthAttribs;
};

struct EapPeerMethodOutput {
  EapPeerMethodResponseAction action;
  BOOL fAllowNotifications;
};

struct NgcTicketContext {
  WCHAR wszTicket[45];
  NCRYPT_KEY_HANDLE hKey;
  HANDLE hImpersonateToken;
};

struct EapPeerMethodResult {
  BOOL fIsSuccess;
  DWORD dwFailureReasonCode;
  BOOL fSaveConnectionData;
  DWORD dwSizeofConnectionData;
  BYTE* pConnectionData;
  BOOL fSaveUserData;
  DWORD dwSizeofUserData;
  BYTE* pUserData;
  EAP_ATTRIBUTES* pAttribArray;
  EAP_ERROR* pEapError;
  NgcTicketContext* pNgcKerbTicket;
  BOOL fSaveToCredMan;
};

struct RAS_AUTH_ATTRIBUTE {
  RAS_AUTH_ATTRIBUTE_TYPE raaType;
  DWORD dwLength;
  void* Value;
};

struct PPP_EAP_PACKET {
  BYTE Code;
  BYTE Id;
  BYTE Length[2];
  BYTE Data[1];
};

struct PPP_EAP_INPUT {
  DWORD dwSizeInBytes;
  DWORD fFlags;
  BOOL fAuthenticator;
  WCHAR* pwszIdentity;
  WCHAR* pwszPassword;
  BYTE bInitialId;
  RAS_AUTH_ATTRIBUTE* pUserAttributes;
  BOOL fAuthenticationComplete;
  DWORD dwAuthResultCode;
  HANDLE hTokenImpersonateUser;
  BOOL fSuccessPacketReceived;
  BOOL fDataReceivedFromInteractiveUI;
  BYTE* pDataFromInteractiveUI;
  DWORD dwSizeOfDataFromInteractiveUI;
  BYTE* pConnectionData;
  DWORD dwSizeOfConnectionData;
  BYTE* pUserData;
  DWORD dwSizeOfUserData;
  HANDLE hReserved;
  GUID guidConnectionId;
  BOOL isVpn;
};

struct PPP_EAP_OUTPUT {
  DWORD dwSizeInBytes;
  PPP_EAP_ACTION Action;
  DWORD dwAuthResultCode;
  RAS_AUTH_ATTRIBUTE* pUserAttributes;
  BOOL fInvokeInteractiveUI;
  BYTE* pUIContextData;
  DWORD dwSizeOfUIContextData;
  BOOL fSaveConnectionData;
  BYTE* pConnectionData;
  DWORD dwSizeOfConnectionData;
  BOOL fSaveUserData;
  BYTE* pUserData;
  DWORD dwSizeOfUserData;
  NgcTicketContext* pNgcKerbTicket;
  BOOL fSaveToCredMan;
};

struct LEGACY_IDENTITY_UI_PARAMS {
  DWORD eapType;
  DWORD dwFlags;
  DWORD dwSizeofConnectionData;
  BYTE* pConnectionData;
  DWORD dwSizeofUserData;
  BYTE* pUserData;
  DWORD dwSizeofUserDataOut;
  BYTE* pUserDataOut;
  LPWSTR pwszIdentity;
  DWORD dwError;
};

struct LEGACY_INTERACTIVE_UI_PARAMS {
  DWORD eapType;
  DWORD dwSizeofContextData;
  BYTE* pContextData;
  DWORD dwSizeofInteractiveUIData;
  BYTE* pInteractiveUIData;
  DWORD dwError;
};

struct EapHostPeerNapInfo {
  ISOLATION_STATE isolationState;
  ProbationTime probationTime;
  std::uint32_t stringCorrelationIdLength;
};

}  // namespace eaphost::abi
