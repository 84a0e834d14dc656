// What a thread sleeps by. Waking a thread is a system call, and the threads that JavaScript wakes are many
// in one turn: so it wakes the first, and leaves the others to that one. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace eaphost::threads {

// One thread at a time sleeps by it:
//
//     is_asleep = true;
//     while (is_asleep) bell->Sleep(lock, until);
//     bell->PassOn(lock);
//
// and another wakes it:
//
//     const bool is_first = std::exchange(is_asleep, false) && bell->Queue();  // under the lock
//     lock.unlock();
//     if (is_first) bell->Ring();
//
// Whoever finds others in the queue leaves the ringing to them: the first has been rung, and passes it on.
class Bell {
 public:
  using Lock = std::unique_lock<std::mutex>;

  // Gives a bell back, which is never freed: one that has been rung late wakes its next owner in vain.
  struct GiveBack {
    void operator()(Bell* bell) const;
  };
  using Owned = std::unique_ptr<Bell, GiveBack>;
  // Throws std::bad_alloc.
  static Owned Take();

  // Until it is rung, or the time has come, or for no reason.
  void Sleep(Lock& lock, std::chrono::steady_clock::time_point until) { rung_.wait_until(lock, until); }
  // Once after each sleep: rings for all who are in the queue, without the lock.
  void PassOn(Lock& lock);

  // Under the lock that the sleeper took, who has not been queued since it fell asleep. Whether the caller is
  // to ring, too.
  [[nodiscard]] bool Queue();
  void Ring() { rung_.notify_one(); }

 private:
  Bell() = default;

  std::condition_variable rung_;
  std::atomic<bool> is_queued_ = false;
  Bell* next_ = nullptr;  // in the queue, or among those that nobody owns
};

}  // namespace eaphost::threads
