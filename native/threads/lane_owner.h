// The threads of an opened run-time or method DLL: the lanes and apartments that its calls run on, the
// outbox that they are delivered to, and the shutdown. Any thread, except where it says otherwise.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "native/abi/base.h"
#include "native/threads/apartment.h"
#include "native/threads/lanes.h"

namespace eaphost::threads {

class LaneOwner : public LaneHost, public ApartmentHost, public std::enable_shared_from_this<LaneOwner> {
 public:
  LaneOwner(std::size_t max_lanes, std::shared_ptr<Outbox> outbox);
  ~LaneOwner() override;

  // Starts the first lane; once. False when the system gives no thread.
  bool Open() { return lanes_.Start(shared_from_this()); }

  // Ends what is open, retires the lanes. Idempotent. Any thread.
  void Close();
  // The same for an environment that is gone: calls that wait are not made any more.
  void Abandon();
  bool is_abandoned() const { return is_abandoned_.load(std::memory_order_relaxed); }
  bool is_closing() const { return is_closing_.load(std::memory_order_relaxed); }

  // The threads beside the lanes: one for quick calls that want a single-threaded apartment, one for dialogs,
  // which may stay open.
  enum class Part { kConfiguration, kInterface };
  // ERROR_INVALID_STATE after Close, ERROR_MAX_THRDS_REACHED if the system gives no thread,
  // ERROR_NOT_ENOUGH_MEMORY: then the job is still the caller's. 0 otherwise.
  abi::DWORD Submit(Part part, Job* job);
  // Calls under way or queued, on lanes and apartments.
  std::size_t pending() const;

  LanePool& lanes() { return lanes_; }
  Outbox& outbox() { return *outbox_; }

 protected:
  // Once, when no session can be kept open any more: ends those that are. On any thread.
  virtual void EndSessions() = 0;
  // Once, on the thread that was the last to make calls.
  virtual void LastPartClosed() = 0;

  std::mutex& mutex() { return mutex_; }

 private:
  void Closed() override { PartClosed(); }
  void ApartmentClosed() override { PartClosed(); }
  void PartClosed();

  const std::shared_ptr<Outbox> outbox_;
  std::atomic<bool> is_abandoned_ = false;
  std::atomic<int> parts_ = 1;  // the lanes, and each apartment that was started

  std::mutex mutex_;  // guards the writing of the next, the start of apartments, and what is derived's
  std::atomic<bool> is_closing_ = false;

  Apartment configuration_;
  Apartment interface_;
  LanePool lanes_;
};

}  // namespace eaphost::threads
