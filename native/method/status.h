// How a step ended: a Win32 code, and where the code came with an EAP_ERROR, what that said. Plain, owned
// data: the EAP_ERROR itself is freed by whoever made it before a Status leaves the function that called. Any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "native/abi/structs.h"
#include "native/abi/win32.h"

namespace eaphost::method {

// EAP_ERROR, owned.
struct EapErrorData {
  abi::DWORD win_error = 0;
  abi::EAP_METHOD_TYPE type{};
  abi::DWORD reason_code = 0;
  abi::GUID root_cause_guid{};
  abi::GUID repair_guid{};
  abi::GUID help_link_guid{};
  std::optional<std::u16string> root_cause;
  std::optional<std::u16string> repair;
};

EapErrorData CopyEapError(const abi::EAP_ERROR& error);

class [[nodiscard]] Status {
 public:
  Status() = default;
  explicit Status(abi::DWORD code) : code_(code) {}
  Status(abi::DWORD code, EapErrorData error)
      : code_(code), error_(std::make_shared<const EapErrorData>(std::move(error))) {}

  bool ok() const { return code_ == abi::kNoError; }
  abi::DWORD code() const { return code_; }
  // What is known beside the code, or nullptr.
  const EapErrorData* error() const { return error_.get(); }
  // The method's function that gave the code; "" where none did.
  const char* call() const { return call_; }
  // `call` is a string literal.
  void set_call(const char* call) { call_ = call; }

 private:
  abi::DWORD code_ = abi::kNoError;
  const char* call_ = "";
  std::shared_ptr<const EapErrorData> error_;
};

}  // namespace eaphost::method
