// The threads of an opened run-time or method DLL: the lanes, its own or shared, and the apartments that its
// calls run on, the outbox that they are delivered to, and the shutdown. Any thread, except where it says
// otherwise.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "native/abi/base.h"
#include "native/threads/apartment.h"
#include "native/threads/lanes.h"

namespace eaphost::threads {

class LaneOwner : public ApartmentHost, public std::enable_shared_from_this<LaneOwner> {
 public:
  explicit LaneOwner(std::shared_ptr<Outbox> outbox);
  ~LaneOwner() override;

  // Ends what is open, retires the lanes. Idempotent. Any thread.
  void Close();
  // The same for an environment that is gone: calls that wait are not made any more.
  void Abandon();
  bool is_abandoned() const { return is_abandoned_.load(std::memory_order_relaxed); }
  bool is_closing() const { return is_closing_.load(std::memory_order_relaxed); }

  // On a lane. False after Close: then the job is still the caller's.
  virtual bool Submit(Strand& strand, Job* job) = 0;
  // Before a strand ends.
  virtual void Leave(Strand& strand) = 0;

  // The threads beside the lanes: one for quick calls that want a single-threaded apartment, one for dialogs,
  // which may stay open.
  enum class Part { kConfiguration, kInterface };
  // ERROR_INVALID_STATE after Close, ERROR_MAX_THRDS_REACHED if the system gives no thread,
  // ERROR_NOT_ENOUGH_MEMORY: then the job is still the caller's. 0 otherwise.
  virtual abi::DWORD Submit(Part part, Job* job);

  Outbox& outbox() { return *outbox_; }

 protected:
  // Once, when no session can be kept open any more: ends those that are. On any thread.
  virtual void EndSessions() = 0;
  // Once, after that: takes no more jobs for the lanes; when those that there are have run, PartClosed.
  virtual void CloseLanes() = 0;
  // Once, on the thread that was the last to make calls.
  virtual void LastPartClosed() = 0;

  void PartClosed();
  std::size_t pending_on_apartments() const { return configuration_.pending() + interface_.pending(); }

  std::mutex& mutex() { return mutex_; }

 private:
  void ApartmentClosed() override { PartClosed(); }

  const std::shared_ptr<Outbox> outbox_;
  std::atomic<bool> is_abandoned_ = false;
  std::atomic<int> parts_ = 1;  // the lanes, and each apartment that was started

  std::mutex mutex_;  // guards the writing of the next, the start of apartments, and what is derived's
  std::atomic<bool> is_closing_ = false;

  Apartment configuration_;
  Apartment interface_;
};

}  // namespace eaphost::threads
