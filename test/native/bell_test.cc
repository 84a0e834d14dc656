// Bells: whoever is woken first wakes the others, nobody sleeps on, and one that is rung late wakes in vain.
#include "native/threads/bell.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "native/threads/thread.h"

namespace {

using eaphost::threads::Bell;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// A thread that sleeps until it is woken, as often as it is asked to.
class Sleeper {
 public:
  explicit Sleeper(int times = 1, microseconds patience = milliseconds(60'000),
                   microseconds watch = microseconds(0))
      : thread_([this, times, patience, watch] {
          for (int time = 0; time < times; ++time) {
            Bell::Lock lock(mutex_);
            is_asleep_ = true;
            while (!bell_->Sleep(lock, watch, Clock::now() + patience)) ++timeouts;
            ++woken;
          }
        }) {}
  ~Sleeper() { thread_.join(); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  // Whether it slept, and then whether it is to be rung.
  std::pair<bool, bool> Wake() {
    const std::lock_guard lock(mutex_);
    const bool slept = std::exchange(is_asleep_, false);
    return {slept, slept && bell_->Wake()};
  }
  void Ring() { bell_->Ring(); }

  std::atomic<int> woken = 0;
  std::atomic<int> timeouts = 0;

 private:
  const Bell::Owned bell_ = Bell::Take();
  std::mutex mutex_;
  bool is_asleep_ = false;
  std::thread thread_;
};

bool Eventually(const std::function<bool()>& condition) {
  const auto end = Clock::now() + milliseconds(20'000);
  while (Clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

// Once it sleeps.
bool WakeSleeping(Sleeper& sleeper) {
  std::pair<bool, bool> queued;
  CHECK(Eventually([&] { return (queued = sleeper.Wake()).first; }));
  return queued.second;
}

}  // namespace

TEST_CASE("bells: the first is to be rung, and rings for the others") {
  std::vector<std::unique_ptr<Sleeper>> sleepers;
  for (int index = 0; index < 8; ++index) sleepers.push_back(std::make_unique<Sleeper>());
  CHECK(WakeSleeping(*sleepers[0]));
  for (std::size_t index = 1; index < sleepers.size(); ++index) CHECK_FALSE(WakeSleeping(*sleepers[index]));
  sleepers[0]->Ring();
  for (const auto& sleeper : sleepers) CHECK(Eventually([&] { return sleeper->woken == 1; }));
  // The queue is empty again.
  Sleeper next;
  CHECK(WakeSleeping(next));
  next.Ring();
}

TEST_CASE("bells: one that wakes by itself rings for those before it") {
  Sleeper first;
  Sleeper second(1, milliseconds(5));
  CHECK(WakeSleeping(first));
  CHECK_FALSE(WakeSleeping(second));
  CHECK(Eventually([&] { return first.woken == 1 && second.woken == 1; }));
}

TEST_CASE("bells: who watches is not rung") {
  if (eaphost::threads::ProcessorCount() == 1) return;
  bool was_rung = true;
  // One thread of the process watches at a time: a lane of another test may.
  for (int attempt = 0; attempt < 20 && was_rung; ++attempt) {
    Sleeper watching(1, milliseconds(60'000), milliseconds(20'000));
    was_rung = WakeSleeping(watching);
    if (was_rung) watching.Ring();
    CHECK(Eventually([&] { return watching.woken == 1; }));
  }
  CHECK_FALSE(was_rung);
}

TEST_CASE("bells: nobody sleeps longer than it wants to") {
  Sleeper sleeper(1, milliseconds(1));
  CHECK(Eventually([&] { return sleeper.timeouts >= 3; }));
  if (WakeSleeping(sleeper)) sleeper.Ring();
}

TEST_CASE("bells: one that is given back may still be rung") {
  const Bell* first = nullptr;
  {
    const Bell::Owned bell = Bell::Take();
    first = bell.get();
  }
  const Bell::Owned bell = Bell::Take();
  CHECK(bell.get() == first);
  bell->Ring();
}

TEST_CASE("bells: nobody sleeps on, whoever wakes whom and when") {
  constexpr int kTimes = 2000;
  std::vector<std::unique_ptr<Sleeper>> sleepers;
  for (int index = 0; index < 6; ++index) {
    // Half of them wake in vain, or by themselves while another rings for them.
    const microseconds patience(index % 2 == 0 ? 20 : 60'000'000);
    sleepers.push_back(std::make_unique<Sleeper>(kTimes, patience, microseconds(10 * (index % 3))));
  }
  std::vector<std::thread> wakers;
  for (std::size_t waker = 0; waker < 2; ++waker) {
    wakers.emplace_back([&, waker] {
      const auto end = Clock::now() + milliseconds(60'000);
      bool is_done = false;
      while (!is_done && Clock::now() < end) {
        is_done = true;
        for (std::size_t index = waker; index < sleepers.size(); index += 2) {
          if (sleepers[index]->woken == kTimes) continue;
          is_done = false;
          if (sleepers[index]->Wake().second) sleepers[index]->Ring();
        }
      }
    });
  }
  for (std::thread& waker : wakers) waker.join();
  for (const auto& sleeper : sleepers) CHECK(sleeper->woken == kTimes);
}
