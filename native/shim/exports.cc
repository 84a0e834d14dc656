// The library's exports for every host: the tables of both sides, functions that free memory, the endpoint,
// and the functions of regsvr32.
#include <type_traits>

#include "native/abi/functions.h"
#include "native/abi/shim.h"
#include "native/shim/authenticator.h"
#include "native/shim/endpoint.h"
#include "native/shim/export.h"
#include "native/shim/guard.h"
#include "native/shim/local_stream.h"
#include "native/shim/memory.h"
#include "native/shim/peer.h"

using namespace eaphost::abi;
using eaphost::shim::Failure;
using eaphost::shim::Guarded;
using eaphost::shim::Zero;

namespace {

// HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED)
constexpr std::int32_t kRegisterByCommand = static_cast<std::int32_t>(0x80070032);

}  // namespace

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapShimUseEndpoint(LPCWSTR endpoint) {
  return Guarded(nullptr, {}, [endpoint] { return Failure::Of(eaphost::shim::UseEndpoint(endpoint)); });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapShimServe(LPCWSTR address, const eaphost::shim::LocalServer* server) {
  return Guarded(nullptr, {}, [=] { return Failure::Of(eaphost::shim::ServeLocally(address, server)); });
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

// (The one function that the SDK gives no calling convention.)
EAPSHIM_EXPORT DWORD EapMethodAuthenticatorGetInfo(EAP_METHOD_TYPE* type,
                                                   EAP_AUTHENTICATOR_METHOD_ROUTINES* routines,
                                                   EAP_ERROR** error) {
  Zero(routines);
  return Guarded(error, type == nullptr ? EAP_METHOD_TYPE{} : *type, [&] {
    const bool given = type != nullptr && routines != nullptr;
    return Failure::Of(given ? eaphost::shim::FillAuthenticatorRoutines(*type, routines)
                             : kErrorInvalidParameter);
  });
}

EAPSHIM_EXPORT void EAPHOST_STDCALL EapMethodAuthenticatorFreeErrorMemory(EAP_ERROR* error) {
  eaphost::shim::Free(error);
}

EAPSHIM_EXPORT void EAPHOST_STDCALL EapMethodAuthenticatorFreeMemory(void* data) {
  eaphost::shim::Free(data);
}

// regsvr32 does not say which method to register. The library contains none, so the entry would have no
// server. `eaphost register` does it, with the method's type, names and endpoint.
EAPSHIM_EXPORT std::int32_t EAPHOST_STDCALL DllRegisterServer() { return kRegisterByCommand; }
EAPSHIM_EXPORT std::int32_t EAPHOST_STDCALL DllUnregisterServer() { return kRegisterByCommand; }

// The compiler compares each with the prototype that hosts use.
#define EAPSHIM_CHECK(name) static_assert(std::is_same_v<decltype(name), name##Fn>)
EAPSHIM_CHECK(EapPeerGetInfo);
EAPSHIM_CHECK(EapPeerFreeErrorMemory);
EAPSHIM_CHECK(EapPeerFreeMemory);
EAPSHIM_CHECK(EapMethodAuthenticatorGetInfo);
EAPSHIM_CHECK(EapMethodAuthenticatorFreeErrorMemory);
EAPSHIM_CHECK(EapMethodAuthenticatorFreeMemory);
static_assert(std::is_same_v<decltype(EapShimServe), eaphost::shim::EapShimServeFn>);
static_assert(std::is_same_v<decltype(EapShimUseEndpoint), eaphost::shim::EapShimUseEndpointFn>);
