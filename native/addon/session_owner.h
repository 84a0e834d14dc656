// Shared by opened run-times and opened method DLLs: threads that can make calls or know why they cannot,
// and sessions that are ended when nobody else would. Any thread.
#pragma once

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
  void Enter(Apartment apartment) {
    const abi::DWORD result = apartment == Apartment::kSingleThreaded ? EnterSingleThreadedApartment()
                                                                      : EnterMultiThreadedApartment();
    is_entered_ = result == abi::kNoError;
    if (!is_entered_) failure_ = MakeFailure("CoInitializeEx", result);
  }
  ~CallContext() override {
    if (is_entered_) LeaveApartment();
  }

  std::optional<Failure> failure_;

 private:
  bool is_entered_ = false;
};

// `Session` has a strand.
template <typename Session>
class SessionOwner : public LaneOwner {
 public:
  using LaneOwner::LaneOwner;

  // Ends a session that nobody waits for any more, if it has not ended.
  void EndLater(std::shared_ptr<Session> session) {
    Strand& strand = session->strand;
    // Without memory for that the session goes with its owner.
    std::unique_ptr<Job> job = NewEndJob(std::move(session));
    if (job != nullptr && lanes().Submit(strand, job.get())) static_cast<void>(job.release());
  }

  std::size_t open_sessions() {
    const std::lock_guard lock(mutex());
    return open_sessions_.size();
  }

 protected:
  // NULL where memory is short.
  virtual std::unique_ptr<Job> NewEndJob(std::shared_ptr<Session> session) = 0;

  // Whether the session is kept open. Not once the owner closes: then nobody would end it.
  bool Keep(const std::shared_ptr<Session>& session) {
    const std::lock_guard lock(mutex());
    if (!is_closing()) open_sessions_.emplace(session.get(), session);
    return !is_closing();
  }
  // In a job of the session's, which has ended.
  void Forget(Session& session) {
    lanes().Leave(session.strand);
    const std::lock_guard lock(mutex());
    open_sessions_.erase(&session);
  }

 private:
  void EndSessions() final {
    decltype(open_sessions_) sessions;
    {
      const std::lock_guard lock(mutex());
      sessions.swap(open_sessions_);
    }
    for (const auto& [key, session] : sessions) EndLater(session);
  }

  std::unordered_map<Session*, std::shared_ptr<Session>> open_sessions_;  // under the mutex
};

}  // namespace eaphost::addon
