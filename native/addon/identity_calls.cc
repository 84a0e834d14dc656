// The calls for tunnel methods and for single sign-on. Make… on lanes, the rest on JavaScript's thread.
#include "native/addon/identity_calls.h"

#include "native/addon/values.h"

namespace eaphost::addon {

bool IdentityCall::Make() { return owner().supplicant().GetIdentity(arguments_, identity_, failure_); }

void IdentityCall::Resolve(Environment& environment) {
  environment.delivery().ResolveValue(ticket_, ToIdentity(environment.env(), identity_));
}

bool EncryptCall::Make() {
  return owner().supplicant().GetEncryptedPassword(password_, encrypted_, failure_);
}

void EncryptCall::Resolve(Environment& environment) {
  ObjectWriter object(environment.env());
  object.Text("encrypted", std::u16string_view(encrypted_.data(), encrypted_.size()));
  environment.delivery().ResolveValue(ticket_, object.value());
}

bool UnplumbCall::MakeOpen() {
  return owner().supplicant().GetDataToUnplumbCredentials(session_->id, data_, failure_);
}

void UnplumbCall::Resolve(Environment& environment) {
  napi_env env = environment.env();
  ObjectWriter object(env);
  object.Guid("connectionId", data_.connection_id);
  napi_value token = nullptr;
  if (napi_create_bigint_uint64(env, data_.user_token, &token) != napi_ok) token = nullptr;
  object.Value("userToken", token);
  object.Boolean("saveToCredMan", data_.save_to_cred_man);
  environment.delivery().ResolveValue(ticket_, object.value());
}

}  // namespace eaphost::addon
