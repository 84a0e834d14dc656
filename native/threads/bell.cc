// Bells, and the queue of those that are still to be rung: one for the process.
#include "native/threads/bell.h"

#include <thread>
#include <utility>

namespace eaphost::threads {

namespace {

std::atomic<Bell*> queue = nullptr;  // the one queued last; not empty until the one queued first has woken

std::mutex unowned_mutex;
Bell* unowned = nullptr;

}  // namespace

Bell::Owned Bell::Take() {
  {
    const std::lock_guard lock(unowned_mutex);
    if (unowned != nullptr) {
      Bell* const bell = unowned;
      unowned = std::exchange(bell->next_, nullptr);
      return Owned(bell);
    }
  }
  return Owned(new Bell);
}

void Bell::GiveBack::operator()(Bell* bell) const {
  const std::lock_guard lock(unowned_mutex);
  bell->next_ = std::exchange(unowned, bell);
}

bool Bell::Queue() {
  is_queued_.store(true, std::memory_order_relaxed);
  Bell* before = queue.load(std::memory_order_relaxed);
  do {
    next_ = before;
  } while (!queue.compare_exchange_weak(before, this, std::memory_order_release, std::memory_order_relaxed));
  return before == nullptr;
}

void Bell::PassOn(Lock& lock) {
  Bell* bell = queue.exchange(nullptr, std::memory_order_acquire);
  const bool is_alone = bell == nullptr || (bell == this && next_ == nullptr);
  if (!is_alone) lock.unlock();
  while (bell != nullptr) {
    // From then on its owner may queue it again, or give it back.
    Bell* const next = bell->next_;
    bell->is_queued_.store(false, std::memory_order_release);
    if (bell != this) bell->Ring();
    bell = next;
  }
  // Woken for another reason, while someone else is just about to ring it.
  while (is_queued_.load(std::memory_order_acquire)) std::this_thread::yield();
  if (!is_alone) lock.lock();
}

}  // namespace eaphost::threads
