// An opened run-time as JavaScript holds it. JavaScript's thread.
#include "native/addon/runtime_object.h"

#include <utility>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/calls.h"
#include "native/addon/instance.h"
#include "native/addon/receiver.h"
#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

constexpr std::uint32_t kMostLanes = 1024;

// Throws a NativeFailure. Failing to throw leaves an environment that runs no more JavaScript.
void ThrowFailure(napi_env env, const char* call, abi::DWORD code) {
  if (napi_value value = ToFailure(env, host::MakeFailure(call, code)))
    static_cast<void>(napi_throw(env, value));
}

}  // namespace

bool RuntimeObject::Define(Environment& environment) {
  napi_property_descriptor number = Method(environment, "number", nullptr);
  number.getter = &Number;
  number.attributes = napi_default;
  environment.runtime_class = Napi::Persistent(DefineClass(
      environment.env(), "NativeRuntime",
      {Method(environment, "beginSession", &BeginSession),
       Method(environment, "clearConnection", &ClearConnection),
       Method(environment, "getIdentity", &GetIdentity), Method(environment, "configure", &Configure),
       Method(environment, "getEncryptedPassword", &GetEncryptedPassword),
       Method(environment, "close", &Close), Method(environment, "registerMethod", &RegisterMethod),
       Method(environment, "unregisterMethod", &UnregisterMethod),
       Method(environment, "setOption", &SetOption), Method(environment, "counters", &Counters),
       Method(environment, "stats", &Stats), number}));
  return !environment.runtime_class.IsEmpty();
}

napi_value RuntimeObject::Wrap(Environment& environment, std::int32_t number) {
  environment.runtime_to_wrap = number;
  const napi_value object = NewInstance(environment, environment.runtime_class);
  environment.runtime_to_wrap = 0;
  return object;
}

RuntimeObject::RuntimeObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RuntimeObject>(info) {
  Environment& environment = *Environment::Of(info.Env());
  NoteIfUnwrapped(environment, *this);
  number_ = std::exchange(environment.runtime_to_wrap, 0);
  if (const Environment::OpenOwner* const open = environment.Find(number_)) {
    runtime_ = std::static_pointer_cast<Runtime>(open->owner);
  } else {
    Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
  }
}

RuntimeObject::~RuntimeObject() {
  if (runtime_ != nullptr) runtime_->Close();
}

napi_value RuntimeObject::Open(napi_env env, napi_callback_info info) {
  std::size_t count = 2;
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  const auto option = [&](const char* name) { return reader.Property(arguments[1], name); };
  Runtime::Options options;
  options.runtime_library = reader.Text(option("runtimeLibrary"), "runtimeLibrary");
  options.configuration_library = reader.Text(option("configurationLibrary"), "configurationLibrary");
  options.where = reader.Boolean(option("system"), "system") ? platform::Library::Where::kSystem32
                                                             : platform::Library::Where::kPath;
  options.max_lanes = reader.Number(option("maxLanes"), "maxLanes");
  if (!reader.ok()) return nullptr;
  if (options.max_lanes == 0 || options.max_lanes > kMostLanes) {
    static_cast<void>(napi_throw_range_error(env, nullptr, "maxLanes must be between 1 and 1024"));
    return nullptr;
  }
  static_cast<Environment*>(data)->Open(std::move(options), ticket);
  return nullptr;
}

napi_value RuntimeObject::BeginSession(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  const auto option = [&](const char* name) { return reader.Property(receiver.arguments[1], name); };
  host::BeginArguments begin;
  begin.flags = reader.Number(option("flags"), "flags");
  begin.method = reader.MethodType(option("method"), "method");
  begin.attributes = reader.Attributes(option("attributes"), "attributes");
  begin.user_token = reader.Handle(option("userToken"), "userToken");
  begin.max_send_packet_size = reader.Number(option("maxSendPacketSize"), "maxSendPacketSize");
  const auto optional_bytes = [&](const char* name) {
    napi_value value = option(name);
    return reader.IsAbsent(value) ? host::SecretBytes() : reader.Bytes(value, name);
  };
  begin.connection_data = optional_bytes("connectionData");
  begin.user_data = optional_bytes("userData");
  napi_value connection_id = option("connectionId");
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
  const std::shared_ptr<Runtime>& runtime = receiver.object->runtime_;
  auto call = std::make_unique<ClearCall>(ticket, runtime, connection_id);
  Strand& strand = call->strand();
  receiver.environment->Submit(*runtime, strand, std::move(call));
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

// A function that only the embedded run-time has, while the run-time is open. NULL with a NativeFailure
// thrown.
template <typename Function>
Function* RuntimeObject::Embedded(napi_env env, const char* name, Function* function) const {
  if (function == nullptr) {
    ThrowFailure(env, name, abi::kErrorNotSupported);
  } else if (runtime_->is_closing()) {
    ThrowFailure(env, name, abi::kErrorInvalidState);
    return nullptr;
  }
  return function;
}

napi_value RuntimeObject::RegisterMethod(napi_env env, napi_callback_info info) {
  constexpr const char* kCall = "EapEmbeddedRegisterMethod";
  Receiver<RuntimeObject, 1> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const Runtime& runtime = *receiver.object->runtime_;
  auto* const function = receiver.object->Embedded(env, kCall, runtime.table().EapEmbeddedRegisterMethod);
  if (function == nullptr) return nullptr;

  ArgumentReader reader(env);
  const auto property = [&](const char* name) { return reader.Property(receiver.arguments[0], name); };
  const auto optional_text = [&](const char* name) -> std::optional<std::u16string> {
    napi_value value = property(name);
    if (!reader.ok() || reader.IsAbsent(value)) return std::nullopt;
    return reader.Text(value, name);
  };
  const abi::EAP_METHOD_TYPE type = reader.MethodType(property("type"), "type");
  const std::u16string path = reader.Text(property("dllPath"), "dllPath");
  const auto friendly_name = optional_text("friendlyName");
  const auto author_name = optional_text("authorName");
  const auto endpoint = optional_text("endpoint");
  const abi::DWORD properties = reader.Number(property("properties"), "properties");
  if (!reader.ok()) return nullptr;

  const auto pointer = [](const auto& text) { return text ? text->c_str() : nullptr; };
  const embedded::Method method{.type = type,
                                .pwszDllPath = path.c_str(),
                                .pwszFriendlyName = pointer(friendly_name),
                                .pwszAuthorName = pointer(author_name),
                                .pwszEndpoint = pointer(endpoint),
                                .dwProperties = properties};
  const abi::DWORD code = function(runtime.scope(), &method);
  if (code != abi::kNoError) ThrowFailure(env, kCall, code);
  return nullptr;
}

napi_value RuntimeObject::UnregisterMethod(napi_env env, napi_callback_info info) {
  constexpr const char* kCall = "EapEmbeddedUnregisterMethod";
  Receiver<RuntimeObject, 1> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const Runtime& runtime = *receiver.object->runtime_;
  auto* const function = receiver.object->Embedded(env, kCall, runtime.table().EapEmbeddedUnregisterMethod);
  if (function == nullptr) return nullptr;
  ArgumentReader reader(env);
  const abi::EAP_METHOD_TYPE type = reader.MethodType(receiver.arguments[0], "type");
  if (!reader.ok()) return nullptr;
  const abi::DWORD code = function(runtime.scope(), &type);
  if (code != abi::kNoError) ThrowFailure(env, kCall, code);
  return nullptr;
}

napi_value RuntimeObject::SetOption(napi_env env, napi_callback_info info) {
  constexpr const char* kCall = "EapEmbeddedSetOption";
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  const Runtime& runtime = *receiver.object->runtime_;
  auto* const function = receiver.object->Embedded(env, kCall, runtime.table().EapEmbeddedSetOption);
  if (function == nullptr) return nullptr;
  ArgumentReader reader(env);
  const abi::DWORD option = reader.Number(receiver.arguments[0], "option");
  const abi::DWORD value = reader.Number(receiver.arguments[1], "value");
  if (!reader.ok()) return nullptr;
  const abi::DWORD code = function(runtime.scope(), option, value);
  if (code != abi::kNoError) ThrowFailure(env, kCall, code);
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
