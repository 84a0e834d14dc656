// The calls that JavaScript makes of a method DLL: begun on its thread, run on a lane or an apartment,
// delivered on its thread again. The template makes one out of what is to be done there and what JavaScript
// gets of it.
#pragma once

#include <memory>
#include <utility>

#include "native/addon/calls.h"
#include "native/addon/method_host.h"
#include "native/addon/method_trace.h"
#include "native/method/exports.h"

namespace eaphost::addon {

// A call whose native calls are recorded, where the method is traced, and told before the call itself ends.
class MethodCall : public Call {
 public:
  // `name`: the function that a failure names when no function was called. `session`: 0 for none.
  MethodCall(std::int32_t ticket, std::shared_ptr<MethodHost> host, std::uint32_t session, const char* name)
      : Call(ticket), host_(std::move(host)), name_(name) {
    trace_.session = session;
  }

  void Run(LaneContext& lane) override;
  void Deliver(Environment& environment) override;
  // Instead of Run and Done, where there is no thread to make it.
  void RefuseWith(abi::DWORD code) { FailWith(code); }

 protected:
  MethodHost& owner() const final { return *host_; }
  const char* name() const final { return name_; }

  const std::shared_ptr<MethodHost> host_;

 private:
  const char* const name_;
  MethodTrace trace_;
};

// Loads the DLL, GetInfo, Initialize. Resolves with a new method object; a failure closes the host.
class MethodOpen final : public MethodCall {
 public:
  MethodOpen(std::int32_t ticket, std::shared_ptr<MethodHost> host)
      : MethodCall(ticket, std::move(host), 0, "LoadLibrary") {}
  ~MethodOpen() override { host_->lanes().Leave(strand_); }

  Strand& strand() { return strand_; }

 protected:
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  Strand strand_;
};

// Ends a session, if it has not ended before.
class MethodEnd final : public MethodCall {
 public:
  MethodEnd(std::int32_t ticket, std::shared_ptr<MethodSession> session)
      : MethodCall(ticket, session->host, session->number, session->host->end_name()),
        session_(std::move(session)) {}

  // A closed method has ended its sessions.
  void Refuse() override { Succeed(); }

 protected:
  bool Make() override { return owner().End(*session_, failure_); }
  void Resolve(Environment& environment) override { environment.delivery().Resolve(ticket_); }

 private:
  const std::shared_ptr<MethodSession> session_;
};

// `Work` fills an Output on the thread of the call: bool(Output&, host::Failure&). `Settle` gives it to
// JavaScript: void(Environment&, std::int32_t ticket, Output&).
template <typename Output, typename Work, typename Settle>
class MethodWork final : public MethodCall {
 public:
  MethodWork(std::int32_t ticket, std::shared_ptr<MethodHost> host, std::uint32_t session, const char* name,
             Work work, Settle settle)
      : MethodCall(ticket, std::move(host), session, name),
        work_(std::move(work)),
        settle_(std::move(settle)) {}

 protected:
  bool Make() override { return work_(output_, failure_); }
  void Resolve(Environment& environment) override { settle_(environment, ticket_, output_); }

 private:
  Work work_;
  const Settle settle_;
  Output output_{};
};

// What is to be done in a session, method::Status(Native&, Output&), as the work of a call.
template <typename Output, typename Native, typename Step>
auto InSession(std::shared_ptr<NativeSession<Native>> session, const char* name, Step step) {
  return [session = std::move(session), name, step = std::move(step)](Output& output,
                                                                      host::Failure& failure) mutable {
    if (session->native == nullptr) {
      failure = host::MakeFailure(name, abi::kErrorInvalidState);
      return false;
    }
    return method::Check(step(*session->native, output), name, failure);
  };
}

// A call of a session, begun.
template <typename Output, typename Native, typename Step, typename Settle>
void StartInSession(Environment& environment, std::int32_t ticket,
                    const std::shared_ptr<NativeSession<Native>>& session, const char* name, Step step,
                    Settle settle) {
  auto work = InSession<Output>(session, name, std::move(step));
  using Call = MethodWork<Output, decltype(work), Settle>;
  environment.Submit(*session->host, session->strand,
                     std::make_unique<Call>(ticket, session->host, session->number, name, std::move(work),
                                            std::move(settle)));
}

// A call that belongs to no session, begun on an apartment. Where it cannot be made, it fails all the same by
// the event loop.
template <typename Output, typename Work, typename Settle>
void StartOnApartment(Environment& environment, std::int32_t ticket, std::shared_ptr<MethodHost> host,
                      LaneOwner::Part part, const char* name, Work work, Settle settle) {
  auto call = std::make_unique<MethodWork<Output, Work, Settle>>(ticket, host, 0, name, std::move(work),
                                                                 std::move(settle));
  environment.CallStarted();
  auto* const job = call.release();
  const abi::DWORD code = host->Submit(part, job);
  if (code == abi::kNoError) return;
  job->RefuseWith(code);
  environment.outbox()->Post(job);
}

}  // namespace eaphost::addon
