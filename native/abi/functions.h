// Function types of EAPHost's four API families and the legacy RAS EAP one, and the routine tables
// that method DLLs fill. A type is named after its function with Fn at the end.
// The Windows SDK gives no calling convention to EapMethodAuthenticatorGetInfo; on x86 that is cdecl.
#pragma once

#include "native/abi/base.h"
#include "native/abi/structs.h"

namespace eaphost::abi {

// EAPHost calls it when a connection must re-authenticate, on a thread of EAPHost's.
using NotificationHandler = void(EAPHOST_STDCALL*)(GUID connectionId, void* pContextData);

// eappprxy.dll: the supplicant run-time.
using EapHostPeerInitializeFn = DWORD EAPHOST_STDCALL();
using EapHostPeerUninitializeFn = void EAPHOST_STDCALL();
using EapHostPeerBeginSessionFn = DWORD EAPHOST_STDCALL(
    DWORD dwFlags, EAP_METHOD_TYPE eapType, const EapAttributes* pAttributeArray,
    HANDLE hTokenImpersonateUser, DWORD dwSizeofConnectionData, const BYTE* pConnectionData,
    DWORD dwSizeofUserData, const BYTE* pUserData, DWORD dwMaxSendPacketSize, const GUID* pConnectionId,
    NotificationHandler func, void* pContextData, EAP_SESSIONID* pSessionId, EAP_ERROR** ppEapError);
using EapHostPeerProcessReceivedPacketFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                                 DWORD cbReceivePacket,
                                                                 const BYTE* pReceivePacket,
                                                                 EapHostPeerResponseAction* pEapOutput,
                                                                 EAP_ERROR** ppEapError);
using EapHostPeerGetSendPacketFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle, DWORD* pcbSendPacket,
                                                         BYTE** ppSendPacket, EAP_ERROR** ppEapError);
using EapHostPeerGetResultFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                     EapHostPeerMethodResultReason reason,
                                                     EapHostPeerMethodResult* ppResult,
                                                     EAP_ERROR** ppEapError);
using EapHostPeerGetUIContextFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                        DWORD* pdwSizeOfUIContextData, BYTE** ppUIContextData,
                                                        EAP_ERROR** ppEapError);
using EapHostPeerSetUIContextFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                        DWORD dwSizeOfUIContextData,
                                                        const BYTE* pUIContextData,
                                                        EapHostPeerResponseAction* pEapOutput,
                                                        EAP_ERROR** ppEapError);
using EapHostPeerGetResponseAttributesFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                                 EapAttributes* pAttribs,
                                                                 EAP_ERROR** ppEapError);
using EapHostPeerSetResponseAttributesFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                                 const EapAttributes* pAttribs,
                                                                 EapHostPeerResponseAction* pEapOutput,
                                                                 EAP_ERROR** ppEapError);
using EapHostPeerGetAuthStatusFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle,
                                                         EapHostPeerAuthParams authParam, DWORD* pcbAuthData,
                                                         BYTE** ppAuthData, EAP_ERROR** ppEapError);
using EapHostPeerEndSessionFn = DWORD EAPHOST_STDCALL(EAP_SESSIONID sessionHandle, EAP_ERROR** ppEapError);
using EapHostPeerGetDataToUnplumbCredentialsFn = DWORD EAPHOST_STDCALL(
    GUID* pConnectionIdThatLastSavedCreds, std::intptr_t* phCredentialImpersonationToken,
    EAP_SESSIONID sessionHandle, EAP_ERROR** ppEapError, BOOL* fSaveToCredMan);
using EapHostPeerClearConnectionFn = DWORD EAPHOST_STDCALL(GUID* pConnectionId, EAP_ERROR** ppEapError);
using EapHostPeerFreeEapErrorFn = void EAPHOST_STDCALL(EAP_ERROR* pEapError);
using EapHostPeerGetIdentityFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType, DWORD dwSizeofConnectionData,
    const BYTE* pConnectionData, DWORD dwSizeofUserData, const BYTE* pUserData, HANDLE hTokenImpersonateUser,
    BOOL* pfInvokeUI, DWORD* pdwSizeOfUserDataOut, BYTE** ppUserDataOut, LPWSTR* ppwszIdentity,
    EAP_ERROR** ppEapError, BYTE** ppvReserved);
using EapHostPeerGetEncryptedPasswordFn = DWORD EAPHOST_STDCALL(DWORD dwSizeofPassword, LPWSTR szPassword,
                                                                LPWSTR* ppszEncPassword);
using EapHostPeerFreeRuntimeMemoryFn = void EAPHOST_STDCALL(BYTE* pData);

// eappcfg.dll: configuration and user interface.
using EapHostPeerGetMethodsFn = DWORD EAPHOST_STDCALL(EAP_METHOD_INFO_ARRAY* pEapMethodInfoArray,
                                                      EAP_ERROR** ppEapError);
using EapHostPeerGetMethodPropertiesFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType, HANDLE hUserImpersonationToken,
    DWORD dwEapConnDataSize, const BYTE* pbEapConnData, DWORD dwUserDataSize, const BYTE* pbUserData,
    EAP_METHOD_PROPERTY_ARRAY* pMethodPropertyArray, EAP_ERROR** ppEapError);
using EapHostPeerInvokeConfigUIFn = DWORD EAPHOST_STDCALL(HWND hwndParent, DWORD dwFlags,
                                                          EAP_METHOD_TYPE eapMethodType,
                                                          DWORD dwSizeOfConfigIn, const BYTE* pConfigIn,
                                                          DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut,
                                                          EAP_ERROR** ppEapError);
using EapHostPeerQueryCredentialInputFieldsFn =
    DWORD EAPHOST_STDCALL(HANDLE hUserImpersonationToken, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags,
                          DWORD dwEapConnDataSize, const BYTE* pbEapConnData,
                          EAP_CONFIG_INPUT_FIELD_ARRAY* pEapConfigInputFieldArray, EAP_ERROR** ppEapError);
using EapHostPeerQueryUserBlobFromCredentialInputFieldsFn = DWORD EAPHOST_STDCALL(
    HANDLE hUserImpersonationToken, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags, DWORD dwEapConnDataSize,
    const BYTE* pbEapConnData, const EAP_CONFIG_INPUT_FIELD_ARRAY* pEapConfigInputFieldArray,
    DWORD* pdwUserBlobSize, BYTE** ppbUserBlob, EAP_ERROR** ppEapError);
using EapHostPeerInvokeIdentityUIFn =
    DWORD EAPHOST_STDCALL(DWORD dwVersion, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags, HWND hwndParent,
                          DWORD dwSizeofConnectionData, const BYTE* pConnectionData, DWORD dwSizeofUserData,
                          const BYTE* pUserData, DWORD* pdwSizeOfUserDataOut, BYTE** ppUserDataOut,
                          LPWSTR* ppwszIdentity, EAP_ERROR** ppEapError, void** ppvReserved);
using EapHostPeerInvokeInteractiveUIFn = DWORD EAPHOST_STDCALL(HWND hwndParent, DWORD dwSizeofUIContextData,
                                                               const BYTE* pUIContextData,
                                                               DWORD* pdwSizeOfDataFromInteractiveUI,
                                                               BYTE** ppDataFromInteractiveUI,
                                                               EAP_ERROR** ppEapError);
using EapHostPeerQueryInteractiveUIInputFieldsFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, DWORD dwSizeofUIContextData, const BYTE* pUIContextData,
    EAP_INTERACTIVE_UI_DATA* pEapInteractiveUIData, EAP_ERROR** ppEapError, void** ppvReserved);
using EapHostPeerQueryUIBlobFromInteractiveUIInputFieldsFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, DWORD dwSizeofUIContextData, const BYTE* pUIContextData,
    const EAP_INTERACTIVE_UI_DATA* pEapInteractiveUIData, DWORD* pdwSizeOfDataFromInteractiveUI,
    BYTE** ppDataFromInteractiveUI, EAP_ERROR** ppEapError, void** ppvReserved);
using EapHostPeerConfigXml2BlobFn = DWORD EAPHOST_STDCALL(DWORD dwFlags, IXMLDOMNode* pConfigDoc,
                                                          DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut,
                                                          EAP_METHOD_TYPE* pEapMethodType,
                                                          EAP_ERROR** ppEapError);
using EapHostPeerCredentialsXml2BlobFn = DWORD EAPHOST_STDCALL(DWORD dwFlags, IXMLDOMNode* pCredentialsDoc,
                                                               DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                                                               DWORD* pdwSizeOfCredentialsOut,
                                                               BYTE** ppCredentialsOut,
                                                               EAP_METHOD_TYPE* pEapMethodType,
                                                               EAP_ERROR** ppEapError);
using EapHostPeerConfigBlob2XmlFn = DWORD EAPHOST_STDCALL(DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                          DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                                                          IXMLDOMDocument2** ppConfigDoc,
                                                          EAP_ERROR** ppEapError);
using EapHostPeerFreeMemoryFn = void EAPHOST_STDCALL(BYTE* pData);
using EapHostPeerFreeErrorMemoryFn = void EAPHOST_STDCALL(EAP_ERROR* pEapError);

// Peer method DLL: exported by name.
using EapPeerFreeErrorMemoryFn = void EAPHOST_STDCALL(EAP_ERROR* pEapError);
using EapPeerGetInfoFn = DWORD EAPHOST_STDCALL(EAP_TYPE* pEapType, EAP_PEER_METHOD_ROUTINES* pEapInfo,
                                               EAP_ERROR** ppEapError);
using EapPeerInvokeConfigUIFn = DWORD EAPHOST_STDCALL(EAP_METHOD_TYPE* pEapType, HWND hwndParent,
                                                      DWORD dwFlags, DWORD dwSizeOfConnectionDataIn,
                                                      BYTE* pConnectionDataIn,
                                                      DWORD* dwSizeOfConnectionDataOut,
                                                      BYTE** ppConnectionDataOut, EAP_ERROR** ppEapError);
using EapPeerInvokeInteractiveUIFn = DWORD EAPHOST_STDCALL(EAP_METHOD_TYPE* pEapType, HWND hwndParent,
                                                           DWORD dwSizeofUIContextData, BYTE* pUIContextData,
                                                           DWORD* pdwSizeOfDataFromInteractiveUI,
                                                           BYTE** ppDataFromInteractiveUI,
                                                           EAP_ERROR** ppEapError);
using EapPeerInvokeIdentityUIFn = DWORD EAPHOST_STDCALL(EAP_METHOD_TYPE* pEapType, DWORD dwFlags,
                                                        HWND hwndParent, DWORD dwSizeOfConnectionData,
                                                        const BYTE* pConnectionData, DWORD dwSizeOfUserData,
                                                        const BYTE* pUserData, DWORD* pdwSizeOfUserDataOut,
                                                        BYTE** ppUserDataOut, LPWSTR* ppwszIdentity,
                                                        EAP_ERROR** ppEapError);
using EapPeerQueryCredentialInputFieldsFn = DWORD EAPHOST_STDCALL(
    HANDLE hUserImpersonationToken, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags, DWORD dwEapConnDataSize,
    BYTE* pbEapConnData, EAP_CONFIG_INPUT_FIELD_ARRAY* pEapConfigFieldsArray, EAP_ERROR** ppEapError);
using EapPeerQueryUserBlobFromCredentialInputFieldsFn = DWORD EAPHOST_STDCALL(
    HANDLE hUserImpersonationToken, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags, DWORD dwEapConnDataSize,
    BYTE* pbEapConnData, const EAP_CONFIG_INPUT_FIELD_ARRAY* pEapConfigInputFieldArray,
    DWORD* pdwUserBlobSize, BYTE** ppUserBlob, EAP_ERROR** ppEapError);
using EapPeerQueryInteractiveUIInputFieldsFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, DWORD dwSizeofUIContextData, const BYTE* pUIContextData,
    EAP_INTERACTIVE_UI_DATA* pEapInteractiveUIData, EAP_ERROR** ppEapError, void** ppvReserved);
using EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, DWORD dwSizeofUIContextData, const BYTE* pUIContextData,
    const EAP_INTERACTIVE_UI_DATA* pEapInteractiveUIData, DWORD* pdwSizeOfDataFromInteractiveUI,
    BYTE** ppDataFromInteractiveUI, EAP_ERROR** ppEapError, void** ppvReserved);
using EapPeerConfigXml2BlobFn = DWORD EAPHOST_STDCALL(DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                      IXMLDOMDocument2* pConfigDoc, BYTE** ppConfigOut,
                                                      DWORD* pdwSizeOfConfigOut, EAP_ERROR** ppEapError);
using EapPeerCredentialsXml2BlobFn = DWORD EAPHOST_STDCALL(
    DWORD dwFlags, EAP_METHOD_TYPE eapMethodType, IXMLDOMDocument2* pCredentialsDoc, const BYTE* pConfigIn,
    DWORD dwSizeOfConfigIn, BYTE** ppCredentialsOut, DWORD* pdwSizeOfCredentialsOut, EAP_ERROR** ppEapError);
using EapPeerConfigBlob2XmlFn = DWORD EAPHOST_STDCALL(DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                      const BYTE* pConfigIn, DWORD dwSizeOfConfigIn,
                                                      IXMLDOMDocument2** ppConfigDoc, EAP_ERROR** ppEapError);
using EapPeerGetMethodPropertiesFn = DWORD EAPHOST_STDCALL(
    DWORD dwVersion, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType, HANDLE hUserImpersonationToken,
    DWORD dwSizeOfConnectionDataIn, const BYTE* pConnectionDataIn, DWORD dwSizeOfUserDataIn,
    const BYTE* pUserDataIn, EAP_METHOD_PROPERTY_ARRAY* pMethodPropertyArray, EAP_ERROR** ppEapError);
using EapPeerGetConfigBlobAndUserBlobFn = DWORD EAPHOST_STDCALL(DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                                EapCredential eapCredential,
                                                                DWORD* pdwConfigBlobSize, BYTE** ppConfigBlob,
                                                                DWORD* pdwUserBlobSize, BYTE** ppUserBlob,
                                                                EAP_ERROR** ppEapError);
using EapPeerFreeMemoryFn = void EAPHOST_STDCALL(void* pUIContextData);

// Peer method DLL: reached through EAP_PEER_METHOD_ROUTINES.
using EapPeerInitializeFn = DWORD EAPHOST_STDCALL(EAP_ERROR** ppEapError);
using EapPeerGetIdentityFn = DWORD EAPHOST_STDCALL(DWORD flags, DWORD dwSizeofConnectionData,
                                                   const BYTE* pConnectionData, DWORD dwSizeofUserData,
                                                   const BYTE* pUserData, HANDLE hTokenImpersonateUser,
                                                   BOOL* pfInvokeUI, DWORD* pdwSizeOfUserDataOut,
                                                   BYTE** ppUserDataOut, LPWSTR* ppwszIdentity,
                                                   EAP_ERROR** ppEapError);
using EapPeerBeginSessionFn = DWORD EAPHOST_STDCALL(
    DWORD dwFlags, const EapAttributes* pAttributeArray, HANDLE hTokenImpersonateUser,
    DWORD dwSizeofConnectionData, BYTE* pConnectionData, DWORD dwSizeofUserData, BYTE* pUserData,
    DWORD dwMaxSendPacketSize, EAP_SESSION_HANDLE* pSessionHandle, EAP_ERROR** ppEapError);
using EapPeerSetCredentialsFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle, WCHAR* pwszIdentity,
                                                      WCHAR* pwszPassword, EAP_ERROR** ppEapError);
using EapPeerProcessRequestPacketFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                            DWORD cbReceivePacket, EapPacket* pReceivePacket,
                                                            EapPeerMethodOutput* pEapOutput,
                                                            EAP_ERROR** ppEapError);
using EapPeerGetResponsePacketFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                         DWORD* pcbSendPacket, EapPacket* pSendPacket,
                                                         EAP_ERROR** ppEapError);
using EapPeerGetResultFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                 EapPeerMethodResultReason reason,
                                                 EapPeerMethodResult* pResult, EAP_ERROR** ppEapError);
using EapPeerGetUIContextFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                    DWORD* pdwSizeOfUIContextData, BYTE** ppUIContextData,
                                                    EAP_ERROR** ppEapError);
using EapPeerSetUIContextFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                    DWORD dwSizeOfUIContextData, const BYTE* pUIContextData,
                                                    EapPeerMethodOutput* pEapOutput, EAP_ERROR** ppEapError);
using EapPeerGetResponseAttributesFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                             EapAttributes* pAttribs, EAP_ERROR** ppEapError);
using EapPeerSetResponseAttributesFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                             EapAttributes* pAttribs,
                                                             EapPeerMethodOutput* pEapOutput,
                                                             EAP_ERROR** ppEapError);
using EapPeerEndSessionFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle, EAP_ERROR** ppEapError);
using EapPeerShutdownFn = DWORD EAPHOST_STDCALL(EAP_ERROR** ppEapError);

// Authenticator method DLL: exported by name.
using EapMethodAuthenticatorFreeErrorMemoryFn = void EAPHOST_STDCALL(EAP_ERROR* pEapError);
using EapMethodAuthenticatorFreeMemoryFn = void EAPHOST_STDCALL(void* pUIContextData);
using EapMethodAuthenticatorGetInfoFn = DWORD(EAP_METHOD_TYPE* pEapType,
                                              EAP_AUTHENTICATOR_METHOD_ROUTINES* pEapInfo,
                                              EAP_ERROR** ppEapError);
using EapMethodAuthenticatorInvokeConfigUIFn =
    DWORD EAPHOST_STDCALL(EAP_METHOD_TYPE* pEapMethodType, HWND hwndParent, DWORD dwFlags,
                          LPCWSTR pwszMachineName, DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                          DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut, EAP_ERROR** ppEapError);

// Authenticator method DLL: reached through EAP_AUTHENTICATOR_METHOD_ROUTINES. (The SDK also declares them
// as free functions, which no DLL exports; the table members are what counts.).
using EapMethodAuthenticatorInitializeFn = DWORD EAPHOST_STDCALL(EAP_METHOD_TYPE* pEapType,
                                                                 EAP_ERROR** ppEapError);
using EapMethodAuthenticatorBeginSessionFn = DWORD EAPHOST_STDCALL(
    DWORD dwFlags, LPCWSTR pwszIdentity, const EapAttributes* pAttributeArray, DWORD dwSizeofConnectionData,
    const BYTE* pConnectionData, DWORD dwMaxSendPacketSize, EAP_SESSION_HANDLE* pSessionHandle,
    EAP_ERROR** ppEapError);
using EapMethodAuthenticatorUpdateInnerMethodParamsFn =
    DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle, DWORD dwFlags, LPCWSTR pwszIdentity,
                          const EapAttributes* pAttributeArray, EAP_ERROR** ppEapError);
using EapMethodAuthenticatorReceivePacketFn = DWORD EAPHOST_STDCALL(
    EAP_SESSION_HANDLE sessionHandle, DWORD cbReceivePacket, const EapPacket* pReceivePacket,
    EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION* pEapOutput, EAP_ERROR** ppEapError);
using EapMethodAuthenticatorSendPacketFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                                 BYTE bPacketId, DWORD* pcbSendPacket,
                                                                 EapPacket* pSendPacket,
                                                                 EAP_AUTHENTICATOR_SEND_TIMEOUT* pTimeout,
                                                                 EAP_ERROR** ppEapError);
using EapMethodAuthenticatorGetAttributesFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                                    EapAttributes* pAttribs,
                                                                    EAP_ERROR** ppEapError);
using EapMethodAuthenticatorSetAttributesFn =
    DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle, const EapAttributes* pAttribs,
                          EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION* pEapOutput, EAP_ERROR** ppEapError);
using EapMethodAuthenticatorGetResultFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                                EAP_METHOD_AUTHENTICATOR_RESULT* pResult,
                                                                EAP_ERROR** ppEapError);
using EapMethodAuthenticatorEndSessionFn = DWORD EAPHOST_STDCALL(EAP_SESSION_HANDLE sessionHandle,
                                                                 EAP_ERROR** ppEapError);
using EapMethodAuthenticatorShutdownFn = DWORD EAPHOST_STDCALL(EAP_METHOD_TYPE* pEapType,
                                                               EAP_ERROR** ppEapError);

// Legacy RAS EAP DLL: exported by name.
using RasEapGetInfoFn = DWORD EAPHOST_STDCALL(DWORD dwEapTypeId, PPP_EAP_INFO* pEapInfo);
using RasEapFreeMemoryFn = DWORD EAPHOST_STDCALL(BYTE* pMemory);
using RasEapInvokeInteractiveUIFn = DWORD EAPHOST_STDCALL(DWORD dwEapTypeId, HWND hwndParent,
                                                          BYTE* pUIContextData, DWORD dwSizeOfUIContextData,
                                                          BYTE** ppDataFromInteractiveUI,
                                                          DWORD* pdwSizeOfDataFromInteractiveUI);
using RasEapInvokeConfigUIFn = DWORD EAPHOST_STDCALL(DWORD dwEapTypeId, HWND hwndParent, DWORD dwFlags,
                                                     BYTE* pConnectionDataIn, DWORD dwSizeOfConnectionDataIn,
                                                     BYTE** ppConnectionDataOut,
                                                     DWORD* pdwSizeOfConnectionDataOut);
using RasEapGetIdentityFn = DWORD EAPHOST_STDCALL(DWORD dwEapTypeId, HWND hwndParent, DWORD dwFlags,
                                                  LPCWSTR pwszPhonebook, LPCWSTR pwszEntry,
                                                  BYTE* pConnectionDataIn, DWORD dwSizeOfConnectionDataIn,
                                                  BYTE* pUserDataIn, DWORD dwSizeOfUserDataIn,
                                                  BYTE** ppUserDataOut, DWORD* pdwSizeOfUserDataOut,
                                                  LPWSTR* ppwszIdentityOut);

// Legacy RAS EAP DLL: reached through PPP_EAP_INFO.
using RasEapInitializeFn = DWORD EAPHOST_STDCALL(BOOL fInitialize);
using RasEapBeginFn = DWORD EAPHOST_STDCALL(void** ppWorkBuffer, PPP_EAP_INPUT* pPppEapInput);
using RasEapEndFn = DWORD EAPHOST_STDCALL(void* pWorkBuffer);
using RasEapMakeMessageFn = DWORD EAPHOST_STDCALL(void* pWorkBuf, PPP_EAP_PACKET* pReceivePacket,
                                                  PPP_EAP_PACKET* pSendPacket, DWORD cbSendPacket,
                                                  PPP_EAP_OUTPUT* pEapOutput, PPP_EAP_INPUT* pEapInput);

struct EAP_PEER_METHOD_ROUTINES {
  DWORD dwVersion;
  EAP_TYPE* pEapType;
  EapPeerInitializeFn* EapPeerInitialize;
  EapPeerGetIdentityFn* EapPeerGetIdentity;
  EapPeerBeginSessionFn* EapPeerBeginSession;
  EapPeerSetCredentialsFn* EapPeerSetCredentials;
  EapPeerProcessRequestPacketFn* EapPeerProcessRequestPacket;
  EapPeerGetResponsePacketFn* EapPeerGetResponsePacket;
  EapPeerGetResultFn* EapPeerGetResult;
  EapPeerGetUIContextFn* EapPeerGetUIContext;
  EapPeerSetUIContextFn* EapPeerSetUIContext;
  EapPeerGetResponseAttributesFn* EapPeerGetResponseAttributes;
  EapPeerSetResponseAttributesFn* EapPeerSetResponseAttributes;
  EapPeerEndSessionFn* EapPeerEndSession;
  EapPeerShutdownFn* EapPeerShutdown;
};

struct EAP_AUTHENTICATOR_METHOD_ROUTINES {
  DWORD dwSizeInBytes;
  EAP_METHOD_TYPE* pEapType;
  EapMethodAuthenticatorInitializeFn* EapMethodAuthenticatorInitialize;
  EapMethodAuthenticatorBeginSessionFn* EapMethodAuthenticatorBeginSession;
  EapMethodAuthenticatorUpdateInnerMethodParamsFn* EapMethodAuthenticatorUpdateInnerMethodParams;
  EapMethodAuthenticatorReceivePacketFn* EapMethodAuthenticatorReceivePacket;
  EapMethodAuthenticatorSendPacketFn* EapMethodAuthenticatorSendPacket;
  EapMethodAuthenticatorGetAttributesFn* EapMethodAuthenticatorGetAttributes;
  EapMethodAuthenticatorSetAttributesFn* EapMethodAuthenticatorSetAttributes;
  EapMethodAuthenticatorGetResultFn* EapMethodAuthenticatorGetResult;
  EapMethodAuthenticatorEndSessionFn* EapMethodAuthenticatorEndSession;
  EapMethodAuthenticatorShutdownFn* EapMethodAuthenticatorShutdown;
};

struct PPP_EAP_INFO {
  DWORD dwSizeInBytes;
  DWORD dwEapTypeId;
  RasEapInitializeFn* RasEapInitialize;
  RasEapBeginFn* RasEapBegin;
  RasEapEndFn* RasEapEnd;
  RasEapMakeMessageFn* RasEapMakeMessage;
};

}  // namespace eaphost::abi
