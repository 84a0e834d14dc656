// Objects with a native half. JavaScript's thread.
#include "native/addon/instance.h"

namespace eaphost::addon {

namespace {

// Everything that our objects are made of comes from native code, in NewInstance.
napi_value Constructor(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) == napi_ok &&
      !static_cast<Environment*>(data)->is_constructing) {
    static_cast<void>(napi_throw_type_error(env, nullptr, "Illegal constructor"));
  }
  return nullptr;
}

}  // namespace

bool DefineClass(Environment& environment, const char* name,
                 std::span<const napi_property_descriptor> properties, Napi::FunctionReference& type) {
  napi_env env = environment.env();
  napi_value constructor = nullptr;
  napi_ref reference = nullptr;
  if (napi_define_class(env, name, NAPI_AUTO_LENGTH, &Constructor, &environment, properties.size(),
                        properties.data(), &constructor) != napi_ok ||
      napi_create_reference(env, constructor, 1, &reference) != napi_ok) {
    return false;
  }
  type = Napi::FunctionReference(env, reference);
  return true;
}

napi_value Construct(Environment& environment, const Napi::FunctionReference& type) {
  napi_value constructor = nullptr;
  napi_value object = nullptr;
  if (napi_get_reference_value(environment.env(), type, &constructor) != napi_ok) return nullptr;
  environment.is_constructing = true;
  const napi_status status = napi_new_instance(environment.env(), constructor, 0, nullptr, &object);
  environment.is_constructing = false;
  return status == napi_ok ? object : nullptr;
}

}  // namespace eaphost::addon
