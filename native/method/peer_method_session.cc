#include "native/method/peer_method_session.h"

#include <utility>

#include "native/abi/constants.h"
#include "native/abi/enums.h"
#include "native/method/packet_buffer.h"

namespace eaphost::method {

namespace {

std::optional<SecretBytes> CopyIf(abi::BOOL wanted, const abi::BYTE* data, abi::DWORD size) {
  if (wanted == 0) return std::nullopt;
  SecretBytes bytes;
  if (data != nullptr) bytes.assign(data, data + size);
  return bytes;
}

constexpr abi::EapPeerMethodOutput kNoOutput{static_cast<abi::EapPeerMethodResponseAction>(kUnwritten), 0};

// What was not written counts as Discard.
void TakeOutput(DllCall& call, abi::EapPeerMethodOutput& output) {
  call.Number("action", static_cast<std::uint32_t>(output.action));
  if (output.action == kNoOutput.action) output.action = abi::EapPeerMethodResponseActionDiscard;
  call.Number("allowNotifications", output.fAllowNotifications != 0 ? 1 : 0);
}

void TraceResult(DllCall& call, abi::BOOL is_success, const MethodResult& result,
                 const abi::EAP_ATTRIBUTES* attributes) {
  call.Number("isSuccess",
              static_cast<std::uint32_t>(is_success == kUnwritten ? kUnwritten : is_success != 0));
  call.Number("failureReasonCode", result.reason_code);
  const auto& connection = result.connection_data;
  if (connection) call.Secret("connectionData", connection->size());
  if (result.user_data) call.Secret("userData", result.user_data->size());
  call.Attributes(attributes);
}

}  // namespace

PeerMethodSession::PeerMethodSession(std::shared_ptr<PeerMethodDll> dll,
                                     const abi::EAP_PEER_METHOD_ROUTINES& routines, PeerParameters parameters)
    : dll_(std::move(dll)), routines_(routines), parameters_(std::move(parameters)) {
  attributes_ = AttributeArray(std::move(parameters_.attributes), parameters_.no_attributes);
}

PeerMethodSession::~PeerMethodSession() {
  try {
    (void)End();
  } catch (...) {
  }
}

Status PeerMethodSession::NeedSession() const { return begun_ ? Status() : Status(abi::kErrorInvalidState); }

Status PeerMethodSession::GetIdentity(const SecretBytes& user_data, IdentityAnswer& answer) {
  answer = {};
  if (!dll_->usable(routines_)) return Status(abi::kErrorProcNotFound);
  // Its name and password come by SetCredentials.
  if (routines_.EapPeerGetIdentity == nullptr) return {};
  if (Status status = dll_->UseEndpoint(parameters_.endpoint); !status.ok()) return status;
  abi::BOOL invoke_ui = 0;
  DllMemory<abi::BYTE> user(*dll_);
  DllMemory<abi::WCHAR> identity(*dll_);
  DllCall call(*dll_, "EapPeerGetIdentity");
  call.Number("flags", parameters_.flags);
  call.Secret("connectionData", parameters_.connection_data.size());
  call.Secret("userData", user_data.size());
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerGetIdentity(parameters_.flags, SizeOf(parameters_.connection_data),
                                        DataOf(parameters_.connection_data), SizeOf(user_data),
                                        DataOf(user_data), parameters_.user_token.get(), &invoke_ui,
                                        user.put_size(), user.put(), identity.put(), error);
  });
  if (!status.ok()) return status;
  call.Number("invokeUi", invoke_ui != 0 ? 1 : 0);
  call.Secret("userDataOut", user.size());
  call.Text("identity", identity.get());
  answer.invoke_ui = invoke_ui != 0;
  if (identity.get() != nullptr) answer.identity.emplace(identity.get());
  if (user.get() != nullptr) answer.user_data.assign(user.get(), user.get() + user.size());
  return {};
}

Status PeerMethodSession::Begin(const SecretBytes& user_data) {
  if (begun_) return Status(abi::kErrorInvalidState);
  if (!dll_->usable(routines_)) return Status(abi::kErrorProcNotFound);
  if (Status status = dll_->UseEndpoint(parameters_.endpoint); !status.ok()) return status;
  // The interface takes these as writable; a method that does write spoils a copy.
  SecretBytes connection = parameters_.connection_data;
  SecretBytes user = user_data;
  abi::EAP_SESSION_HANDLE handle = nullptr;
  DllCall call(*dll_, "EapPeerBeginSession");
  call.Number("flags", parameters_.flags);
  call.Attributes(attributes_.get());
  call.Secret("connectionData", connection.size());
  call.Secret("userData", user.size());
  call.Number("maxSendPacketSize", parameters_.max_send_packet_size);
  return call.Make([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = routines_.EapPeerBeginSession(
        parameters_.flags, attributes_.get(), parameters_.user_token.get(), SizeOf(connection),
        DataOf(connection), SizeOf(user), DataOf(user), parameters_.max_send_packet_size, &handle, error);
    // Noted at once: nothing that fails later may lose the method's session.
    if (code == abi::kNoError) begun_ = true, handle_ = handle;
    return code;
  });
}

Status PeerMethodSession::SetCredentials(const std::u16string& identity, std::u16string_view password) {
  if (Status status = NeedSession(); !status.ok()) return status;
  if (routines_.EapPeerSetCredentials == nullptr) return Status(abi::kErrorNotSupported);
  std::u16string name = identity;
  platform::SecretText secret(password.begin(), password.end());
  secret.push_back(u'\0');
  DllCall call(*dll_, "EapPeerSetCredentials");
  call.Text("identity", name.c_str());
  call.Secret("password", password.size() * sizeof(char16_t));
  return call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerSetCredentials(handle_, name.data(), secret.data(), error);
  });
}

Status PeerMethodSession::ProcessRequest(Bytes request, abi::EapPeerMethodOutput& output) {
  output = {abi::EapPeerMethodResponseActionDiscard, 0};
  if (Status status = NeedSession(); !status.ok()) return status;
  SecretBytes copy(request.begin(), request.end());
  DllCall call(*dll_, "EapPeerProcessRequestPacket");
  output = kNoOutput;
  call.Packet(request.data(), request.size());
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerProcessRequestPacket(handle_, static_cast<abi::DWORD>(copy.size()),
                                                 reinterpret_cast<abi::EapPacket*>(copy.data()), &output,
                                                 error);
  });
  TakeOutput(call, output);
  return Received(std::move(status), request);
}

Status PeerMethodSession::GetResponse(abi::DWORD size, SecretBytes& response) {
  response.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  PacketBuffer buffer(size);
  DllCall call(*dll_, "EapPeerGetResponsePacket");
  call.Number("size", size);
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerGetResponsePacket(handle_, buffer.used(), buffer.packet(), error);
  });
  if (!status.ok()) {
    const bool is_told = size == parameters_.max_send_packet_size || buffer.overrun() == 0;
    return is_told ? status
                   : call.Refuse(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET, buffer.Fault("a response"));
  }
  call.Number("used", *buffer.used());
  call.Packet(buffer.begin(), buffer.length());
  if (buffer.length() <= kEapHeader || buffer.code() != abi::EapCodeResponse ||
      (parameters_.refuses_overruns && buffer.overrun() != 0)) {
    return call.Refuse(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET, buffer.Fault("a response"));
  }
  response.assign(buffer.begin(), buffer.end());
  return status;
}

Status PeerMethodSession::GetUiContext(SecretBytes& context) {
  context.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  // Owned by the method until EndSession: freeing it here would free it twice.
  abi::DWORD size = 0;
  abi::BYTE* data = nullptr;
  DllCall call(*dll_, "EapPeerGetUIContext");
  Status status = call.Make(
      [&](abi::EAP_ERROR** error) { return routines_.EapPeerGetUIContext(handle_, &size, &data, error); });
  if (status.ok() && data != nullptr) context.assign(data, data + size);
  call.Secret("uiContext", context.size());
  return status;
}

Status PeerMethodSession::SetUiContext(Bytes context, abi::EapPeerMethodOutput& output) {
  output = {abi::EapPeerMethodResponseActionDiscard, 0};
  if (Status status = NeedSession(); !status.ok()) return status;
  DllCall call(*dll_, "EapPeerSetUIContext");
  output = kNoOutput;
  call.Secret("uiContext", context.size());
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerSetUIContext(handle_, static_cast<abi::DWORD>(context.size()),
                                         context.empty() ? nullptr : context.data(), &output, error);
  });
  TakeOutput(call, output);
  return status;
}

Status PeerMethodSession::GetAttributes(AttributeList& attributes) {
  attributes.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  abi::EapAttributes view{};
  DllCall call(*dll_, "EapPeerGetResponseAttributes");
  Status status = call.Make(
      [&](abi::EAP_ERROR** error) { return routines_.EapPeerGetResponseAttributes(handle_, &view, error); });
  if (!status.ok()) return status;
  call.Attributes(&view);
  attributes = CopyAttributes(&view);
  return status;
}

Status PeerMethodSession::SetAttributes(const AttributeList& attributes, abi::EapPeerMethodOutput& output) {
  output = {abi::EapPeerMethodResponseActionDiscard, 0};
  if (Status status = NeedSession(); !status.ok()) return status;
  AttributeArray array(attributes, parameters_.no_attributes);
  DllCall call(*dll_, "EapPeerSetResponseAttributes");
  output = kNoOutput;
  call.Attributes(array.get());
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerSetResponseAttributes(handle_, array.get(), &output, error);
  });
  TakeOutput(call, output);
  return status;
}

Status PeerMethodSession::GetResult(abi::EapPeerMethodResultReason reason, MethodResult& result) {
  result = {};
  if (Status status = NeedSession(); !status.ok()) return status;
  Growing<abi::EapPeerMethodResult> out;
  out.known.fIsSuccess = kUnwritten;
  DllError inner(*dll_);  // the error inside the result is ours to free, whether or not the call failed
  DllCall call(*dll_, "EapPeerGetResult");
  call.Number("reason", static_cast<std::uint32_t>(reason));
  Status status = call.Make([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = routines_.EapPeerGetResult(handle_, reason, &out.known, error);
    // One error in two places is still freed once.
    if (out.known.pEapError == *error) (code == abi::kNoError ? *error : out.known.pEapError) = nullptr;
    *inner.put() = out.known.pEapError;
    return code;
  });
  if (!status.ok()) return status;
  const abi::EapPeerMethodResult& known = out.known;
  result.is_success = known.fIsSuccess != 0 && known.fIsSuccess != kUnwritten;
  result.reason_code = known.dwFailureReasonCode;
  result.connection_data =
      CopyIf(known.fSaveConnectionData, known.pConnectionData, known.dwSizeofConnectionData);
  result.user_data = CopyIf(known.fSaveUserData, known.pUserData, known.dwSizeofUserData);
  result.attributes = CopyAttributes(known.pAttribArray);
  result.error = CopyError(known.pEapError);
  result.save_to_cred_man = known.fSaveToCredMan != 0;
  TraceResult(call, known.fIsSuccess, result, known.pAttribArray);
  return status;
}

Status PeerMethodSession::End() {
  if (!std::exchange(begun_, false)) return {};
  DllCall call(*dll_, "EapPeerEndSession");
  return call.Make([&](abi::EAP_ERROR** error) { return routines_.EapPeerEndSession(handle_, error); });
}

}  // namespace eaphost::method
