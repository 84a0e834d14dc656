// An opened run-time as JavaScript holds it. JavaScript's thread.
#include "native/addon/runtime_object.h"

#include <utility>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/calls.h"
#include "native/addon/instance.h"
#include "native/addon/options_reader.h"
#include "native/addon/receiver.h"
#include "native/addon/values.h"

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
  auto runtime = std::static_pointer_cast<Runtime>(open->owner);
  return NewInstance(environment, environment.runtime_class,
                     std::make_unique<RuntimeObject>(number, std::move(runtime)));
}

napi_value RuntimeObject::Open(napi_env env, napi_callback_info info) {
  std::size_t count = 2;
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  OptionsReader read(env, reader, arguments[1]);
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

napi_value RuntimeObject::BeginSession(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  OptionsReader read(env, reader, receiver.arguments[1]);
  host::BeginArguments begin;
  begin.flags = read.Number("flags");
  begin.method = read.MethodType("method");
  begin.attributes = read.Attributes("attributes");
  begin.user_token = read.Handle("userToken");
  begin.max_send_packet_size = read.Number("maxSendPacketSize");
  begin.connection_data = read.Bytes("connectionData");
  begin.user_data = read.Bytes("userData");
  napi_value connection_id = read.Option("connectionId");
  if (reader.ok() && !reader.IsAbsent(connection_id)) {
    begin.connection_id = reader.Guid(connection_id, "connectionId");
  }
  if (!reader.ok()) return nullptr;
  const std::shared_ptr<Runtime>& runtime = receiver.object->runtime_;
  const auto session = std::make_shared<Session>(runtime);
  receiver.environment->Submit(*runtime, session->strand,
                               std::make_unique<BeginCall>(ticket, session, std::move(begin)));
  return nullptr;
}

napi_value RuntimeObject::ClearConnection(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  const abi::GUID connection_id = reader.Guid(receiver.arguments[1], "connectionId");
  if (!reader.ok()) return nullptr;
  LooseCall::Start(*receiver.environment,
                   std::make_unique<ClearCall>(ticket, receiver.object->runtime_, connection_id));
  return nullptr;
}

napi_value RuntimeObject::Close(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 1> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  if (!reader.ok()) return nullptr;
  receiver.environment->CloseOwner(receiver.object->number_, ticket);
  return nullptr;
}

napi_value RuntimeObject::RegisterMethod(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  OptionsReader read(env, reader, receiver.arguments[1]);
  RegisterCall::Method method;
  method.type = read.MethodType("type");
  method.dll_path = read.Text("dllPath");
  method.friendly_name = read.OptionalText("friendlyName");
  method.author_name = read.OptionalText("authorName");
  method.endpoint = read.OptionalText("endpoint");
  method.properties = read.Number("properties");
  if (!reader.ok()) return nullptr;
  LooseCall::Start(*receiver.environment,
                   std::make_unique<RegisterCall>(ticket, receiver.object->runtime_, std::move(method)));
  return nullptr;
}

napi_value RuntimeObject::UnregisterMethod(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  const abi::EAP_METHOD_TYPE type = reader.MethodType(receiver.arguments[1], "type");
  if (!reader.ok()) return nullptr;
  LooseCall::Start(*receiver.environment,
                   std::make_unique<UnregisterCall>(ticket, receiver.object->runtime_, type));
  return nullptr;
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
  const LanePool::Stats stats = receiver.object->runtime_->lanes().stats();
  ObjectWriter object(env);
  object.Number("lanes", static_cast<std::uint32_t>(stats.lanes));
  object.Number("pending", static_cast<std::uint32_t>(receiver.object->runtime_->pending()));
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
