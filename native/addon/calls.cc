// The calls that JavaScript makes. Run and Make on lanes, the rest on JavaScript's thread.
#include "native/addon/calls.h"

#include <new>
#include <utility>

#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

// The largest buffer that is kept for the next exchange: more than a link's packet ever needs.
constexpr std::size_t kLargestKept = 2048;

// A packet may hold a password: that of EAP-GTC does.
void Empty(SecretBytes& bytes) {
  platform::Wipe(bytes.data(), bytes.size());
  bytes.clear();
  if (bytes.capacity() > kLargestKept) SecretBytes().swap(bytes);
}

}  // namespace

void Call::Run(LaneContext& lane) {
  // The environment is gone: the message is destroyed as soon as it is posted.
  if (owner().is_abandoned()) return;
  const std::optional<Failure>& reason = static_cast<const CallContext&>(lane).failure();
  // The sizes that a method states may exceed the memory.
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
  environment.delivery().CallEnded();
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
  failure_ = MakeFailure(name_, code);
  return false;
}

void Call::Reset(std::int32_t ticket, const char* name) {
  ticket_ = ticket;
  name_ = name;
  succeeded_ = false;
}

void ExchangeCall::Prepare(std::int32_t ticket, std::shared_ptr<Session> session, Input input) {
  Reset(ticket, input == Input::kPacket      ? "EapHostPeerProcessReceivedPacket"
                : input == Input::kUiContext ? "EapHostPeerSetUIContext"
                                             : "EapHostPeerSetResponseAttributes");
  session_ = std::move(session);
  input_ = input;
}

void ExchangeCall::Clear() {
  session_ = nullptr;
  Empty(bytes_);
  Empty(step_.bytes);
  attributes_.clear();
  step_.attributes.clear();
  step_.result.reset();
}

bool ExchangeCall::Make() {
  if (session_->state != Session::State::kOpen) return FailWith(abi::kErrorInvalidState);
  const supplicant::Supplicant supplicant = owner().supplicant();
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

}  // namespace eaphost::addon
