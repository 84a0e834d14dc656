// A file of secrets that only its account can use: an access list of its own, and its content encrypted by
// DPAPI. Windows; elsewhere the mode does it (lib/wired/protected-file.ts), and everything returns
// ERROR_NOT_SUPPORTED. Any thread; the calls block. Functions return Win32 codes, and wipe what they used.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "native/abi/base.h"
#include "native/platform/secret.h"

namespace eaphost::system {

// What is in a file that WriteProtectedFile wrote. ERROR_INVALID_OWNER: another's, not this account's,
// SYSTEM's or the administrators'; ERROR_INVALID_ACL: others may read or change it; ERROR_BAD_FILE_TYPE: no
// file of one name; ERROR_FILE_TOO_LARGE; ERROR_INVALID_DATA: not protected; ERROR_DECRYPTION_FAILED:
// damaged, or of another account or machine.
abi::DWORD ReadProtectedFile(const std::u16string& path, platform::SecretBytes* content);

// Replaces the file, or makes it: all of it or nothing. `temporary` is a path beside it that nobody has yet.
// The account, SYSTEM and the administrators may use the file. `for_machine`: any account that may read the
// file can decrypt it, else this one alone. ERROR_ENCRYPTION_FAILED where DPAPI refuses.
abi::DWORD WriteProtectedFile(const std::u16string& path, const std::u16string& temporary,
                              std::span<const std::uint8_t> content, bool for_machine);

}  // namespace eaphost::system
