// eappprxy.dll's functions. Every output is set to nothing before anything can fail.

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "native/embedded/apartment.h"
#include "native/embedded/exports.h"
#include "native/embedded/guard.h"
#include "native/embedded/runtime.h"

using namespace eaphost::abi;  // the names are Windows' own
using namespace eaphost::embedded;
using eaphost::platform::SecretBytes;
using eaphost::values::Status;

namespace {

SecretBytes CopyBytes(const BYTE* data, DWORD size) {
  return data == nullptr ? SecretBytes() : SecretBytes(data, data + size);
}

// Runs `body` with the session of that id.
template <typename Body>
DWORD WithSession(EAP_SESSIONID id, bool valid, EAP_ERROR** error, Body&& body) noexcept {
  return Guarded(error, [&] {
    if (!HasApartment()) return Status(kCoNotInitialized);
    if (!valid) return Status(kErrorInvalidParameter);
    const std::shared_ptr<Session> session = Runtime::Get().FindSession(id);
    return session ? body(*session) : Status(kErrorInvalidParameter);
  });
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerInitialize() {
  return Guarded(nullptr, [] {
    const auto& methods = Runtime::Get().methods();
    return Status(EnterApartment(methods.option(Runtime::scope(), kOptionRefusesSta) != 0));
  });
}

void EAPHOST_STDCALL EapHostPeerUninitialize() { LeaveApartment(); }

DWORD EAPHOST_STDCALL EapHostPeerBeginSession(
    DWORD dwFlags, EAP_METHOD_TYPE eapType, const EapAttributes* pAttributeArray,
    HANDLE hTokenImpersonateUser, DWORD dwSizeofConnectionData, const BYTE* pConnectionData,
    DWORD dwSizeofUserData, const BYTE* pUserData, DWORD dwMaxSendPacketSize, const GUID* pConnectionId,
    NotificationHandler func, void* pContextData, EAP_SESSIONID* pSessionId, EAP_ERROR** ppEapError) {
  Clear(pSessionId);
  return Guarded(ppEapError, [&] {
    if (!HasApartment()) return Status(kCoNotInitialized);
    if (pSessionId == nullptr || !Given(pConnectionData, dwSizeofConnectionData) ||
        !Given(pUserData, dwSizeofUserData)) {
      return Fail(kErrorInvalidParameter, eapType);
    }
    BeginRequest request;
    request.type = eapType;
    request.parameters.flags = dwFlags;
    request.parameters.attributes = eaphost::values::CopyAttributes(pAttributeArray);
    request.parameters.connection_data = CopyBytes(pConnectionData, dwSizeofConnectionData);
    request.parameters.max_send_packet_size = dwMaxSendPacketSize;
    request.parameters.user_token = eaphost::platform::UserToken(hTokenImpersonateUser);
    request.user_data = CopyBytes(pUserData, dwSizeofUserData);
    request.connection = pConnectionId;
    request.handler = func;
    request.handler_context = pContextData;
    return Runtime::Get().BeginSession(std::move(request), *pSessionId);
  });
}

DWORD EAPHOST_STDCALL EapHostPeerProcessReceivedPacket(EAP_SESSIONID sessionHandle, DWORD cbReceivePacket,
                                                       const BYTE* pReceivePacket,
                                                       EapHostPeerResponseAction* pEapOutput,
                                                       EAP_ERROR** ppEapError) {
  Clear(pEapOutput);
  return WithSession(
      sessionHandle, pReceivePacket != nullptr && pEapOutput != nullptr, ppEapError, [&](Session& session) {
        return session.ProcessReceivedPacket(std::span(pReceivePacket, cbReceivePacket), *pEapOutput);
      });
}

DWORD EAPHOST_STDCALL EapHostPeerGetSendPacket(EAP_SESSIONID sessionHandle, DWORD* pcbSendPacket,
                                               BYTE** ppSendPacket, EAP_ERROR** ppEapError) {
  Clear(pcbSendPacket, ppSendPacket);
  return WithSession(sessionHandle, pcbSendPacket != nullptr && ppSendPacket != nullptr, ppEapError,
                     [&](Session& session) { return session.GetSendPacket(*pcbSendPacket, *ppSendPacket); });
}

DWORD EAPHOST_STDCALL EapHostPeerGetResult(EAP_SESSIONID sessionHandle, EapHostPeerMethodResultReason reason,
                                           EapHostPeerMethodResult* ppResult, EAP_ERROR** ppEapError) {
  Clear(ppResult);
  return WithSession(sessionHandle, ppResult != nullptr, ppEapError,
                     [&](Session& session) { return session.GetResult(reason, *ppResult); });
}

DWORD EAPHOST_STDCALL EapHostPeerGetUIContext(EAP_SESSIONID sessionHandle, DWORD* pdwSizeOfUIContextData,
                                              BYTE** ppUIContextData, EAP_ERROR** ppEapError) {
  Clear(pdwSizeOfUIContextData, ppUIContextData);
  return WithSession(
      sessionHandle, pdwSizeOfUIContextData != nullptr && ppUIContextData != nullptr, ppEapError,
      [&](Session& session) { return session.GetUIContext(*pdwSizeOfUIContextData, *ppUIContextData); });
}

DWORD EAPHOST_STDCALL EapHostPeerSetUIContext(EAP_SESSIONID sessionHandle, DWORD dwSizeOfUIContextData,
                                              const BYTE* pUIContextData,
                                              EapHostPeerResponseAction* pEapOutput, EAP_ERROR** ppEapError) {
  Clear(pEapOutput);
  return WithSession(sessionHandle, pEapOutput != nullptr && Given(pUIContextData, dwSizeOfUIContextData),
                     ppEapError, [&](Session& session) {
                       const DWORD size = pUIContextData == nullptr ? 0 : dwSizeOfUIContextData;
                       return session.SetUIContext(std::span(pUIContextData, size), *pEapOutput);
                     });
}

DWORD EAPHOST_STDCALL EapHostPeerGetResponseAttributes(EAP_SESSIONID sessionHandle, EapAttributes* pAttribs,
                                                       EAP_ERROR** ppEapError) {
  Clear(pAttribs);
  return WithSession(sessionHandle, pAttribs != nullptr, ppEapError,
                     [&](Session& session) { return session.GetResponseAttributes(*pAttribs); });
}

DWORD EAPHOST_STDCALL EapHostPeerSetResponseAttributes(EAP_SESSIONID sessionHandle,
                                                       const EapAttributes* pAttribs,
                                                       EapHostPeerResponseAction* pEapOutput,
                                                       EAP_ERROR** ppEapError) {
  Clear(pEapOutput);
  return WithSession(sessionHandle, pEapOutput != nullptr, ppEapError,
                     [&](Session& session) { return session.SetResponseAttributes(pAttribs, *pEapOutput); });
}

DWORD EAPHOST_STDCALL EapHostPeerGetAuthStatus(EAP_SESSIONID sessionHandle, EapHostPeerAuthParams authParam,
                                               DWORD* pcbAuthData, BYTE** ppAuthData,
                                               EAP_ERROR** ppEapError) {
  Clear(pcbAuthData, ppAuthData);
  return WithSession(
      sessionHandle, pcbAuthData != nullptr && ppAuthData != nullptr, ppEapError,
      [&](Session& session) { return session.GetAuthStatus(authParam, *pcbAuthData, *ppAuthData); });
}

DWORD EAPHOST_STDCALL EapHostPeerEndSession(EAP_SESSIONID sessionHandle, EAP_ERROR** ppEapError) {
  return Guarded(ppEapError, [&] {
    if (!HasApartment()) return Status(kCoNotInitialized);
    return Runtime::Get().EndSession(sessionHandle);
  });
}

DWORD EAPHOST_STDCALL EapHostPeerClearConnection(GUID* pConnectionId, EAP_ERROR** ppEapError) {
  return Guarded(ppEapError, [&] {
    if (!HasApartment()) return Status(kCoNotInitialized);
    if (pConnectionId == nullptr) return Status(kErrorInvalidParameter);
    return Status(Runtime::Get().connections().Clear(*pConnectionId));
  });
}

DWORD EAPHOST_STDCALL EapHostPeerGetIdentity(DWORD, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                             DWORD dwSizeofConnectionData, const BYTE* pConnectionData,
                                             DWORD dwSizeofUserData, const BYTE* pUserData,
                                             HANDLE hTokenImpersonateUser, BOOL* pfInvokeUI,
                                             DWORD* pdwSizeOfUserDataOut, BYTE** ppUserDataOut,
                                             LPWSTR* ppwszIdentity, EAP_ERROR** ppEapError,
                                             BYTE** ppvReserved) {
  Clear(pfInvokeUI, pdwSizeOfUserDataOut, ppUserDataOut, ppwszIdentity, ppvReserved);
  return Guarded(ppEapError, [&] {
    if (!HasApartment()) return Status(kCoNotInitialized);
    if (pfInvokeUI == nullptr || pdwSizeOfUserDataOut == nullptr || ppUserDataOut == nullptr ||
        ppwszIdentity == nullptr || !Given(pConnectionData, dwSizeofConnectionData) ||
        !Given(pUserData, dwSizeofUserData)) {
      return Fail(kErrorInvalidParameter, eapMethodType);
    }
    std::shared_ptr<Registration> registration;
    std::shared_ptr<eaphost::method::PeerMethodDll> dll;
    const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
    Status status = Runtime::Get().OpenMethod(eapMethodType, registration, dll, routines);
    if (!status.ok()) return status;
    eaphost::method::PeerParameters parameters;
    parameters.flags = dwFlags;
    parameters.user_token = eaphost::platform::UserToken(hTokenImpersonateUser);
    parameters.connection_data = CopyBytes(pConnectionData, dwSizeofConnectionData);
    parameters.endpoint = registration->entry().endpoint;
    eaphost::method::PeerMethodSession method(dll, *routines, std::move(parameters));
    eaphost::method::IdentityAnswer answer;
    status = method.GetIdentity(CopyBytes(pUserData, dwSizeofUserData), answer);
    if (!status.ok()) return Describe(std::move(status), eapMethodType);
    auto user_data = CopyToHeap(answer.user_data.data(), answer.user_data.size());
    HeapBlock<WCHAR> identity;
    if (answer.identity) identity = CopyTextToHeap(*answer.identity);
    *pfInvokeUI = answer.invoke_ui;
    *pdwSizeOfUserDataOut = static_cast<DWORD>(answer.user_data.size());
    *ppUserDataOut = user_data.release();
    *ppwszIdentity = identity.release();
    return Status();
  });
}

// Errors and memory of the run-time part and of the configuration part come from one heap; which function is
// right for GetIdentity's error is not agreed on among Microsoft's own pages, so either is.
void EAPHOST_STDCALL EapHostPeerFreeEapError(EAP_ERROR* pEapError) {
  CallerHeap::Get().Free(CallerHeap::Kind::kError, pEapError);
}

void EAPHOST_STDCALL EapHostPeerFreeRuntimeMemory(BYTE* pData) {
  CallerHeap::Get().Free(CallerHeap::Kind::kMemory, pData);
}

// Single sign-on plumbs credentials into Windows' logon session; here there is none, and so none to remove.
DWORD EAPHOST_STDCALL EapHostPeerGetDataToUnplumbCredentials(GUID* pConnectionIdThatLastSavedCreds,
                                                             std::intptr_t* phCredentialImpersonationToken,
                                                             EAP_SESSIONID sessionHandle,
                                                             EAP_ERROR** ppEapError, BOOL* fSaveToCredMan) {
  Clear(pConnectionIdThatLastSavedCreds, phCredentialImpersonationToken, fSaveToCredMan);
  return WithSession(sessionHandle, true, ppEapError,
                     [](Session& session) { return Fail(kErrorNotSupported, session.type()); });
}

// Undocumented in Windows: what form the result has is stated nowhere.
DWORD EAPHOST_STDCALL EapHostPeerGetEncryptedPassword(DWORD, LPWSTR, LPWSTR* ppszEncPassword) {
  Clear(ppszEncPassword);
  return kErrorNotSupported;
}
