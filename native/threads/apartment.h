// A thread of its own for calls that want to be alone: on Windows a single-threaded apartment that pumps
// messages while it waits, elsewhere a plain thread. It starts with its first job, runs one at a time, in
// order, and ends when it is closed. Any thread may call; jobs run on the apartment's.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include "native/threads/lanes.h"

namespace eaphost::threads {

// What an apartment's thread waits on.
class ApartmentWait {
 public:
  ApartmentWait();
  ~ApartmentWait();
  ApartmentWait(const ApartmentWait&) = delete;
  ApartmentWait& operator=(const ApartmentWait&) = delete;

  // Any thread. A Wake that comes before Wait is not lost.
  void Wake();
  // On the apartment's thread. Returns after a Wake. Pumps window messages while waiting.
  void Wait();

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

// The COM apartment of the calling thread, from its entry on. 0, or why it cannot be had.
std::uint32_t EnterSingleThreadedApartment();
std::uint32_t EnterMultiThreadedApartment();
// Once for each success.
void LeaveApartment();

// Owns apartments. Their threads keep it alive.
class ApartmentHost {
 public:
  virtual ~ApartmentHost() = default;
  // For a new apartment, as for a lane. It goes last.
  virtual std::unique_ptr<LaneContext> MakeApartmentContext() = 0;
  // On the apartment's thread, when its context is gone.
  virtual void ApartmentClosed() = 0;
};

class Apartment {
 public:
  Apartment() = default;
  Apartment(const Apartment&) = delete;
  Apartment& operator=(const Apartment&) = delete;

  // Starts the thread. False when the system gives none, or no memory. Before the first Submit; once it
  // succeeded it does nothing.
  bool Start(const std::shared_ptr<ApartmentHost>& host);
  bool is_started() const { return is_started_; }

  // False after Close: then the job is still the caller's.
  bool Submit(Job* job);

  // Takes no more jobs, runs those that it has, ends the thread. Idempotent.
  void Close();

  std::size_t pending() const { return pending_.load(std::memory_order_relaxed); }

 private:
  void Run(ApartmentHost& host);
  bool Take(Job*& job);

  ApartmentWait wait_;
  std::unique_ptr<LaneContext> context_;
  std::atomic<bool> is_started_ = false;
  std::atomic<std::size_t> pending_ = 0;
  std::mutex mutex_;  // guards the next two
  std::deque<Job*> jobs_;
  bool is_closing_ = false;
};

}  // namespace eaphost::threads
