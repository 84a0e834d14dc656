#include "native/shim/peer.h"

#include <cstddef>
#include <cstring>

#include "native/abi/constants.h"
#include "native/platform/text.h"
#include "native/shim/call.h"
#include "native/shim/ui_context.h"

namespace eaphost::shim {

namespace {

using namespace abi;

// A call whose reply is a step; what the step carries is kept for the host to fetch.
Failure RunStep(Session& session, Call call, Writer& request, EapPeerMethodOutput* output) {
  session.step = Step();
  Step step;
  Failure failure = session.connection->Exchange(call, request, Deadline(CallTime()), &DecodeStep, &step);
  if (failure.failed()) return failure;
  if (step.action == EapPeerMethodResponseActionInvokeUI) step.data = WrapUiContext(session.type, step.data);
  session.step = std::move(step);
  output->action = session.step.action;
  output->fAllowNotifications = session.step.allow_notifications ? 1 : 0;
  return failure;
}

// Older hosts have a shorter struct, which ends with pEapError.
void ZeroResult(EapPeerMethodResult* result) {
  if (result != nullptr) std::memset(result, 0, offsetof(EapPeerMethodResult, pNgcKerbTicket));
}

void LendResult(Result& from, EapPeerMethodResult* result) {
  result->fIsSuccess = from.success ? 1 : 0;
  result->dwFailureReasonCode = from.reason;
  if (from.connection_data) {
    result->fSaveConnectionData = 1;
    result->dwSizeofConnectionData = static_cast<DWORD>(from.connection_data->size());
    result->pConnectionData = values::DataOf(*from.connection_data);
  }
  if (from.user_data) {
    result->fSaveUserData = 1;
    result->dwSizeofUserData = static_cast<DWORD>(from.user_data->size());
    result->pUserData = values::DataOf(*from.user_data);
  }
  result->pAttribArray = from.attributes.get();
}

// The start of the requests that have all that a method is given.
Writer RequestFor(const EAP_TYPE& type, DWORD flags, HANDLE token, Octets connection, Octets user) {
  Writer request(kFixedSize + connection.size() + user.size());
  request.Type(type);
  request.U32(flags);
  request.Bool(token != nullptr);
  request.Bytes(connection);
  request.Bytes(user);
  return request;
}

}  // namespace

DWORD GetIdentity(const EAP_TYPE& type, DWORD flags, DWORD connection_size, const BYTE* connection,
                  DWORD user_size, const BYTE* user, HANDLE token, BOOL* invoke_ui, DWORD* user_out_size,
                  BYTE** user_out, LPWSTR* identity, EAP_ERROR** error) noexcept {
  Zero(invoke_ui, user_out_size, user_out, identity);
  return Guarded(error, {type, 0}, [&] {
    const bool outputs = invoke_ui && user_out_size && user_out && identity;
    if (!outputs || !IsBlob(connection, connection_size) || !IsBlob(user, user_size)) {
      return Failure::Of(kErrorInvalidParameter);
    }
    Writer request = RequestFor(type, flags, token, {connection, connection_size}, {user, user_size});
    Identity answer;
    const Failure failure = Ask(type, Call::kGetIdentity, request, CallTime(), &DecodeIdentity, &answer);
    if (failure.failed()) return failure;
    if (answer.invoke_ui) {
      *invoke_ui = 1;
      return failure;
    }
    Block user_block = CopyOf(answer.user_data);
    Block text = CopyOf(answer.identity);
    *user_out_size = static_cast<DWORD>(answer.user_data.size());
    *user_out = static_cast<BYTE*>(user_block.release());
    *identity = static_cast<LPWSTR>(text.release());
    return failure;
  });
}

DWORD BeginSession(const EAP_TYPE& type, DWORD flags, const EAP_ATTRIBUTES* attributes, HANDLE token,
                   DWORD connection_size, const BYTE* connection, DWORD user_size, const BYTE* user,
                   DWORD max_send_packet_size, EAP_SESSION_HANDLE* handle, EAP_ERROR** error) noexcept {
  Zero(handle);
  return Guarded(error, {type, 0}, [&] {
    if (!handle || !IsBlob(connection, connection_size) || !IsBlob(user, user_size)) {
      return Failure::Of(kErrorInvalidParameter);
    }
    Writer request = RequestFor(type, flags, token, {connection, connection_size}, {user, user_size});
    if (!WriteAttributes(request, attributes)) return Failure::Of(kErrorInvalidParameter);
    request.U32(max_send_packet_size);
    return Begin(Side::kPeer, Call::kBeginSession, type, request, handle);
  });
}

DWORD EAPHOST_STDCALL SetCredentials(EAP_SESSION_HANDLE handle, WCHAR* identity, WCHAR* password,
                                     EAP_ERROR** error) {
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    const std::u16string_view name = platform::View(identity);
    const std::u16string_view secret = platform::View(password);
    Writer request(kFixedSize + 2 * (name.size() + secret.size()));
    request.Text(name);
    request.Text(secret);
    return session.connection->Exchange(Call::kSetCredentials, request, Deadline(CallTime()), &DecodeEmpty);
  });
}

DWORD EAPHOST_STDCALL ProcessRequestPacket(EAP_SESSION_HANDLE handle, DWORD size, EapPacket* packet,
                                           EapPeerMethodOutput* output, EAP_ERROR** error) {
  Zero(output);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    if (output == nullptr || packet == nullptr) return Failure::Of(kErrorInvalidParameter);
    if (size > kMaxPacketSize) return Failure::Of(EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    Writer request(kFixedSize + size);
    request.Bytes({&packet->Code, size});
    return RunStep(session, Call::kProcessRequestPacket, request, output);
  });
}

DWORD EAPHOST_STDCALL GetResponsePacket(EAP_SESSION_HANDLE handle, DWORD* size, EapPacket* packet,
                                        EAP_ERROR** error) {
  const DWORD capacity = size == nullptr ? 0 : *size;
  Zero(size);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    if (size == nullptr) return Failure::Of(kErrorInvalidParameter);
    if (session.step.action != EapPeerMethodResponseActionSend) return Failure::Of(kErrorInvalidState);
    const platform::SecretBytes& data = session.step.data;
    *size = static_cast<DWORD>(data.size());
    if (packet == nullptr || data.size() > capacity) return Failure::Of(kErrorInsufficientBuffer);
    std::memcpy(packet, data.data(), data.size());
    return Failure();
  });
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason,
                                EapPeerMethodResult* result, EAP_ERROR** error) {
  ZeroResult(result);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    const bool known = reason >= EapPeerMethodResultUnknown && reason <= EapPeerMethodResultFailure;
    if (result == nullptr || !known) return Failure::Of(kErrorInvalidParameter);
    session.lent = Result();
    Writer request;
    request.U32(static_cast<DWORD>(reason));
    Result answer;
    Failure failure =
        session.connection->Exchange(Call::kGetResult, request, Deadline(CallTime()), &DecodeResult, &answer);
    if (failure.failed()) return failure;
    session.lent = std::move(answer);
    LendResult(session.lent, result);
    Failure& why = session.lent.error;
    if (!session.lent.success && !why.failed()) why = Failure::Of(result->dwFailureReasonCode);
    if (why.failed()) {
      if (why.type.eapType.type == 0) why.type.eapType = session.type;
      result->pEapError = MakeError(why);
    }
    return failure;
  });
}

DWORD EAPHOST_STDCALL GetUIContext(EAP_SESSION_HANDLE handle, DWORD* size, BYTE** context,
                                   EAP_ERROR** error) {
  Zero(size, context);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    if (size == nullptr || context == nullptr) return Failure::Of(kErrorInvalidParameter);
    if (session.step.action != EapPeerMethodResponseActionInvokeUI) return Failure::Of(kErrorInvalidState);
    *size = static_cast<DWORD>(session.step.data.size());
    *context = values::DataOf(session.step.data);
    return Failure();
  });
}

DWORD EAPHOST_STDCALL SetUIContext(EAP_SESSION_HANDLE handle, DWORD size, const BYTE* context,
                                   EapPeerMethodOutput* output, EAP_ERROR** error) {
  Zero(output);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    if (output == nullptr || !IsBlob(context, size)) return Failure::Of(kErrorInvalidParameter);
    Writer request(kFixedSize + std::size_t{size});
    request.Bytes({context, size});
    return RunStep(session, Call::kSetUIContext, request, output);
  });
}

DWORD EAPHOST_STDCALL GetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EAP_ERROR** error) {
  Zero(attributes);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    if (attributes == nullptr) return Failure::Of(kErrorInvalidParameter);
    if (session.step.action != EapPeerMethodResponseActionRespond) return Failure::Of(kErrorInvalidState);
    *attributes = *session.step.attributes.get();
    return Failure();
  });
}

DWORD EAPHOST_STDCALL SetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EapPeerMethodOutput* output, EAP_ERROR** error) {
  Zero(output);
  return OnSession(Side::kPeer, handle, error, [&](Session& session) {
    Writer request(kFixedSize);
    if (output == nullptr || !WriteAttributes(request, attributes))
      return Failure::Of(kErrorInvalidParameter);
    return RunStep(session, Call::kSetResponseAttributes, request, output);
  });
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  return End(Side::kPeer, Call::kEndSession, handle, error);
}

}  // namespace eaphost::shim
