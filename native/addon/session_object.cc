// A session as JavaScript holds it. JavaScript's thread.
#include "native/addon/session_object.h"

#include <utility>

#include "native/addon/arguments.h"
#include "native/addon/identity_calls.h"
#include "native/addon/instance.h"
#include "native/addon/receiver.h"

namespace eaphost::addon {

bool SessionObject::Define(Environment& environment) {
  const napi_property_descriptor properties[] = {
      Method<&ProcessReceivedPacket>(environment, "processReceivedPacket"),
      Method<&SetUiContext>(environment, "setUiContext"),
      Method<&SetResponseAttributes>(environment, "setResponseAttributes"),
      Method<&GetResult>(environment, "getResult"),
      Method<&GetAuthStatus>(environment, "getAuthStatus"),
      Method<&GetDataToUnplumbCredentials>(environment, "getDataToUnplumbCredentials"),
      Method<&End>(environment, "end"),
      Getter<&Id>(environment, "id")};
  return DefineClass(environment, "NativeSession", properties, environment.session_class);
}

napi_value SessionObject::Wrap(Environment& environment, std::shared_ptr<Session> session) {
  return NewInstance(environment, environment.session_class,
                     std::make_unique<SessionObject>(std::move(session)));
}

// A method whose first argument is the ticket: `start` makes a call of it, the session and the second
// argument.
template <typename Start>
napi_value SessionObject::StartCall(napi_env env, napi_callback_info info, Start start) {
  Receiver<SessionObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::shared_ptr<Session>& session = receiver.object->session_;
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  auto call = start(reader, ticket, session, receiver.arguments[1]);
  if (reader.ok()) receiver.environment->Submit(*session->runtime, session->strand, std::move(call));
  return nullptr;
}

napi_value SessionObject::Exchange(napi_env env, napi_callback_info info, ExchangeCall::Input input) {
  Receiver<SessionObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const std::shared_ptr<Session>& session = receiver.object->session_;
  std::int32_t ticket = 0;
  const auto bytes = ViewBytes(env, receiver.arguments[1]);
  if (napi_get_value_int32(env, receiver.arguments[0], &ticket) != napi_ok || !bytes) {
    static_cast<void>(
        napi_throw_type_error(env, nullptr, "ticket must be a number, the octets a Uint8Array"));
    return nullptr;
  }
  auto call = receiver.environment->TakeExchange();
  call->Prepare(ticket, session, input);
  call->bytes().assign(bytes->begin(), bytes->end());
  receiver.environment->Submit(*session->runtime, session->strand, std::move(call));
  return nullptr;
}

napi_value SessionObject::ProcessReceivedPacket(napi_env env, napi_callback_info info) {
  return Exchange(env, info, ExchangeCall::Input::kPacket);
}

napi_value SessionObject::SetUiContext(napi_env env, napi_callback_info info) {
  return Exchange(env, info, ExchangeCall::Input::kUiContext);
}

napi_value SessionObject::SetResponseAttributes(napi_env env, napi_callback_info info) {
  return StartCall(env, info,
                   [](auto& reader, std::int32_t ticket, const auto& session, napi_value argument) {
                     auto call = std::make_unique<ExchangeCall>();
                     call->Prepare(ticket, session, ExchangeCall::Input::kAttributes);
                     call->attributes() = reader.Attributes(argument, "attributes");
                     return call;
                   });
}

napi_value SessionObject::GetResult(napi_env env, napi_callback_info info) {
  return StartCall(
      env, info, [](auto& reader, std::int32_t ticket, const auto& session, napi_value argument) {
        const auto reason =
            static_cast<abi::EapHostPeerMethodResultReason>(reader.SignedNumber(argument, "reason"));
        return std::make_unique<ResultCall>(ticket, session, reason);
      });
}

napi_value SessionObject::GetAuthStatus(napi_env env, napi_callback_info info) {
  return StartCall(env, info,
                   [](auto& reader, std::int32_t ticket, const auto& session, napi_value argument) {
                     const auto parameter =
                         static_cast<abi::EapHostPeerAuthParams>(reader.SignedNumber(argument, "parameter"));
                     return std::make_unique<StatusCall>(ticket, session, parameter);
                   });
}

napi_value SessionObject::GetDataToUnplumbCredentials(napi_env env, napi_callback_info info) {
  return StartCall(env, info, [](auto&, std::int32_t ticket, const auto& session, napi_value) {
    return std::make_unique<UnplumbCall>(ticket, session);
  });
}

napi_value SessionObject::End(napi_env env, napi_callback_info info) {
  return StartCall(env, info, [](auto&, std::int32_t ticket, const auto& session, napi_value) {
    return std::make_unique<EndCall>(ticket, session);
  });
}

napi_value SessionObject::Id(napi_env env, napi_callback_info info) {
  Receiver<SessionObject, 0> receiver;
  napi_value id = nullptr;
  if (!receiver.Read(env, info)) return nullptr;
  if (napi_create_uint32(env, receiver.object->session_->id, &id) != napi_ok) return nullptr;
  return id;
}

}  // namespace eaphost::addon
