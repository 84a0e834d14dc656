// Objects with a native half, of classes that JavaScript cannot construct itself. Not by Napi::ObjectWrap,
// which forgets the half where a worker that is being terminated refuses to wrap it. JavaScript's thread.
#pragma once

#include <napi.h>

#include <memory>
#include <span>
#include <utility>

#include "native/addon/environment.h"

namespace eaphost::addon {

// The class, held by a reference of the environment's. False where JavaScript refuses.
bool DefineClass(Environment& environment, const char* name,
                 std::span<const napi_property_descriptor> properties, Napi::FunctionReference& type);

// A new object without a half, or NULL.
napi_value Construct(Environment& environment, const Napi::FunctionReference& type);

// A new object, whose half goes when JavaScript forgets it, or with the environment. NULL where JavaScript
// refuses, as it may at any moment in a worker that is being terminated: then the half goes at once.
template <typename Half>
napi_value NewInstance(Environment& environment, const Napi::FunctionReference& type,
                       std::unique_ptr<Half> half) {
  const napi_finalize destroy = [](napi_env, void* data, void*) { delete static_cast<Half*>(data); };
  const napi_value object = Construct(environment, type);
  if (object == nullptr ||
      napi_wrap(environment.env(), object, half.get(), destroy, nullptr, nullptr) != napi_ok) {
    return nullptr;
  }
  static_cast<void>(half.release());
  return object;
}

}  // namespace eaphost::addon
