// The user of this process, the accounts that may change a folder, and the signature of a file:
// registration checks them before it trusts a folder. A folder for files with credentials. Outside Windows
// everything returns ERROR_NOT_SUPPORTED. Any thread; the calls block. Functions return Win32 codes. SIDs are
// strings such as S-1-5-18.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::system {

// The SID of this process' user.
abi::DWORD CurrentUser(std::u16string* sid);

// An account, other than the system and its administrators, that may change the contents of a folder.
struct Intruder {
  std::u16string path;  // the folder itself, or one above it
  std::u16string sid;
  bool is_owner = false;     // of the folder, else by an entry of its access list
  std::uint32_t rights = 0;  // the access mask of that entry
};

// The accounts that could change, replace or plant a file in a folder: by its access list, what its files
// inherit of that, its owner, and those of the folders above it up to the drive. With `trusts_user` this
// process' user counts as an administrator: without, what processes of the same user without elevation may
// change is found. A folder that is not on a local drive, or is reached through a link, is refused with
// ERROR_NOT_SUPPORTED.
abi::DWORD FindIntruders(const std::u16string& folder, bool trusts_user, std::vector<Intruder>* intruders);

// Makes a folder that nobody but this process' user and the system can look into, nor into what is put there:
// its access list inherits nothing. ERROR_ALREADY_EXISTS if there is anything of that name.
abi::DWORD MakePrivateFolder(const std::u16string& path);

enum class Signature : std::uint32_t { kNone = 0, kValid = 1, kInvalid = 2 };

// A file's Authenticode signature, its own or that of a catalog of the system's.
abi::DWORD CheckSignature(const std::u16string& path, Signature* signature);

}  // namespace eaphost::system
