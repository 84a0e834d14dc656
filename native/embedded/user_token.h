// A user's impersonation token, kept for as long as a session may hand it to its method. Any thread.
#pragma once

#include "native/abi/base.h"
#include "native/values/plain.h"

namespace eaphost::embedded {

class UserToken {
 public:
  UserToken() = default;
  ~UserToken();
  UserToken(const UserToken&) = delete;
  UserToken& operator=(const UserToken&) = delete;

  // Keeps a duplicate, for the caller may close its own after the call. NULL is no token. Where there are no
  // Windows handles the value is passed on as it is.
  values::Status Keep(abi::HANDLE token);

  abi::HANDLE get() const { return token_; }

 private:
  abi::HANDLE token_ = nullptr;
};

}  // namespace eaphost::embedded
