// What the functions that method DLLs export by name have in common: how one is found, and how a call's end
// becomes a failure in plain data. Any thread.
#pragma once

#include <optional>
#include <string>

#include "native/method/method_dll.h"
#include "native/platform/secret.h"
#include "native/values/plain.h"

namespace eaphost::method {

using host::Failure;
using platform::SecretBytes;
using platform::SecretText;

// Whether `status` is good; if not, `failure` is that of the function that it names, else of `call`.
bool Check(const Status& status, const char* call, Failure& failure);

// The function `name`, with the endpoint set for it; nullptr with `failure` filled. A DLL that holds user
// interface only is never shut down, and so would never give an endpoint back.
template <typename Function>
Function* UseExport(const MethodDll& dll, bool has_methods, const std::optional<std::u16string>& endpoint,
                    const char* name, Failure& failure) {
  Function* const function = dll.Find<Function>(name);
  if (function == nullptr) {
    failure = host::MakeFailure(name, abi::kErrorProcNotFound, "the DLL does not export it");
    return nullptr;
  }
  return !has_methods || Check(dll.UseEndpoint(endpoint), name, failure) ? function : nullptr;
}

}  // namespace eaphost::method
