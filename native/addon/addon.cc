// The addon's entry point: what it exports, and that it stays. JavaScript's thread of each environment.
#include <napi.h>

#include <new>

#include "native/addon/instance.h"
#include "native/addon/local_server.h"
#include "native/addon/method_object.h"
#include "native/addon/runtime_object.h"
#include "native/addon/sources.h"
#include "native/addon/system_calls.h"
#include "native/platform/library.h"

namespace eaphost::addon {

namespace {

// A lane may be inside a call when the last environment goes and Node unloads the addon: the code must stay
// mapped.
bool PinThisModule() {
  static const char anchor = 0;
  static const bool is_pinned = platform::Library::PinOwnerOf(&anchor);
  return is_pinned;
}

// attach(drain): says which function takes the batches; returns the array that they are described in.
napi_value Attach(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  napi_value records = nullptr;
  void* data = nullptr;
  napi_valuetype type = napi_undefined;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  if (napi_typeof(env, arguments[0], &type) != napi_ok || type != napi_function) {
    static_cast<void>(napi_throw_type_error(env, nullptr, "drain must be a function"));
    return nullptr;
  }
  return static_cast<Environment*>(data)->delivery().Attach(arguments[0], &records) ? records : nullptr;
}

napi_value Halves(napi_env env, napi_callback_info) {
  ObjectWriter object(env);
  object.Number("created", halves_created);
  object.Number("destroyed", halves_destroyed);
  return object.value();
}

template <napi_callback kCallback>
bool Export(Environment& environment, napi_value exports, const char* name) {
  napi_value function = nullptr;
  return napi_create_function(environment.env(), name, NAPI_AUTO_LENGTH, &Guarded<kCallback>, &environment,
                              &function) == napi_ok &&
         napi_set_named_property(environment.env(), exports, name, function) == napi_ok;
}

bool SetUp(napi_env env, napi_value exports) {
  try {
    Environment* const environment = PinThisModule() ? Environment::Create(env) : nullptr;
    return environment != nullptr && Export<&Attach>(*environment, exports, "attach") &&
           Export<&Halves>(*environment, exports, "halves") &&
           Export<&RuntimeObject::Open>(*environment, exports, "openRuntime") &&
           Export<&MethodObject::Open>(*environment, exports, "openMethod") &&
           Export<&MakeSystemCall>(*environment, exports, "system") &&
           Export<&AwaitSource>(*environment, exports, "awaitSource") &&
           Export<&CloseSource>(*environment, exports, "closeSource") &&
           Export<&TakePipe>(*environment, exports, "takePipe") &&
           Export<&TakeFrames>(*environment, exports, "takeFrames") &&
           Export<&TakeNotifications>(*environment, exports, "takeNotifications") &&
           Export<&SendFrame>(*environment, exports, "sendFrame") &&
           Export<&PeerUser>(*environment, exports, "peerUser") &&
           Export<&ListenLocally>(*environment, exports, "listenLocally") &&
           Export<&StopListening>(*environment, exports, "stopListening") &&
           Export<&Answer>(*environment, exports, "answer") &&
           Export<&HangUp>(*environment, exports, "hangUp");
  } catch (const std::bad_alloc&) {
    return false;
  }
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  if (!SetUp(env, exports)) {
    // Refused where an exception is pending already: then that is what is told.
    static_cast<void>(
        napi_throw_error(env, nullptr, "the eaphost addon cannot be set up in this environment"));
  }
  return exports;
}

}  // namespace

NODE_API_MODULE(eaphost, Init)

}  // namespace eaphost::addon
