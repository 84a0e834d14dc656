#ifndef _WIN32

#include <cstdlib>

#include "native/abi/win32.h"
#include "test/native/methods/method_platform.h"

namespace eaphost::testdll {

std::string GetVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

abi::DWORD ShowDialog(abi::HWND, const char16_t*) { return abi::kErrorNotSupported; }

}  // namespace eaphost::testdll

#endif
