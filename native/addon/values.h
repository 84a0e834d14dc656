// Plain data to JavaScript values. JavaScript's thread. Any step may fail while an environment is being
// terminated: then the value is NULL, and what was made so far is garbage like any other.
#pragma once

#include <node_api.h>

#include <span>
#include <string_view>
#include <vector>

#include "native/values/plain.h"

namespace eaphost::addon {

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

// Named after the interfaces in lib/native/runtime-types.ts.
napi_value ToBuffer(napi_env env, std::span<const std::uint8_t> bytes);
napi_value ToError(napi_env env, const host::EapError& error);
napi_value ToAttributes(napi_env env, const std::vector<host::Attribute>& attributes);
napi_value ToFailure(napi_env env, const host::Failure& failure);
// Throws one. Failing to throw leaves an environment that runs no more JavaScript.
void ThrowFailure(napi_env env, const char* call, abi::DWORD code);
napi_value ToStep(napi_env env, const host::Step& step);
napi_value ToResult(napi_env env, const host::Result& result);
napi_value ToMethodInfo(napi_env env, const host::MethodInfo& info);
napi_value ToMethodType(napi_env env, const abi::EAP_METHOD_TYPE& type);
// NativeIdentity in lib/native/runtime-types.ts.
napi_value ToIdentity(napi_env env, const host::Identity& identity);

}  // namespace eaphost::addon
