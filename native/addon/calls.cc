// The calls that JavaScript makes. Make… on lanes, the rest on JavaScript's thread.
#include "native/addon/calls.h"

#include <new>
#include <utility>

#include "native/addon/session_object.h"
#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

// What a buffer that is kept for the next exchange may hold: more than a link's packet ever needs.
constexpr std::size_t kLargestKept = 2048;

void Trim(host::SecretBytes& bytes) {
  if (bytes.capacity() > kLargestKept) host::SecretBytes().swap(bytes);
}

}  // namespace

void Call::Run(LaneContext& lane) {
  // Nobody hears of it: the message is destroyed as soon as it is posted.
  if (owner().is_abandoned()) return;
  const std::optional<host::Failure>& reason = static_cast<const CallContext&>(lane).failure();
  // What a method says of its sizes may be more than there is memory for.
  try {
    if (reason) {
      failure_ = *reason;
    } else {
      succeeded_ = Make();
    }
  } catch (const std::bad_alloc&) {
    FailWith(abi::kErrorNotEnoughMemory);
  }
}

void Call::Deliver(Environment& environment) {
  environment.CallEnded();
  if (succeeded_) {
    try {
      return Resolve(environment);
    } catch (const std::bad_alloc&) {
      FailWith(abi::kErrorNotEnoughMemory);
    }
  }
  environment.delivery().Reject(ticket_, failure_);
}

bool Call::FailWith(abi::DWORD code) {
  failure_ = host::MakeFailure(name(), code);
  return false;
}

void Call::Reset(std::int32_t ticket) {
  ticket_ = ticket;
  succeeded_ = false;
}

bool SessionCall::Make() {
  return session_->state == Session::State::kOpen ? MakeOpen() : FailWith(abi::kErrorInvalidState);
}

bool BeginCall::Make() { return owner().Begin(session_, arguments_, failure_); }

void BeginCall::Resolve(Environment& environment) {
  environment.delivery().ResolveValue(ticket_, SessionObject::Wrap(environment, session_));
}

void ExchangeCall::Prepare(std::int32_t ticket, std::shared_ptr<Session> session, Input input) {
  Reset(ticket);
  session_ = std::move(session);
  input_ = input;
}

void ExchangeCall::Clear() {
  session_ = nullptr;
  if (input_ == Input::kUiContext) host::SecretBytes().swap(bytes_);
  if (step_.action == abi::EapHostPeerResponseInvokeUi) host::SecretBytes().swap(step_.bytes);
  Trim(bytes_);
  Trim(step_.bytes);
  attributes_.clear();
  step_.attributes.clear();
  step_.result.reset();
}

const char* ExchangeCall::name() const {
  switch (input_) {
    case Input::kUiContext:
      return "EapHostPeerSetUIContext";
    case Input::kAttributes:
      return "EapHostPeerSetResponseAttributes";
    case Input::kPacket:
      break;
  }
  return "EapHostPeerProcessReceivedPacket";
}

bool ExchangeCall::MakeOpen() {
  const host::Supplicant supplicant = owner().supplicant();
  switch (input_) {
    case Input::kUiContext:
      return supplicant.SetUiContext(session_->id, bytes_, step_, failure_);
    case Input::kAttributes:
      return supplicant.SetResponseAttributes(session_->id, attributes_, step_, failure_);
    case Input::kPacket:
      break;
  }
  return supplicant.ProcessReceivedPacket(session_->id, bytes_, step_, failure_);
}

void ExchangeCall::Resolve(Environment& environment) {
  Delivery& delivery = environment.delivery();
  switch (step_.action) {
    case abi::EapHostPeerResponseSend:
      return delivery.ResolvePacket(ticket_, step_.bytes);
    case abi::EapHostPeerResponseDiscard:
    case abi::EapHostPeerResponseStartAuthentication:
    case abi::EapHostPeerResponseNone:
      return delivery.ResolveAction(ticket_, step_.action);
    case abi::EapHostPeerResponseResult:
    case abi::EapHostPeerResponseInvokeUi:
    case abi::EapHostPeerResponseRespond:
      return delivery.ResolveValue(ticket_, ToStep(environment.env(), step_));
  }
}

void ExchangeCall::Release(Environment& environment) {
  environment.Recycle(std::unique_ptr<ExchangeCall>(this));
}

bool ResultCall::MakeOpen() {
  return owner().supplicant().GetResult(session_->id, reason_, result_, failure_);
}

void ResultCall::Resolve(Environment& environment) {
  environment.delivery().ResolveValue(ticket_, ToResult(environment.env(), result_));
}

bool StatusCall::MakeOpen() {
  return owner().supplicant().GetAuthStatus(session_->id, parameter_, data_, failure_);
}

void StatusCall::Resolve(Environment& environment) {
  environment.delivery().ResolveValue(ticket_, ToBuffer(environment.env(), data_));
}

bool EndCall::Make() { return owner().End(*session_, failure_); }

void EndCall::Resolve(Environment& environment) { environment.delivery().Resolve(ticket_); }

void LooseCall::Start(Environment& environment, std::unique_ptr<LooseCall> call) {
  Runtime& runtime = *call->runtime_;
  Strand& strand = call->strand_;
  environment.Submit(runtime, strand, std::move(call));
}

bool ClearCall::Make() { return owner().ClearConnection(connection_id_, failure_); }

void ClearCall::Resolve(Environment& environment) { environment.delivery().Resolve(ticket_); }

bool RegisterCall::Make() {
  auto* const function = owner().table().EapEmbeddedRegisterMethod;
  if (function == nullptr) return FailWith(abi::kErrorNotSupported);
  const auto pointer = [](const std::optional<std::u16string>& text) {
    return text ? text->c_str() : nullptr;
  };
  const embedded::Method method{.type = method_.type,
                                .pwszDllPath = method_.dll_path.c_str(),
                                .pwszFriendlyName = pointer(method_.friendly_name),
                                .pwszAuthorName = pointer(method_.author_name),
                                .pwszEndpoint = pointer(method_.endpoint),
                                .dwProperties = method_.properties};
  return Check(function(owner().scope(), &method));
}

void RegisterCall::Resolve(Environment& environment) { environment.delivery().Resolve(ticket_); }

bool UnregisterCall::Make() {
  auto* const function = owner().table().EapEmbeddedUnregisterMethod;
  return Check(function == nullptr ? abi::kErrorNotSupported : function(owner().scope(), &type_));
}

void UnregisterCall::Resolve(Environment& environment) { environment.delivery().Resolve(ticket_); }

}  // namespace eaphost::addon
