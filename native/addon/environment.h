// The addon's state in one JavaScript environment (the main thread, a worker). Made when the addon is
// loaded into it; its thread is the only one that touches it. Native threads know its outbox alone
// (delivery.h).
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "native/addon/delivery.h"
#include "native/addon/local_server.h"
#include "native/addon/method_host.h"
#include "native/addon/runtime.h"

namespace eaphost::addon {

class ExchangeCall;

class Environment {
 public:
  // Makes the environment's instance data and everything that hangs on it. NULL where JavaScript refuses.
  static Environment* Create(napi_env env);
  static Environment* Of(napi_env env);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  napi_env env() const { return env_; }
  Delivery& delivery() { return delivery_; }
  LocalServers& local_servers() { return local_servers_; }

  // Submits a call that has started; if its owner takes none any more, the call fails with
  // ERROR_INVALID_STATE.
  template <typename Call>
  void Submit(LaneOwner& owner, Strand& strand, std::unique_ptr<Call> call) {
    delivery_.CallStarted();
    Call* const job = call.release();
    if (owner.Submit(strand, job)) return;
    job->Refuse();
    delivery_.outbox()->Post(job);
  }

  // Resolves the call from the event loop.
  void ResolveLater(std::int32_t ticket);

  std::unique_ptr<ExchangeCall> TakeExchange();
  void Recycle(std::unique_ptr<ExchangeCall> call);

  // The run-times and method DLLs of this environment, from Open to Closed.
  struct OpenOwner {
    std::shared_ptr<LaneOwner> owner;
    std::vector<std::int32_t> closers;  // tickets
  };
  void Open(Runtime::Options options, std::int32_t ticket);
  // Its number in this environment.
  std::int32_t OpenMethod(MethodHost::Options options, std::int32_t ticket);
  OpenOwner* Find(std::int32_t number);
  void Forget(std::int32_t number) { owners_.erase(number); }
  // Whether one of them is a method DLL, or JavaScript serves methods to this process.
  bool has_methods() const;
  // Closes it and resolves the call when all of it is closed.
  void CloseOwner(std::int32_t number, std::int32_t ticket);

  // The classes of instance.h, and whether one is being constructed by us.
  Napi::FunctionReference runtime_class;
  Napi::FunctionReference session_class;
  Napi::FunctionReference method_class;
  Napi::FunctionReference peer_session_class;
  Napi::FunctionReference authenticator_session_class;
  bool is_constructing = false;

 private:
  explicit Environment(napi_env env);

  bool Start();
  static void Leave(void* environment);

  const napi_env env_;
  Delivery delivery_;
  LocalServers local_servers_;

  // Those with so many lanes at most. NULL when the system gives no thread.
  std::shared_ptr<MethodLanes> LanesOf(std::size_t max_lanes);

  std::int32_t last_owner_ = 0;
  std::unordered_map<std::int32_t, OpenOwner> owners_;
  std::unordered_map<std::size_t, std::weak_ptr<MethodLanes>> method_lanes_;  // by their cap
  std::vector<std::unique_ptr<ExchangeCall>> spare_exchanges_;
};

}  // namespace eaphost::addon
