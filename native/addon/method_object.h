// An opened method DLL as JavaScript holds it. When JavaScript forgets it, it is closed. JavaScript's thread.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "native/addon/environment.h"
#include "native/addon/method_host.h"

namespace eaphost::addon {

class MethodObject {
 public:
  static bool Define(Environment& environment);
  // NULL when the environment is going away; then the DLL is closed.
  static napi_value Wrap(Environment& environment, const std::shared_ptr<MethodHost>& host);
  // What lib/native/method-addon.ts calls openMethod; the callback's data is the environment.
  static napi_value Open(napi_env env, napi_callback_info info);

  explicit MethodObject(std::shared_ptr<MethodHost> host) : host_(std::move(host)) {}
  ~MethodObject() { host_->Close(); }
  MethodObject(const MethodObject&) = delete;
  MethodObject& operator=(const MethodObject&) = delete;

 private:
  static napi_value BeginSession(napi_env env, napi_callback_info info);
  // All the calls without a session, by name.
  static napi_value Invoke(napi_env env, napi_callback_info info);
  static napi_value Close(napi_env env, napi_callback_info info);
  static napi_value Sessions(napi_env env, napi_callback_info info);
  static napi_value Stats(napi_env env, napi_callback_info info);
  static napi_value Exports(napi_env env, napi_callback_info info);
  static napi_value Routines(napi_env env, napi_callback_info info);

  const std::shared_ptr<MethodHost> host_;
};

}  // namespace eaphost::addon
