// A session of a peer method as JavaScript holds it: NativePeerSession in lib/native-hosting.ts.
#include "native/abi/enums.h"
#include "native/addon/method_session_object.h"

namespace eaphost::addon {

namespace {

using Object = MethodSessionObject<PeerSession>;
using Native = method::PeerMethodSession;
using method::SecretBytes;
using method::Status;

// What one hop gives: the action, and what belongs to it.
struct Step {
  abi::EapPeerMethodOutput output{};
  SecretBytes bytes;
  method::AttributeList attributes;
};

void SettleNothing(Environment& environment, std::int32_t ticket, Step&) {
  environment.delivery().Resolve(ticket);
}
void SettleBytes(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveValue(ticket, ToBuffer(environment.env(), step.bytes));
}
void SettleAttributes(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveValue(ticket, ToMethodAttributes(environment.env(), step.attributes));
}
void SettleOutput(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveOutput(ticket, step.output);
}

void SettleStep(Environment& environment, std::int32_t ticket, Step& step) {
  const bool allow = step.output.fAllowNotifications != 0;
  if (step.output.action == abi::EapPeerMethodResponseActionSend) {
    return environment.delivery().ResolveResponse(ticket, step.bytes, allow);
  }
  if (step.output.action != abi::EapPeerMethodResponseActionInvokeUI &&
      step.output.action != abi::EapPeerMethodResponseActionRespond) {
    return SettleOutput(environment, ticket, step);
  }
  ObjectWriter object(environment.env());
  object.Number("action", static_cast<std::uint32_t>(step.output.action));
  object.Boolean("allowNotifications", allow);
  if (step.output.action == abi::EapPeerMethodResponseActionInvokeUI) {
    object.Bytes("uiContext", step.bytes);
  } else {
    object.Value("attributes", ToMethodAttributes(environment.env(), step.attributes));
  }
  environment.delivery().ResolveValue(ticket, object.value());
}

// EapPeerProcessRequestPacket and what its action asks for. On a lane.
Status Process(Native& native, const SecretBytes& packet, Step& step) {
  if (Status status = native.ProcessRequest(packet, step.output); !status.ok()) return status;
  switch (step.output.action) {
    case abi::EapPeerMethodResponseActionSend:
      return native.GetResponse(step.bytes);
    case abi::EapPeerMethodResponseActionInvokeUI:
      return native.GetUiContext(step.bytes);
    case abi::EapPeerMethodResponseActionRespond:
      return native.GetAttributes(step.attributes);
    default:
      return {};
  }
}

// A method without arguments.
template <typename Work>
napi_value Start(napi_env env, napi_callback_info info, const char* name, Work work,
                 void (*settle)(Environment&, std::int32_t, Step&)) {
  return Object::Begin(env, info,
                       [&](auto& environment, auto&, std::int32_t ticket, const auto& session, auto) {
                         StartInSession<Step>(environment, ticket, session, name, work, settle);
                       });
}

// A method that takes octets.
template <typename Work>
napi_value StartWithBytes(napi_env env, napi_callback_info info, const char* name, const char* argument,
                          Work work, void (*settle)(Environment&, std::int32_t, Step&)) {
  return Object::Begin(
      env, info,
      [&](auto& environment, auto& reader, std::int32_t ticket, const auto& session, napi_value* arguments) {
        SecretBytes bytes = reader.Bytes(arguments[0], argument);
        if (!reader.ok()) return;
        StartInSession<Step>(
            environment, ticket, session, name,
            [work, bytes = std::move(bytes)](Native& native, Step& step) {
              return work(native, bytes, step);
            },
            settle);
      });
}

napi_value SetCredentials(napi_env env, napi_callback_info info) {
  return Object::Begin(
      env, info,
      [env](auto& environment, auto& reader, std::int32_t ticket, const auto& session,
            napi_value* arguments) {
        std::u16string identity = reader.Text(arguments[0], "identity");
        platform::SecretText password = ReadSecretText(env, reader, arguments[1], "password");
        if (!reader.ok()) return;
        StartInSession<Step>(
            environment, ticket, session, "EapPeerSetCredentials",
            [identity = std::move(identity), password = std::move(password)](Native& native, Step&) {
              return native.SetCredentials(identity, std::u16string_view(password.data(), password.size()));
            },
            &SettleNothing);
      });
}

napi_value ProcessRequestPacket(napi_env env, napi_callback_info info) {
  return StartWithBytes(
      env, info, "EapPeerProcessRequestPacket", "packet",
      [](Native& native, const SecretBytes& packet, Step& step) {
        return native.ProcessRequest(packet, step.output);
      },
      &SettleOutput);
}

napi_value ProcessAll(napi_env env, napi_callback_info info) {
  return StartWithBytes(env, info, "EapPeerProcessRequestPacket", "packet", &Process, &SettleStep);
}

napi_value GetResponsePacket(napi_env env, napi_callback_info info) {
  return Start(
      env, info, "EapPeerGetResponsePacket",
      [](Native& native, Step& step) { return native.GetResponse(step.bytes); }, &SettleBytes);
}

napi_value GetUiContext(napi_env env, napi_callback_info info) {
  return Start(
      env, info, "EapPeerGetUIContext",
      [](Native& native, Step& step) { return native.GetUiContext(step.bytes); }, &SettleBytes);
}

napi_value SetUiContext(napi_env env, napi_callback_info info) {
  return StartWithBytes(
      env, info, "EapPeerSetUIContext", "context",
      [](Native& native, const SecretBytes& context, Step& step) {
        return native.SetUiContext(context, step.output);
      },
      &SettleOutput);
}

napi_value GetResponseAttributes(napi_env env, napi_callback_info info) {
  return Start(
      env, info, "EapPeerGetResponseAttributes",
      [](Native& native, Step& step) { return native.GetAttributes(step.attributes); }, &SettleAttributes);
}

napi_value SetResponseAttributes(napi_env env, napi_callback_info info) {
  return Object::Begin(
      env, info,
      [](auto& environment, auto& reader, std::int32_t ticket, const auto& session, napi_value* arguments) {
        method::AttributeList attributes = ReadMethodAttributes(reader, arguments[0], "attributes");
        if (!reader.ok()) return;
        StartInSession<Step>(
            environment, ticket, session, "EapPeerSetResponseAttributes",
            [attributes = std::move(attributes)](Native& native, Step& step) {
              return native.SetAttributes(attributes, step.output);
            },
            &SettleOutput);
      });
}

napi_value GetResult(napi_env env, napi_callback_info info) {
  return Object::Begin(
      env, info,
      [](auto& environment, auto& reader, std::int32_t ticket, const auto& session, napi_value* arguments) {
        const auto reason =
            static_cast<abi::EapPeerMethodResultReason>(reader.SignedNumber(arguments[0], "reason"));
        if (!reader.ok()) return;
        StartInSession<method::MethodResult>(
            environment, ticket, session, "EapPeerGetResult",
            [reason](Native& native, method::MethodResult& result) {
              return native.GetResult(reason, result);
            },
            [](Environment& settled, std::int32_t done, method::MethodResult& result) {
              settled.delivery().ResolveValue(done, ToPeerResult(settled.env(), result));
            });
      });
}

}  // namespace

template <>
Napi::FunctionReference& MethodSessionObject<PeerSession>::Class(Environment& environment) {
  return environment.peer_session_class;
}

template <>
std::shared_ptr<PeerSession>& MethodSessionObject<PeerSession>::ToWrap(Environment& environment) {
  return environment.peer_session_to_wrap;
}

template <>
std::vector<napi_property_descriptor> MethodSessionObject<PeerSession>::Methods(Environment& environment) {
  return {Method(environment, "setCredentials", &SetCredentials),
          Method(environment, "processRequestPacket", &ProcessRequestPacket),
          Method(environment, "getResponsePacket", &GetResponsePacket),
          Method(environment, "getResult", &GetResult),
          Method(environment, "getUiContext", &GetUiContext),
          Method(environment, "setUiContext", &SetUiContext),
          Method(environment, "getResponseAttributes", &GetResponseAttributes),
          Method(environment, "setResponseAttributes", &SetResponseAttributes),
          Method(environment, "process", &ProcessAll)};
}

}  // namespace eaphost::addon
