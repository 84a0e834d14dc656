// There are no dialogs but on Windows.
#ifndef _WIN32

#include "native/abi/win32.h"
#include "test/native/methods/test_method_dialog.h"

namespace eaphost::testmethod {

abi::DWORD ShowDialog(abi::HWND, const std::string&, std::string&) { return abi::kErrorNotSupported; }
abi::DWORD LeaveWindow(const std::string&) { return abi::kErrorNotSupported; }

}  // namespace eaphost::testmethod

#endif
