// Sources and JavaScript. JavaScript's thread, but for what they call when there is something to take.
#include "native/addon/sources.h"

#include <cstdint>
#include <memory>
#include <new>
#include <variant>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/addon/network_values.h"
#include "native/addon/values.h"
#include "native/system/descriptors.h"

namespace eaphost::addon {

using system::PipeListener;
using system::RawLink;
using system::Wlan;

namespace {

using Source = std::variant<std::shared_ptr<PipeListener>, std::shared_ptr<RawLink>, std::shared_ptr<Wlan>>;
constexpr napi_type_tag kSourceTag = {0x6d1d3c0f5b7e4a29, 0x9a52e4c8f1b0d376};

// There is something, until JavaScript takes it.
class Waiting : public Completion {
 public:
  Waiting(std::int32_t ticket, bool keeps_alive) : ticket_(ticket), keeps_alive_(keeps_alive) {}
  void Deliver(Environment& environment) override {
    if (keeps_alive_) environment.delivery().CallEnded();
    environment.delivery().Resolve(ticket_);
  }

 private:
  const std::int32_t ticket_;
  const bool keeps_alive_;
};

// NULL with an exception pending.
Source* SourceIn(napi_env env, napi_value value) {
  bool is_ours = false;
  void* data = nullptr;
  if (napi_check_object_type_tag(env, value, &kSourceTag, &is_ours) == napi_ok && is_ours &&
      napi_unwrap(env, value, &data) == napi_ok) {
    return static_cast<Source*>(data);
  }
  ArgumentReader(env).Refuse("source", "a source");
  return nullptr;
}

template <typename Kind>
std::shared_ptr<Kind> SourceOf(napi_env env, napi_value value) {
  const Source* const source = SourceIn(env, value);
  const auto* const kind = std::get_if<std::shared_ptr<Kind>>(source);
  if (kind != nullptr) return *kind;
  if (source != nullptr) ArgumentReader(env).Refuse("source", "a source of this kind");
  return nullptr;
}

void Forget(napi_env, void* data, void*) { delete static_cast<Source*>(data); }

napi_value ToSource(napi_env env, Source source) {
  napi_value object = nullptr;
  std::unique_ptr<Source> held(new (std::nothrow) Source(std::move(source)));
  if (held != nullptr && napi_create_object(env, &object) == napi_ok &&
      napi_type_tag_object(env, object, &kSourceTag) == napi_ok &&
      napi_wrap(env, object, held.get(), &Forget, nullptr, nullptr) == napi_ok) {
    static_cast<void>(held.release());
    return object;
  }
  return nullptr;
}

napi_value ToEthernetInterface(napi_env env, const system::EthernetInterface& card) {
  ObjectWriter object(env);
  object.Text("name", card.name);
  object.Text("label", card.label);
  object.Text("description", card.description);
  object.Bytes("address", card.address);
  object.Boolean("isUp", card.is_up);
  return object.value();
}

}  // namespace

napi_value ToPipeListener(napi_env env, const std::shared_ptr<PipeListener>& listener) {
  return ToSource(env, listener);
}

napi_value ToPipeServer(napi_env env, const system::PipeServer& server) {
  ObjectWriter object(env);
  object.Boolean("isExpected", server.connection != nullptr);
  const int descriptor = server.connection != nullptr ? system::OpenDescriptor(server.connection->get()) : -1;
  if (descriptor >= 0) {
    static_cast<void>(server.connection->Take());  // the descriptor's
    object.Number("descriptor", static_cast<std::uint32_t>(descriptor));
  }
  object.Text("account", server.account);
  object.Number("process", server.process);
  return object.value();
}

napi_value ToRawLink(napi_env env, const std::shared_ptr<RawLink>& link) {
  napi_value object = ToSource(env, link);
  napi_value address = object == nullptr ? nullptr : ToBuffer(env, link->address());
  if (address == nullptr || napi_set_named_property(env, object, "address", address) != napi_ok)
    return nullptr;
  return object;
}

napi_value ToWlan(napi_env env, const std::shared_ptr<Wlan>& client) { return ToSource(env, client); }

std::shared_ptr<Wlan> WlanIn(napi_env env, napi_value value) { return SourceOf<Wlan>(env, value); }

napi_value ToEthernetInterfaces(napi_env env, const std::vector<system::EthernetInterface>& interfaces) {
  return ToArray(env, interfaces, &ToEthernetInterface);
}

napi_value AwaitSource(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  if (!reader.ok()) return nullptr;
  Source* const source = SourceIn(env, arguments[1]);
  if (source == nullptr) return nullptr;
  Delivery& delivery = static_cast<Environment*>(data)->delivery();
  const bool keeps_alive = std::holds_alternative<std::shared_ptr<RawLink>>(*source);
  // The message is there from the start: the source's thread has nobody to tell that there is no memory.
  auto message = std::make_shared<std::unique_ptr<Waiting>>(std::make_unique<Waiting>(ticket, keeps_alive));
  const std::function<void()> ready = [outbox = delivery.outbox(), message] {
    outbox->Post(message->release());
  };
  if (keeps_alive) delivery.CallStarted();
  std::visit([&ready](const auto& each) { each->Await(ready); }, *source);
  return nullptr;
}

napi_value CloseSource(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  if (Source* const source = SourceIn(env, arguments[0])) {
    std::visit([](const auto& each) { each->Close(); }, *source);
  }
  return nullptr;
}

napi_value TakePipe(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  const auto listener = SourceOf<PipeListener>(env, arguments[0]);
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

napi_value TakeFrames(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  const auto link = SourceOf<RawLink>(env, arguments[0]);
  if (link == nullptr) return nullptr;
  const RawLink::Batch batch = link->Take();
  ObjectWriter object(env);
  object.Bytes("frames", batch.frames);
  object.Number("dropped", batch.dropped);
  object.Boolean("isUp", batch.is_up);
  object.Boolean("wasDown", batch.was_down);
  object.Boolean("isOver", batch.is_over);
  return object.value();
}

napi_value TakeNotifications(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  const auto client = SourceOf<Wlan>(env, arguments[0]);
  return client != nullptr ? ToNotifications(env, client->Take()) : nullptr;
}

napi_value SendFrame(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  const auto link = SourceOf<RawLink>(env, arguments[0]);
  if (link == nullptr) return nullptr;
  const auto frame = ViewBytes(env, arguments[1]);
  if (!frame) {
    ArgumentReader(env).Refuse("frame", "octets");
    return nullptr;
  }
  napi_value code = nullptr;
  return napi_create_uint32(env, link->Send(*frame), &code) == napi_ok ? code : nullptr;
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
