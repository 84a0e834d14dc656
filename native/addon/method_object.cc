// An opened method DLL as JavaScript holds it. JavaScript's thread.
#include "native/addon/method_object.h"

#include <utility>

#include "native/addon/configuration_calls.h"
#include "native/addon/instance.h"
#include "native/addon/method_calls.h"
#include "native/addon/method_session_object.h"

namespace eaphost::addon {

namespace {

// `nullAttributes`, if it is there.
values::NoAttributes NoAttributesOf(OptionsReader& read) {
  napi_value given = read.Option("nullAttributes");
  if (!read.reader().ok() || read.reader().IsAbsent(given)) return values::NoAttributes::kEmpty;
  return read.Boolean("nullAttributes") ? values::NoAttributes::kNull : values::NoAttributes::kEmpty;
}

// Begins a session: `begin(session, failure)` makes the host do it. Gives its object at once, so that calls
// that are made of it meanwhile come after the beginning, in the same hop.
template <typename Session, typename Begin>
napi_value StartBegin(CallReader<MethodObject>& call, const std::shared_ptr<MethodHost>& host,
                      const char* name, Begin begin) {
  if (!call.ok()) return nullptr;
  Environment& environment = call.environment();
  const auto session = std::make_shared<Session>(host);
  const napi_value object = MethodSessionObject<Session>::Wrap(environment, session);
  if (object == nullptr) {
    ThrowFailure(environment.env(), name, abi::kErrorNotEnoughMemory);
    return nullptr;
  }
  environment.Submit(*host, session->strand,
                     MakeCall<MethodCall, Nothing>(
                         [session, begin = std::move(begin)](Nothing&, Failure& failure) mutable {
                           return begin(session, failure);
                         },
                         nullptr, call.ticket, host, session->number, name));
  return object;
}

}  // namespace

bool MethodObject::Define(Environment& environment) {
  const napi_property_descriptor properties[] = {Method<&BeginSession>(environment, "beginSession"),
                                                 Method<&Invoke>(environment, "invoke"),
                                                 Method<&Close>(environment, "close"),
                                                 Method<&Sessions>(environment, "sessions"),
                                                 Method<&Stats>(environment, "stats"),
                                                 Getter<&Exports>(environment, "exports"),
                                                 Getter<&Routines>(environment, "routines")};
  return DefineClass(environment, "NativeMethod", properties, environment.method_class);
}

napi_value MethodObject::Wrap(Environment& environment, const std::shared_ptr<MethodHost>& host) {
  return NewInstance<MethodObject>(environment, environment.method_class, host);
}

napi_value MethodObject::Open(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  OptionsReader read(reader, arguments[1]);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  const std::u16string role = read.Text("role");
  MethodHost::Options options;
  options.path = read.Text("path");
  options.type = read.MethodType("type");
  options.endpoint = read.OptionalText("endpoint");
  options.max_lanes = read.Lanes("maxLanes");
  options.trace = read.Boolean("trace");
  if (!reader.ok()) return nullptr;
  if (role != u"peer" && role != u"authenticator") {
    reader.Refuse("role", "'peer' or 'authenticator'");
    return nullptr;
  }
  options.role = role == u"peer" ? MethodHost::Role::kPeer : MethodHost::Role::kAuthenticator;
  napi_value number = nullptr;
  const std::int32_t opened = static_cast<Environment*>(data)->OpenMethod(std::move(options), ticket);
  return napi_create_int32(env, opened, &number) == napi_ok ? number : nullptr;
}

napi_value MethodObject::BeginSession(napi_env env, napi_callback_info info) {
  return StartCall<MethodObject>(env, info, [](CallReader<MethodObject>& call) {
    OptionsReader read = call.Options(0);
    const std::shared_ptr<MethodHost>& host = call.object().host_;
    if (host->options().role == MethodHost::Role::kPeer) {
      method::PeerParameters parameters;
      parameters.flags = read.Number("flags");
      parameters.attributes = read.Attributes("attributes");
      parameters.no_attributes = NoAttributesOf(read);
      parameters.user_token = read.UserToken("userToken");
      parameters.connection_data = read.Bytes("connectionData");
      parameters.max_send_packet_size = read.PacketSize("maxSendPacketSize");
      parameters.endpoint = host->options().endpoint;
      parameters.refuses_overruns = true;
      return StartBegin<PeerSession>(call, host, "EapPeerBeginSession",
                                     [parameters = std::move(parameters), user_data = read.Bytes("userData")](
                                         const auto& session, Failure& failure) mutable {
                                       return session->host->Begin(session, std::move(parameters), user_data,
                                                                   failure);
                                     });
    }
    method::AuthenticatorParameters parameters;
    parameters.flags = read.Number("flags");
    parameters.identity = read.Text("identity");
    parameters.attributes = read.Attributes("attributes");
    parameters.no_attributes = NoAttributesOf(read);
    parameters.connection_data = read.Bytes("connectionData");
    parameters.max_send_packet_size = read.PacketSize("maxSendPacketSize");
    parameters.endpoint = host->options().endpoint;
    return StartBegin<AuthenticatorSession>(
        call, host, "EapMethodAuthenticatorBeginSession",
        [parameters = std::move(parameters)](const auto& session, Failure& failure) mutable {
          return session->host->Begin(session, std::move(parameters), failure);
        });
  });
}

napi_value MethodObject::Invoke(napi_env env, napi_callback_info info) {
  return StartCall<MethodObject>(env, info, [](CallReader<MethodObject>& call) {
    StartConfigurationCall(call, call.environment(), call.object().host_, call.ticket, call[0], call[1]);
  });
}

napi_value MethodObject::Close(napi_env env, napi_callback_info info) {
  return StartCall<MethodObject>(env, info, [](CallReader<MethodObject>& call) {
    if (call.ok()) call.environment().CloseOwner(call.object().host_->number(), call.ticket);
  });
}

napi_value MethodObject::Sessions(napi_env env, napi_callback_info info) {
  Receiver<MethodObject, 0> receiver;
  napi_value count = nullptr;
  if (!receiver.Read(env, info)) return nullptr;
  const auto sessions = static_cast<std::uint32_t>(receiver.object->host_->open_sessions());
  return napi_create_uint32(env, sessions, &count) == napi_ok ? count : nullptr;
}

napi_value MethodObject::Stats(napi_env env, napi_callback_info info) {
  Receiver<MethodObject, 0> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const LanePool::Stats stats = receiver.object->host_->stats();
  ObjectWriter object(env);
  object.Number("lanes", static_cast<std::uint32_t>(stats.lanes));
  object.Number("pending", static_cast<std::uint32_t>(stats.pending));
  return object.value();
}

napi_value MethodObject::Exports(napi_env env, napi_callback_info info) {
  Receiver<MethodObject, 0> receiver;
  return receiver.Read(env, info) ? ToNames(env, receiver.object->host_->exports()) : nullptr;
}

napi_value MethodObject::Routines(napi_env env, napi_callback_info info) {
  Receiver<MethodObject, 0> receiver;
  return receiver.Read(env, info) ? ToNames(env, receiver.object->host_->routines()) : nullptr;
}

}  // namespace eaphost::addon
