// There is no registry here.
#ifndef _WIN32

#include "native/abi/win32.h"
#include "native/system/registry.h"

namespace eaphost::addon {

abi::DWORD ReadKey(const std::u16string&, bool, RegistryKey*) { return abi::kErrorNotSupported; }
abi::DWORD CreateKey(const std::u16string&, std::vector<std::u16string>*) { return abi::kErrorNotSupported; }
abi::DWORD SetValue(const std::u16string&, const RegistryValue&) { return abi::kErrorNotSupported; }
abi::DWORD DeleteValue(const std::u16string&, const std::u16string&) { return abi::kErrorNotSupported; }
abi::DWORD DeleteKey(const std::u16string&) { return abi::kErrorNotSupported; }
abi::DWORD CheckWritable(const std::u16string&) { return abi::kErrorNotSupported; }

}  // namespace eaphost::addon

#endif
