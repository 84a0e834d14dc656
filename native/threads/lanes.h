// Lanes: threads of ours that make a run-time's calls, so that neither JavaScript's thread nor libuv's pool
// ever waits for one. Knows nothing of JavaScript or EAPHost. Any thread may call; jobs run on lanes.
//
// The calls of one session form a strand: they run in order, one at a time. A strand lives on one lane. Quick
// calls share a lane, since a switch of threads costs more than they do; where calls take their time, strands
// spread over lanes up to a soft cap, and then share them evenly. A strand moves for one more reason: it must
// not wait for a call that is stuck, because it may be the very one that the stuck call waits for (a tunnel
// method's inner session). For that lanes grow past the cap, too.
//
// What comes of calls goes back through an outbox.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "native/threads/bell.h"

namespace eaphost::threads {

class LanePool;
struct Lane;

// What a lane holds from its first call to its last. Made before its thread, which would have nobody to tell
// that there is no memory; entered and destroyed on it.
class LaneContext {
 public:
  virtual ~LaneContext() = default;
  // Once, before the first job.
  virtual void Enter() = 0;
  // False if the lane cannot make calls. Its jobs run all the same, to fail; then it retires.
  virtual bool usable() const = 0;
};

// One call. The pool owns it from Submit until Done.
class Job {
 public:
  virtual ~Job() = default;
  virtual void Run(LaneContext& lane) = 0;
  // On the lane, after Run, when the strand may go on. Takes the job back from the pool.
  virtual void Done() = 0;

 private:
  friend class LanePool;
  Job* next_job_ = nullptr;
};

// The calls of one session. Outlives its jobs; LanePool::Leave comes before its end.
class Strand {
 public:
  Strand() = default;
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;

 private:
  friend class LanePool;
  friend struct Lane;
  Job* first_ = nullptr;
  Job* last_ = nullptr;
  Strand* next_ready_ = nullptr;
  Lane* home_ = nullptr;
  bool is_scheduled_ = false;  // waits on a lane, or runs
};

// Owns the pool. Lanes keep it alive.
class LaneHost {
 public:
  virtual ~LaneHost() = default;
  // For a new lane. Destroyed without having been entered if there is no thread for it.
  virtual std::unique_ptr<LaneContext> MakeContext() = 0;
  // On the last lane, when its context is gone.
  virtual void Closed() = 0;
};

class LanePool {
 public:
  struct Settings {
    std::size_t max_lanes = 64;
    std::chrono::microseconds slow_call{20};  // a call that takes longer is worth a switch of threads
    std::chrono::microseconds grace{20'000};  // a call that takes longer must not hold up other strands
    std::chrono::milliseconds idle{10'000};   // then a lane without strands retires; the first one stays
    std::chrono::microseconds spin{30};       // how long a lane watches for the next job before it sleeps
  };
  struct Stats {
    std::size_t lanes;
    std::size_t pending;
  };

  explicit LanePool(const Settings& settings);
  ~LanePool();
  LanePool(const LanePool&) = delete;
  LanePool& operator=(const LanePool&) = delete;

  // Starts the first lane; once, before everything else. False when the system gives no thread.
  bool Start(const std::shared_ptr<LaneHost>& host);

  // False after Close: then the job is still the caller's.
  bool Submit(Strand& strand, Job* job);

  // The strand lives nowhere until its next call. From its own job, or when it has none. Idempotent.
  void Leave(Strand& strand);

  // Takes no more jobs, runs those that it has, retires the lanes. Idempotent.
  void Close();

  Stats stats() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  Lock Acquire() const;
  void RunLane(Lane& lane, LaneHost& host);
  bool AwaitWork(Lane& lane, Lock& lock);
  bool IsFinished() const { return is_closing_ && pending_ == 0; }
  void WakeAll();

  Bell* Schedule(Strand& strand);
  Bell* Enqueue(Strand& strand);
  void EnqueueAndWake(Strand& strand);
  void MoveTo(Strand& strand, Lane* lane);
  Lane* Place();
  Lane* Emptier(const Lane* than);
  Lane* IdleLane();
  Lane* StartLane();
  void Spread(Lane& lane);

  void StartWatch();
  void RunWatch();
  bool RelieveStuckLanes();

  const Settings settings_;
  std::weak_ptr<LaneHost> host_;

  mutable std::mutex mutex_;                  // guards everything below, and the fields of strands and lanes
  std::vector<std::unique_ptr<Lane>> lanes_;  // a retired lane's place is used again, never freed
  std::size_t live_lanes_ = 0;
  std::size_t pending_ = 0;
  bool is_closing_ = false;
  bool is_watching_ = false;
  bool has_watch_ = false;
  std::condition_variable watch_wake_;
};

// Posted once; owned by the outbox until taken.
class Message {
 public:
  virtual ~Message() = default;

 private:
  friend class Outbox;
  Message* next_ = nullptr;
};

// The messages of native threads for one JavaScript environment. Native threads hold nothing else of it:
// the environment may be gone by the time a call returns, and then posting a message destroys it.
class Outbox {
 public:
  // `wake` is called on the posting thread when the outbox was empty, and never after Close.
  explicit Outbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  ~Outbox() { Close(); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Any thread.
  void Post(Message* message);

  // Waits a moment, without sleeping and without being woken, for something to be posted. Whether there is
  // something. JavaScript's thread.
  bool Watch(std::chrono::steady_clock::duration patience);

  // Everything that was posted, in order: hands each to `take`, which owns it. JavaScript's thread.
  template <typename Take>
  void TakeAll(Take take) {
    Message* message = TakeList();
    while (message != nullptr) take(std::exchange(message, message->next_));
  }

  // Destroys what was posted and what will be. JavaScript's thread, or the last owner. Idempotent.
  void Close();

 private:
  Message* TakeList();

  // Markers in head_ in place of a message: empty and watched; closed for good.
  Message watched_;
  Message closed_;
  std::atomic<Message*> head_ = nullptr;  // the message posted last
  std::mutex mutex_;  // held while waking, so that Close does not return in the middle of it
  std::function<void()> wake_;
};

}  // namespace eaphost::threads
