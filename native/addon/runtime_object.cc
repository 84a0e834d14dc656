// An opened run-time as JavaScript holds it. JavaScript's thread.
#include "native/addon/runtime_object.h"

#include <utility>

#include "native/addon/calls.h"
#include "native/addon/configuration_calls.h"
#include "native/addon/instance.h"
#include "native/addon/session_object.h"

namespace eaphost::addon {

bool RuntimeObject::Define(Environment& environment) {
  const napi_property_descriptor properties[] = {
      Method<&BeginSession>(environment, "beginSession"),
      Method<&ClearConnection>(environment, "clearConnection"),
      Method<&GetIdentity>(environment, "getIdentity"),
      Method<&Configure>(environment, "configure"),
      Method<&GetEncryptedPassword>(environment, "getEncryptedPassword"),
      Method<&Close>(environment, "close"),
      Method<&RegisterMethod>(environment, "registerMethod"),
      Method<&UnregisterMethod>(environment, "unregisterMethod"),
      Method<&SetOption>(environment, "setOption"),
      Method<&Counters>(environment, "counters"),
      Method<&Stats>(environment, "stats"),
      Getter<&Number>(environment, "number")};
  return DefineClass(environment, "NativeRuntime", properties, environment.runtime_class);
}

napi_value RuntimeObject::Wrap(Environment& environment, std::int32_t number) {
  const Environment::OpenOwner* const open = environment.Find(number);
  if (open == nullptr) return nullptr;
  const auto runtime = std::static_pointer_cast<Runtime>(open->owner);
  return NewInstance<RuntimeObject>(environment, environment.runtime_class, number, runtime);
}

napi_value RuntimeObject::Open(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  OptionsReader read(reader, arguments[1]);
  Runtime::Options options;
  options.runtime_library = read.Text("runtimeLibrary");
  options.configuration_library = read.Text("configurationLibrary");
  options.where =
      read.Boolean("system") ? platform::Library::Where::kSystem32 : platform::Library::Where::kPath;
  options.max_lanes = read.Lanes("maxLanes");
  if (!reader.ok()) return nullptr;
  static_cast<Environment*>(data)->Open(std::move(options), ticket);
  return nullptr;
}

// Makes the call on a lane, with no session: bool(Runtime&, Output&, Failure&). Nothing where an argument was
// refused.
template <typename Output, typename Work, typename Settle>
void RuntimeObject::StartLoose(CallReader<RuntimeObject>& call, const char* name, Work work, Settle settle) {
  if (!call.ok()) return;
  addon::StartLoose<RuntimeCall, Output>(call.environment(), call.ticket, call.object().runtime_,
                                         std::move(work), settle, name);
}

napi_value RuntimeObject::BeginSession(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    OptionsReader read = call.Options(0);
    supplicant::BeginArguments begin;
    begin.flags = read.Number("flags");
    begin.method = read.MethodType("method");
    begin.attributes = read.Attributes("attributes");
    begin.user_token = read.UserToken("userToken");
    begin.max_send_packet_size = read.Number("maxSendPacketSize");
    begin.connection_data = read.Bytes("connectionData");
    begin.user_data = read.Bytes("userData");
    napi_value connection_id = read.Option("connectionId");
    if (call.ok() && !call.IsAbsent(connection_id)) {
      begin.connection_id = call.Guid(connection_id, "connectionId");
    }
    if (!call.ok()) return;
    const std::shared_ptr<Runtime>& runtime = call.object().runtime_;
    StartSession<RuntimeCall, SessionObject>(
        call.environment(), call.ticket, runtime, std::make_shared<Session>(runtime),
        [begin = std::move(begin)](const auto& session, Failure& failure) mutable {
          return session->runtime->Begin(session, begin, failure);
        },
        "EapHostPeerBeginSession");
  });
}

napi_value RuntimeObject::ClearConnection(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    StartLoose<Nothing>(
        call, "EapHostPeerClearConnection",
        [id = call.Guid(call[0], "connectionId")](Runtime& runtime, Nothing&, Failure& failure) {
          return runtime.ClearConnection(id, failure);
        },
        nullptr);
  });
}

napi_value RuntimeObject::GetIdentity(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    OptionsReader read = call.Options(0);
    supplicant::IdentityArguments arguments;
    arguments.flags = read.Number("flags");
    arguments.method = read.MethodType("method");
    arguments.user_token = read.UserToken("userToken");
    arguments.connection_data = read.Bytes("connectionData");
    arguments.user_data = read.Bytes("userData");
    StartLoose<Identity>(
        call, "EapHostPeerGetIdentity",
        [arguments = std::move(arguments)](Runtime& runtime, Identity& identity, Failure& failure) mutable {
          return runtime.supplicant().GetIdentity(arguments, identity, failure);
        },
        &ToIdentity);
  });
}

napi_value RuntimeObject::GetEncryptedPassword(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    StartLoose<SecretText>(
        call, "EapHostPeerGetEncryptedPassword",
        [password = call.SecretText(call[0], "password")](Runtime& runtime, SecretText& encrypted,
                                                          Failure& failure) {
          return runtime.supplicant().GetEncryptedPassword(password, encrypted, failure);
        },
        [](napi_env made_in, const SecretText& encrypted) {
          ObjectWriter object(made_in);
          object.Text("encrypted", std::u16string_view(encrypted.data(), encrypted.size()));
          return object.value();
        });
  });
}

napi_value RuntimeObject::Configure(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    StartConfigurationCall(call, call.environment(), call.object().runtime_, call.ticket, call[0], call[1]);
  });
}

napi_value RuntimeObject::Close(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    if (call.ok()) call.environment().CloseOwner(call.object().number_, call.ticket);
  });
}

// What the embedded run-time replaces or forgets may be shut down and unloaded in the call.
napi_value RuntimeObject::RegisterMethod(napi_env env, napi_callback_info info) {
  struct Registered {
    abi::EAP_METHOD_TYPE type{};
    std::u16string dll_path;
    std::optional<std::u16string> friendly_name;
    std::optional<std::u16string> author_name;
    std::optional<std::u16string> endpoint;
    abi::DWORD properties = 0;
  };
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    constexpr const char* kName = "EapEmbeddedRegisterMethod";
    OptionsReader read = call.Options(0);
    Registered given;
    given.type = read.MethodType("type");
    given.dll_path = read.Text("dllPath");
    given.friendly_name = read.OptionalText("friendlyName");
    given.author_name = read.OptionalText("authorName");
    given.endpoint = read.OptionalText("endpoint");
    given.properties = read.Number("properties");
    StartLoose<Nothing>(
        call, kName,
        [given = std::move(given)](Runtime& runtime, Nothing&, Failure& failure) {
          const auto pointer = [](const std::optional<std::u16string>& text) {
            return text ? text->c_str() : nullptr;
          };
          const embedded::Method method{.type = given.type,
                                        .pwszDllPath = given.dll_path.c_str(),
                                        .pwszFriendlyName = pointer(given.friendly_name),
                                        .pwszAuthorName = pointer(given.author_name),
                                        .pwszEndpoint = pointer(given.endpoint),
                                        .dwProperties = given.properties};
          auto* const function = runtime.table().EapEmbeddedRegisterMethod;
          failure = MakeFailure(
              kName, function == nullptr ? abi::kErrorNotSupported : function(runtime.scope(), &method));
          return failure.ok();
        },
        nullptr);
  });
}

napi_value RuntimeObject::UnregisterMethod(napi_env env, napi_callback_info info) {
  return StartCall<RuntimeObject>(env, info, [](CallReader<RuntimeObject>& call) {
    constexpr const char* kName = "EapEmbeddedUnregisterMethod";
    StartLoose<Nothing>(
        call, kName,
        [type = call.MethodType(call[0], "type")](Runtime& runtime, Nothing&, Failure& failure) {
          auto* const function = runtime.table().EapEmbeddedUnregisterMethod;
          failure = MakeFailure(
              kName, function == nullptr ? abi::kErrorNotSupported : function(runtime.scope(), &type));
          return failure.ok();
        },
        nullptr);
  });
}

// Throws a NativeFailure for any other code than NO_ERROR.
napi_value RuntimeObject::SetOption(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const Runtime& runtime = *receiver.object->runtime_;
  ArgumentReader reader(env);
  const abi::DWORD option = reader.Number(receiver.arguments[0], "option");
  const abi::DWORD value = reader.Number(receiver.arguments[1], "value");
  if (!reader.ok()) return nullptr;
  auto* const function = runtime.table().EapEmbeddedSetOption;
  const abi::DWORD code = function == nullptr    ? abi::kErrorNotSupported
                          : runtime.is_closing() ? abi::kErrorInvalidState
                                                 : function(runtime.scope(), option, value);
  if (code != abi::kNoError) ThrowFailure(env, "EapEmbeddedSetOption", code);
  return nullptr;
}

napi_value RuntimeObject::Counters(napi_env env, napi_callback_info info) {
  constexpr const char* kCall = "EapEmbeddedGetCounters";
  Receiver<RuntimeObject, 0> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  auto* const function = receiver.object->runtime_->table().EapEmbeddedGetCounters;
  embedded::Counters counters{};
  const abi::DWORD code = function == nullptr ? abi::kErrorNotSupported : function(&counters);
  if (code != abi::kNoError) {
    ThrowFailure(env, kCall, code);
    return nullptr;
  }
  ObjectWriter object(env);
  object.Number("outstandingBlocks", counters.dwOutstandingBlocks);
  object.Number("sessions", counters.dwSessions);
  object.Number("loadedMethods", counters.dwLoadedMethods);
  return object.value();
}

napi_value RuntimeObject::Stats(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 0> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const LanePool::Stats stats = receiver.object->runtime_->stats();
  ObjectWriter object(env);
  object.Number("lanes", static_cast<std::uint32_t>(stats.lanes));
  object.Number("pending", static_cast<std::uint32_t>(stats.pending));
  return object.value();
}

napi_value RuntimeObject::Number(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 0> receiver;
  napi_value number = nullptr;
  if (!receiver.Read(env, info)) return nullptr;
  if (napi_create_int32(env, receiver.object->number_, &number) != napi_ok) return nullptr;
  return number;
}

}  // namespace eaphost::addon
