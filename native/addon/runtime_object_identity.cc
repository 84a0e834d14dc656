// The methods of an opened run-time for tunnel methods and for single sign-on. JavaScript's thread.
#include <utility>

#include "native/addon/arguments.h"
#include "native/addon/identity_calls.h"
#include "native/addon/receiver.h"
#include "native/addon/runtime_object.h"

namespace eaphost::addon {

napi_value RuntimeObject::GetIdentity(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  const auto option = [&](const char* name) { return reader.Property(receiver.arguments[1], name); };
  host::IdentityArguments arguments;
  arguments.flags = reader.Number(option("flags"), "flags");
  arguments.method = reader.MethodType(option("method"), "method");
  arguments.user_token = reader.Handle(option("userToken"), "userToken");
  arguments.connection_data = reader.OptionalBytes(option("connectionData"), "connectionData");
  arguments.user_data = reader.OptionalBytes(option("userData"), "userData");
  if (!reader.ok()) return nullptr;
  const std::shared_ptr<Runtime>& runtime = receiver.object->runtime_;
  auto call = std::make_unique<IdentityCall>(ticket, runtime, std::move(arguments));
  Strand& strand = call->strand();
  receiver.environment->Submit(*runtime, strand, std::move(call));
  return nullptr;
}

napi_value RuntimeObject::GetEncryptedPassword(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  std::u16string password = reader.Text(receiver.arguments[1], "password");
  if (!reader.ok()) return nullptr;
  const std::shared_ptr<Runtime>& runtime = receiver.object->runtime_;
  auto call = std::make_unique<EncryptCall>(ticket, runtime, std::move(password));
  Strand& strand = call->strand();
  receiver.environment->Submit(*runtime, strand, std::move(call));
  return nullptr;
}

}  // namespace eaphost::addon
