// Why a call failed: its return code and its EAP_ERROR. Any thread.
#pragma once

#include <optional>
#include <string>

#include "native/abi/structs.h"
#include "native/abi/win32.h"

namespace eaphost::shim {

inline constexpr abi::DWORD kErrorAccessDenied = 5;   // ERROR_ACCESS_DENIED
inline constexpr abi::DWORD kErrorInvalidHandle = 6;  // ERROR_INVALID_HANDLE

// code == NO_ERROR: no failure.
struct Failure {
  abi::DWORD code = abi::kNoError;
  abi::EAP_METHOD_TYPE type{};
  abi::DWORD reason = 0;
  abi::GUID root_cause_guid{};
  abi::GUID repair_guid{};
  abi::GUID help_link_guid{};
  std::optional<std::u16string> root_cause;
  std::optional<std::u16string> repair;

  bool failed() const { return code != abi::kNoError; }

  // One of our own, with the sentence that belongs to its code.
  static Failure Of(abi::DWORD code);
};

// The failure as the host gets it, in one block of memory.h's. NULL where memory is short.
abi::EAP_ERROR* MakeError(const Failure& failure) noexcept;

}  // namespace eaphost::shim
