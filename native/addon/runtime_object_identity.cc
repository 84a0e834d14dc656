// The methods of an opened run-time for tunnel methods and for single sign-on. JavaScript's thread.
#include <utility>

#include "native/addon/arguments.h"
#include "native/addon/identity_calls.h"
#include "native/addon/options_reader.h"
#include "native/addon/receiver.h"
#include "native/addon/runtime_object.h"

namespace eaphost::addon {

napi_value RuntimeObject::GetIdentity(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  OptionsReader read(env, reader, receiver.arguments[1]);
  host::IdentityArguments arguments;
  arguments.flags = read.Number("flags");
  arguments.method = read.MethodType("method");
  arguments.user_token = read.Handle("userToken");
  arguments.connection_data = read.Bytes("connectionData");
  arguments.user_data = read.Bytes("userData");
  if (!reader.ok()) return nullptr;
  LooseCall::Start(*receiver.environment,
                   std::make_unique<IdentityCall>(ticket, receiver.object->runtime_, std::move(arguments)));
  return nullptr;
}

napi_value RuntimeObject::GetEncryptedPassword(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 2> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  platform::SecretText password = reader.SecretText(receiver.arguments[1], "password");
  if (!reader.ok()) return nullptr;
  LooseCall::Start(*receiver.environment,
                   std::make_unique<EncryptCall>(ticket, receiver.object->runtime_, std::move(password)));
  return nullptr;
}

}  // namespace eaphost::addon
