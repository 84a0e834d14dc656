#include "native/shim/authenticator.h"

#include <cstring>
#include <utility>

#include "native/abi/constants.h"
#include "native/platform/text.h"
#include "native/shim/call.h"
#include "native/shim/method_places.h"

namespace eaphost::shim {

namespace {

using namespace abi;

constexpr Side kSide = Side::kAuthenticator;

MethodPlaces<EAP_METHOD_TYPE> places;

constexpr std::size_t kIdAt = 1;  // in an EAP packet

// A call whose reply is an action; the attributes that it carries are kept for the host to fetch.
Failure RunStep(Session& session, Call call, Writer& request,
                EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION* output) {
  session.authenticator_step = AuthenticatorStep();
  session.unsent = {};
  AuthenticatorStep step;
  Failure failure =
      session.connection->Exchange(call, request, Deadline(CallTime()), &DecodeAuthenticatorStep, &step);
  if (failure.failed()) return failure;
  session.authenticator_step = std::move(step);
  *output = session.authenticator_step.action;
  return failure;
}

DWORD BeginSession(const EAP_METHOD_TYPE& type, DWORD flags, LPCWSTR identity,
                   const EapAttributes* attributes, DWORD config_size, const BYTE* config, DWORD max_size,
                   EAP_SESSION_HANDLE* handle, EAP_ERROR** error) noexcept {
  Zero(handle);
  return Guarded(error, type, [&] {
    if (!handle || !IsBlob(config, config_size)) return Failure::Of(kErrorInvalidParameter);
    Writer request(kFixedSize + std::size_t{config_size});
    request.FullType(type);
    request.U32(flags);
    request.Text(platform::View(identity));
    if (!WriteAttributes(request, attributes)) return Failure::Of(kErrorInvalidParameter);
    WriteBlob(request, config, config_size);
    request.U32(max_size);
    return Begin(kSide, Call::kAuthenticatorBeginSession, type.eapType, request, handle);
  });
}

template <std::size_t Place>
DWORD EAPHOST_STDCALL BeginSessionOf(DWORD flags, LPCWSTR identity, const EapAttributes* attributes,
                                     DWORD config_size, const BYTE* config, DWORD max_size,
                                     EAP_SESSION_HANDLE* handle, EAP_ERROR** error) {
  return BeginSession(places[Place], flags, identity, attributes, config_size, config, max_size, handle,
                      error);
}

template <std::size_t... Place>
constexpr std::array<EapMethodAuthenticatorBeginSessionFn*, kMostTypes> BeginSessions(
    std::index_sequence<Place...>) {
  return {&BeginSessionOf<Place>...};
}

constexpr auto begin_sessions = BeginSessions(std::make_index_sequence<kMostTypes>());

DWORD EAPHOST_STDCALL Initialize(EAP_METHOD_TYPE*, EAP_ERROR** error) {
  return Guarded(error, {}, [] {
    AddUser();
    return Failure();
  });
}

DWORD EAPHOST_STDCALL Shutdown(EAP_METHOD_TYPE*, EAP_ERROR** error) {
  return Guarded(error, {}, [] {
    RemoveUser();
    return Failure();
  });
}

DWORD EAPHOST_STDCALL UpdateInnerMethodParams(EAP_SESSION_HANDLE handle, DWORD flags, LPCWSTR identity,
                                              const EapAttributes* attributes, EAP_ERROR** error) {
  return OnSession(kSide, handle, error, [&](Session& session) {
    Writer request;
    request.U32(flags);
    request.Text(platform::View(identity));
    if (!WriteAttributes(request, attributes)) return Failure::Of(kErrorInvalidParameter);
    return session.connection->Exchange(Call::kAuthenticatorUpdateInnerMethodParams, request,
                                        Deadline(CallTime()), &DecodeEmpty);
  });
}

DWORD EAPHOST_STDCALL ReceivePacket(EAP_SESSION_HANDLE handle, DWORD size, const EapPacket* packet,
                                    EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION* action, EAP_ERROR** error) {
  Zero(action);
  return OnSession(kSide, handle, error, [&](Session& session) {
    if (action == nullptr || packet == nullptr) return Failure::Of(kErrorInvalidParameter);
    if (size > kMaxPacketSize) return Failure::Of(EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    Writer request(kFixedSize + size);
    request.Bytes({&packet->Code, size});
    return RunStep(session, Call::kAuthenticatorReceivePacket, request, action);
  });
}

DWORD EAPHOST_STDCALL SendPacket(EAP_SESSION_HANDLE handle, BYTE id, DWORD* size, EapPacket* packet,
                                 EAP_AUTHENTICATOR_SEND_TIMEOUT* timeout, EAP_ERROR** error) {
  const DWORD capacity = size == nullptr ? 0 : *size;
  Zero(size);
  Zero(timeout);
  return OnSession(kSide, handle, error, [&](Session& session) {
    if (!size || !packet || !timeout) return Failure::Of(kErrorInvalidParameter);
    Outgoing answer = std::exchange(session.unsent, {});
    if (answer.packet.size() <= kIdAt || answer.packet[kIdAt] != id) {
      Writer request;
      request.U8(id);
      const Failure failure = session.connection->Exchange(Call::kAuthenticatorSendPacket, request,
                                                           Deadline(CallTime()), &DecodeOutgoing, &answer);
      if (failure.failed()) return failure;
    }
    *size = static_cast<DWORD>(answer.packet.size());
    if (answer.packet.size() > capacity) {
      session.unsent = std::move(answer);
      return Failure::Of(kErrorInsufficientBuffer);
    }
    std::memcpy(packet, answer.packet.data(), answer.packet.size());
    *timeout = answer.timeout;
    return Failure();
  });
}

DWORD EAPHOST_STDCALL GetAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes, EAP_ERROR** error) {
  Zero(attributes);
  return OnSession(kSide, handle, error, [&](Session& session) {
    if (attributes == nullptr) return Failure::Of(kErrorInvalidParameter);
    if (session.authenticator_step.action != EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND) {
      return Failure::Of(kErrorInvalidState);
    }
    *attributes = *session.authenticator_step.attributes.get();
    return Failure();
  });
}

DWORD EAPHOST_STDCALL SetAttributes(EAP_SESSION_HANDLE handle, const EapAttributes* attributes,
                                    EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION* action, EAP_ERROR** error) {
  Zero(action);
  return OnSession(kSide, handle, error, [&](Session& session) {
    Writer request(kFixedSize);
    if (action == nullptr || !WriteAttributes(request, attributes)) {
      return Failure::Of(kErrorInvalidParameter);
    }
    return RunStep(session, Call::kAuthenticatorSetAttributes, request, action);
  });
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EAP_METHOD_AUTHENTICATOR_RESULT* result,
                                EAP_ERROR** error) {
  Zero(result);
  return OnSession(kSide, handle, error, [&](Session& session) {
    if (result == nullptr) return Failure::Of(kErrorInvalidParameter);
    session.lent = Result();
    Writer request;
    Result answer;
    Failure failure = session.connection->Exchange(Call::kAuthenticatorGetResult, request,
                                                   Deadline(CallTime()), &DecodeAuthenticatorResult, &answer);
    if (failure.failed()) return failure;
    session.lent = std::move(answer);
    *result = {session.lent.success ? 1 : 0, session.lent.reason, session.lent.attributes.get()};
    return failure;
  });
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  return End(kSide, Call::kAuthenticatorEndSession, handle, error);
}

}  // namespace

DWORD FillAuthenticatorRoutines(const EAP_METHOD_TYPE& type, EAP_AUTHENTICATOR_METHOD_ROUTINES* routines) {
  if (type.eapType.type == 0) return kErrorNotSupported;
  const std::size_t place = places.Find(type);
  if (place == kMostTypes) return kErrorNotSupported;
  *routines = {.dwSizeInBytes = sizeof(EAP_AUTHENTICATOR_METHOD_ROUTINES),
               .pEapType = &places[place],
               .EapMethodAuthenticatorInitialize = &Initialize,
               .EapMethodAuthenticatorBeginSession = begin_sessions[place],
               .EapMethodAuthenticatorUpdateInnerMethodParams = &UpdateInnerMethodParams,
               .EapMethodAuthenticatorReceivePacket = &ReceivePacket,
               .EapMethodAuthenticatorSendPacket = &SendPacket,
               .EapMethodAuthenticatorGetAttributes = &GetAttributes,
               .EapMethodAuthenticatorSetAttributes = &SetAttributes,
               .EapMethodAuthenticatorGetResult = &GetResult,
               .EapMethodAuthenticatorEndSession = &EndSession,
               .EapMethodAuthenticatorShutdown = &Shutdown};
  return kNoError;
}

}  // namespace eaphost::shim
