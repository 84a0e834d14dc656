#include "native/method/peer_method_session.h"

#include <algorithm>
#include <utility>

#include "native/abi/constants.h"
#include "native/abi/enums.h"

namespace eaphost::method {

namespace {

// Methods write a little past the end, or before they look at the size.
constexpr std::size_t kSlack = 1024;
constexpr std::size_t kEapHeader = 4;

const abi::BYTE* DataOf(const SecretBytes& bytes) { return bytes.empty() ? nullptr : bytes.data(); }
abi::DWORD SizeOf(const SecretBytes& bytes) { return static_cast<abi::DWORD>(bytes.size()); }

std::optional<SecretBytes> CopyIf(abi::BOOL wanted, const abi::BYTE* data, abi::DWORD size) {
  if (wanted == 0) return std::nullopt;
  SecretBytes bytes;
  if (data != nullptr) bytes.assign(data, data + size);
  return bytes;
}

}  // namespace

PeerMethodSession::PeerMethodSession(std::shared_ptr<PeerMethodDll> dll,
                                     const abi::EAP_PEER_METHOD_ROUTINES& routines, PeerParameters parameters)
    : dll_(std::move(dll)), routines_(routines), parameters_(std::move(parameters)) {
  attributes_ = AttributeArray(std::move(parameters_.attributes));
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
  if (Status status = dll_->UseEndpoint(parameters_.endpoint); !status.ok()) return status;
  abi::BOOL invoke_ui = 0;
  DllMemory<abi::BYTE> user(*dll_);
  DllMemory<abi::WCHAR> identity(*dll_);
  Status status = dll_->Invoke([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerGetIdentity(parameters_.flags, SizeOf(parameters_.connection_data),
                                        DataOf(parameters_.connection_data), SizeOf(user_data),
                                        DataOf(user_data), parameters_.user_token, &invoke_ui,
                                        user.put_size(), user.put(), identity.put(), error);
  });
  if (!status.ok()) return status;
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
  Status status = dll_->Invoke([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = routines_.EapPeerBeginSession(
        parameters_.flags, attributes_.get(), parameters_.user_token, SizeOf(connection),
        connection.empty() ? nullptr : connection.data(), SizeOf(user), user.empty() ? nullptr : user.data(),
        parameters_.max_send_packet_size, &handle, error);
    // Noted at once: nothing that fails later may lose the method's session.
    if (code == abi::kNoError) begun_ = true, handle_ = handle;
    return code;
  });
  return status;
}

Status PeerMethodSession::SetCredentials(const std::u16string& identity, const std::u16string& password) {
  if (Status status = NeedSession(); !status.ok()) return status;
  if (routines_.EapPeerSetCredentials == nullptr) return Status(abi::kErrorNotSupported);
  std::u16string name = identity;
  std::u16string secret = password;
  Status status = dll_->Invoke([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerSetCredentials(handle_, name.data(), secret.data(), error);
  });
  platform::Wipe(secret.data(), secret.size() * sizeof(char16_t));
  return status;
}

Status PeerMethodSession::ProcessRequest(Bytes request, abi::EapPeerMethodOutput& output) {
  output = {abi::EapPeerMethodResponseActionDiscard, 0};
  if (Status status = NeedSession(); !status.ok()) return status;
  std::vector<std::uint8_t> copy(request.begin(), request.end());
  return dll_->Invoke([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerProcessRequestPacket(handle_, static_cast<abi::DWORD>(copy.size()),
                                                 reinterpret_cast<abi::EapPacket*>(copy.data()), &output,
                                                 error);
  });
}

Status PeerMethodSession::GetResponse(SecretBytes& response) {
  response.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  // Zeroed, so that what the method leaves unwritten is not what the heap happened to hold.
  const std::size_t capacity = parameters_.max_send_packet_size + kSlack;
  const auto buffer = std::make_unique<std::uint8_t[]>(capacity);
  abi::DWORD used = parameters_.max_send_packet_size;
  Status status = dll_->Invoke([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerGetResponsePacket(handle_, &used, reinterpret_cast<abi::EapPacket*>(buffer.get()),
                                              error);
  });
  if (status.ok()) {
    const std::size_t length = static_cast<std::size_t>(buffer[2]) << 8 | buffer[3];
    if (used > parameters_.max_send_packet_size || length > used || length <= kEapHeader ||
        buffer[0] != abi::EapCodeResponse) {
      status = Status(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    } else {
      response.assign(buffer.get(), buffer.get() + length);
    }
  }
  platform::Wipe(buffer.get(), std::min<std::size_t>(used, capacity));
  return status;
}

Status PeerMethodSession::GetUiContext(SecretBytes& context) {
  context.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  // The method's until EndSession: whoever frees it frees it twice.
  abi::DWORD size = 0;
  abi::BYTE* data = nullptr;
  Status status = dll_->Invoke(
      [&](abi::EAP_ERROR** error) { return routines_.EapPeerGetUIContext(handle_, &size, &data, error); });
  if (status.ok() && data != nullptr) context.assign(data, data + size);
  return status;
}

Status PeerMethodSession::SetUiContext(Bytes context, abi::EapPeerMethodOutput& output) {
  output = {abi::EapPeerMethodResponseActionDiscard, 0};
  if (Status status = NeedSession(); !status.ok()) return status;
  return dll_->Invoke([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerSetUIContext(handle_, static_cast<abi::DWORD>(context.size()),
                                         context.empty() ? nullptr : context.data(), &output, error);
  });
}

Status PeerMethodSession::GetAttributes(AttributeList& attributes) {
  attributes.clear();
  if (Status status = NeedSession(); !status.ok()) return status;
  abi::EapAttributes view{};
  Status status = dll_->Invoke(
      [&](abi::EAP_ERROR** error) { return routines_.EapPeerGetResponseAttributes(handle_, &view, error); });
  if (status.ok()) attributes = CopyAttributes(&view);
  return status;
}

Status PeerMethodSession::SetAttributes(const AttributeList& attributes, abi::EapPeerMethodOutput& output) {
  output = {abi::EapPeerMethodResponseActionDiscard, 0};
  if (Status status = NeedSession(); !status.ok()) return status;
  AttributeArray array(attributes);
  return dll_->Invoke([&](abi::EAP_ERROR** error) {
    return routines_.EapPeerSetResponseAttributes(handle_, array.get(), &output, error);
  });
}

Status PeerMethodSession::GetResult(abi::EapPeerMethodResultReason reason, MethodResult& result) {
  result = {};
  if (Status status = NeedSession(); !status.ok()) return status;
  // The struct has grown over the years and may again: the method finds zeroes behind what we know.
  struct {
    abi::EapPeerMethodResult known;
    abi::BYTE tail[64];
  } out{};
  DllError inner(*dll_);  // the error inside the result is ours to free, whether or not the call failed
  Status status = dll_->Invoke([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = routines_.EapPeerGetResult(handle_, reason, &out.known, error);
    *inner.put() = out.known.pEapError;
    return code;
  });
  if (!status.ok()) return status;
  const abi::EapPeerMethodResult& known = out.known;
  result.is_success = known.fIsSuccess != 0;
  result.reason_code = known.dwFailureReasonCode;
  result.connection_data =
      CopyIf(known.fSaveConnectionData, known.pConnectionData, known.dwSizeofConnectionData);
  result.user_data = CopyIf(known.fSaveUserData, known.pUserData, known.dwSizeofUserData);
  result.attributes = CopyAttributes(known.pAttribArray);
  if (out.known.pEapError != nullptr) result.error = CopyEapError(*out.known.pEapError);
  return {};
}

Status PeerMethodSession::End() {
  if (!std::exchange(begun_, false)) return {};
  return dll_->Invoke([&](abi::EAP_ERROR** error) { return routines_.EapPeerEndSession(handle_, error); });
}

}  // namespace eaphost::method
