#include "native/threads/apartment.h"

#include "native/threads/thread.h"

namespace eaphost::threads {

bool Apartment::Start(const std::shared_ptr<ApartmentHost>& host) {
  if (is_started_.exchange(true)) return true;
  // The host holds this apartment; its last owner may be the thread itself.
  const bool started = StartThread([this, host] { Run(*host); });
  if (!started) is_started_ = false;
  return started;
}

bool Apartment::Submit(Job* job) {
  {
    const std::lock_guard lock(mutex_);
    if (is_closing_) return false;
    jobs_.push_back(job);
    ++pending_;
  }
  wait_.Wake();
  return true;
}

void Apartment::Close() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wait_.Wake();
}

// False when there is nothing left to do for good. `job` stays NULL while there is nothing to do yet.
bool Apartment::Take(Job*& job) {
  const std::lock_guard lock(mutex_);
  job = nullptr;
  if (jobs_.empty()) return !is_closing_;
  job = jobs_.front();
  jobs_.pop_front();
  return true;
}

void Apartment::Run(ApartmentHost& host) {
  std::unique_ptr<LaneContext> context = host.EnterApartment();
  for (Job* job = nullptr; Take(job);) {
    if (job == nullptr) {
      wait_.Wait();
      continue;
    }
    job->Run(*context);
    --pending_;
    job->Done();
  }
  context.reset();
  host.ApartmentClosed();
}

}  // namespace eaphost::threads
