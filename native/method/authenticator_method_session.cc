#include "native/method/authenticator_method_session.h"

#include <utility>

#include "native/abi/constants.h"
#include "native/abi/enums.h"
#include "native/method/packet_buffer.h"

namespace eaphost::method {

AuthenticatorMethodSession::AuthenticatorMethodSession(std::shared_ptr<AuthenticatorMethodDll> dll,
                                                       const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES& routines,
                                                       AuthenticatorParameters parameters)
    : dll_(std::move(dll)),
      routines_(routines),
      parameters_(std::move(parameters)),
      attributes_(parameters_.attributes, parameters_.no_attributes) {}

AuthenticatorMethodSession::~AuthenticatorMethodSession() {
  try {
    (void)End();
  } catch (...) {
  }
}

Status AuthenticatorMethodSession::NeedSession() const {
  return begun_ ? Status() : Status(abi::kErrorInvalidState);
}

constexpr auto kNoAction = static_cast<AuthenticatorAction>(kUnwritten);

Status AuthenticatorMethodSession::Begin() {
  if (begun_) return Status(abi::kErrorInvalidState);
  if (!dll_->usable(routines_)) return Status(abi::kErrorProcNotFound);
  if (Status status = dll_->UseEndpoint(parameters_.endpoint); !status.ok()) return status;
  abi::EAP_SESSION_HANDLE handle = nullptr;
  DllCall call(*dll_, "EapMethodAuthenticatorBeginSession");
  call.Number("flags", parameters_.flags);
  call.Text("identity", parameters_.identity.c_str());
  call.Attributes(attributes_.get());
  call.Secret("connectionData", parameters_.connection_data.size());
  call.Number("maxSendPacketSize", parameters_.max_send_packet_size);
  return call.Make([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = routines_.EapMethodAuthenticatorBeginSession(
        parameters_.flags, parameters_.identity.c_str(), attributes_.get(),
        SizeOf(parameters_.connection_data), DataOf(parameters_.connection_data),
        parameters_.max_send_packet_size, &handle, error);
    // Noted at once: nothing that fails later may lose the method's session.
    if (code == abi::kNoError) begun_ = true, handle_ = handle;
    return code;
  });
}

Status AuthenticatorMethodSession::UpdateInnerMethodParams(abi::DWORD flags, const std::u16string& identity,
                                                           const AttributeList& attributes) {
  if (Status status = NeedSession(); !status.ok()) return status;
  if (routines_.EapMethodAuthenticatorUpdateInnerMethodParams == nullptr) {
    return Status(abi::kErrorNotSupported);
  }
  AttributeArray array(attributes, parameters_.no_attributes);
  DllCall call(*dll_, "EapMethodAuthenticatorUpdateInnerMethodParams");
  call.Number("flags", flags);
  call.Text("identity", identity.c_str());
  call.Attributes(array.get());
  return call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapMethodAuthenticatorUpdateInnerMethodParams(handle_, flags, identity.c_str(),
                                                                   array.get(), error);
  });
}

Status AuthenticatorMethodSession::SendPacket(abi::BYTE id, abi::DWORD size, Request& request) {
  request = {};
  if (Status status = NeedSession(); !status.ok()) return status;
  PacketBuffer buffer(size);
  auto timeout = abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE;
  DllCall call(*dll_, "EapMethodAuthenticatorSendPacket");
  call.Number("id", id);
  call.Number("size", size);
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapMethodAuthenticatorSendPacket(handle_, id, buffer.used(), buffer.packet(), &timeout,
                                                      error);
  });
  if (!status.ok()) {
    const bool is_told = size == parameters_.max_send_packet_size || buffer.overrun() == 0;
    return is_told ? status
                   : call.Refuse(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET, buffer.Fault("a request"));
  }
  call.Number("used", *buffer.used());
  call.Packet(buffer.begin(), buffer.length());
  call.Number("timeout", static_cast<std::uint32_t>(timeout));
  const bool is_request = buffer.code() == abi::EapCodeRequest && buffer.length() > kEapHeader;
  const bool is_success = buffer.code() == abi::EapCodeSuccess && buffer.length() == kEapHeader;
  if ((!is_request && !is_success) || buffer.id() != id || buffer.overrun() != 0) {
    return call.Refuse(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET,
                       buffer.Fault("a request with the id asked for"));
  }
  request.packet.assign(buffer.begin(), buffer.end());
  // Neither smaller nor larger than the values that there are.
  if (timeout == abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_BASIC ||
      timeout == abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE) {
    request.timeout = timeout;
  }
  return status;
}

Status AuthenticatorMethodSession::ReceivePacket(Bytes response, AuthenticatorAction& action) {
  action = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  if (Status status = NeedSession(); !status.ok()) return status;
  DllCall call(*dll_, "EapMethodAuthenticatorReceivePacket");
  action = kNoAction;
  call.Packet(response.data(), response.size());
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapMethodAuthenticatorReceivePacket(
        handle_, static_cast<abi::DWORD>(response.size()),
        reinterpret_cast<const abi::EapPacket*>(response.data()), &action, error);
  });
  call.Number("action", static_cast<std::uint32_t>(action));
  if (action == kNoAction) action = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  return Received(std::move(status), response);
}

Status AuthenticatorMethodSession::GetAttributes(AttributeList& attributes) {
  attributes.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  abi::EapAttributes view{};
  DllCall call(*dll_, "EapMethodAuthenticatorGetAttributes");
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapMethodAuthenticatorGetAttributes(handle_, &view, error);
  });
  if (!status.ok()) return status;
  call.Attributes(&view);
  attributes = CopyAttributes(&view);
  return status;
}

Status AuthenticatorMethodSession::SetAttributes(const AttributeList& attributes,
                                                 AuthenticatorAction& action) {
  action = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  if (Status status = NeedSession(); !status.ok()) return status;
  AttributeArray array(attributes, parameters_.no_attributes);
  DllCall call(*dll_, "EapMethodAuthenticatorSetAttributes");
  action = kNoAction;
  call.Attributes(array.get());
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapMethodAuthenticatorSetAttributes(handle_, array.get(), &action, error);
  });
  call.Number("action", static_cast<std::uint32_t>(action));
  if (action == kNoAction) action = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  return status;
}

Status AuthenticatorMethodSession::GetResult(AuthenticatorResult& result) {
  result = {};
  if (Status status = NeedSession(); !status.ok()) return status;
  Growing<abi::EAP_METHOD_AUTHENTICATOR_RESULT> out;
  out.known.fIsSuccess = kUnwritten;
  DllCall call(*dll_, "EapMethodAuthenticatorGetResult");
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapMethodAuthenticatorGetResult(handle_, &out.known, error);
  });
  if (!status.ok()) return status;
  result.is_success = out.known.fIsSuccess != 0 && out.known.fIsSuccess != kUnwritten;
  result.reason_code = out.known.dwFailureReason;
  result.attributes = CopyAttributes(out.known.pAuthAttribs);
  call.Number("isSuccess", static_cast<std::uint32_t>(
                               out.known.fIsSuccess == kUnwritten ? kUnwritten : result.is_success));
  call.Number("failureReasonCode", result.reason_code);
  call.Attributes(out.known.pAuthAttribs);
  return status;
}

Status AuthenticatorMethodSession::End() {
  if (!std::exchange(begun_, false)) return {};
  DllCall call(*dll_, "EapMethodAuthenticatorEndSession");
  return call.Make(
      [&](abi::EAP_ERROR** error) { return routines_.EapMethodAuthenticatorEndSession(handle_, error); });
}

}  // namespace eaphost::method
