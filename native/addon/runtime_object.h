// An opened run-time as JavaScript holds it. When JavaScript forgets it, it is closed. JavaScript's thread.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "native/addon/instance.h"

namespace eaphost::addon {

class RuntimeObject {
 public:
  static bool Define(Environment& environment);
  // NULL when the environment is going away; then the run-time is closed.
  static napi_value Wrap(Environment& environment, std::int32_t number);
  // `openRuntime` of lib/native/addon.ts; the callback's data is the environment.
  static napi_value Open(napi_env env, napi_callback_info info);

  RuntimeObject(std::int32_t number, std::shared_ptr<Runtime> runtime)
      : number_(number), runtime_(std::move(runtime)) {}
  ~RuntimeObject() { runtime_->Close(); }
  RuntimeObject(const RuntimeObject&) = delete;
  RuntimeObject& operator=(const RuntimeObject&) = delete;

 private:
  template <typename Output, typename Work, typename Settle>
  static void StartLoose(CallReader<RuntimeObject>& call, const char* name, Work work, Settle settle);
  static napi_value BeginSession(napi_env env, napi_callback_info info);
  static napi_value ClearConnection(napi_env env, napi_callback_info info);
  static napi_value GetIdentity(napi_env env, napi_callback_info info);
  static napi_value GetEncryptedPassword(napi_env env, napi_callback_info info);
  // All the calls of the configuration library, by name.
  static napi_value Configure(napi_env env, napi_callback_info info);
  static napi_value Close(napi_env env, napi_callback_info info);
  static napi_value RegisterMethod(napi_env env, napi_callback_info info);
  static napi_value UnregisterMethod(napi_env env, napi_callback_info info);
  static napi_value SetOption(napi_env env, napi_callback_info info);
  static napi_value Counters(napi_env env, napi_callback_info info);
  static napi_value Stats(napi_env env, napi_callback_info info);
  static napi_value Number(napi_env env, napi_callback_info info);

  const std::int32_t number_;
  const std::shared_ptr<Runtime> runtime_;
};

}  // namespace eaphost::addon
