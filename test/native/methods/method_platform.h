// What the test methods need of the platform. Any thread.
#pragma once

#include <string>

#include "native/abi/structs.h"

namespace eaphost::testdll {

// A variable of the environment as it is now, or "".
std::string GetVariable(const char* name);
// For the tests: "" removes it. No other thread may look at the environment.
void SetVariable(const char* name, const std::string& value);

// A real dialog with an OK and a Cancel button: NO_ERROR, ERROR_CANCELLED, or ERROR_NOT_SUPPORTED where there
// are none.
abi::DWORD ShowDialog(abi::HWND parent, const char16_t* text);

}  // namespace eaphost::testdll
