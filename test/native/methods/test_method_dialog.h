// The scriptable method's dialogs, on Windows only. On the thread that shows them.
#pragma once

#include <string>

#include "native/abi/base.h"

namespace eaphost::testmethod {

// A modal dialog with a text to type, OK and Cancel. ERROR_CANCELLED where the user cancels; else `answer`
// says which apartment it ran on, which window owns it and what was typed. ERROR_NOT_SUPPORTED off Windows.
abi::DWORD ShowDialog(abi::HWND parent, const std::string& title, std::string& answer);

// Leaves a window behind, which lives as long as its thread and answers messages as long as that pumps.
abi::DWORD LeaveWindow(const std::string& title);

}  // namespace eaphost::testmethod
