#include "native/embedded/session.h"

#include <cstring>
#include <string_view>
#include <utility>

#include "native/embedded/errors.h"
#include "native/embedded/heap.h"
#include "native/embedded/ui_context.h"
#include "native/platform/text.h"

namespace eaphost::embedded {

using values::DataOf;
using values::SizeOf;
using values::Status;

namespace {

// Says for as long as it lives which thread has a session.
class Ownership {
 public:
  explicit Ownership(std::atomic<std::thread::id>& owner) : owner_(owner) {
    owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  }
  ~Ownership() { owner_.store(std::thread::id(), std::memory_order_relaxed); }
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

 private:
  std::atomic<std::thread::id>& owner_;
};

SecretBytes BytesOf(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  return SecretBytes(bytes, bytes + size);
}

}  // namespace

Session::Session(const PeerMachine::Settings& settings, std::shared_ptr<Registration> registration,
                 std::shared_ptr<method::PeerMethodDll> dll, const abi::EAP_PEER_METHOD_ROUTINES& routines,
                 method::PeerParameters parameters, std::optional<abi::GUID> connection,
                 SecretBytes user_data)
    : settings_(settings),
      registration_(std::move(registration)),
      connection_(connection),
      method_(std::move(dll), routines, std::move(parameters)),
      machine_(settings_, method_, std::move(user_data)),
      author_name_(registration_->entry().author_name),
      friendly_name_(registration_->entry().friendly_name) {
  method_info_.eaptype = settings_.type;
  method_info_.pwszAuthorName = author_name_.data();
  method_info_.pwszFriendlyName = friendly_name_.data();
  method_info_.eapProperties = registration_->entry().properties;
}

Status Session::Failure(abi::DWORD code) const { return Fail(code, settings_.type); }

// Runs `body` with the session locked. A method that calls into its own session would wait for itself.
template <typename Body>
Status Session::Locked(Body&& body) {
  if (owner_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    return Failure(abi::kErrorInvalidState);
  }
  const std::lock_guard lock(mutex_);
  if (ended_) return Failure(abi::kErrorInvalidParameter);
  const Ownership ownership(owner_);
  return body();
}

Status Session::ProcessReceivedPacket(Bytes packet, abi::EapHostPeerResponseAction& action) {
  return Locked([&] { return machine_.Receive(packet, action); });
}

Status Session::GetSendPacket(abi::DWORD& size, abi::BYTE*& packet) {
  return Locked([&] {
    SecretBytes* response = machine_.response();
    if (response == nullptr) return Failure(abi::kErrorInvalidState);
    size = SizeOf(*response);
    packet = DataOf(*response);
    return Status();
  });
}

Status Session::GetUIContext(abi::DWORD& size, abi::BYTE*& context) {
  return Locked([&] {
    if (machine_.ui() == PeerMachine::Ui::kNone) return Failure(abi::kErrorInvalidState);
    UiContext ui;
    ui.type = settings_.type;
    ui.flags = settings_.flags;
    ui.data = machine_.ui_context();
    if (machine_.ui() == PeerMachine::Ui::kIdentity) {
      ui.kind = UiContext::Kind::kIdentity;
      ui.connection_data = method_.parameters().connection_data;
    } else {
      ui.kind = UiContext::Kind::kInteractive;
    }
    ui_context_ = EncodeUiContext(ui);
    size = SizeOf(ui_context_);
    context = DataOf(ui_context_);
    return Status();
  });
}

Status Session::SetUIContext(Bytes context, abi::EapHostPeerResponseAction& action) {
  return Locked([&] { return machine_.SetUiContext(context, action); });
}

Status Session::GetResponseAttributes(abi::EapAttributes& attributes) {
  return Locked([&] {
    const values::AttributeList* list = machine_.attributes();
    if (list == nullptr) return Failure(abi::kErrorInvalidState);
    attributes_ = values::AttributeArray(*list);
    attributes = *attributes_.get();
    return Status();
  });
}

Status Session::SetResponseAttributes(const abi::EapAttributes* attributes,
                                      abi::EapHostPeerResponseAction& action) {
  return Locked([&] { return machine_.SetAttributes(values::CopyAttributes(attributes), action); });
}

Status Session::GetResult(abi::EapHostPeerMethodResultReason reason, abi::EapHostPeerMethodResult& out) {
  return Locked([&] {
    if (Status status = machine_.Conclude(reason); !status.ok()) return status;
    const method::MethodResult& result = machine_.result();
    result_connection_data_ = result.connection_data.value_or(SecretBytes());
    result_user_data_ = result.user_data.value_or(SecretBytes());
    result_attributes_ = values::AttributeArray(result.attributes);
    abi::EAP_ERROR* error = result.error ? CopyErrorToHeap(*result.error) : nullptr;
    out.fIsSuccess = result.is_success;
    out.dwFailureReasonCode = result.reason_code;
    out.fSaveConnectionData = result.connection_data.has_value();
    out.dwSizeofConnectionData = SizeOf(result_connection_data_);
    out.pConnectionData = DataOf(result_connection_data_);
    out.fSaveUserData = result.user_data.has_value();
    out.dwSizeofUserData = SizeOf(result_user_data_);
    out.pUserData = DataOf(result_user_data_);
    out.pAttribArray = result_attributes_.get();
    out.isolationState = abi::ISOLATION_STATE_UNKNOWN;  // network access protection is gone from Windows too
    out.pEapMethodInfo = &method_info_;
    out.pEapError = error;
    return Status();
  });
}

Status Session::GetAuthStatus(abi::EapHostPeerAuthParams parameter, abi::DWORD& size, abi::BYTE*& data) {
  return Locked([&] {
    switch (parameter) {
      case abi::EapHostPeerAuthStatus: {
        const abi::EAPHOST_AUTH_INFO info = machine_.auth_info();
        auth_data_ = BytesOf(&info, sizeof info);
        break;
      }
      case abi::EapHostPeerIdentity: {
        const std::u16string& identity = machine_.identity();
        auth_data_ = BytesOf(identity.c_str(), (identity.size() + 1) * sizeof(abi::WCHAR));
        break;
      }
      case abi::EapHostPeerIdentityExtendedInfo: {
        // What is in it is not documented beyond its being a string: the identity as it goes over the wire.
        const std::string identity = platform::ToUtf8(machine_.identity());
        auth_data_ = BytesOf(identity.c_str(), identity.size() + 1);
        break;
      }
      case abi::EapHostNapInfo: {
        const abi::EapHostPeerNapInfo info{};  // unknown, and no correlation id behind it
        auth_data_ = BytesOf(&info, sizeof info);
        break;
      }
      default:
        return Failure(abi::kErrorInvalidParameter);
    }
    size = SizeOf(auth_data_);
    data = DataOf(auth_data_);
    return Status();
  });
}

Status Session::End() {
  return Locked([&] {
    ended_ = true;
    return Describe(method_.End(), settings_.type);
  });
}

}  // namespace eaphost::embedded
