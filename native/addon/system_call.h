// A call to the operating system that belongs to no run-time: begun on JavaScript's thread, made on a thread
// of its own, delivered on JavaScript's again. Such calls are rare, so each has its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/environment.h"
#include "native/threads/thread.h"

namespace eaphost::addon {

template <typename Output>
class SystemCall : public Completion {
 public:
  using Work = std::function<abi::DWORD(Output&)>;  // gives a Win32 code
  using Convert = napi_value (*)(napi_env, const Output&);

  // `name` is what a failure names: a string literal.
  static void Start(Environment& environment, std::int32_t ticket, const char* name, Work work,
                    Convert convert) {
    std::unique_ptr<SystemCall> call(
        new SystemCall(ticket, environment.outbox(), name, std::move(work), convert));
    environment.CallStarted();
    SystemCall* const posted = call.release();
    if (StartThread([posted] { posted->Run(); })) return;
    posted->code_ = abi::kErrorMaxThreadsReached;
    environment.outbox()->Post(posted);
  }

  void Deliver(Environment& environment) override {
    environment.CallEnded();
    if (code_ == abi::kNoError) {
      environment.delivery().ResolveValue(ticket_, convert_(environment.env(), output_));
    } else {
      environment.delivery().Reject(ticket_, host::MakeFailure(name_, code_));
    }
  }

 private:
  SystemCall(std::int32_t ticket, std::shared_ptr<Outbox> outbox, const char* name, Work work,
             Convert convert)
      : ticket_(ticket), outbox_(std::move(outbox)), name_(name), work_(std::move(work)), convert_(convert) {}

  void Run() {
    try {
      code_ = work_(output_);
    } catch (const std::bad_alloc&) {
      code_ = abi::kErrorNotEnoughMemory;
    }
    // Once posted, the call may be gone before this thread is.
    const std::shared_ptr<Outbox> outbox = outbox_;
    outbox->Post(this);
  }

  const std::int32_t ticket_;
  const std::shared_ptr<Outbox> outbox_;
  const char* const name_;
  const Work work_;
  const Convert convert_;
  abi::DWORD code_ = abi::kNoError;
  Output output_{};
};

}  // namespace eaphost::addon
