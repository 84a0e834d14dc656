// Who calls the logging method, found out from Windows, and its log file. The host's threads.
#ifdef _WIN32

#include "test/probe/native/call_log.h"

#include <windows.h>

#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#include "native/platform/text.h"

namespace eaphost::probe {

namespace {

using platform::Library;
using platform::ToUtf8;

const std::u16string& OwnPath() {
  static const std::u16string path = Library::PathOf(reinterpret_cast<const void*>(&OwnPath));
  return path;
}

std::string ProcessPath() {
  wchar_t path[MAX_PATH] = {};
  const DWORD length = GetModuleFileNameW(nullptr, path, MAX_PATH);
  return ToUtf8(std::u16string(path, path + length));
}

// The COM apartment of the calling thread: an APTTYPE, or -1 where it has none.
int ApartmentType() {
  using Fn = HRESULT WINAPI(int*, int*);
  static const Library ole = Library::Load(u"ole32.dll", Library::Where::kSystem32);
  static Fn* const ask = ole.Find<Fn>("CoGetApartmentType");
  int type = -1;
  int qualifier = 0;
  return ask != nullptr && ask(&type, &qualifier) >= 0 ? type : -1;
}

std::string UserText(HANDLE token) { return ToUtf8(platform::UserOf(token).Text()); }

void WriteLine(const std::string& line) {
  const std::u16string path = Beside(u"probe-calls.jsonl");
  const platform::Handle file(CreateFileW(reinterpret_cast<const wchar_t*>(path.c_str()), FILE_APPEND_DATA,
                                          FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS,
                                          FILE_ATTRIBUTE_NORMAL, nullptr));
  DWORD written = 0;
  if (file) WriteFile(file.get(), line.data(), static_cast<DWORD>(line.size()), &written, nullptr);
}

}  // namespace

std::u16string Beside(std::u16string_view name) {
  return OwnPath().substr(0, OwnPath().find_last_of(u"\\/") + 1).append(name);
}

void Log(const char* call, const Json& details) {
  HANDLE token = nullptr;
  const bool impersonates = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) != 0;
  const platform::Handle thread_token(impersonates ? token : nullptr);
  const platform::Handle process_token = platform::OwnToken();
  Json line;
  line.Text("call", call)
      .Text("process", ProcessPath())
      .Number("pid", GetCurrentProcessId())
      .Number("thread", GetCurrentThreadId())
      .Text("module", ToUtf8(OwnPath()))
      .Raw("apartment", std::to_string(ApartmentType()))
      .Number("bits", sizeof(void*) * 8)
      .Text("user", UserText(process_token.get()))
      .Text("impersonates", thread_token ? UserText(thread_token.get()) : "")
      .Raw("details", details.Object());
  WriteLine(line.Object() + "\n");
}

}  // namespace eaphost::probe

#endif
