// A user of dialogs, in a process of its own. Windows only; one thread.
//   dialog_user window            opens a window, prints its handle, keeps it open until it is ended
//   dialog_user wait TITLE        waits for a window with that title, prints the handle of its owner
//   dialog_user ok TITLE TEXT     waits for a dialog, types TEXT and presses OK, by messages
//   dialog_user cancel TITLE      waits for a dialog and presses Cancel
//   dialog_user ask TITLE         waits for a window, asks its thread for the title's length, prints that
// Ends with 1 where a message gets no answer. It waits for as long as it is let.

#include <windows.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

constexpr int kText = 100;
constexpr UINT kPatience = 10'000;  // ms, for an answer

HWND WaitFor(const char* title) {
  HWND window = nullptr;
  while ((window = FindWindowA(nullptr, title)) == nullptr) Sleep(20);
  return window;
}

void Print(HWND window) {
  std::printf("%llu\n", static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(window)));
  std::fflush(stdout);
}

int OpenWindow() {
  const HWND window = CreateWindowExA(0, "STATIC", "a parent", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 300,
                                      200, nullptr, nullptr, nullptr, nullptr);
  if (window == nullptr) return 1;
  Print(window);
  MSG message;
  while (GetMessageA(&message, nullptr, 0, 0) > 0) DispatchMessageA(&message);
  return 0;
}

int Type(HWND dialog, const char* text) {
  DWORD_PTR answer = 0;
  const HWND field = GetDlgItem(dialog, kText);
  const auto value = reinterpret_cast<LPARAM>(text);
  return SendMessageTimeoutA(field, WM_SETTEXT, 0, value, SMTO_NORMAL, kPatience, &answer) == 0 ? 1 : 0;
}

int Press(HWND dialog, WORD button) { return PostMessageA(dialog, WM_COMMAND, button, 0) == 0 ? 1 : 0; }

int Ask(HWND window) {
  DWORD_PTR length = 0;
  if (SendMessageTimeoutA(window, WM_GETTEXTLENGTH, 0, 0, SMTO_NORMAL, kPatience, &length) == 0) return 1;
  std::printf("%u\n", static_cast<unsigned>(length));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const char* const what = count > 1 ? arguments[1] : "";
  if (std::strcmp(what, "window") == 0) return OpenWindow();
  if (count < 3) return 2;
  const HWND window = WaitFor(arguments[2]);
  if (std::strcmp(what, "wait") == 0) {
    Print(GetWindow(window, GW_OWNER));
    return 0;
  }
  if (std::strcmp(what, "ok") == 0 && count > 3) {
    return Type(window, arguments[3]) != 0 ? 1 : Press(window, IDOK);
  }
  if (std::strcmp(what, "cancel") == 0) return Press(window, IDCANCEL);
  if (std::strcmp(what, "ask") == 0) return Ask(window);
  return 2;
}
