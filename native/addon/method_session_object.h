// A session of a method DLL as JavaScript holds it. When JavaScript forgets it, it is ended. JavaScript's
// thread.
#pragma once

#include <node_api.h>

#include <memory>
#include <utility>
#include <vector>

#include "native/addon/instance.h"
#include "native/addon/method_calls.h"
#include "native/addon/values.h"

namespace eaphost::addon {

// The inputs of calls that most methods of a session have: nothing, or the first argument.
struct NoInput {};
inline NoInput ReadNothing(ArgumentReader&, napi_value*) { return {}; }
inline auto ReadOctets(const char* name) {
  return [name](ArgumentReader& reader, napi_value* arguments) { return reader.Bytes(arguments[0], name); };
}
inline AttributeList ReadAttributes(ArgumentReader& reader, napi_value* arguments) {
  return reader.Attributes(arguments[0], "attributes");
}

// What JavaScript gets of most outputs.
template <typename Output>
void SettleNothing(Environment& environment, std::int32_t ticket, Output&) {
  environment.delivery().Resolve(ticket);
}
template <typename Output>
void SettleAttributes(Environment& environment, std::int32_t ticket, Output& output) {
  environment.delivery().ResolveValue(ticket, ToAttributes(environment.env(), output.attributes));
}

// `Session` is PeerSession or AuthenticatorSession: what they have in common.
template <typename Session>
class MethodSessionObject {
 public:
  static bool Define(Environment& environment);

  // NULL when the environment is going away; then the session is ended.
  static napi_value Wrap(Environment& environment, const std::shared_ptr<Session>& session) {
    return NewInstance<MethodSessionObject>(environment, Class(environment), session);
  }

  explicit MethodSessionObject(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~MethodSessionObject() { session_->host->EndLater(session_); }
  MethodSessionObject(const MethodSessionObject&) = delete;
  MethodSessionObject& operator=(const MethodSessionObject&) = delete;

  // A method of a ticket and up to three arguments that makes one call. `read(reader, arguments)` makes the
  // call's input of them; on a lane `work(native, input, output)` makes the call; `settle(environment,
  // ticket, output)` gives JavaScript what came of it.
  template <typename Output, typename Read, typename Work>
  static napi_value Begin(napi_env env, napi_callback_info info, const char* name, Read read, Work work,
                          void (*settle)(Environment&, std::int32_t, Output&)) {
    return StartCall<MethodSessionObject>(env, info, [&](CallReader<MethodSessionObject>& call) {
      auto input = read(call, call.receiver.arguments.data() + 1);
      if (!call.ok()) return;
      StartInSession<Output>(
          call.environment(), call.ticket, call.object().session_, name,
          [work, input = std::move(input)](auto& native, Output& output) {
            return work(native, input, output);
          },
          settle);
    });
  }

 private:
  static Napi::FunctionReference& Class(Environment& environment);
  // Those of the role, and `end`.
  static std::vector<napi_property_descriptor> Methods(Environment& environment);

  static napi_value End(napi_env env, napi_callback_info info) {
    return StartCall<MethodSessionObject>(env, info, [](CallReader<MethodSessionObject>& call) {
      if (!call.ok()) return;
      const std::shared_ptr<Session>& session = call.object().session_;
      const std::shared_ptr<MethodHost>& host = session->host;
      auto end = MakeCall<MethodCall, Nothing>(
          [session](Nothing&, Failure& failure) { return session->host->End(*session, failure); }, nullptr,
          call.ticket, host, session->number, host->end_name());
      end->MarkAsEnd();
      call.environment().Submit(*host, session->strand, std::move(end));
    });
  }
  static napi_value Number(napi_env env, napi_callback_info info) {
    Receiver<MethodSessionObject, 0> receiver;
    napi_value number = nullptr;
    if (!receiver.Read(env, info)) return nullptr;
    const std::uint32_t value = receiver.object->session_->number;
    return napi_create_uint32(env, value, &number) == napi_ok ? number : nullptr;
  }

  const std::shared_ptr<Session> session_;
};

template <typename Session>
bool MethodSessionObject<Session>::Define(Environment& environment) {
  std::vector<napi_property_descriptor> methods = Methods(environment);
  methods.push_back(Method<&End>(environment, "end"));
  methods.push_back(Getter<&Number>(environment, "number"));
  return DefineClass(environment, "NativeMethodSession", methods, Class(environment));
}

template <>
Napi::FunctionReference& MethodSessionObject<PeerSession>::Class(Environment& environment);
template <>
std::vector<napi_property_descriptor> MethodSessionObject<PeerSession>::Methods(Environment& environment);
template <>
Napi::FunctionReference& MethodSessionObject<AuthenticatorSession>::Class(Environment& environment);
template <>
std::vector<napi_property_descriptor> MethodSessionObject<AuthenticatorSession>::Methods(
    Environment& environment);

}  // namespace eaphost::addon
