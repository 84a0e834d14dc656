// A session as JavaScript holds it. JavaScript's thread.
#include "native/addon/session_object.h"

#include <optional>
#include <utility>

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

napi_value SessionObject::Wrap(Environment& environment, const std::shared_ptr<Session>& session) {
  return NewInstance<SessionObject>(environment, environment.session_class, session);
}

// Makes a call of the session while it is open: bool(const Session&, Output&, Failure&).
template <typename Output, typename Work, typename Convert>
void SessionObject::StartOpen(CallReader<SessionObject>& call, const char* name, Work work, Convert convert) {
  if (!call.ok()) return;
  const std::shared_ptr<Session>& session = call.object().session_;
  call.environment().Submit(*session->runtime, session->strand,
                            MakeCall<RuntimeCall, Output>(
                                [session, name, work = std::move(work)](Output& output, Failure& failure) {
                                  if (session->state == Session::State::kOpen)
                                    return work(*session, output, failure);
                                  failure = MakeFailure(name, abi::kErrorInvalidState);
                                  return false;
                                },
                                convert, call.ticket, session->runtime, name));
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
  return StartCall<SessionObject>(env, info, [](CallReader<SessionObject>& call) {
    const std::shared_ptr<Session>& session = call.object().session_;
    auto exchange = std::make_unique<ExchangeCall>();
    exchange->Prepare(call.ticket, session, ExchangeCall::Input::kAttributes);
    exchange->attributes() = call.Attributes(call[0], "attributes");
    if (call.ok()) call.environment().Submit(*session->runtime, session->strand, std::move(exchange));
  });
}

napi_value SessionObject::GetResult(napi_env env, napi_callback_info info) {
  return StartCall<SessionObject>(env, info, [](CallReader<SessionObject>& call) {
    const auto reason = static_cast<abi::EapHostPeerMethodResultReason>(call.SignedNumber(call[0], "reason"));
    StartOpen<Result>(
        call, "EapHostPeerGetResult",
        [reason](const Session& session, Result& result, Failure& failure) {
          return session.runtime->supplicant().GetResult(session.id, reason, result, failure);
        },
        &ToResult);
  });
}

napi_value SessionObject::GetAuthStatus(napi_env env, napi_callback_info info) {
  return StartCall<SessionObject>(env, info, [](CallReader<SessionObject>& call) {
    const auto parameter = static_cast<abi::EapHostPeerAuthParams>(call.SignedNumber(call[0], "parameter"));
    StartOpen<SecretBytes>(
        call, "EapHostPeerGetAuthStatus",
        [parameter](const Session& session, SecretBytes& data, Failure& failure) {
          return session.runtime->supplicant().GetAuthStatus(session.id, parameter, data, failure);
        },
        &ToBlob);
  });
}

napi_value SessionObject::GetDataToUnplumbCredentials(napi_env env, napi_callback_info info) {
  return StartCall<SessionObject>(env, info, [](CallReader<SessionObject>& call) {
    StartOpen<UnplumbData>(
        call, "EapHostPeerGetDataToUnplumbCredentials",
        [](const Session& session, UnplumbData& data, Failure& failure) {
          return session.runtime->supplicant().GetDataToUnplumbCredentials(session.id, data, failure);
        },
        [](napi_env made_in, const UnplumbData& data) {
          ObjectWriter object(made_in);
          napi_value token = nullptr;
          if (napi_create_bigint_uint64(made_in, data.user_token, &token) != napi_ok) token = nullptr;
          object.Guid("connectionId", data.connection_id);
          object.Value("userToken", token);
          object.Boolean("saveToCredMan", data.save_to_cred_man);
          return object.value();
        });
  });
}

// If the session has not ended before; and with it a connection that nobody else knows.
napi_value SessionObject::End(napi_env env, napi_callback_info info) {
  return StartCall<SessionObject>(env, info, [](CallReader<SessionObject>& call) {
    std::optional<abi::GUID> connection_id;
    if (!call.IsAbsent(call[0])) connection_id = call.Guid(call[0], "connectionId");
    if (!call.ok()) return;
    const std::shared_ptr<Session>& session = call.object().session_;
    auto end = MakeCall<RuntimeCall, Nothing>(
        [session, connection_id](Nothing&, Failure& failure) {
          const bool is_ended = session->runtime->End(*session, failure);
          if (connection_id) session->runtime->DropConnection(*connection_id);
          return is_ended;
        },
        nullptr, call.ticket, session->runtime, "EapHostPeerEndSession");
    end->MarkAsEnd();
    call.environment().Submit(*session->runtime, session->strand, std::move(end));
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
