// What of Windows protected files are made with, so that the tests can let each fail. Only Windows includes
// it.
#pragma once

#include <windows.h>
// After it.
#include <accctrl.h>
#include <aclapi.h>
#include <wincrypt.h>

#include <string>

#include "native/system/protected_file.h"

namespace eaphost::system {

struct ProtectedFileCalls {
  decltype(&::CreateFileW) create = &::CreateFileW;
  decltype(&::GetFileInformationByHandle) information = &::GetFileInformationByHandle;
  decltype(&::GetSecurityInfo) security = &::GetSecurityInfo;
  decltype(&::ReadFile) read = &::ReadFile;
  decltype(&::WriteFile) write = &::WriteFile;
  decltype(&::FlushFileBuffers) flush = &::FlushFileBuffers;
  decltype(&::MoveFileExW) move = &::MoveFileExW;
  decltype(&::DeleteFileW) remove = &::DeleteFileW;
  decltype(&::LocalFree) free = &::LocalFree;
  // NULL: those of crypt32.dll, which is loaded for each call, since few processes ever do.
  decltype(&::CryptProtectData) protect = nullptr;
  decltype(&::CryptUnprotectData) unprotect = nullptr;
};

abi::DWORD ReadProtectedFile(const ProtectedFileCalls& calls, const std::u16string& path,
                             platform::SecretBytes* content);
abi::DWORD WriteProtectedFile(const ProtectedFileCalls& calls, const std::u16string& path,
                              const std::u16string& temporary, std::span<const std::uint8_t> content,
                              bool for_machine);

}  // namespace eaphost::system
