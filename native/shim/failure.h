// Why a call failed: its return code and its EAP_ERROR. Any thread.
#pragma once

#include "native/abi/win32.h"
#include "native/platform/eap_error.h"

namespace eaphost::shim {

inline constexpr abi::DWORD kErrorAccessDenied = 5;   // ERROR_ACCESS_DENIED
inline constexpr abi::DWORD kErrorInvalidHandle = 6;  // ERROR_INVALID_HANDLE

// win_error == NO_ERROR: no failure.
struct Failure : platform::EapError {
  bool failed() const { return win_error != abi::kNoError; }

  // One of our own, with the sentence that belongs to its code.
  static Failure Of(abi::DWORD code);
};

// The failure as the host gets it, in one block of memory.h's. NULL where memory is short.
abi::EAP_ERROR* MakeError(const Failure& failure) noexcept;

}  // namespace eaphost::shim
