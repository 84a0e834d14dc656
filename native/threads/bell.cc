// Bells, the one thread of the process that watches, and the queue of bells that are still to be rung.
#include "native/threads/bell.h"

#include <thread>
#include <utility>

#include "native/threads/thread.h"

namespace eaphost::threads {

namespace {

// About a microsecond: longer than such a lock is ever held, unless its holder lost its processor.
constexpr int kLockSpins = 32;

// More than one would only take processors from those who work.
std::atomic<bool> is_one_watching = false;

// The one queued last. Not empty until the one that was queued first, and rung, has woken.
std::atomic<Bell*> queue = nullptr;

std::mutex unowned_mutex;
Bell* unowned = nullptr;

bool MaySpin() {
  static const bool may_spin = ProcessorCount() > 1;
  return may_spin;
}

}  // namespace

void LockSoon(std::unique_lock<std::mutex>& lock) {
  for (int turn = 0; MaySpin() && turn < kLockSpins; ++turn) {
    if (lock.try_lock()) return;
    Relax();
  }
  lock.lock();
}

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
  bell->eagerness_ = {};
  const std::lock_guard lock(unowned_mutex);
  bell->next_ = std::exchange(unowned, bell);
}

bool Bell::Sleep(Lock& lock, Clock::duration watch, Clock::time_point until) {
  const Clock::time_point since = MaySpin() ? Clock::now() : Clock::time_point();
  is_asleep_ = true;
  if (Watch(lock, watch)) return true;
  while (is_asleep_ && Clock::now() < until) rung_.wait_until(lock, until);
  if (std::exchange(is_asleep_, false)) return false;
  // Whoever sleeps learns, too, that it is woken soon again: JavaScript may just have been collecting
  // garbage.
  if (MaySpin() && woken_ - since < watch) eagerness_.Tried(true);
  PassOn(lock);
  return true;
}

bool Bell::Watch(Lock& lock, Clock::duration patience) {
  const bool is_worth_it = MaySpin() && patience > Clock::duration::zero() && eagerness_.IsWorthATry();
  if (!is_worth_it || is_one_watching.exchange(true)) return false;
  is_watching_.store(true, std::memory_order_relaxed);
  lock.unlock();
  const Clock::time_point end = Clock::now() + patience;
  do {
    for (int turn = 0; turn < 8 && is_watching_.load(std::memory_order_relaxed); ++turn) Relax();
  } while (is_watching_.load(std::memory_order_relaxed) && Clock::now() < end);
  is_one_watching.store(false);
  LockSoon(lock);
  is_watching_.store(false, std::memory_order_relaxed);
  eagerness_.Tried(!is_asleep_);
  return !is_asleep_;
}

bool Bell::Wake() {
  if (!std::exchange(is_asleep_, false) || is_watching_.exchange(false)) return false;
  if (MaySpin()) woken_ = Clock::now();
  is_queued_.store(true, std::memory_order_relaxed);
  Bell* before = queue.load(std::memory_order_relaxed);
  do {
    next_ = before;
  } while (!queue.compare_exchange_weak(before, this, std::memory_order_release, std::memory_order_relaxed));
  return before == nullptr;
}

// Rings for all who are in the queue, without the lock, for they may want it.
void Bell::PassOn(Lock& lock) {
  Bell* bell = queue.exchange(nullptr, std::memory_order_acquire);
  const bool is_alone = bell == nullptr || (bell == this && next_ == nullptr);
  if (!is_alone) lock.unlock();
  while (bell != nullptr) {
    // From then on its owner may be queued again, or give it back.
    Bell* const next = bell->next_;
    bell->is_queued_.store(false, std::memory_order_release);
    if (bell != this) bell->Ring();
    bell = next;
  }
  // It woke for another reason, while someone else is just about to ring it.
  while (is_queued_.load(std::memory_order_acquire)) std::this_thread::yield();
  if (!is_alone) LockSoon(lock);
}

}  // namespace eaphost::threads
