// Plain data to JavaScript values. JavaScript's thread. Any step may fail while an environment is being
// terminated: then the value is NULL, and what was made so far is garbage like any other.
#pragma once

#include <node_api.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/method/authenticator_method_session.h"
#include "native/method/peer_method_session.h"
#include "native/values/plain.h"

namespace eaphost::addon {

using namespace values;  // what crosses the border is plain data

// Builds an object property by property. After a failure the rest does nothing and value() is NULL.
class ObjectWriter {
 public:
  explicit ObjectWriter(napi_env env);

  void Number(const char* name, std::uint32_t number);
  void Double(const char* name, double number);
  void Boolean(const char* name, bool value);
  void Text(const char* name, std::string_view text);
  void Text(const char* name, std::u16string_view text);
  void Bytes(const char* name, std::span<const std::uint8_t> bytes);
  void Guid(const char* name, const abi::GUID& guid);
  void Value(const char* name, napi_value value);

  napi_value value() const { return object_; }

 private:
  void Set(const char* name, napi_status status, napi_value value);

  napi_env env_;
  napi_value object_ = nullptr;
};

// An array of the values that `convert` makes. NULL if any conversion fails.
template <typename Elements, typename Convert>
napi_value ToArray(napi_env env, const Elements& elements, Convert convert) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, elements.size(), &array) != napi_ok) return nullptr;
  std::uint32_t index = 0;
  for (const auto& element : elements) {
    napi_value value = convert(env, element);
    if (value == nullptr || napi_set_element(env, array, index++, value) != napi_ok) return nullptr;
  }
  return array;
}

// Named after the interfaces in lib/native/runtime-types.ts.
napi_value ToText(napi_env env, const std::u16string& text);
// The value of a call without output.
struct Nothing {};
napi_value ToUndefined(napi_env env, const Nothing&);
napi_value ToBuffer(napi_env env, std::span<const std::uint8_t> bytes);
napi_value ToError(napi_env env, const EapError& error);
napi_value ToAttributes(napi_env env, const AttributeList& attributes);
napi_value ToFailure(napi_env env, const Failure& failure);
// Throws one. Failing to throw leaves an environment that runs no more JavaScript.
void ThrowFailure(napi_env env, const char* call, abi::DWORD code);
napi_value ToStep(napi_env env, const Step& step);
napi_value ToResult(napi_env env, const Result& result);
napi_value ToMethodInfo(napi_env env, const MethodInfo& info);
napi_value ToMethodType(napi_env env, const abi::EAP_METHOD_TYPE& type);
napi_value ToIdentity(napi_env env, const Identity& identity);
napi_value ToMethods(napi_env env, const std::vector<MethodInfo>& methods);
napi_value ToProperties(napi_env env, const std::vector<MethodProperty>& properties);
napi_value ToMethodBlob(napi_env env, const MethodBlob& blob);
napi_value ToFields(napi_env env, const std::vector<InputField>& fields);
napi_value ToInteractiveUi(napi_env env, const InteractiveUi& ui);
napi_value ToBlob(napi_env env, const SecretBytes& blob);
// Of lib/native/method-types.ts.
napi_value ToPeerResult(napi_env env, const method::MethodResult& result);
napi_value ToAuthenticatorResult(napi_env env, const method::AuthenticatorResult& result);
napi_value ToNames(napi_env env, const std::vector<const char*>& names);

}  // namespace eaphost::addon
