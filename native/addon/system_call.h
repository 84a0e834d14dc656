// What calls to the operating system are made of: how one is begun, run and delivered, and how its arguments
// are read. JavaScript's thread, but for the work.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/addon/values.h"
#include "native/threads/thread.h"

namespace eaphost::addon {

// A call to the operating system that belongs to no run-time: begun on JavaScript's thread, made on a thread
// of its own, delivered on JavaScript's again. Such calls are rare, so each has its thread.
template <typename Output>
class SystemCall : public Completion {
 public:
  using Work = std::function<Failure(Output&)>;
  using Convert = napi_value (*)(napi_env, const Output&);

  // `name` is what a failure names that is none of the call's own: a string literal.
  static void Start(Environment& environment, std::int32_t ticket, const char* name, Work work,
                    Convert convert) {
    std::unique_ptr<SystemCall> call(
        new SystemCall(ticket, environment.delivery().outbox(), name, std::move(work), convert));
    environment.delivery().CallStarted();
    SystemCall* const posted = call.release();
    if (StartThread([posted] { posted->Run(); })) return;
    posted->failure_ = MakeFailure(name, abi::kErrorMaxThreadsReached);
    environment.delivery().outbox()->Post(posted);
  }

  void Deliver(Environment& environment) override {
    Delivery& delivery = environment.delivery();
    delivery.CallEnded();
    if (failure_.ok()) {
      try {
        return delivery.ResolveValue(ticket_, convert_(environment.env(), output_));
      } catch (const std::bad_alloc&) {
        failure_ = MakeFailure(name_, abi::kErrorNotEnoughMemory);
      }
    }
    delivery.Reject(ticket_, failure_);
  }

 private:
  SystemCall(std::int32_t ticket, std::shared_ptr<Outbox> outbox, const char* name, Work work,
             Convert convert)
      : ticket_(ticket), outbox_(std::move(outbox)), name_(name), work_(std::move(work)), convert_(convert) {}

  void Run() {
    try {
      failure_ = work_(output_);
    } catch (const std::bad_alloc&) {
      failure_ = MakeFailure(name_, abi::kErrorNotEnoughMemory);
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
  Failure failure_;
  Output output_{};
};

// One call from JavaScript.
class SystemRequest {
 public:
  SystemRequest(Environment& environment, std::int32_t ticket, napi_value options, ArgumentReader& reader)
      : environment_(environment), ticket_(ticket), options_(options), reader_(reader) {}

  std::u16string Text(const char* name) { return reader_.Text(reader_.Property(options_, name), name); }
  std::uint32_t Number(const char* name) { return reader_.Number(reader_.Property(options_, name), name); }
  std::vector<std::u16string> Texts(const char* name) {
    return reader_.Texts(reader_.Property(options_, name), name);
  }
  bool Boolean(const char* name) { return reader_.Boolean(reader_.Property(options_, name), name); }
  std::vector<std::uint8_t> Bytes(const char* name) {
    const SecretBytes bytes = reader_.Bytes(reader_.Property(options_, name), name);
    return {bytes.begin(), bytes.end()};
  }
  abi::GUID Guid(const char* name) { return reader_.Guid(reader_.Property(options_, name), name); }
  SecretBytes Secret(const char* name) { return reader_.Bytes(reader_.Property(options_, name), name); }
  platform::UserToken UserToken(const char* name) {
    return reader_.UserToken(reader_.Property(options_, name), name);
  }
  napi_value Value(const char* name) { return reader_.Property(options_, name); }
  // Of octets in UTF-16, with a NUL at its end.
  platform::SecretText SecretText(const char* name) {
    platform::SecretText text = reader_.SecretText(reader_.Property(options_, name), name);
    text.push_back(u'\0');
    return text;
  }

  bool ok() const { return reader_.ok(); }
  napi_env env() const { return environment_.env(); }
  void Refuse(const char* name, const char* expected) { reader_.Refuse(name, expected); }

  // Nothing where an argument was refused. `work(Output&)` gives a Failure, or a Win32 code of the function
  // that is named.
  template <typename Output, typename Work>
  void Start(const char* name, Work work, typename SystemCall<Output>::Convert convert) {
    if (!reader_.ok()) return;
    if constexpr (std::is_same_v<std::invoke_result_t<Work&, Output&>, Failure>) {
      SystemCall<Output>::Start(environment_, ticket_, name, std::move(work), convert);
    } else {
      SystemCall<Output>::Start(
          environment_, ticket_, name,
          [name, work = std::move(work)](Output& output) { return MakeFailure(name, work(output)); },
          convert);
    }
  }

 private:
  Environment& environment_;
  const std::int32_t ticket_;
  const napi_value options_;
  ArgumentReader& reader_;
};

struct NamedSystemCall {
  std::u16string_view name;
  void (*start)(SystemRequest&);
};

}  // namespace eaphost::addon
