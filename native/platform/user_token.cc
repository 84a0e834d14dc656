#include "native/platform/user_token.h"

#include "native/abi/win32.h"

#ifdef _WIN32
#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#endif

namespace eaphost::platform {

#ifdef _WIN32

void UserToken::Own(abi::HANDLE handle) {
  handle_ = handle;
  owned_ = std::shared_ptr<void>(handle, CloseHandle);
}

abi::DWORD UserToken::Open() {
  if (source_ == Source::kCaller || handle_ != nullptr) return abi::kNoError;
  HANDLE opened = nullptr;
  if (source_ == Source::kProcess) {
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &opened)) return GetLastError();
  } else {
    using Fn = BOOL WINAPI(ULONG, HANDLE*);
    const Library sessions = Library::Load(u"wtsapi32.dll", Library::Where::kSystem32);
    Fn* const query = sessions.Find<Fn>("WTSQueryUserToken");
    if (query == nullptr) return abi::kErrorProcNotFound;
    if (!query(session_, &opened)) return GetLastError();
  }
  const Handle primary(opened);
  HANDLE token = nullptr;
  // The run-time hands it on to other processes, which may need any right that this one has.
  if (!DuplicateTokenEx(primary.get(), MAXIMUM_ALLOWED, nullptr, SecurityImpersonation, TokenImpersonation,
                        &token)) {
    return GetLastError();
  }
  Own(token);
  return abi::kNoError;
}

abi::DWORD UserToken::Keep() {
  if (handle_ == nullptr) return abi::kNoError;
  const HANDLE process = GetCurrentProcess();
  HANDLE copy = nullptr;
  if (!DuplicateHandle(process, handle_, process, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
    handle_ = nullptr;
    return GetLastError();
  }
  Own(copy);
  return abi::kNoError;
}

#else

abi::DWORD UserToken::Open() { return source_ == Source::kSession ? abi::kErrorNotSupported : abi::kNoError; }

abi::DWORD UserToken::Keep() { return abi::kNoError; }

#endif

}  // namespace eaphost::platform
