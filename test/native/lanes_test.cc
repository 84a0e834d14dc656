// The lane scheduler: order, sharing, spreading, stuck calls, retirement, closing. Jobs here sleep or wait
// for each other instead of calling a run-time.
#include "native/threads/lanes.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using eaphost::threads::Job;
using eaphost::threads::LaneContext;
using eaphost::threads::LaneHost;
using eaphost::threads::LanePool;
using eaphost::threads::Strand;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Something that happens once.
class Event {
 public:
  void Set() {
    const std::lock_guard lock(mutex_);
    is_set_ = true;
    changed_.notify_all();
  }
  bool Wait(milliseconds patience = milliseconds(20'000)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return is_set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_set_ = false;
};

bool Eventually(const std::function<bool()>& condition, milliseconds patience = milliseconds(20'000)) {
  const auto end = Clock::now() + patience;
  while (Clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return condition();
}

// Counts what lanes do; keeps what was said of it until the last lane has left.
class TestHost : public LaneHost, public std::enable_shared_from_this<TestHost> {
 public:
  explicit TestHost(const LanePool::Settings& settings = {}) : pool(settings) {}

  static std::shared_ptr<TestHost> Start(const LanePool::Settings& settings = {}) {
    auto host = std::make_shared<TestHost>(settings);
    REQUIRE(host->pool.Start(host));
    return host;
  }

  class Context : public LaneContext {
   public:
    explicit Context(TestHost& host) : host_(host) {}
    void Enter() override {
      if (host_.on_enter) host_.on_enter();
      usable_ = host_.unusable_from > host_.entered.load() || host_.unusable_from == 0;
      thread_ = std::this_thread::get_id();
      ++host_.entered;
    }
    ~Context() override {
      if (std::this_thread::get_id() != thread_) ++host_.wrong_threads;
      ++host_.left;
    }
    bool usable() const override { return usable_; }

   private:
    TestHost& host_;
    bool usable_ = true;
    std::thread::id thread_;
  };

  std::unique_ptr<LaneContext> MakeContext() override { return std::make_unique<Context>(*this); }
  void Closed() override {
    if (entered != left) ++wrong_threads;
    closed.Set();
  }

  // Runs `run` as the next call of the strand.
  bool Submit(Strand& strand, std::function<void(LaneContext&)> run);
  bool Submit(Strand& strand, std::function<void()> run) {
    return Submit(strand, [run = std::move(run)](LaneContext&) { run(); });
  }

  bool CloseAndWait() {
    pool.Close();
    return closed.Wait();
  }

  std::function<void()> on_enter;
  int unusable_from = 0;  // this lane and later ones; 0: none
  std::atomic<int> entered = 0;
  std::atomic<int> left = 0;
  std::atomic<int> done = 0;
  std::atomic<int> wrong_threads = 0;
  Event closed;
  LanePool pool;
};

class FunctionJob : public Job {
 public:
  FunctionJob(TestHost& host, std::function<void(LaneContext&)> run) : host_(host), run_(std::move(run)) {}
  void Run(LaneContext& lane) override { run_(lane); }
  void Done() override {
    ++host_.done;
    delete this;
  }

 private:
  TestHost& host_;
  const std::function<void(LaneContext&)> run_;
};

bool TestHost::Submit(Strand& strand, std::function<void(LaneContext&)> run) {
  auto job = std::make_unique<FunctionJob>(*this, std::move(run));
  if (!pool.Submit(strand, job.get())) return false;
  static_cast<void>(job.release());
  return true;
}

}  // namespace

TEST_CASE("lanes: the calls of a strand run in order, one at a time, wherever they run") {
  constexpr int kStrands = 12;
  constexpr int kCalls = 60;
  const auto host = TestHost::Start({.max_lanes = 4, .grace = milliseconds(2)});
  struct Session {
    Strand strand;
    std::atomic<int> running = 0;
    std::vector<int> calls;
  };
  std::deque<Session> sessions(kStrands);
  std::atomic<int> overlaps = 0;
  for (int call = 0; call < kCalls; ++call) {
    for (int index = 0; index < kStrands; ++index) {
      Session& session = sessions[static_cast<std::size_t>(index)];
      REQUIRE(host->Submit(session.strand, [&session, &overlaps, call, index] {
        if (++session.running != 1) ++overlaps;
        // Quick ones, slow ones, and now and then one that is stuck.
        if ((call + index) % 7 == 0) std::this_thread::sleep_for(milliseconds(call % 20 == 0 ? 6 : 1));
        session.calls.push_back(call);
        --session.running;
      }));
    }
  }
  REQUIRE(Eventually([&] { return host->done == kStrands * kCalls; }));
  CHECK(overlaps == 0);
  for (const Session& session : sessions) {
    REQUIRE(session.calls.size() == kCalls);
    for (int call = 0; call < kCalls; ++call) CHECK(session.calls[static_cast<std::size_t>(call)] == call);
  }
  for (Session& session : sessions) host->pool.Leave(session.strand);
  CHECK(host->CloseAndWait());
  CHECK(host->wrong_threads == 0);
}

TEST_CASE("lanes: what came of a call is told before the next one of its strand runs, wherever that is") {
  constexpr std::size_t kStrands = 4;
  constexpr int kCalls = 40;
  // Told slowly, as by a thread that has lost its processor.
  struct Session {
    Strand strand;
    std::atomic<int> told = 0;
  };
  class SlowlyTold : public Job {
   public:
    SlowlyTold(TestHost& host, Session& session, int number, std::atomic<int>& early)
        : host_(host), session_(session), number_(number), early_(early) {}
    void Run(LaneContext&) override {
      if (session_.told != number_) ++early_;
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    void Done() override {
      std::this_thread::sleep_for(milliseconds(1));
      ++session_.told;
      ++host_.done;
      delete this;
    }

   private:
    TestHost& host_;
    Session& session_;
    const int number_;
    std::atomic<int>& early_;
  };
  // Every call is slow: the strands spread.
  const auto host = TestHost::Start({.max_lanes = 4, .slow_call = std::chrono::microseconds(0)});
  std::deque<Session> sessions(kStrands);
  std::atomic<int> early = 0;
  for (int call = 0; call < kCalls; ++call) {
    for (Session& session : sessions) {
      REQUIRE(host->pool.Submit(session.strand, new SlowlyTold(*host, session, call, early)));
    }
  }
  REQUIRE(Eventually([&] { return host->done == kCalls * static_cast<int>(kStrands); }));
  CHECK(early == 0);
  for (Session& session : sessions) host->pool.Leave(session.strand);
  CHECK(host->CloseAndWait());
}

TEST_CASE("lanes: quick calls share one lane") {
  // A machine that is busy with something else must not make quick calls look slow.
  const auto host = TestHost::Start({.slow_call = std::chrono::seconds(10), .grace = milliseconds(10'000)});
  std::deque<Strand> strands(1000);
  for (int round = 0; round < 5; ++round) {
    for (Strand& strand : strands) REQUIRE(host->Submit(strand, [] {}));
  }
  REQUIRE(Eventually([&] { return host->done == 5000; }));
  CHECK(host->pool.stats().lanes == 1);
  CHECK(host->pool.stats().pending == 0);
  for (Strand& strand : strands) host->pool.Leave(strand);
  CHECK(host->CloseAndWait());
}

TEST_CASE("lanes: strands with slow calls spread, and run at the same time") {
  constexpr std::size_t kStrands = 16;
  const auto host = TestHost::Start({.grace = milliseconds(10'000)});
  std::deque<Strand> strands(kStrands);
  for (int round = 0; round < 7; ++round) {
    for (Strand& strand : strands) {
      REQUIRE(host->Submit(strand, [] { std::this_thread::sleep_for(milliseconds(5)); }));
    }
  }
  // None of these goes on before all have come.
  std::atomic<std::size_t> together = 0;
  std::atomic<std::size_t> met = 0;
  for (Strand& strand : strands) {
    REQUIRE(host->Submit(strand, [&] {
      ++together;
      if (Eventually([&] { return together == kStrands; }, milliseconds(9'000))) ++met;
    }));
  }
  REQUIRE(Eventually([&] { return host->done == 8 * static_cast<int>(kStrands); }));
  CHECK(host->pool.stats().lanes == kStrands);
  CHECK(met == kStrands);
  for (Strand& strand : strands) host->pool.Leave(strand);
  CHECK(host->CloseAndWait());
}

TEST_CASE("lanes: past the cap strands share the lanes evenly, as long as no call is stuck") {
  constexpr std::size_t kLanes = 4;
  constexpr std::size_t kStrands = 40;
  const auto host = TestHost::Start({.max_lanes = kLanes, .grace = milliseconds(10'000)});
  std::deque<Strand> strands(kStrands);
  std::mutex mutex;
  std::vector<std::thread::id> threads(kStrands);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t index = 0; index < kStrands; ++index) {
      REQUIRE(host->Submit(strands[index], [&, index] {
        std::this_thread::sleep_for(milliseconds(1));
        const std::lock_guard lock(mutex);
        threads[index] = std::this_thread::get_id();
      }));
    }
  }
  REQUIRE(Eventually([&] { return host->done == 10 * static_cast<int>(kStrands); }));
  CHECK(host->pool.stats().lanes == kLanes);
  const std::multiset<std::thread::id> last(threads.begin(), threads.end());
  for (const std::thread::id thread : std::set<std::thread::id>(threads.begin(), threads.end())) {
    CHECK(last.count(thread) >= kStrands / kLanes - 1);
    CHECK(last.count(thread) <= kStrands / kLanes + 1);
  }
  for (Strand& strand : strands) host->pool.Leave(strand);
  CHECK(host->CloseAndWait());
}

TEST_CASE("lanes: a stuck call holds up nobody whose progress would free it") {
  for (const std::size_t max_lanes : {std::size_t{1}, std::size_t{3}, std::size_t{64}}) {
    CAPTURE(max_lanes);
    constexpr std::size_t kDepth = 6;
    const auto host = TestHost::Start({.max_lanes = max_lanes, .grace = milliseconds(5)});
    std::deque<Strand> strands(kDepth + 1);
    std::deque<Event> events(kDepth + 1);
    std::atomic<int> freed = 0;
    // Each waits for the next; the last waits for none.
    for (std::size_t index = 0; index <= kDepth; ++index) {
      REQUIRE(host->Submit(strands[index], [&, index] {
        if (index < kDepth && events[index + 1].Wait()) ++freed;
        events[index].Set();
      }));
    }
    CHECK(events[0].Wait());
    CHECK(freed == static_cast<int>(kDepth));
    REQUIRE(Eventually([&] { return host->done == static_cast<int>(kDepth) + 1; }));
    for (Strand& strand : strands) host->pool.Leave(strand);
    CHECK(host->CloseAndWait());
    CHECK(host->wrong_threads == 0);
  }
}

TEST_CASE("lanes: a call that comes when the lane is stuck already goes elsewhere") {
  const auto host = TestHost::Start({.max_lanes = 1, .grace = milliseconds(5)});
  Strand stuck;
  Strand other;
  Event release;
  Event first;
  REQUIRE(host->Submit(stuck, [&] { CHECK(release.Wait()); }));
  std::this_thread::sleep_for(milliseconds(50));
  REQUIRE(host->Submit(other, [&] { first.Set(); }));
  CHECK(first.Wait());
  // On a busy machine the lane that helps may be late itself, and have help.
  const std::size_t lanes = host->pool.stats().lanes;
  CHECK(lanes >= 2);
  // From now on it lives there: its next calls need no rescue.
  for (int call = 0; call < 100; ++call) {
    Event done;
    REQUIRE(host->Submit(other, [&] { done.Set(); }));
    CHECK(done.Wait());
  }
  CHECK(host->pool.stats().lanes == lanes);
  release.Set();
  REQUIRE(Eventually([&] { return host->done == 102; }));
  host->pool.Leave(stuck);
  host->pool.Leave(other);
  CHECK(host->CloseAndWait());
}

TEST_CASE("lanes: a lane that is stuck in its start holds up nobody either") {
  Event release;
  std::atomic<int> lanes = 0;
  const auto host = std::make_shared<TestHost>(LanePool::Settings{.max_lanes = 1, .grace = milliseconds(5)});
  host->on_enter = [&] {
    if (++lanes == 1) CHECK(release.Wait());
  };
  REQUIRE(host->pool.Start(host));
  Strand strand;
  Event done;
  REQUIRE(host->Submit(strand, [&] { done.Set(); }));
  CHECK(done.Wait());
  release.Set();
  host->pool.Leave(strand);
  CHECK(host->CloseAndWait());
  // On a busy machine the one that helps may be late itself, and have help.
  CHECK(lanes >= 2);
}

TEST_CASE("lanes: idle lanes without strands retire, the first one stays") {
  const auto host = TestHost::Start({.grace = milliseconds(5), .idle = milliseconds(30)});
  std::deque<Strand> strands(4);
  std::atomic<int> together = 0;
  for (Strand& strand : strands) {
    REQUIRE(host->Submit(strand, [&] {
      ++together;
      CHECK(Eventually([&] { return together == 4; }));
    }));
  }
  REQUIRE(Eventually([&] { return host->done == 4; }));
  // Where they started late, another lane came to help: it has no strand.
  CHECK(Eventually([&] { return host->pool.stats().lanes == 4; }));
  // They live on their lanes, idle or not.
  std::this_thread::sleep_for(milliseconds(120));
  CHECK(host->pool.stats().lanes == 4);
  for (Strand& strand : strands) host->pool.Leave(strand);
  CHECK(Eventually([&] { return host->pool.stats().lanes == 1; }));
  std::this_thread::sleep_for(milliseconds(100));
  CHECK(host->pool.stats().lanes == 1);
  // A strand that left can come again.
  Event again;
  REQUIRE(host->Submit(strands[2], [&] { again.Set(); }));
  CHECK(again.Wait());
  host->pool.Leave(strands[2]);
  CHECK(host->CloseAndWait());
  CHECK(host->entered == host->left);
}

TEST_CASE("lanes: a lane that cannot make calls fails its jobs and retires; later calls get another") {
  const auto host =
      std::make_shared<TestHost>(LanePool::Settings{.grace = milliseconds(5), .idle = milliseconds(20)});
  host->unusable_from = 1;
  REQUIRE(host->pool.Start(host));
  Strand stuck;
  Strand moved;
  Event release;
  std::atomic<int> unusable = 0;
  REQUIRE(host->Submit(stuck, [&] { CHECK(release.Wait()); }));
  REQUIRE(host->Submit(moved, [&](LaneContext& lane) { unusable += lane.usable() ? 0 : 1; }));
  CHECK(Eventually([&] { return host->done == 1; }));
  CHECK(unusable == 1);
  host->unusable_from = 0;
  Event again;
  std::atomic<bool> usable = false;
  REQUIRE(host->Submit(moved, [&](LaneContext& lane) {
    usable = lane.usable();
    again.Set();
  }));
  CHECK(again.Wait());
  CHECK(usable);
  release.Set();
  CHECK(Eventually([&] { return host->left >= 1; }));
  REQUIRE(Eventually([&] { return host->done == 3; }));
  host->pool.Leave(stuck);
  host->pool.Leave(moved);
  CHECK(host->CloseAndWait());
}

TEST_CASE("lanes: close runs what was submitted, then takes no more") {
  const auto host = TestHost::Start();
  std::deque<Strand> strands(20);
  for (Strand& strand : strands) {
    for (int call = 0; call < 5; ++call) {
      REQUIRE(host->Submit(strand, [] { std::this_thread::sleep_for(milliseconds(1)); }));
    }
  }
  host->pool.Close();
  host->pool.Close();
  CHECK_FALSE(host->Submit(strands[0], [] {}));
  CHECK(host->closed.Wait());
  CHECK(host->done == 100);
  CHECK(host->entered == host->left);
  CHECK(host->pool.stats().lanes == 0);
  for (Strand& strand : strands) host->pool.Leave(strand);
}

TEST_CASE("lanes: the host lives as long as a lane, and no longer") {
  std::weak_ptr<TestHost> watched;
  Event release;
  Event running;
  Strand strand;
  {
    const auto host = TestHost::Start();
    watched = host;
    REQUIRE(host->Submit(strand, [&] {
      running.Set();
      CHECK(release.Wait());
    }));
    CHECK(running.Wait());
    host->pool.Leave(strand);
    host->pool.Close();
  }
  CHECK_FALSE(watched.expired());
  release.Set();
  CHECK(Eventually([&] { return watched.expired(); }));
}

TEST_CASE("lanes: many threads may submit, leave and close at once") {
  for (int round = 0; round < 5; ++round) {
    const auto host = TestHost::Start({.max_lanes = 3, .grace = milliseconds(1), .idle = milliseconds(1)});
    std::atomic<int> accepted = 0;
    std::vector<std::thread> threads;
    for (int index = 0; index < 4; ++index) {
      threads.emplace_back([&] {
        std::deque<Strand> strands(10);
        for (int call = 0; call < 400; ++call) {
          Strand& strand = strands[static_cast<std::size_t>(call) % strands.size()];
          const bool leaves = call % 37 == 0;
          const bool taken = host->Submit(strand, [&host, &strand, leaves, call] {
            if (leaves) host->pool.Leave(strand);
            if (call % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds(1500));
          });
          if (taken) ++accepted;
        }
        const int before = accepted;
        CHECK(Eventually([&] { return host->done >= before || host->done == accepted; }));
        CHECK(Eventually([&] { return host->pool.stats().pending == 0; }));
        for (Strand& strand : strands) host->pool.Leave(strand);
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(host->CloseAndWait());
    CHECK(host->done == accepted);
    CHECK(host->wrong_threads == 0);
  }
}
