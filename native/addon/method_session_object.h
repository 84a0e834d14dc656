// A session of a method DLL as JavaScript holds it. When JavaScript forgets it, it is ended. JavaScript's
// thread.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>
#include <vector>

#include "native/addon/instance.h"
#include "native/addon/method_arguments.h"
#include "native/addon/method_calls.h"
#include "native/addon/receiver.h"
#include "native/addon/values.h"

namespace eaphost::addon {

// `Session` is PeerSession or AuthenticatorSession: what they have in common.
template <typename Session>
class MethodSessionObject : public Napi::ObjectWrap<MethodSessionObject<Session>> {
 public:
  using Base = Napi::ObjectWrap<MethodSessionObject<Session>>;

  static bool Define(Environment& environment);

  // NULL when the environment is going away; then the session is ended.
  static napi_value Wrap(Environment& environment, std::shared_ptr<Session> session) {
    ToWrap(environment) = session;
    if (const napi_value object = NewInstance(environment, Class(environment))) return object;
    ToWrap(environment) = nullptr;
    session->host->EndLater(session);
    return nullptr;
  }

  explicit MethodSessionObject(const Napi::CallbackInfo& info) : Base(info) {
    Environment& environment = *Environment::Of(info.Env());
    NoteIfUnwrapped(environment, *this);
    session_ = std::exchange(ToWrap(environment), nullptr);
    if (session_ == nullptr)
      Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
  }
  ~MethodSessionObject() override {
    if (session_ != nullptr) session_->host->EndLater(session_);
  }

  // A method with a ticket and up to three arguments: `start(environment, reader, ticket, session,
  // arguments)` begins the call, unless the reader has refused something.
  template <typename Start>
  static napi_value Begin(napi_env env, napi_callback_info info, Start start) {
    Receiver<MethodSessionObject, 4> receiver;
    if (!receiver.Read(env, info)) return nullptr;
    ArgumentReader reader(env);
    const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
    if (!reader.ok()) return nullptr;
    start(*receiver.environment, reader, ticket, receiver.object->session_, receiver.arguments.data() + 1);
    return nullptr;
  }

 private:
  static Napi::FunctionReference& Class(Environment& environment);
  // What the constructor finds while we construct.
  static std::shared_ptr<Session>& ToWrap(Environment& environment);
  // Those of the role, and `end`.
  static std::vector<napi_property_descriptor> Methods(Environment& environment);

  static napi_value End(napi_env env, napi_callback_info info) {
    return Begin(
        env, info, [](Environment& environment, auto&, std::int32_t ticket, const auto& session, auto) {
          environment.Submit(*session->host, session->strand, std::make_unique<MethodEnd>(ticket, session));
        });
  }
  static napi_value Number(napi_env env, napi_callback_info info) {
    Receiver<MethodSessionObject, 0> receiver;
    napi_value number = nullptr;
    if (!receiver.Read(env, info)) return nullptr;
    const std::uint32_t value = receiver.object->session_->number;
    return napi_create_uint32(env, value, &number) == napi_ok ? number : nullptr;
  }

  std::shared_ptr<Session> session_;
};

template <typename Session>
bool MethodSessionObject<Session>::Define(Environment& environment) {
  std::vector<napi_property_descriptor> methods = Methods(environment);
  methods.push_back(Method(environment, "end", &End));
  napi_property_descriptor number = Method(environment, "number", nullptr);
  number.getter = &Number;
  number.attributes = napi_default;
  methods.push_back(number);
  std::vector<Napi::ClassPropertyDescriptor<MethodSessionObject>> properties(methods.begin(), methods.end());
  Class(environment) =
      Napi::Persistent(Base::DefineClass(environment.env(), "NativeMethodSession", properties));
  return !Class(environment).IsEmpty();
}

template <>
Napi::FunctionReference& MethodSessionObject<PeerSession>::Class(Environment& environment);
template <>
std::shared_ptr<PeerSession>& MethodSessionObject<PeerSession>::ToWrap(Environment& environment);
template <>
std::vector<napi_property_descriptor> MethodSessionObject<PeerSession>::Methods(Environment& environment);
template <>
Napi::FunctionReference& MethodSessionObject<AuthenticatorSession>::Class(Environment& environment);
template <>
std::shared_ptr<AuthenticatorSession>& MethodSessionObject<AuthenticatorSession>::ToWrap(
    Environment& environment);
template <>
std::vector<napi_property_descriptor> MethodSessionObject<AuthenticatorSession>::Methods(
    Environment& environment);

}  // namespace eaphost::addon
