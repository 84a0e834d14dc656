// Instances of our classes. In a worker that is being terminated JavaScript may refuse to wrap the native
// half of an object, and no exception can be thrown: node-addon-api then forgets that half. Here it is
// deleted. JavaScript's thread.
#pragma once

#include <napi.h>

#include <utility>

#include "native/addon/environment.h"

namespace eaphost::addon {

// For constructors, once the base is constructed.
inline void NoteIfUnwrapped(Environment& environment, Napi::Reference<Napi::Object>& half) {
  // With an exception pending node-addon-api deletes it.
  if (half.IsEmpty() && !Napi::Env(environment.env()).IsExceptionPending()) environment.unwrapped = &half;
}

// A new instance, or nullptr. What the constructor is to find has been put into the environment.
inline napi_value NewInstance(Environment& environment, const Napi::FunctionReference& type) {
  napi_value object = nullptr;
  const napi_status status = napi_new_instance(environment.env(), type.Value(), 0, nullptr, &object);
  const auto* const half = std::exchange(environment.unwrapped, nullptr);
  delete half;
  return status == napi_ok && half == nullptr ? object : nullptr;
}

}  // namespace eaphost::addon
