#include "native/embedded/user_token.h"

#ifdef _WIN32
#include <windows.h>
#endif

namespace eaphost::embedded {

#ifdef _WIN32

UserToken::~UserToken() {
  if (token_ != nullptr) CloseHandle(token_);
}

values::Status UserToken::Keep(abi::HANDLE token) {
  if (token == nullptr) return {};
  const HANDLE process = GetCurrentProcess();
  if (DuplicateHandle(process, token, process, &token_, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0) {
    token_ = nullptr;
    return values::Status(GetLastError());
  }
  return {};
}

#else

UserToken::~UserToken() = default;

values::Status UserToken::Keep(abi::HANDLE token) {
  token_ = token;
  return {};
}

#endif

}  // namespace eaphost::embedded
