// Lanes: where strands are placed, when they move, and the threads that run them; and the way back, a list
// that any thread may push to without a lock.
#include "native/threads/lanes.h"

#include <algorithm>
#include <new>
#include <utility>

#include "native/threads/thread.h"

namespace eaphost::threads {

namespace {

// So many slow calls in a row make a lane slow: one alone may just have lost its processor for a while.
constexpr unsigned kSlowCalls = 3;

// How often the watch looks before a call is stuck.
constexpr unsigned kGraceTurns = 4;

}  // namespace

struct Lane {
  enum class State { kFree, kServing, kLeaving };

  State state = State::kFree;
  bool is_first = false;  // stays until the pool closes
  bool is_usable = true;  // as its context says
  bool in_call = false;   // inside Enter or Run, since `call_started`
  bool is_stuck = false;  // in a call that others have waited for too long
  unsigned slow_calls = 0;
  std::size_t strands = 0;  // that live here
  std::unique_ptr<LaneContext> context;
  std::chrono::steady_clock::time_point call_started;
  std::uint64_t calls = 0;         // begun
  std::uint64_t watched_call = 0;  // which of them the watch has seen, and how often
  unsigned watch_turns = 0;
  Strand* ready_first = nullptr;
  Strand* ready_last = nullptr;
  const Bell::Owned bell = Bell::Take();

  bool has_ready() const { return ready_first != nullptr; }
  bool is_busy() const { return in_call || has_ready(); }
  bool is_slow() const { return slow_calls >= kSlowCalls; }
  bool is_open() const { return state == State::kServing && is_usable && !is_stuck; }

  void AddReady(Strand& strand) {
    strand.next_ready_ = nullptr;
    (has_ready() ? ready_last->next_ready_ : ready_first) = &strand;
    ready_last = &strand;
  }

  Strand* TakeReady() {
    Strand* const strand = ready_first;
    if (strand != nullptr) ready_first = strand->next_ready_;
    return strand;
  }
};

LanePool::LanePool(const Settings& settings) : settings_(settings) {}

LanePool::~LanePool() = default;

bool LanePool::Start(const std::shared_ptr<LaneHost>& host) {
  const Lock lock = Acquire();
  host_ = host;
  Lane* const lane = StartLane();
  if (lane != nullptr) lane->is_first = true;
  return lane != nullptr;
}

bool LanePool::Submit(Strand& strand, Job* job) {
  Lock lock = Acquire();
  if (is_closing_) return false;
  job->next_job_ = nullptr;
  (strand.first_ != nullptr ? strand.last_->next_job_ : strand.first_) = job;
  strand.last_ = job;
  ++pending_;
  Bell* const bell = strand.is_scheduled_ ? nullptr : Schedule(strand);
  lock.unlock();
  if (bell != nullptr) bell->Ring();
  return true;
}

void LanePool::Leave(Strand& strand) {
  const Lock lock = Acquire();
  MoveTo(strand, nullptr);
}

void LanePool::Close() {
  const Lock lock = Acquire();
  is_closing_ = true;
  if (IsFinished()) WakeAll();
}

LanePool::Stats LanePool::stats() const {
  const Lock lock = Acquire();
  return {.lanes = live_lanes_, .pending = pending_};
}

LanePool::Lock LanePool::Acquire() const {
  Lock lock(mutex_, std::defer_lock);
  LockSoon(lock);
  return lock;
}

void LanePool::WakeAll() {
  for (const auto& lane : lanes_) {
    if (lane->bell->Wake()) lane->bell->Ring();
  }
}

// --- Where strands go. All under the lock.

Bell* LanePool::Schedule(Strand& strand) {
  Lane* const home = strand.home_;
  strand.is_scheduled_ = true;
  if (home == nullptr || !home->is_open()) {
    MoveTo(strand, Place());
  } else if (home->is_slow() && home->is_busy()) {
    if (Lane* const lane = Emptier(home)) MoveTo(strand, lane);
  }
  return Enqueue(strand);
}

// The lane's bell, if it is to be rung.
Bell* LanePool::Enqueue(Strand& strand) {
  Lane& lane = *strand.home_;
  lane.AddReady(strand);
  if (lane.in_call) StartWatch();
  return lane.bell->Wake() ? lane.bell.get() : nullptr;
}

void LanePool::EnqueueAndWake(Strand& strand) {
  if (Bell* const bell = Enqueue(strand)) bell->Ring();
}

void LanePool::MoveTo(Strand& strand, Lane* lane) {
  if (strand.home_ != nullptr) --strand.home_->strands;
  strand.home_ = lane;
  if (lane != nullptr) ++lane->strands;
}

// For a strand without a home: the first lane where it need not wait for slow calls.
Lane* LanePool::Place() {
  Lane* fewest = nullptr;
  for (const auto& lane : lanes_) {
    if (!lane->is_open()) continue;
    if (!lane->is_slow() || !lane->is_busy()) return lane.get();
    if (fewest == nullptr || lane->strands < fewest->strands) fewest = lane.get();
  }
  if (fewest == nullptr || live_lanes_ < settings_.max_lanes) {
    if (Lane* const lane = StartLane()) return lane;
  }
  return fewest != nullptr ? fewest : lanes_.front().get();
}

// A lane that a strand of a slow one is better off on; moves end when all have their even share.
Lane* LanePool::Emptier(const Lane* than) {
  Lane* fewest = nullptr;
  for (const auto& lane : lanes_) {
    if (lane->is_open() && (fewest == nullptr || lane->strands < fewest->strands)) fewest = lane.get();
  }
  if (than->strands == 1) return nullptr;
  const bool is_empty = fewest != nullptr && fewest->strands == 0;
  if (!is_empty && live_lanes_ < settings_.max_lanes) {
    if (Lane* const lane = StartLane()) return lane;
  }
  return fewest != nullptr && fewest->strands + 1 < than->strands ? fewest : nullptr;
}

// When a lane turns out slow: what waits there takes its share of the other lanes. What has it stays as it
// is, for there may be very much of it, and a lane may turn slow again and again.
void LanePool::Spread(Lane& lane) {
  while (lane.has_ready()) {
    Lane* const emptier = Emptier(&lane);
    if (emptier == nullptr) return;
    Strand& strand = *lane.TakeReady();
    MoveTo(strand, emptier);
    EnqueueAndWake(strand);
  }
}

Lane* LanePool::IdleLane() {
  const auto idle = std::find_if(lanes_.begin(), lanes_.end(),
                                 [](const auto& lane) { return lane->is_open() && !lane->is_busy(); });
  return idle == lanes_.end() ? nullptr : idle->get();
}

Lane* LanePool::StartLane() {
  std::shared_ptr<LaneHost> host = host_.lock();
  if (host == nullptr) return nullptr;
  auto place = std::find_if(lanes_.begin(), lanes_.end(),
                            [](const auto& lane) { return lane->state == Lane::State::kFree; });
  try {
    if (place == lanes_.end()) place = lanes_.insert(place, std::make_unique<Lane>());
    (*place)->context = host->MakeContext();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
  Lane& lane = **place;
  if (!StartThread([this, &lane, host] { RunLane(lane, *host); })) {
    lane.context.reset();
    return nullptr;
  }
  lane.state = Lane::State::kServing;
  lane.is_usable = true;
  lane.in_call = true;
  ++lane.calls;
  ++live_lanes_;
  return &lane;
}

// --- The lanes' threads.

void LanePool::RunLane(Lane& lane, LaneHost& host) {
  LaneContext& context = *lane.context;
  context.Enter();
  Job* done = nullptr;
  Lock lock = Acquire();
  lane.is_usable = context.usable();
  lane.in_call = false;
  lane.is_stuck = false;
  lane.slow_calls = 0;
  Clock::time_point now = Clock::now();
  for (;;) {
    if (!lane.has_ready()) {
      if (done != nullptr) {
        lock.unlock();
        std::exchange(done, nullptr)->Done();
        lock = Acquire();
        continue;
      }
      if (!AwaitWork(lane, lock)) break;
      now = Clock::now();
      continue;
    }
    Strand& strand = *lane.TakeReady();
    Job* const job = strand.first_;
    lane.in_call = true;
    lane.call_started = now;
    ++lane.calls;
    if (lane.has_ready()) StartWatch();
    lock.unlock();
    // The job before this one is handed back only now: that saves a turn of the lock for each.
    if (done != nullptr) done->Done();
    done = job;
    job->Run(context);
    now = Clock::now();
    lock = Acquire();
    lane.in_call = false;
    lane.is_stuck = false;
    const bool was_slow = lane.is_slow();
    lane.slow_calls =
        now - lane.call_started > settings_.slow_call ? std::min(lane.slow_calls + 1, kSlowCalls) : 0;
    strand.first_ = job->next_job_;
    if (strand.first_ != nullptr) {
      // Another lane may run the strand's next job: what came of this one is told before.
      lock.unlock();
      std::exchange(done, nullptr)->Done();
      lock = Acquire();
    }
    strand.is_scheduled_ = false;
    if (strand.first_ != nullptr) {
      if (Bell* const bell = Schedule(strand)) bell->Ring();
    }
    if (lane.is_slow() && !was_slow) Spread(lane);
    --pending_;
    if (IsFinished()) WakeAll();
  }
  lane.state = Lane::State::kLeaving;
  lock.unlock();
  lane.context.reset();
  lock = Acquire();
  lane.state = Lane::State::kFree;
  const bool is_last = --live_lanes_ == 0;
  if (is_last) watch_wake_.notify_one();
  lock.unlock();
  if (is_last) host.Closed();
}

// False when the lane is to leave.
bool LanePool::AwaitWork(Lane& lane, Lock& lock) {
  if (IsFinished()) return false;
  const bool is_of_use = lane.is_usable || lane.is_first || lane.strands > 0;
  const auto patience = is_of_use ? settings_.idle : std::chrono::milliseconds(0);
  while (!lane.bell->Sleep(lock, settings_.spin, Clock::now() + patience)) {
    if (!lane.is_first && lane.strands == 0) return false;
  }
  return true;
}

// --- The watch: a thread that looks, while strands wait behind a call, whether the call is stuck. All under
// the lock.

void LanePool::StartWatch() {
  if (is_watching_) return;
  if (has_watch_) {
    is_watching_ = true;
    watch_wake_.notify_one();
    return;
  }
  std::shared_ptr<LaneHost> host = host_.lock();
  if (host == nullptr) return;
  is_watching_ = has_watch_ = StartThread([this, host] { RunWatch(); });
}

void LanePool::RunWatch() {
  Lock lock = Acquire();
  while (live_lanes_ > 0) {
    if (is_watching_) {
      watch_wake_.wait_for(lock, settings_.grace / kGraceTurns);
      is_watching_ = RelieveStuckLanes();
    } else {
      watch_wake_.wait(lock);
    }
  }
}

// Whether another call still waits behind this one. A call's age is counted in turns of this watch, not
// read off a clock: when the whole process has slept for a while, nothing in it is stuck.
bool LanePool::RelieveStuckLanes() {
  const auto move_first = [this](Lane& from, Lane* to) {
    Strand& strand = *from.TakeReady();
    MoveTo(strand, to);
    EnqueueAndWake(strand);
  };
  // Twice as many lanes in each turn, in case the stuck call is back before they are needed.
  std::size_t new_lanes = live_lanes_;
  bool anyone_waits = false;
  for (std::size_t index = 0; index < lanes_.size(); ++index) {
    Lane& lane = *lanes_[index];
    if (!lane.in_call) continue;
    if (lane.has_ready()) anyone_waits = true;
    if (std::exchange(lane.watched_call, lane.calls) != lane.calls) lane.watch_turns = 0;
    if (++lane.watch_turns <= kGraceTurns || !lane.has_ready()) continue;
    lane.is_stuck = true;
    // Under the cap a lane for each, so that they do not wait for each other either; past it one for them
    // all.
    while (lane.has_ready()) {
      Lane* to = IdleLane();
      if (to == nullptr && live_lanes_ < settings_.max_lanes && new_lanes > 0) {
        to = StartLane();
        --new_lanes;
      }
      if (to == nullptr) break;
      move_first(lane, to);
    }
    if (!lane.has_ready() || live_lanes_ < settings_.max_lanes) continue;
    if (Lane* const to = StartLane()) {
      while (lane.has_ready()) move_first(lane, to);
    }
  }
  return anyone_waits;
}

// --- The outbox.

void Outbox::Post(Message* message) {
  Message* head = head_.load(std::memory_order_relaxed);
  do {
    if (head == &closed_) {
      delete message;
      return;
    }
    message->next_ = head == &watched_ ? nullptr : head;
  } while (!head_.compare_exchange_weak(head, message, std::memory_order_release, std::memory_order_relaxed));
  if (head != nullptr) return;
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
}

void Outbox::Close() {
  Message* message = nullptr;
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    message = head_.exchange(&closed_, std::memory_order_acquire);
  }
  if (message == &closed_) return;
  while (message != nullptr) delete std::exchange(message, message->next_);
}

bool Outbox::Watch(std::chrono::steady_clock::duration patience) {
  using Clock = std::chrono::steady_clock;
  Message* head = nullptr;
  if (!head_.compare_exchange_strong(head, &watched_, std::memory_order_relaxed)) return head != &closed_;
  const Clock::time_point end = Clock::now() + patience;
  do {
    for (int turn = 0; turn < 16; ++turn) {
      if (head_.load(std::memory_order_relaxed) != &watched_) return true;
      Relax();
    }
  } while (Clock::now() < end);
  head = &watched_;
  return !head_.compare_exchange_strong(head, nullptr, std::memory_order_relaxed);
}

Message* Outbox::TakeList() {
  // Only this thread closes, so what is open now is open for the exchange.
  if (head_.load(std::memory_order_relaxed) == &closed_) return nullptr;
  Message* last = head_.exchange(nullptr, std::memory_order_acquire);
  Message* first = nullptr;
  while (last != nullptr) {
    Message* const next = last->next_;
    last->next_ = first;
    first = std::exchange(last, next);
  }
  return first;
}

}  // namespace eaphost::threads
