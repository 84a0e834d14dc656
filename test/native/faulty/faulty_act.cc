#include "test/native/faulty/faulty_act.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace eaphost::faulty {

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable released;
  Fault faults[kFunctionCount] = {};
  unsigned releases = 0;
  unsigned held = 0;
};

State& Shared() {
  static State* const state = new State;
  return *state;
}

}  // namespace

void Choose(Function function, Fault fault) {
  const std::lock_guard lock(Shared().mutex);
  Shared().faults[function] = fault;
}

void Release() {
  const std::lock_guard lock(Shared().mutex);
  ++Shared().releases;
  Shared().released.notify_all();
}

bool IsHeld() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().held != 0;
}

Fault Enter(Function function) {
  std::unique_lock lock(Shared().mutex);
  const Fault fault = Shared().faults[function];
  if (fault == kBlocks) {
    lock.unlock();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return kWorks;
  }
  if (fault != kForever) return fault;
  Shared().faults[function] = kWorks;
  const unsigned before = Shared().releases;
  ++Shared().held;
  Shared().released.wait(lock, [before] { return Shared().releases != before; });
  --Shared().held;
  return kWorks;
}

abi::EAP_METHOD_INFO* MethodInfo(Owner owner, abi::EAP_METHOD_INFO* place, abi::EAP_METHOD_INFO* inner) {
  *place = {{{26, 0, 0}, 0}, AllocateText(owner, u"author"), AllocateText(owner, u"name"), 2, inner};
  return place;
}

abi::EAP_METHOD_INFO* NewMethodInfo(Owner owner, abi::EAP_METHOD_INFO* inner) {
  auto* const place = static_cast<abi::EAP_METHOD_INFO*>(Allocate(owner, sizeof(abi::EAP_METHOD_INFO)));
  return MethodInfo(owner, place, inner);
}

}  // namespace eaphost::faulty
