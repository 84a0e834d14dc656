#ifdef _WIN32

#include <windows.h>

#include "native/abi/win32.h"
#include "test/native/methods/method_platform.h"

#ifdef _MSC_VER
#pragma comment(lib, "user32.lib")
#endif

namespace eaphost::testdll {

// Not getenv: the C library of a DLL has the environment of the time when it was loaded.
std::string GetVariable(const char* name) {
  std::string value(32768, '\0');
  const DWORD length = GetEnvironmentVariableA(name, value.data(), static_cast<DWORD>(value.size()));
  value.resize(length < value.size() ? length : 0);
  return value;
}

void SetVariable(const char* name, const std::string& value) {
  SetEnvironmentVariableA(name, value.empty() ? nullptr : value.c_str());
}

abi::DWORD ShowDialog(abi::HWND parent, const char16_t* text) {
  const int button = MessageBoxW(static_cast<::HWND>(parent), reinterpret_cast<LPCWSTR>(text), L"Pair method",
                                 MB_OKCANCEL | MB_ICONQUESTION);
  if (button == 0) return GetLastError();
  return button == IDOK ? abi::kNoError : abi::kErrorCancelled;
}

}  // namespace eaphost::testdll

#endif
