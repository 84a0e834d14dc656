// What a thread sleeps by until another wakes it. Waking is a system call, and a wake-up costs several times
// a quick call. So a thread watches for a moment before it sleeps, where that has paid; and JavaScript, which
// wakes many threads in one turn, rings for the first of them only, which rings for the others. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "native/threads/eagerness.h"

namespace eaphost::threads {

// A futex costs more than the wait for a lock that is held for some nanoseconds.
void LockSoon(std::unique_lock<std::mutex>& lock);

class Bell {
 public:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  // Gives a bell back, which is never freed: one that is rung too late wakes its next owner in vain.
  struct GiveBack {
    void operator()(Bell* bell) const;
  };
  using Owned = std::unique_ptr<Bell, GiveBack>;
  // Throws std::bad_alloc.
  static Owned Take();

  // One thread at a time, until it is woken, true, or the time has come, false. `lock` is let go meanwhile,
  // and for a moment after it was woken, too.
  bool Sleep(Lock& lock, Clock::duration watch, Clock::time_point until);

  // Under the same lock; does nothing where nobody sleeps. Whether the caller is to ring, best without the
  // lock.
  [[nodiscard]] bool Wake();
  void Ring() { rung_.notify_one(); }

 private:
  Bell() = default;

  bool Watch(Lock& lock, Clock::duration patience);
  void PassOn(Lock& lock);

  // Under the lock.
  bool is_asleep_ = false;
  Clock::time_point woken_;
  Eagerness eagerness_;

  std::condition_variable rung_;
  std::atomic<bool> is_watching_ = false;
  std::atomic<bool> is_queued_ = false;
  Bell* next_ = nullptr;  // in the queue, or among those that nobody owns
};

}  // namespace eaphost::threads
