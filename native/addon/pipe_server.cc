// Listeners and JavaScript. JavaScript's thread, but for the takers.
#include "native/addon/pipe_server.h"

#include <cstdint>
#include <memory>
#include <new>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/addon/values.h"
#include "native/system/descriptors.h"

namespace eaphost::addon {

namespace {

using Pointer = std::shared_ptr<PipeListener>;
constexpr napi_type_tag kListenerTag = {0x6d1d3c0f5b7e4a29, 0x9a52e4c8f1b0d376};

// A client waits, until JavaScript takes it. No call of those that keep a process alive.
class Waiting : public Completion {
 public:
  explicit Waiting(std::int32_t ticket) : ticket_(ticket) {}
  void Deliver(Environment& environment) override { environment.delivery().Resolve(ticket_); }

 private:
  const std::int32_t ticket_;
};

Pointer ListenerIn(napi_env env, napi_value value) {
  bool is_ours = false;
  void* data = nullptr;
  if (napi_check_object_type_tag(env, value, &kListenerTag, &is_ours) == napi_ok && is_ours &&
      napi_unwrap(env, value, &data) == napi_ok) {
    return *static_cast<Pointer*>(data);
  }
  ArgumentReader(env).Refuse("listener", "a listener");
  return nullptr;
}

void Forget(napi_env, void* data, void*) { delete static_cast<Pointer*>(data); }

}  // namespace

napi_value ToPipeListener(napi_env env, const Pointer& listener) {
  napi_value object = nullptr;
  std::unique_ptr<Pointer> held(new (std::nothrow) Pointer(listener));
  if (held != nullptr && napi_create_object(env, &object) == napi_ok &&
      napi_type_tag_object(env, object, &kListenerTag) == napi_ok &&
      napi_wrap(env, object, held.get(), &Forget, nullptr, nullptr) == napi_ok) {
    static_cast<void>(held.release());
    return object;
  }
  return nullptr;
}

napi_value AcceptPipe(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  if (!reader.ok()) return nullptr;
  if (const Pointer listener = ListenerIn(env, arguments[1])) {
    // The message is there from the start: the listener's thread has nobody to tell that there is no memory.
    listener->Await([outbox = static_cast<Environment*>(data)->delivery().outbox(),
                     message = std::make_shared<std::unique_ptr<Waiting>>(
                         std::make_unique<Waiting>(ticket))] { outbox->Post(message->release()); });
  }
  return nullptr;
}

napi_value TakePipe(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  const Pointer listener = ListenerIn(env, arguments[0]);
  PipeListener::Client client = listener != nullptr ? listener->Take() : PipeListener::Client();
  if (!client) return nullptr;
  const int descriptor = system::OpenDescriptor(client.get());
  if (descriptor < 0) {
    ThrowFailure(env, "uv_open_osfhandle", abi::kErrorNotSupported);
    return nullptr;
  }
  static_cast<void>(client.Take());  // the descriptor's
  // Numbers are made without JavaScript, so the descriptor is never lost.
  napi_value number = nullptr;
  return napi_create_int32(env, descriptor, &number) == napi_ok ? number : nullptr;
}

napi_value ClosePipe(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  if (const Pointer listener = ListenerIn(env, arguments[0])) listener->Close();
  return nullptr;
}

napi_value PeerUser(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t descriptor = reader.SignedNumber(arguments[0], "descriptor");
  const std::optional<std::uint32_t> user = reader.ok() ? system::UserAtOtherEnd(descriptor) : std::nullopt;
  napi_value value = nullptr;
  if (!user || napi_create_uint32(env, *user, &value) != napi_ok) return nullptr;
  return value;
}

}  // namespace eaphost::addon
