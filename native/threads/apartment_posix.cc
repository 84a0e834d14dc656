// Without COM, an apartment is a thread.
#ifndef _WIN32

#include <condition_variable>
#include <mutex>

#include "native/threads/apartment.h"

namespace eaphost::threads {

struct ApartmentWait::State {
  std::mutex mutex;
  std::condition_variable woken;
  bool is_woken = false;
};

ApartmentWait::ApartmentWait() : state_(std::make_unique<State>()) {}
ApartmentWait::~ApartmentWait() = default;

void ApartmentWait::Wake() {
  const std::lock_guard lock(state_->mutex);
  state_->is_woken = true;
  state_->woken.notify_one();
}

void ApartmentWait::Wait() {
  std::unique_lock lock(state_->mutex);
  state_->woken.wait(lock, [this] { return state_->is_woken; });
  state_->is_woken = false;
}

std::uint32_t EnterSingleThreadedApartment() { return 0; }
std::uint32_t EnterMultiThreadedApartment() { return 0; }
void LeaveApartment() {}

}  // namespace eaphost::threads

#endif
