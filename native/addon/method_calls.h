// The calls that JavaScript makes of a method DLL: begun on its thread, run on a lane or an apartment,
// delivered on its thread again; and the records of the native calls on their way to JavaScript.
#pragma once

#include <memory>
#include <utility>

#include "native/addon/calls.h"
#include "native/addon/method_host.h"
#include "native/method/exports.h"

namespace eaphost::addon {

// The calls of one hop.
struct MethodTrace {
  std::uint32_t lane = 0;
  std::uint32_t session = 0;  // 0: none
  method::CallRecords records;

  bool empty() const { return records.empty(); }
  // On JavaScript's thread.
  void Deliver(Environment& environment, std::int32_t method,
               std::chrono::steady_clock::time_point opened_at) const;
};

// Calls that end no call of JavaScript's.
class TraceMessage : public Completion {
 public:
  TraceMessage(std::int32_t method, std::chrono::steady_clock::time_point opened_at, MethodTrace trace)
      : method_(method), opened_at_(opened_at), trace_(std::move(trace)) {}
  void Deliver(Environment& environment) override { trace_.Deliver(environment, method_, opened_at_); }

 private:
  const std::int32_t method_;
  const std::chrono::steady_clock::time_point opened_at_;
  const MethodTrace trace_;
};

// A call whose native calls are recorded, if the method is traced, and reported before the call itself
// ends.
class MethodCall : public Call {
 public:
  // `session`: 0 for none.
  MethodCall(std::int32_t ticket, std::shared_ptr<MethodHost> host, std::uint32_t session, const char* name)
      : Call(ticket, name), host_(std::move(host)) {
    trace_.session = session;
  }

  void Run(LaneContext& lane) override;
  void Done() final;
  void Deliver(Environment& environment) override;

 protected:
  MethodHost& owner() const final { return *host_; }

 private:
  const std::shared_ptr<MethodHost> host_;
  MethodTrace trace_;
};

// Begins a call of a session: method::Status(Native&, Output&).
template <typename Output, typename Native, typename Step, typename Settle>
void StartInSession(Environment& environment, std::int32_t ticket,
                    const std::shared_ptr<NativeSession<Native>>& session, const char* name, Step step,
                    Settle settle) {
  auto work = [session, name, step = std::move(step)](Output& output, Failure& failure) mutable {
    if (session->native != nullptr) return method::Check(step(*session->native, output), name, failure);
    failure = MakeFailure(name, abi::kErrorInvalidState);
    return false;
  };
  environment.Submit(
      *session->host, session->strand,
      MakeCall<MethodCall, Output>(std::move(work), settle, ticket, session->host, session->number, name));
}

// Begins a call on an apartment: bool(Output&, Failure&). If it cannot be made, it still fails through the
// event loop.
template <typename Output, typename Owner, typename Work, typename Settle>
void StartOnApartment(Environment& environment, std::int32_t ticket, const std::shared_ptr<Owner>& owner,
                      LaneOwner::Part part, const char* name, Work work, Settle settle) {
  auto call = [&] {
    if constexpr (std::is_same_v<Owner, MethodHost>) {
      return MakeCall<MethodCall, Output>(std::move(work), settle, ticket, owner, 0, name);
    } else {
      return MakeCall<RuntimeCall, Output>(std::move(work), settle, ticket, owner, name);
    }
  }();
  environment.delivery().CallStarted();
  auto* const job = call.release();
  const abi::DWORD code = owner->Submit(part, job);
  if (code == abi::kNoError) return;
  job->RefuseWith(code);
  environment.delivery().outbox()->Post(job);
}

}  // namespace eaphost::addon
