// Services, version resources and elevation are Windows' own.
#ifndef _WIN32

#include "native/abi/win32.h"
#include "native/system/system_facts.h"

namespace eaphost::addon {

abi::DWORD QueryService(const std::u16string&, ServiceFacts*) { return abi::kErrorNotSupported; }
abi::DWORD QueryFileVersion(const std::u16string&, std::u16string*) { return abi::kErrorNotSupported; }
abi::DWORD QueryProcess(ProcessFacts*) { return abi::kErrorNotSupported; }

}  // namespace eaphost::addon

#endif
