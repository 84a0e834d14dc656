// Who calls the logging method, found out from Windows, and its log file. The host's threads.
#ifdef _WIN32

#include "native/probe/call_log.h"

#include <windows.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

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

// Nobody else writes meanwhile: Wine looks for the end of a file first, and writes there then.
void WriteLine(const std::string& line) {
  const std::u16string path = Beside(u"probe-calls.jsonl");
  constexpr int kMostTries = 10'000;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const platform::Handle file(CreateFileW(reinterpret_cast<const wchar_t*>(path.c_str()), FILE_APPEND_DATA,
                                            FILE_SHARE_READ, nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL,
                                            nullptr));
    DWORD written = 0;
    if (file) WriteFile(file.get(), line.data(), static_cast<DWORD>(line.size()), &written, nullptr);
    if (file || GetLastError() != ERROR_SHARING_VIOLATION) return;
    Sleep(1);
  }
}

// The last number of a token's integrity label: 0x1000 low, 0x2000 medium, 0x3000 high, 0x4000 system.
DWORD IntegrityOf(HANDLE token) {
  const std::vector<std::uint8_t> label = platform::TokenInformation(token, TokenIntegrityLevel);
  if (label.empty()) return 0;
  PSID const sid = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label.data())->Label.Sid;
  return *GetSidSubAuthority(sid, *GetSidSubAuthorityCount(sid) - 1U);
}

DWORD NumberOf(HANDLE token, TOKEN_INFORMATION_CLASS kind) {
  const std::vector<std::uint8_t> data = platform::TokenInformation(token, kind);
  return data.size() < sizeof(DWORD) ? 0 : *reinterpret_cast<const DWORD*>(data.data());
}

// The names of a token's privileges.
std::string PrivilegesOf(HANDLE token) {
  const std::vector<std::uint8_t> data = platform::TokenInformation(token, TokenPrivileges);
  std::string names;
  if (data.empty()) return "[]";
  auto* const list = reinterpret_cast<const TOKEN_PRIVILEGES*>(data.data());
  for (DWORD at = 0; at < list->PrivilegeCount; ++at) {
    LUID luid = list->Privileges[at].Luid;
    wchar_t name[64] = {};
    DWORD length = 64;
    if (!LookupPrivilegeNameW(nullptr, &luid, name, &length)) continue;
    if (!names.empty()) names.append(",");
    names.append(Quoted(ToUtf8(std::u16string(name, name + length))));
  }
  return std::string("[").append(names).append("]");
}

// The flags of PROCESS_MITIGATION_…_POLICY by its number in PROCESS_MITIGATION_POLICY; the newer ones have no
// name in older headers.
std::string Mitigations() {
  using Fn = BOOL WINAPI(HANDLE, int, void*, SIZE_T);
  static const Library kernel = Library::Load(u"kernel32.dll", Library::Where::kSystem32);
  auto* const ask = kernel.Find<Fn>("GetProcessMitigationPolicy");
  constexpr std::pair<const char*, int> kPolicies[] = {
      {"dynamicCode", 2},           {"strictHandleCheck", 3}, {"systemCallDisable", 4},
      {"extensionPointDisable", 6}, {"controlFlowGuard", 7},  {"signature", 8},
      {"fontDisable", 9},           {"imageLoad", 10},        {"childProcess", 13},
      {"userShadowStack", 15},      {"redirectionTrust", 16},
  };
  Json json;
  for (const auto& [name, policy] : kPolicies) {
    DWORD flags = 0;
    if (ask != nullptr && ask(GetCurrentProcess(), policy, &flags, sizeof flags)) json.Number(name, flags);
  }
  return json.Object();
}

// 0, or the error of opening the pipe as the shim does.
std::string PipeOutcome() {
  std::ifstream file(reinterpret_cast<const wchar_t*>(Beside(u"probe-pipe.txt").c_str()), std::ios::binary);
  const std::string name(std::istreambuf_iterator<char>(file), {});
  if (name.empty()) return "null";
  const std::u16string path = platform::ToUtf16(name);
  const platform::Handle pipe(CreateFileW(reinterpret_cast<const wchar_t*>(path.c_str()),
                                          GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                          SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  return std::to_string(pipe ? 0 : GetLastError());
}

}  // namespace

Json ProcessFacts() {
  const platform::Handle token = platform::OwnToken();
  return Json()
      .Text("account", UserText(token.get()))
      .Number("integrity", IntegrityOf(token.get()))
      .Number("session", NumberOf(token.get(), TokenSessionId))
      .Boolean("appContainer", NumberOf(token.get(), TokenIsAppContainer) != 0)
      .Boolean("restricted", IsTokenRestricted(token.get()) != 0)
      .Raw("privileges", PrivilegesOf(token.get()))
      .Raw("mitigations", Mitigations())
      .Text("commandLine", ToUtf8(platform::View(reinterpret_cast<const char16_t*>(GetCommandLineW()))))
      .Raw("opensPipe", PipeOutcome());
}

std::string TokenFacts(abi::HANDLE token) {
  if (token == nullptr) return "null";
  const DWORD type = NumberOf(token, TokenType);
  Json json;
  json.Text("user", UserText(token)).Text("kind", type == TokenPrimary ? "primary" : "impersonation");
  if (type == TokenImpersonation) json.Number("level", NumberOf(token, TokenImpersonationLevel));
  return json.Object();
}

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
