#ifndef _WIN32

#include <stdlib.h>

#include "native/abi/win32.h"
#include "test/native/methods/method_platform.h"

namespace eaphost::testdll {

std::string GetVariable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void SetVariable(const char* name, const std::string& value) {
  if (value.empty()) {
    unsetenv(name);
  } else {
    setenv(name, value.c_str(), 1);
  }
}

abi::DWORD ShowDialog(abi::HWND, const char16_t*) { return abi::kErrorNotSupported; }

}  // namespace eaphost::testdll

#endif
