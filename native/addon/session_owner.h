// Shared by opened run-times and opened method DLLs: threads that can make calls or know why they cannot,
// and sessions that are ended when nobody else would. Any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>

#include "native/threads/lane_owner.h"
#include "native/values/plain.h"

namespace eaphost::addon {

using namespace threads;
using namespace values;

// The state of an owner's thread: it can make calls, or why it cannot.
class CallContext : public LaneContext {
 public:
  bool usable() const final { return !failure_; }
  const std::optional<Failure>& failure() const { return failure_; }

 protected:
  // In an apartment of COM's from now on, as long as this lives.
  enum class Apartment { kSingleThreaded, kMultiThreaded };
  void Join(Apartment apartment) {
    const abi::DWORD result = apartment == Apartment::kSingleThreaded ? EnterSingleThreadedApartment()
                                                                      : EnterMultiThreadedApartment();
    has_joined_ = result == abi::kNoError;
    if (!has_joined_) failure_ = MakeFailure("CoInitializeEx", result);
  }
  ~CallContext() override {
    if (has_joined_) LeaveApartment();
  }

  std::optional<Failure> failure_;

 private:
  bool has_joined_ = false;
};

// A session of an owner's. It is itself the job that ends it, so ending it needs no memory.
class OwnedSession : public Job {
 public:
  Strand strand;

 protected:
  void Done() override { const std::shared_ptr<OwnedSession> last = std::move(self_); }

 private:
  friend class SessionOwner;

  std::atomic<bool> is_ending_ = false;
  std::shared_ptr<OwnedSession> self_;  // while it ends
};

class SessionOwner : public LaneOwner {
 public:
  using LaneOwner::LaneOwner;
  using LaneOwner::Submit;

  // Ends a session that nobody waits for any more, if it has not ended.
  void EndLater(std::shared_ptr<OwnedSession> session) {
    OwnedSession& job = *session;
    if (job.is_ending_.exchange(true)) return;
    job.self_ = std::move(session);
    if (!Submit(job.strand, &job)) job.OwnedSession::Done();
  }

  std::size_t open_sessions() {
    const std::lock_guard lock(mutex());
    return open_sessions_.size();
  }

 protected:
  // In a job of the session's: `begin` begins it. Kept from before, so that Close ends it if it has begun.
  template <typename Begin>
  bool BeginKept(const std::shared_ptr<OwnedSession>& session, const char* call, Failure& failure,
                 Begin begin) {
    const bool is_kept = Keep(session);
    bool has_begun = false;
    try {
      has_begun = is_kept && begin();
    } catch (const std::bad_alloc&) {
      Forget(*session);
      throw;
    }
    if (has_begun && !is_closing()) return true;
    if (has_begun || !is_kept) {
      failure = MakeFailure(call, abi::kErrorCancelled);
    } else {
      Forget(*session);
    }
    return false;
  }
  // In a job of the session's, which has ended. When JavaScript forgets it nothing is left to do.
  void Forget(OwnedSession& session) {
    session.is_ending_ = true;
    Leave(session.strand);
    const std::lock_guard lock(mutex());
    open_sessions_.erase(&session);
  }

 private:
  // Not once the owner closes: then nobody would end it.
  bool Keep(const std::shared_ptr<OwnedSession>& session) {
    const std::lock_guard lock(mutex());
    if (!is_closing()) open_sessions_.emplace(session.get(), session);
    return !is_closing();
  }
  void EndSessions() final {
    decltype(open_sessions_) sessions;
    {
      const std::lock_guard lock(mutex());
      sessions.swap(open_sessions_);
    }
    for (const auto& [key, session] : sessions) EndLater(session);
  }

  std::unordered_map<OwnedSession*, std::shared_ptr<OwnedSession>> open_sessions_;  // under the mutex
};

}  // namespace eaphost::addon
