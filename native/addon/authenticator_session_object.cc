// A session of an authenticator method as JavaScript holds it: NativeAuthenticatorSession in
// lib/native/method-types.ts.
#include "native/abi/enums.h"
#include "native/addon/method_session_object.h"

namespace eaphost::addon {

namespace {

using Object = MethodSessionObject<AuthenticatorSession>;
using Native = method::AuthenticatorMethodSession;

constexpr std::uint32_t kLargestId = 255;

// The output of one hop: the action, and its data.
struct Step {
  method::AuthenticatorAction action = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  method::Request request;
  AttributeList attributes;
  method::AuthenticatorResult result;
};

void SettleRequest(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveRequest(ticket, step.request.packet, step.request.timeout);
}
// False if the result is to be given as a value.
bool ResolveResult(Environment& environment, std::int32_t ticket, Delivery::Result form, const Step& step) {
  const method::AuthenticatorResult& result = step.result;
  return environment.delivery().ResolveResult(ticket, form, result.is_success, result.reason_code, false,
                                              result.attributes);
}

void SettleResult(Environment& environment, std::int32_t ticket, Step& step) {
  if (ResolveResult(environment, ticket, Delivery::Result::kAuthenticator, step)) return;
  environment.delivery().ResolveValue(ticket, ToAuthenticatorResult(environment.env(), step.result));
}
void SettleAction(Environment& environment, std::int32_t ticket, Step& step) {
  environment.delivery().ResolveStep(ticket, step.action);
}

void SettleStep(Environment& environment, std::int32_t ticket, Step& step) {
  switch (step.action) {
    case abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND:
      return SettleRequest(environment, ticket, step);
    case abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT:
      if (ResolveResult(environment, ticket, Delivery::Result::kAuthenticatorStep, step)) return;
      break;
    case abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND:
      break;
    default:
      return SettleAction(environment, ticket, step);
  }
  ObjectWriter object(environment.env());
  object.Number("action", static_cast<std::uint32_t>(step.action));
  if (step.action == abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT) {
    object.Value("result", ToAuthenticatorResult(environment.env(), step.result));
  } else {
    object.Value("attributes", ToAttributes(environment.env(), step.attributes));
  }
  environment.delivery().ResolveValue(ticket, object.value());
}

// EapMethodAuthenticatorReceivePacket and what its action asks for. On a lane.
Status ReceiveAll(Native& native, const SecretBytes& packet, abi::BYTE next_id, Step& step) {
  if (Status status = native.ReceivePacket(packet, step.action); !status.ok()) return status;
  switch (step.action) {
    case abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND:
      return native.SendPacket(next_id, step.request);
    case abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT:
      return native.GetResult(step.result);
    case abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND:
      return native.GetAttributes(step.attributes);
    default:
      return {};
  }
}

abi::BYTE ReadId(ArgumentReader& reader, napi_value value, const char* name) {
  const std::uint32_t id = reader.Number(value, name);
  if (id > kLargestId) reader.Refuse(name, "an octet");
  return static_cast<abi::BYTE>(id);
}

struct InnerParameters {
  abi::DWORD flags;
  std::u16string identity;
  AttributeList attributes;
};

napi_value UpdateInnerMethodParams(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorUpdateInnerMethodParams",
      [](ArgumentReader& reader, napi_value* arguments) {
        return InnerParameters{.flags = reader.Number(arguments[0], "flags"),
                               .identity = reader.Text(arguments[1], "identity"),
                               .attributes = reader.Attributes(arguments[2], "attributes")};
      },
      [](Native& native, const InnerParameters& inner, Step&) {
        return native.UpdateInnerMethodParams(inner.flags, inner.identity, inner.attributes);
      },
      &SettleNothing);
}

napi_value SendPacket(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorSendPacket",
      [](ArgumentReader& reader, napi_value* arguments) { return ReadId(reader, arguments[0], "id"); },
      [](Native& native, abi::BYTE id, Step& step) { return native.SendPacket(id, step.request); },
      &SettleRequest);
}

struct Sending {
  abi::BYTE id;
  std::uint32_t size;
};

napi_value SendPacketInto(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorSendPacket",
      [](ArgumentReader& reader, napi_value* arguments) {
        return Sending{.id = ReadId(reader, arguments[0], "id"), .size = reader.Number(arguments[1], "size")};
      },
      [](Native& native, const Sending& sending, Step& step) {
        return native.SendPacket(sending.id, sending.size, step.request);
      },
      &SettleRequest);
}

napi_value ReceivePacket(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorReceivePacket", ReadOctets("packet"),
      [](Native& native, const SecretBytes& packet, Step& step) {
        return native.ReceivePacket(packet, step.action);
      },
      &SettleAction);
}

struct Received {
  SecretBytes packet;
  abi::BYTE next_id;
};

napi_value Receive(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorReceivePacket",
      [](ArgumentReader& reader, napi_value* arguments) {
        return Received{.packet = reader.Bytes(arguments[0], "packet"),
                        .next_id = ReadId(reader, arguments[1], "nextId")};
      },
      [](Native& native, const Received& received, Step& step) {
        return ReceiveAll(native, received.packet, received.next_id, step);
      },
      &SettleStep);
}

napi_value GetAttributes(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorGetAttributes", &ReadNothing,
      [](Native& native, NoInput, Step& step) { return native.GetAttributes(step.attributes); },
      &SettleAttributes);
}

napi_value SetAttributes(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorSetAttributes", &ReadAttributes,
      [](Native& native, const AttributeList& attributes, Step& step) {
        return native.SetAttributes(attributes, step.action);
      },
      &SettleAction);
}

napi_value GetResult(napi_env env, napi_callback_info info) {
  return Object::Begin<Step>(
      env, info, "EapMethodAuthenticatorGetResult", &ReadNothing,
      [](Native& native, NoInput, Step& step) { return native.GetResult(step.result); }, &SettleResult);
}

}  // namespace

template <>
Napi::FunctionReference& MethodSessionObject<AuthenticatorSession>::Class(Environment& environment) {
  return environment.authenticator_session_class;
}

template <>
std::vector<napi_property_descriptor> MethodSessionObject<AuthenticatorSession>::Methods(
    Environment& environment) {
  return {Method<&UpdateInnerMethodParams>(environment, "updateInnerMethodParams"),
          Method<&SendPacket>(environment, "sendPacket"),
          Method<&SendPacketInto>(environment, "sendPacketInto"),
          Method<&ReceivePacket>(environment, "receivePacket"),
          Method<&GetAttributes>(environment, "getAttributes"),
          Method<&SetAttributes>(environment, "setAttributes"),
          Method<&GetResult>(environment, "getResult"),
          Method<&Receive>(environment, "receive")};
}

}  // namespace eaphost::addon
