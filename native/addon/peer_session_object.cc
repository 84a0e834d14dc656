// A session of a peer method as JavaScript holds it: NativePeerSession in lib/native/method-types.ts.
#include "native/abi/enums.h"
#include "native/addon/method_session_object.h"

namespace eaphost::addon {

namespace {

using Object = MethodSessionObject<PeerSession>;
using Native = method::PeerMethodSession;

// The output of one hop: the action, and its data.
struct Step {
  abi::EapPeerMethodOutput output{};
  SecretBytes bytes;
  AttributeList attributes;
};

void SettleBytes(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveValue(ticket, ToBuffer(environment.env(), step.bytes));
}
void SettleOutput(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveOutput(ticket, step.output);
}

void SettleResult(Environment& environment, std::int32_t ticket, method::MethodResult& result) {
  if (!result.connection_data && !result.user_data && !result.error &&
      environment.delivery().ResolveResult(ticket, Delivery::Result::kPeer, result.is_success,
                                           result.reason_code, result.save_to_cred_man, result.attributes)) {
    return;
  }
  environment.delivery().ResolveValue(ticket, ToPeerResult(environment.env(), result));
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
    object.Value("attributes", ToAttributes(environment.env(), step.attributes));
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

struct Credentials {
  std::u16string identity;
  platform::SecretText password;
};

napi_value SetCredentials(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerSetCredentials",
      [](ArgumentReader& reader, napi_value* arguments) {
        return Credentials{.identity = reader.Text(arguments[0], "identity"),
                           .password = reader.SecretText(arguments[1], "password")};
      },
      [](Native& native, const Credentials& credentials, Step&) {
        const platform::SecretText& password = credentials.password;
        return native.SetCredentials(credentials.identity,
                                     std::u16string_view(password.data(), password.size()));
      },
      &SettleNothing);
}

napi_value ProcessRequestPacket(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerProcessRequestPacket", ReadOctets("packet"),
      [](Native& native, const SecretBytes& packet, Step& step) {
        return native.ProcessRequest(packet, step.output);
      },
      &SettleOutput);
}

napi_value ProcessAll(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(env, info, "EapPeerProcessRequestPacket", ReadOctets("packet"), &Process,
                             &SettleStep);
}

napi_value GetResponsePacket(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerGetResponsePacket", &ReadNothing,
      [](Native& native, NoInput, Step& step) { return native.GetResponse(step.bytes); }, &SettleBytes);
}

napi_value GetResponsePacketInto(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerGetResponsePacket",
      [](ArgumentReader& reader, napi_value* arguments) { return reader.Number(arguments[0], "size"); },
      [](Native& native, std::uint32_t size, Step& step) { return native.GetResponse(size, step.bytes); },
      &SettleBytes);
}

napi_value GetUiContext(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerGetUIContext", &ReadNothing,
      [](Native& native, NoInput, Step& step) { return native.GetUiContext(step.bytes); }, &SettleBytes);
}

napi_value SetUiContext(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerSetUIContext", ReadOctets("context"),
      [](Native& native, const SecretBytes& context, Step& step) {
        return native.SetUiContext(context, step.output);
      },
      &SettleOutput);
}

napi_value GetResponseAttributes(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerGetResponseAttributes", &ReadNothing,
      [](Native& native, NoInput, Step& step) { return native.GetAttributes(step.attributes); },
      &SettleAttributes);
}

napi_value SetResponseAttributes(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapPeerSetResponseAttributes", &ReadAttributes,
      [](Native& native, const AttributeList& attributes, Step& step) {
        return native.SetAttributes(attributes, step.output);
      },
      &SettleOutput);
}

napi_value GetResult(napi_env env, napi_callback_info info) {
  using Reason = abi::EapPeerMethodResultReason;
  return Object::Begin<method::MethodResult>(
      env, info, "EapPeerGetResult",
      [](ArgumentReader& reader, napi_value* arguments) {
        return static_cast<Reason>(reader.SignedNumber(arguments[0], "reason"));
      },
      [](Native& native, Reason reason, method::MethodResult& result) {
        return native.GetResult(reason, result);
      },
      &SettleResult);
}

}  // namespace

template <>
Napi::FunctionReference& MethodSessionObject<PeerSession>::Class(Environment& environment) {
  return environment.peer_session_class;
}

template <>
std::vector<napi_property_descriptor> MethodSessionObject<PeerSession>::Methods(Environment& environment) {
  return {Method<&SetCredentials>(environment, "setCredentials"),
          Method<&ProcessRequestPacket>(environment, "processRequestPacket"),
          Method<&GetResponsePacket>(environment, "getResponsePacket"),
          Method<&GetResponsePacketInto>(environment, "getResponsePacketInto"),
          Method<&GetResult>(environment, "getResult"),
          Method<&GetUiContext>(environment, "getUiContext"),
          Method<&SetUiContext>(environment, "setUiContext"),
          Method<&GetResponseAttributes>(environment, "getResponseAttributes"),
          Method<&SetResponseAttributes>(environment, "setResponseAttributes"),
          Method<&ProcessAll>(environment, "process")};
}

}  // namespace eaphost::addon
