// A call of the configuration library: begun on JavaScript's thread, made on an apartment, delivered on
// JavaScript's thread again.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "native/addon/calls.h"

namespace eaphost::addon {

// `Output` is what the call fills on the apartment; it is destroyed on JavaScript's thread.
template <typename Output>
class ConfigurationCall : public Call {
 public:
  // On the apartment. The inputs are what it captured.
  using Work = std::function<bool(const host::Configurator&, Output&, host::Failure&)>;
  using Convert = napi_value (*)(napi_env, const Output&);

  ConfigurationCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, const char* name, Work work,
                    Convert convert)
      : Call(ticket), runtime_(std::move(runtime)), name_(name), work_(std::move(work)), convert_(convert) {}

  // Submits `call`, which has not started. Where it cannot be made, it fails all the same by the event loop.
  static void Start(Environment& environment, Runtime::Part part, std::unique_ptr<ConfigurationCall> call) {
    environment.CallStarted();
    ConfigurationCall* const job = call.release();
    Runtime& runtime = *job->runtime_;
    const abi::DWORD code = runtime.Submit(part, job);
    if (code == abi::kNoError) return;
    job->FailWith(code);
    environment.outbox()->Post(job);
  }

 protected:
  Runtime& owner() const override { return *runtime_; }
  const char* name() const override { return name_; }
  bool Make() override { return work_(runtime_->configurator(), output_, failure_); }
  void Resolve(Environment& environment) override {
    environment.delivery().ResolveValue(ticket_, convert_(environment.env(), output_));
  }

 private:
  const std::shared_ptr<Runtime> runtime_;
  const char* const name_;
  const Work work_;
  const Convert convert_;
  Output output_{};
};

}  // namespace eaphost::addon
