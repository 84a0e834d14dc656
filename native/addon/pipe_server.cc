// Listeners and JavaScript. JavaScript's thread, but for the takers.
#include "native/addon/pipe_server.h"

#include <cstdint>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/system/descriptors.h"

namespace eaphost::addon {

namespace {

using Pointer = std::shared_ptr<PipeListener>;
constexpr napi_type_tag kListenerTag = {0x6d1d3c0f5b7e4a29, 0x9a52e4c8f1b0d376};

// A client on its way to JavaScript. No call of those that keep a process alive.
class Accepted : public Completion {
 public:
  Accepted(std::int32_t ticket, PipeListener::Client client) : ticket_(ticket), client_(std::move(client)) {}

  void Deliver(Environment& environment) override {
    Delivery& delivery = environment.delivery();
    void* const handle = client_.Take();
    if (handle == nullptr) return delivery.Resolve(ticket_);
    PipeListener::Client owner(handle);
    const int descriptor = system::OpenDescriptor(handle);
    if (descriptor < 0) {
      return delivery.Reject(ticket_, MakeFailure("uv_open_osfhandle", abi::kErrorNotSupported));
    }
    static_cast<void>(owner.Take());  // the descriptor's
    delivery.ResolveNumber(ticket_, descriptor);
  }

 private:
  const std::int32_t ticket_;
  PipeListener::Client client_;
};

// The arguments of a function; what was not passed is undefined.
template <std::size_t kCount>
bool ReadArguments(napi_env env, napi_callback_info info, napi_value (&arguments)[kCount], void** data) {
  std::size_t count = kCount;
  return napi_get_cb_info(env, info, &count, arguments, nullptr, data) == napi_ok;
}

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
  auto held = std::make_unique<Pointer>(listener);
  if (napi_create_object(env, &object) == napi_ok &&
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
    listener->Accept(
        [outbox = static_cast<Environment*>(data)->outbox(), ticket](PipeListener::Client client) {
          outbox->Post(new Accepted(ticket, std::move(client)));
        });
  }
  return nullptr;
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
