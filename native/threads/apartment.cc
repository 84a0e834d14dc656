#include "native/threads/apartment.h"

#include <new>

#include "native/threads/thread.h"

namespace eaphost::threads {

bool Apartment::Start(const std::shared_ptr<ApartmentHost>& host) {
  if (is_started_.exchange(true)) return true;
  try {
    context_ = host->MakeApartmentContext();
    // The host holds this apartment; its last owner may be the thread itself.
    is_started_ = StartThread([this, host] { Run(*host); });
  } catch (const std::bad_alloc&) {
    is_started_ = false;
  }
  if (!is_started_) context_.reset();
  return is_started_;
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
  context_->Enter();
  for (Job* job = nullptr; Take(job);) {
    if (job == nullptr) {
      wait_.Wait();
      continue;
    }
    job->Run(*context_);
    --pending_;
    job->Done();
  }
  context_.reset();
  host.ApartmentClosed();
}

}  // namespace eaphost::threads
