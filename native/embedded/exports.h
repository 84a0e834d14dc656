// The functions that the embedded run-time exports: EAPHost's, under their own names, and its own. Each is
// declared by its type in native/abi, so that a definition that differs does not compile.
// Threads are as Windows has them: run-time calls on initialized threads, user interface on a single-threaded
// apartment. None of them lets an exception out.
#pragma once

#include "native/abi/embedded.h"
#include "native/abi/functions.h"

#ifdef _WIN32
#define EAPHOST_EXPORT  // embedded.def names them
#else
#define EAPHOST_EXPORT __attribute__((visibility("default")))
#endif

extern "C" {

// eappprxy.dll
EAPHOST_EXPORT eaphost::abi::EapHostPeerBeginSessionFn EapHostPeerBeginSession;
EAPHOST_EXPORT eaphost::abi::EapHostPeerClearConnectionFn EapHostPeerClearConnection;
EAPHOST_EXPORT eaphost::abi::EapHostPeerEndSessionFn EapHostPeerEndSession;
EAPHOST_EXPORT eaphost::abi::EapHostPeerFreeEapErrorFn EapHostPeerFreeEapError;
EAPHOST_EXPORT eaphost::abi::EapHostPeerFreeRuntimeMemoryFn EapHostPeerFreeRuntimeMemory;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetAuthStatusFn EapHostPeerGetAuthStatus;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetDataToUnplumbCredentialsFn EapHostPeerGetDataToUnplumbCredentials;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetEncryptedPasswordFn EapHostPeerGetEncryptedPassword;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetIdentityFn EapHostPeerGetIdentity;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetResponseAttributesFn EapHostPeerGetResponseAttributes;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetResultFn EapHostPeerGetResult;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetSendPacketFn EapHostPeerGetSendPacket;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetUIContextFn EapHostPeerGetUIContext;
EAPHOST_EXPORT eaphost::abi::EapHostPeerInitializeFn EapHostPeerInitialize;
EAPHOST_EXPORT eaphost::abi::EapHostPeerProcessReceivedPacketFn EapHostPeerProcessReceivedPacket;
EAPHOST_EXPORT eaphost::abi::EapHostPeerSetResponseAttributesFn EapHostPeerSetResponseAttributes;
EAPHOST_EXPORT eaphost::abi::EapHostPeerSetUIContextFn EapHostPeerSetUIContext;
EAPHOST_EXPORT eaphost::abi::EapHostPeerUninitializeFn EapHostPeerUninitialize;

// eappcfg.dll
EAPHOST_EXPORT eaphost::abi::EapHostPeerConfigBlob2XmlFn EapHostPeerConfigBlob2Xml;
EAPHOST_EXPORT eaphost::abi::EapHostPeerConfigXml2BlobFn EapHostPeerConfigXml2Blob;
EAPHOST_EXPORT eaphost::abi::EapHostPeerCredentialsXml2BlobFn EapHostPeerCredentialsXml2Blob;
EAPHOST_EXPORT eaphost::abi::EapHostPeerFreeErrorMemoryFn EapHostPeerFreeErrorMemory;
EAPHOST_EXPORT eaphost::abi::EapHostPeerFreeMemoryFn EapHostPeerFreeMemory;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetMethodPropertiesFn EapHostPeerGetMethodProperties;
EAPHOST_EXPORT eaphost::abi::EapHostPeerGetMethodsFn EapHostPeerGetMethods;
EAPHOST_EXPORT eaphost::abi::EapHostPeerInvokeConfigUIFn EapHostPeerInvokeConfigUI;
EAPHOST_EXPORT eaphost::abi::EapHostPeerInvokeIdentityUIFn EapHostPeerInvokeIdentityUI;
EAPHOST_EXPORT eaphost::abi::EapHostPeerInvokeInteractiveUIFn EapHostPeerInvokeInteractiveUI;
EAPHOST_EXPORT eaphost::abi::EapHostPeerQueryCredentialInputFieldsFn EapHostPeerQueryCredentialInputFields;
EAPHOST_EXPORT eaphost::abi::EapHostPeerQueryInteractiveUIInputFieldsFn
    EapHostPeerQueryInteractiveUIInputFields;
EAPHOST_EXPORT eaphost::abi::EapHostPeerQueryUIBlobFromInteractiveUIInputFieldsFn
    EapHostPeerQueryUIBlobFromInteractiveUIInputFields;
EAPHOST_EXPORT eaphost::abi::EapHostPeerQueryUserBlobFromCredentialInputFieldsFn
    EapHostPeerQueryUserBlobFromCredentialInputFields;

// native/abi/embedded.h
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedDropScopeFn EapEmbeddedDropScope;
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedEnterScopeFn EapEmbeddedEnterScope;
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedGetCountersFn EapEmbeddedGetCounters;
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedNotifyFn EapEmbeddedNotify;
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedRegisterMethodFn EapEmbeddedRegisterMethod;
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedSetOptionFn EapEmbeddedSetOption;
EAPHOST_EXPORT eaphost::embedded::EapEmbeddedUnregisterMethodFn EapEmbeddedUnregisterMethod;

}  // extern "C"
