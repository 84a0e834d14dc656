// The client's end of a named pipe, and the account and the process at its other end: what the shim and the
// addon check before they believe a server. Any thread. Only Windows includes it.
#pragma once

#include <windows.h>

#include <aclapi.h>

#include "native/platform/security_win32.h"

namespace eaphost::platform {

// Connects. The server can identify this process' user and cannot act for it. Not GENERIC_WRITE: that
// includes the right to be a server of the name, which clients do not have.
inline Handle OpenPipe(LPCWSTR name) {
  constexpr DWORD kAccess = FILE_READ_DATA | FILE_WRITE_DATA | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES |
                            READ_CONTROL | SYNCHRONIZE;
  return Handle(CreateFileW(name, kAccess, 0, nullptr, OPEN_EXISTING,
                            FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
}

// The owner of the pipe itself. A process cannot create a pipe with another owner, and only accounts on the
// access list of the first instance can add one; the process that serves it may be one that this process
// may not look at.
inline Sid OwnerOfPipe(HANDLE pipe) {
  LocalMemory descriptor;
  PSID owner = nullptr;
  const DWORD code = GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr,
                                     nullptr, nullptr, &descriptor.data);
  return code == ERROR_SUCCESS ? Sid(owner) : Sid();
}

// Whether `is_wanted` holds for the pipe's owner, and for the user of the process that serves it where the
// system lets this process look.
template <typename Wanted>
bool ServesFor(HANDLE pipe, ULONG server, Wanted is_wanted) {
  if (!is_wanted(OwnerOfPipe(pipe))) return false;
  const Handle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, server));
  if (!process) return GetLastError() == ERROR_ACCESS_DENIED;
  HANDLE opened = nullptr;
  if (!OpenProcessToken(process.get(), TOKEN_QUERY, &opened)) return GetLastError() == ERROR_ACCESS_DENIED;
  const Handle token(opened);
  return is_wanted(UserOf(token.get()));
}

}  // namespace eaphost::platform
