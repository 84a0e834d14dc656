// JavaScript arguments to plain data. JavaScript's thread. Whatever is passed, nothing crashes: the first
// thing that does not fit throws a TypeError that names it, and the reader says no from then on.
#pragma once

#include <node_api.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "native/values/plain.h"

namespace eaphost::addon {

// The octets of a Uint8Array, in JavaScript's memory: to be copied before anything else runs.
std::optional<std::span<const std::uint8_t>> ViewBytes(napi_env env, napi_value value);

class ArgumentReader {
 public:
  explicit ArgumentReader(napi_env env) : env_(env) {}

  bool ok() const { return ok_; }

  std::uint32_t Number(napi_value value, const char* name);
  std::int32_t SignedNumber(napi_value value, const char* name);
  bool Boolean(napi_value value, const char* name);
  std::u16string Text(napi_value value, const char* name);
  std::vector<std::u16string> Texts(napi_value value, const char* name);
  abi::GUID Guid(napi_value value, const char* name);
  abi::HANDLE Handle(napi_value value, const char* name);
  host::SecretBytes Bytes(napi_value value, const char* name);
  // Nothing for undefined.
  // Of octets in UTF-16: a string of JavaScript could not be wiped.
  platform::SecretText SecretText(napi_value value, const char* name);
  host::SecretBytes OptionalBytes(napi_value value, const char* name);
  abi::EAP_METHOD_TYPE MethodType(napi_value value, const char* name);
  std::vector<host::Attribute> Attributes(napi_value value, const char* name);

  // A property of an object; `name` is the property's.
  napi_value Property(napi_value object, const char* name);
  // Whether it is undefined. False after a failure.
  bool IsAbsent(napi_value value);
  // Throws a TypeError, unless something was refused before.
  void Refuse(const char* name, const char* expected) { Throw(&napi_throw_type_error, name, expected); }
  // The same with a RangeError.
  void RefuseRange(const char* name, const char* expected) { Throw(&napi_throw_range_error, name, expected); }

 private:
  void Throw(decltype(&napi_throw_type_error) make, const char* name, const char* expected);
  bool Is(napi_value value, napi_valuetype type, const char* name, const char* expected);

  napi_env env_;
  bool ok_ = true;
};

}  // namespace eaphost::addon
