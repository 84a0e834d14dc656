// Folders and signatures matter to registration, which is Windows' own.
#ifndef _WIN32

#include "native/abi/win32.h"
#include "native/system/access.h"

namespace eaphost::addon {

abi::DWORD CurrentUser(std::u16string*) { return abi::kErrorNotSupported; }
abi::DWORD FindIntruders(const std::u16string&, std::vector<Intruder>*) { return abi::kErrorNotSupported; }
abi::DWORD CheckSignature(const std::u16string&, Signature*) { return abi::kErrorNotSupported; }

}  // namespace eaphost::addon

#endif
