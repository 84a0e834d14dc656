// Windows of Win32.
#ifdef _WIN32

#include <windows.h>

#include <combaseapi.h>

#include <cstdint>

#include "test/native/methods/test_method_dialog.h"

namespace eaphost::testmethod {

namespace {

constexpr WORD kText = 100;

struct Dialog {
  std::wstring title;
  std::string answer;
};

// A dialog template without controls, menu, class and title.
struct Template {
  DLGTEMPLATE header;
  WORD menu;
  WORD window_class;
  WORD title;
};

std::string Apartment() {
  APTTYPE type{};
  APTTYPEQUALIFIER qualifier{};
  if (FAILED(CoGetApartmentType(&type, &qualifier))) return "none";
  return type == APTTYPE_STA || type == APTTYPE_MAINSTA ? "STA" : "MTA";
}

void AddControl(HWND dialog, const wchar_t* kind, const wchar_t* text, DWORD style, int top, WORD id) {
  CreateWindowExW(0, kind, text, WS_CHILD | WS_VISIBLE | WS_TABSTOP | style, 10, top, 180, 25, dialog,
                  reinterpret_cast<HMENU>(static_cast<std::uintptr_t>(id)), nullptr, nullptr);
}

void Accept(HWND window, Dialog& dialog) {
  char typed[256] = {};
  GetDlgItemTextA(window, kText, typed, sizeof typed);
  const auto owner = reinterpret_cast<std::uintptr_t>(GetWindow(window, GW_OWNER));
  dialog.answer = "apartment=" + Apartment() + " owner=" + std::to_string(owner) + " text=" + typed;
}

INT_PTR CALLBACK DialogProc(HWND window, UINT message, WPARAM word, LPARAM value) {
  if (message == WM_INITDIALOG) {
    SetWindowLongPtrW(window, DWLP_USER, value);
    AddControl(window, L"EDIT", L"", WS_BORDER, 10, kText);
    AddControl(window, L"BUTTON", L"OK", BS_DEFPUSHBUTTON, 45, IDOK);
    AddControl(window, L"BUTTON", L"Cancel", 0, 80, IDCANCEL);
    // Last: whoever looks for the dialog by its title finds it whole.
    SetWindowTextW(window, reinterpret_cast<Dialog*>(value)->title.c_str());
    return TRUE;
  }
  if (message != WM_COMMAND) return FALSE;
  const WORD id = LOWORD(word);
  if (id != IDOK && id != IDCANCEL) return FALSE;
  if (id == IDOK) Accept(window, *reinterpret_cast<Dialog*>(GetWindowLongPtrW(window, DWLP_USER)));
  EndDialog(window, id);
  return TRUE;
}

}  // namespace

abi::DWORD ShowDialog(abi::HWND parent, const std::string& title, std::string& answer) {
  Template layout{};
  layout.header.style = WS_POPUP | WS_CAPTION | WS_SYSMENU | WS_VISIBLE | DS_MODALFRAME;
  layout.header.cx = 120;
  layout.header.cy = 80;
  Dialog dialog{std::wstring(title.begin(), title.end()), {}};
  const INT_PTR result =
      DialogBoxIndirectParamW(GetModuleHandleW(nullptr), &layout.header, static_cast<HWND>(parent),
                              DialogProc, reinterpret_cast<LPARAM>(&dialog));
  if (result == IDCANCEL) return ERROR_CANCELLED;
  if (result != IDOK) return GetLastError() != NO_ERROR ? GetLastError() : ERROR_INVALID_WINDOW_HANDLE;
  answer = dialog.answer;
  return NO_ERROR;
}

abi::DWORD LeaveWindow(const std::string& title) {
  // Of a class of the system's: this DLL may be gone before the window is.
  const std::wstring text(title.begin(), title.end());
  const HWND window = CreateWindowExW(0, L"STATIC", text.c_str(), WS_OVERLAPPEDWINDOW, 0, 0, 50, 50, nullptr,
                                      nullptr, nullptr, nullptr);
  return window == nullptr ? GetLastError() : NO_ERROR;
}

}  // namespace eaphost::testmethod

#endif
