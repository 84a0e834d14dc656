// What method DLLs take and give, to and from JavaScript.
#include "native/addon/method_values.h"

#include <utility>

#include "native/addon/values.h"
#include "native/method/exports.h"

namespace eaphost::addon {

napi_value ToMethodAttributes(napi_env env, const method::AttributeList& attributes) {
  std::vector<host::Attribute> plain;
  plain.reserve(attributes.size());
  for (const method::Attribute& attribute : attributes) {
    plain.push_back({.type = attribute.type, .value = attribute.value});
  }
  return ToAttributes(env, plain);
}

napi_value ToPeerResult(napi_env env, const method::MethodResult& result) {
  ObjectWriter object(env);
  object.Boolean("isSuccess", result.is_success);
  object.Number("failureReasonCode", result.reason_code);
  if (result.connection_data) object.Bytes("connectionData", *result.connection_data);
  if (result.user_data) object.Bytes("userData", *result.user_data);
  object.Value("attributes", ToMethodAttributes(env, result.attributes));
  object.Boolean("saveToCredMan", result.save_to_cred_man);
  if (result.error) object.Value("error", ToError(env, *result.error));
  return object.value();
}

napi_value ToAuthenticatorResult(napi_env env, const method::AuthenticatorResult& result) {
  ObjectWriter object(env);
  object.Boolean("isSuccess", result.is_success);
  object.Number("failureReasonCode", result.reason_code);
  object.Value("attributes", ToMethodAttributes(env, result.attributes));
  return object.value();
}

napi_value ToNames(napi_env env, const std::vector<const char*>& names) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, names.size(), &array) != napi_ok) return nullptr;
  for (std::size_t index = 0; index < names.size(); ++index) {
    napi_value name = nullptr;
    if (napi_create_string_latin1(env, names[index], NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_set_element(env, array, static_cast<std::uint32_t>(index), name) != napi_ok) {
      return nullptr;
    }
  }
  return array;
}

method::AttributeList ReadMethodAttributes(ArgumentReader& reader, napi_value value, const char* name) {
  method::AttributeList attributes;
  for (host::Attribute& attribute : reader.Attributes(value, name)) {
    attributes.push_back({static_cast<abi::EAP_ATTRIBUTE_TYPE>(attribute.type), std::move(attribute.value)});
  }
  return attributes;
}

}  // namespace eaphost::addon
