// The calls of a method DLL. Run on lanes and apartments, Deliver on JavaScript's thread.
#include "native/addon/method_calls.h"

#include "native/addon/method_object.h"

namespace eaphost::addon {

void MethodCall::Run(LaneContext& lane) {
  if (!host_->options().trace) return Call::Run(lane);
  trace_.lane = static_cast<const MethodLane&>(lane).number();
  const method::Recording recording(trace_.records);
  Call::Run(lane);
}

void MethodCall::Deliver(Environment& environment) {
  if (!trace_.empty()) trace_.Deliver(environment, host_->number(), host_->opened_at());
  Call::Deliver(environment);
}

bool MethodOpen::Make() {
  const bool is_loaded = host_->Load(failure_);
  if (!is_loaded) host_->Close();
  return is_loaded;
}

void MethodOpen::Resolve(Environment& environment) {
  environment.delivery().ResolveValue(ticket_, MethodObject::Wrap(environment, host_));
}

}  // namespace eaphost::addon
