// What the library exports by name: a peer method DLL's functions, and EapShimUseEndpoint. Those that ask for
// a user interface or a configuration have no counterpart at the server yet: they say so, with their outputs
// nulled.
#include <type_traits>

#include "native/abi/constants.h"
#include "native/abi/functions.h"
#include "native/shim/endpoint.h"
#include "native/shim/guard.h"
#include "native/shim/memory.h"
#include "native/shim/peer.h"
#include "native/shim/shim.h"

// On Windows shim.def exports the names, undecorated.
#ifdef _WIN32
#define EAPSHIM_EXPORT extern "C"
#else
#define EAPSHIM_EXPORT extern "C" __attribute__((visibility("default")))
#endif

using namespace eaphost::abi;
using eaphost::shim::Failure;
using eaphost::shim::Guarded;
using eaphost::shim::Zero;

namespace {

DWORD Unsupported(EAP_ERROR** error, const EAP_METHOD_TYPE& type, DWORD code) {
  return Guarded(error, type, [code] { return Failure::Of(code); });
}

EAP_METHOD_TYPE TypeAt(const EAP_METHOD_TYPE* type) { return type == nullptr ? EAP_METHOD_TYPE{} : *type; }

}  // namespace

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapShimUseEndpoint(LPCWSTR endpoint) {
  return Guarded(nullptr, {}, [endpoint] { return Failure::Of(eaphost::shim::UseEndpoint(endpoint)); });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines,
                                                    EAP_ERROR** error) {
  Zero(routines);
  return Guarded(error, {type == nullptr ? EAP_TYPE{} : *type, 0}, [&] {
    const bool given = type != nullptr && routines != nullptr;
    return Failure::Of(given ? eaphost::shim::FillRoutines(*type, routines) : kErrorInvalidParameter);
  });
}

EAPSHIM_EXPORT void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR* error) { eaphost::shim::Free(error); }

EAPSHIM_EXPORT void EAPHOST_STDCALL EapPeerFreeMemory(void* data) { eaphost::shim::Free(data); }

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerInvokeConfigUI(EAP_METHOD_TYPE* type, HWND, DWORD, DWORD, BYTE*,
                                                           DWORD* size, BYTE** data, EAP_ERROR** error) {
  Zero(size, data);
  return Unsupported(error, TypeAt(type), kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerInvokeInteractiveUI(EAP_METHOD_TYPE* type, HWND, DWORD, BYTE*,
                                                                DWORD* size, BYTE** data, EAP_ERROR** error) {
  Zero(size, data);
  return Unsupported(error, TypeAt(type), kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerInvokeIdentityUI(EAP_METHOD_TYPE* type, DWORD, HWND, DWORD,
                                                             const BYTE*, DWORD, const BYTE*, DWORD* size,
                                                             BYTE** data, LPWSTR* identity,
                                                             EAP_ERROR** error) {
  Zero(size, data, identity);
  return Unsupported(error, TypeAt(type), kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE, EAP_METHOD_TYPE type, DWORD,
                                                                       DWORD, BYTE*,
                                                                       EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                                       EAP_ERROR** error) {
  Zero(fields);
  return Unsupported(error, type, kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryUserBlobFromCredentialInputFields(
    HANDLE, EAP_METHOD_TYPE type, DWORD, DWORD, BYTE*, const EAP_CONFIG_INPUT_FIELD_ARRAY*, DWORD*, BYTE**,
    EAP_ERROR** error) {
  // Size and blob are inputs too: what they hold is the caller's and stays his.
  return Unsupported(error, type, kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                                          EAP_INTERACTIVE_UI_DATA* data,
                                                                          EAP_ERROR** error, void**) {
  Zero(data);
  return Unsupported(error, {}, EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryUIBlobFromInteractiveUIInputFields(
    DWORD, DWORD, DWORD, const BYTE*, const EAP_INTERACTIVE_UI_DATA*, DWORD* size, BYTE** data,
    EAP_ERROR** error, void**) {
  Zero(size, data);
  return Unsupported(error, {}, EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerConfigXml2Blob(DWORD, EAP_METHOD_TYPE type, IXMLDOMDocument2*,
                                                           BYTE** data, DWORD* size, EAP_ERROR** error) {
  Zero(size, data);
  return Unsupported(error, type, kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerCredentialsXml2Blob(DWORD, EAP_METHOD_TYPE type,
                                                                IXMLDOMDocument2*, const BYTE*, DWORD,
                                                                BYTE** data, DWORD* size, EAP_ERROR** error) {
  Zero(size, data);
  return Unsupported(error, type, kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE type, const BYTE*, DWORD,
                                                           IXMLDOMDocument2** document, EAP_ERROR** error) {
  Zero(document);
  return Unsupported(error, type, kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(DWORD, DWORD, EAP_METHOD_TYPE type, HANDLE,
                                                                DWORD, const BYTE*, DWORD, const BYTE*,
                                                                EAP_METHOD_PROPERTY_ARRAY* properties,
                                                                EAP_ERROR** error) {
  Zero(properties);
  return Unsupported(error, type, kErrorNotSupported);
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerGetConfigBlobAndUserBlob(DWORD, EAP_METHOD_TYPE type,
                                                                     EapCredential, DWORD* config_size,
                                                                     BYTE** config, DWORD* user_size,
                                                                     BYTE** user, EAP_ERROR** error) {
  Zero(config_size, config, user_size, user);
  return Unsupported(error, type, kErrorNotSupported);
}

// The compiler compares each with the prototype that hosts use.
#define EAPSHIM_CHECK(name) static_assert(std::is_same_v<decltype(name), name##Fn>)
EAPSHIM_CHECK(EapPeerGetInfo);
EAPSHIM_CHECK(EapPeerFreeErrorMemory);
EAPSHIM_CHECK(EapPeerFreeMemory);
EAPSHIM_CHECK(EapPeerInvokeConfigUI);
EAPSHIM_CHECK(EapPeerInvokeInteractiveUI);
EAPSHIM_CHECK(EapPeerInvokeIdentityUI);
EAPSHIM_CHECK(EapPeerQueryCredentialInputFields);
EAPSHIM_CHECK(EapPeerQueryUserBlobFromCredentialInputFields);
EAPSHIM_CHECK(EapPeerQueryInteractiveUIInputFields);
EAPSHIM_CHECK(EapPeerQueryUIBlobFromInteractiveUIInputFields);
EAPSHIM_CHECK(EapPeerConfigXml2Blob);
EAPSHIM_CHECK(EapPeerCredentialsXml2Blob);
EAPSHIM_CHECK(EapPeerConfigBlob2Xml);
EAPSHIM_CHECK(EapPeerGetMethodProperties);
EAPSHIM_CHECK(EapPeerGetConfigBlobAndUserBlob);
static_assert(std::is_same_v<decltype(EapShimUseEndpoint), eaphost::shim::EapShimUseEndpointFn>);
