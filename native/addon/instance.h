// Objects with a native half: their classes, and how their methods read what JavaScript passes, by plain
// N-API: the fastest way there is. Classes that JavaScript cannot construct itself. Not by Napi::ObjectWrap,
// which forgets the half where a worker that is being terminated refuses to wrap it. JavaScript's thread.
#pragma once

#include <napi.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/addon/values.h"

namespace eaphost::addon {

// The class, held by a reference of the environment's. False where JavaScript refuses.
bool DefineClass(Environment& environment, const char* name,
                 std::span<const napi_property_descriptor> properties, Napi::FunctionReference& type);

// A new object without a half, or NULL.
napi_value Construct(Environment& environment, const Napi::FunctionReference& type);

// The native halves that there have been in this process, and how many of them are gone.
inline std::atomic<std::uint32_t> halves_created = 0;
inline std::atomic<std::uint32_t> halves_destroyed = 0;

template <typename Half>
struct DestroyHalf {
  void operator()(Half* half) const {
    delete half;
    ++halves_destroyed;
  }
};

// A new object, whose half, made of `owned`, goes when JavaScript forgets it, or with the environment. NULL
// where JavaScript refuses, as it may at any moment in a worker that is being terminated, or where there is
// no memory: then the half goes at once, and what it owns with it.
template <typename Half, typename... Owned>
napi_value NewInstance(Environment& environment, const Napi::FunctionReference& type, const Owned&... owned) {
  std::unique_ptr<Half, DestroyHalf<Half>> half(new (std::nothrow) Half(owned...));
  if (half == nullptr) {
    const Half gone(owned...);
    return nullptr;
  }
  ++halves_created;
  const napi_finalize destroy = [](napi_env, void* data, void*) {
    DestroyHalf<Half>()(static_cast<Half*>(data));
  };
  const napi_value object = Construct(environment, type);
  if (object == nullptr ||
      napi_wrap(environment.env(), object, half.get(), destroy, nullptr, nullptr) != napi_ok) {
    return nullptr;
  }
  static_cast<void>(half.release());
  return object;
}

template <typename Object, std::size_t kArguments>
struct Receiver {
  Object* object = nullptr;
  Environment* environment = nullptr;
  std::array<napi_value, kArguments> arguments{};  // what was not passed is undefined

  // False with an exception pending. V8 itself refuses receivers that are not of the class (their constructor
  // may have failed, though: then there is no object).
  bool Read(napi_env env, napi_callback_info info) {
    napi_value self = nullptr;
    void* wrapped = nullptr;
    void* data = nullptr;
    if (!ReadArguments(env, info, arguments, &data, &self)) return false;
    if (napi_unwrap(env, self, &wrapped) != napi_ok) {
      static_cast<void>(napi_throw_type_error(env, nullptr, "Illegal invocation"));
      return false;
    }
    object = static_cast<Object*>(wrapped);
    environment = static_cast<Environment*>(data);
    return true;
  }
};

// The same of a method whose first argument is the ticket of a call: the other arguments, and the options
// among them.
template <typename Object>
struct CallReader : ArgumentReader {
  explicit CallReader(napi_env env) : ArgumentReader(env) {}

  Object& object() { return *receiver.object; }
  Environment& environment() { return *receiver.environment; }
  napi_value operator[](std::size_t index) const { return receiver.arguments[1 + index]; }
  OptionsReader Options(std::size_t index) { return {*this, (*this)[index]}; }

  Receiver<Object, 4> receiver;
  std::int32_t ticket = 0;
};

// Such a method: `start(CallReader&)` begins the call, unless an argument was refused. What it gives, if
// anything, the method gives.
template <typename Object, typename Start>
napi_value StartCall(napi_env env, napi_callback_info info, Start start) {
  CallReader<Object> call(env);
  if (!call.receiver.Read(env, info)) return nullptr;
  call.ticket = call.SignedNumber(call.receiver.arguments[0], "ticket");
  if constexpr (std::is_void_v<decltype(start(call))>) {
    start(call);
    return nullptr;
  } else {
    return start(call);
  }
}

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
