// How a step ended: a Win32 code, and where the code came with an EAP_ERROR, what that said. Plain, owned
// data: the EAP_ERROR itself is freed by whoever made it before a Status leaves the function that called. Any
// thread.
#pragma once

#include <memory>
#include <utility>

#include "native/abi/win32.h"
#include "native/platform/eap_error.h"

namespace eaphost::method {

using platform::CopyError;
using platform::EapError;

class [[nodiscard]] Status {
 public:
  Status() = default;
  explicit Status(abi::DWORD code) : code_(code) {}
  Status(abi::DWORD code, EapError error)
      : code_(code), error_(std::make_shared<const EapError>(std::move(error))) {}

  bool ok() const { return code_ == abi::kNoError; }
  abi::DWORD code() const { return code_; }
  // What is known beside the code, or nullptr.
  const EapError* error() const { return error_.get(); }
  // The method's function that gave the code; "" where none did.
  const char* call() const { return call_; }
  // `call` is a string literal.
  void set_call(const char* call) { call_ = call; }

 private:
  abi::DWORD code_ = abi::kNoError;
  const char* call_ = "";
  std::shared_ptr<const EapError> error_;
};

}  // namespace eaphost::method
