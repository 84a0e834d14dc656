// What a test method DLL can export: by its .def file on Windows, by visibility elsewhere. A DLL defines what
// it has. Also, default routines for its table.
#pragma once

#include "native/abi/functions.h"
#include "native/abi/win32.h"

#ifdef _WIN32
#define METHOD_EXPORT
#else
#define METHOD_EXPORT __attribute__((visibility("default")))
#endif

extern "C" {

#define METHOD_FUNCTION(name) METHOD_EXPORT eaphost::abi::name##Fn name;
METHOD_FUNCTION(EapPeerGetInfo)
METHOD_FUNCTION(EapPeerFreeMemory)
METHOD_FUNCTION(EapPeerFreeErrorMemory)
METHOD_FUNCTION(EapPeerGetMethodProperties)
METHOD_FUNCTION(EapPeerInvokeConfigUI)
METHOD_FUNCTION(EapPeerInvokeIdentityUI)
METHOD_FUNCTION(EapPeerInvokeInteractiveUI)
METHOD_FUNCTION(EapPeerQueryCredentialInputFields)
METHOD_FUNCTION(EapPeerQueryUserBlobFromCredentialInputFields)
METHOD_FUNCTION(EapPeerQueryInteractiveUIInputFields)
METHOD_FUNCTION(EapPeerQueryUIBlobFromInteractiveUIInputFields)
METHOD_FUNCTION(EapPeerConfigXml2Blob)
METHOD_FUNCTION(EapPeerConfigBlob2Xml)
METHOD_FUNCTION(EapPeerCredentialsXml2Blob)
METHOD_FUNCTION(EapPeerGetConfigBlobAndUserBlob)
METHOD_FUNCTION(EapMethodAuthenticatorGetInfo)
METHOD_FUNCTION(EapMethodAuthenticatorFreeMemory)
METHOD_FUNCTION(EapMethodAuthenticatorFreeErrorMemory)
METHOD_FUNCTION(EapMethodAuthenticatorInvokeConfigUI)
#undef METHOD_FUNCTION

}  // extern "C"

namespace eaphost::testdll {

template <typename... Arguments>
abi::DWORD EAPHOST_STDCALL Succeed(Arguments...) {
  return abi::kNoError;
}

template <typename... Arguments>
abi::DWORD EAPHOST_STDCALL Unsupported(Arguments...) {
  return abi::kErrorNotSupported;
}

}  // namespace eaphost::testdll
