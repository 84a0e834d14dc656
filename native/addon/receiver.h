// The receiver and the arguments of a method of ours, read by plain N-API: the fastest way there is.
// JavaScript's thread.
#pragma once

#include <node_api.h>

#include <array>
#include <cstddef>
#include <new>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/environment.h"
#include "native/addon/values.h"

namespace eaphost::addon {

template <typename Object, std::size_t kArguments>
struct Receiver {
  Object* object = nullptr;
  Environment* environment = nullptr;
  std::array<napi_value, kArguments> arguments{};  // what was not passed is undefined

  // False with an exception pending. V8 itself refuses receivers that are not of the class (their constructor
  // may have failed, though: then there is no object).
  bool Read(napi_env env, napi_callback_info info) {
    std::size_t count = kArguments;
    napi_value self = nullptr;
    void* wrapped = nullptr;
    void* data = nullptr;
    if (napi_get_cb_info(env, info, &count, arguments.data(), &self, &data) != napi_ok) {
      static_cast<void>(napi_throw_error(env, nullptr, "the arguments cannot be read"));
      return false;
    }
    if (napi_unwrap(env, self, &wrapped) != napi_ok) {
      static_cast<void>(napi_throw_type_error(env, nullptr, "Illegal invocation"));
      return false;
    }
    object = static_cast<Object*>(wrapped);
    environment = static_cast<Environment*>(data);
    return true;
  }
};

// What JavaScript calls: where memory runs out, it throws a NativeFailure.
template <napi_callback kCallback>
napi_value Guarded(napi_env env, napi_callback_info info) {
  try {
    return kCallback(env, info);
  } catch (const std::bad_alloc&) {
    ThrowFailure(env, "malloc", abi::kErrorNotEnoughMemory);
    return nullptr;
  }
}

// A method of a class that lives as long as its environment.
template <napi_callback kCallback>
napi_property_descriptor Method(Environment& environment, const char* name) {
  return {.utf8name = name,
          .name = nullptr,
          .method = &Guarded<kCallback>,
          .getter = nullptr,
          .setter = nullptr,
          .value = nullptr,
          .attributes = napi_default_method,
          .data = &environment};
}

// A property of a class that is only read.
template <napi_callback kCallback>
napi_property_descriptor Getter(Environment& environment, const char* name) {
  napi_property_descriptor property = Method<kCallback>(environment, name);
  property.getter = std::exchange(property.method, nullptr);
  property.attributes = napi_default;
  return property;
}

}  // namespace eaphost::addon
