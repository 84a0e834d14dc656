// A session as JavaScript holds it. When JavaScript forgets it, it is ended. JavaScript's thread.
#pragma once

#include <node_api.h>

#include <memory>
#include <utility>

#include "native/addon/calls.h"
#include "native/addon/instance.h"

namespace eaphost::addon {

class SessionObject {
 public:
  static bool Define(Environment& environment);
  // NULL when the environment is going away; then the session is ended.
  static napi_value Wrap(Environment& environment, const std::shared_ptr<Session>& session);

  explicit SessionObject(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~SessionObject() { session_->runtime->EndLater(session_); }
  SessionObject(const SessionObject&) = delete;
  SessionObject& operator=(const SessionObject&) = delete;

 private:
  static napi_value ProcessReceivedPacket(napi_env env, napi_callback_info info);
  static napi_value SetUiContext(napi_env env, napi_callback_info info);
  static napi_value SetResponseAttributes(napi_env env, napi_callback_info info);
  static napi_value GetResult(napi_env env, napi_callback_info info);
  static napi_value GetAuthStatus(napi_env env, napi_callback_info info);
  static napi_value GetDataToUnplumbCredentials(napi_env env, napi_callback_info info);
  static napi_value End(napi_env env, napi_callback_info info);
  static napi_value Id(napi_env env, napi_callback_info info);

  static napi_value Exchange(napi_env env, napi_callback_info info, ExchangeCall::Input input);
  template <typename Output, typename Work, typename Convert>
  static void StartOpen(CallReader<SessionObject>& call, const char* name, Work work, Convert convert);

  const std::shared_ptr<Session> session_;
};

}  // namespace eaphost::addon
