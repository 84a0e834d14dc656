// The threads of an opened run-time or method DLL.
#include "native/threads/lane_owner.h"

#include <new>
#include <utility>

#include "native/abi/win32.h"

namespace eaphost::threads {

LaneOwner::LaneOwner(std::shared_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {}

LaneOwner::~LaneOwner() = default;

void LaneOwner::Close() {
  {
    const std::lock_guard lock(mutex_);
    if (is_closing_.exchange(true)) return;
  }
  EndSessions();
  configuration_.Close();
  interface_.Close();
  CloseLanes();
}

void LaneOwner::Abandon() {
  is_abandoned_.store(true, std::memory_order_relaxed);
  Close();
}

abi::DWORD LaneOwner::Submit(Part part, Job* job) {
  Apartment& apartment = part == Part::kInterface ? interface_ : configuration_;
  const std::lock_guard lock(mutex_);
  if (is_closing_) return abi::kErrorInvalidState;
  if (!apartment.is_started()) {
    ++parts_;
    if (!apartment.Start(std::static_pointer_cast<ApartmentHost>(shared_from_this()))) {
      --parts_;
      return abi::kErrorMaxThreadsReached;
    }
  }
  try {
    return apartment.Submit(job) ? abi::kNoError : abi::kErrorInvalidState;
  } catch (const std::bad_alloc&) {
    return abi::kErrorNotEnoughMemory;
  }
}

void LaneOwner::PartClosed() {
  if (--parts_ == 0) LastPartClosed();
}

}  // namespace eaphost::threads
