// The token of the user that a call is made for: a handle of the caller's, or one that is opened for the call
// and closed with the last copy of this object. Any thread; a copy belongs to one.
#pragma once

#include <cstdint>
#include <memory>

#include "native/abi/base.h"

namespace eaphost::platform {

class UserToken {
 public:
  UserToken() = default;
  // The caller's; NULL for none.
  explicit UserToken(abi::HANDLE handle) : handle_(handle) {}
  // To be opened: that of this process' user, or of whoever is logged on in a session of Windows.
  static UserToken OfProcess() { return UserToken(Source::kProcess, 0); }
  static UserToken OfSession(std::uint32_t session) { return UserToken(Source::kSession, session); }

  // Makes the handle there, an impersonation token; a Win32 code. A caller's stays as it is. Outside Windows
  // a process has no token, and a session is ERROR_NOT_SUPPORTED.
  abi::DWORD Open();
  // Takes a duplicate in place of the caller's, which may then be closed; a Win32 code.
  abi::DWORD Keep();

  abi::HANDLE get() const { return handle_; }

 private:
  enum class Source { kCaller, kProcess, kSession };

  UserToken(Source source, std::uint32_t session) : source_(source), session_(session) {}
  void Own(abi::HANDLE handle);

  Source source_ = Source::kCaller;
  std::uint32_t session_ = 0;
  abi::HANDLE handle_ = nullptr;
  std::shared_ptr<void> owned_;
};

}  // namespace eaphost::platform
