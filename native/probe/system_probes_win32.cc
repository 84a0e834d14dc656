// What only the operating system can tell: restricted users, the exports of the methods that it ships,
// machines.
#ifdef _WIN32

#include <windows.h>

#include <vector>

#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#include "native/platform/text.h"
#include "native/probe/json.h"
#include "native/probe/probes.h"

namespace eaphost::probe {

namespace {

using platform::Handle;
using platform::Library;

std::string LastError() { return std::to_string(GetLastError()); }

// What the token of a process says that it may do, and whether that is as much as it was meant to.
void DescribeToken(HANDLE process, DWORD integrity, Json* json) {
  HANDLE opened = nullptr;
  const Handle token(OpenProcessToken(process, TOKEN_QUERY, &opened) ? opened : nullptr);
  const std::vector<std::uint8_t> elevation = platform::TokenInformation(token.get(), TokenElevation);
  if (elevation.size() < sizeof(TOKEN_ELEVATION)) return;
  const bool is_elevated = reinterpret_cast<const TOKEN_ELEVATION*>(elevation.data())->TokenIsElevated != 0;
  json->Boolean("isElevated", is_elevated);
  const std::vector<std::uint8_t> label = platform::TokenInformation(token.get(), TokenIntegrityLevel);
  if (label.empty()) return;
  PSID const sid = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label.data())->Label.Sid;
  const DWORD actual = *GetSidSubAuthority(sid, *GetSidSubAuthorityCount(sid) - 1U);
  json->Number("integrity", actual);
  if (is_elevated || actual > integrity) {
    json->Text("note", "the system did not restrict the process as it was asked to: this is no answer");
  }
}

// A child process of this program, asked for `plain`, with what it printed. `create` gets the command line,
// how to start and where the process is to go.
template <typename Create>
std::string AskChild(DWORD integrity, Create create) {
  wchar_t program[MAX_PATH] = {};
  GetModuleFileNameW(nullptr, program, MAX_PATH);
  std::wstring line = L"\"" + std::wstring(program) + L"\" plain";
  SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
  if (!CreatePipe(&read_end, &write_end, &inherited, 0)) return Json().Raw("pipeError", LastError()).Object();
  const Handle reader(read_end);
  Handle writer(write_end);
  STARTUPINFOEXW start{};
  start.StartupInfo.cb = sizeof start.StartupInfo;
  start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  start.StartupInfo.hStdOutput = writer.get();
  start.StartupInfo.hStdError = writer.get();
  PROCESS_INFORMATION process{};
  if (!create(line.data(), &start, &process)) return Json().Raw("createProcessError", LastError()).Object();
  const Handle child(process.hProcess);
  const Handle thread(process.hThread);
  writer = Handle();
  Json json;
  DescribeToken(child.get(), integrity, &json);
  std::string output;
  char piece[4096];
  DWORD read = 0;
  while (ReadFile(reader.get(), piece, sizeof piece, &read, nullptr) && read != 0) output.append(piece, read);
  WaitForSingleObject(child.get(), INFINITE);
  DWORD code = 0;
  GetExitCodeProcess(child.get(), &code);
  json.Number("exitCode", code);
  if (output.starts_with("{")) {
    json.Raw("plain", output.substr(0, output.find_last_of('}') + 1));
  } else {
    json.Text("output", output);
  }
  return json.Object();
}

// With this token, which gets the integrity level.
std::string RunAs(HANDLE token, DWORD integrity) {
  platform::Sid sid = platform::Sid::Parse((L"S-1-16-" + std::to_wstring(integrity)).c_str());
  TOKEN_MANDATORY_LABEL label{};
  label.Label.Attributes = SE_GROUP_INTEGRITY;
  label.Label.Sid = sid.get();
  if (!SetTokenInformation(token, TokenIntegrityLevel, &label, sizeof label)) {
    return Json().Raw("integrityError", LastError()).Object();
  }
  return AskChild(integrity, [token](wchar_t* line, STARTUPINFOEXW* start, PROCESS_INFORMATION* process) {
    return CreateProcessAsUserW(token, nullptr, line, nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr,
                                nullptr, &start->StartupInfo, process);
  });
}

Handle OwnFullToken() {
  HANDLE token = nullptr;
  constexpr DWORD kAccess = TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY | TOKEN_ADJUST_DEFAULT;
  return Handle(OpenProcessToken(GetCurrentProcess(), kAccess, &token) ? token : nullptr);
}

}  // namespace

bool HeapsAreSound() {
  HANDLE heaps[64] = {};
  const DWORD count = GetProcessHeaps(64, heaps);
  for (DWORD at = 0; at < count && at < 64; ++at) {
    if (!HeapValidate(heaps[at], 0, nullptr)) return false;
  }
  return true;
}

std::string OrdinaryUser() {
  Json json;
  const Handle own = OwnFullToken();
  if (!own) return json.Raw("tokenError", LastError()).Object();
  const std::vector<std::uint8_t> elevation = platform::TokenInformation(own.get(), TokenElevation);
  json.Boolean(
      "thisProcessIsElevated",
      !elevation.empty() && reinterpret_cast<const TOKEN_ELEVATION*>(elevation.data())->TokenIsElevated);
  HANDLE limited = nullptr;
  // The token that a user has who is an administrator only when elevated: no administrator's SID, no
  // privilege.
  if (!CreateRestrictedToken(own.get(), LUA_TOKEN | DISABLE_MAX_PRIVILEGE, 0, nullptr, 0, nullptr, 0, nullptr,
                             &limited)) {
    return json.Raw("restrictError", LastError()).Object();
  }
  const Handle token(limited);
  json.Raw("asOrdinaryUser", RunAs(token.get(), SECURITY_MANDATORY_MEDIUM_RID));
  return json.Raw("withLowIntegrity", RunAs(token.get(), SECURITY_MANDATORY_LOW_RID)).Object();
}

std::string AppContainer() {
  using CreateFn = HRESULT WINAPI(PCWSTR, PCWSTR, PCWSTR, PSID_AND_ATTRIBUTES, DWORD, PSID*);
  using DeleteFn = HRESULT WINAPI(PCWSTR);
  constexpr wchar_t kName[] = L"eaphost.probe";
  const Library library = Library::Load(u"userenv.dll", Library::Where::kSystem32);
  auto* const make = library.Find<CreateFn>("CreateAppContainerProfile");
  auto* const remove = library.Find<DeleteFn>("DeleteAppContainerProfile");
  if (make == nullptr || remove == nullptr) {
    return Json().Text("unanswered", "this system has no app containers").Object();
  }
  // What a run that was killed has left.
  remove(kName);
  PSID sid = nullptr;
  const HRESULT made = make(kName, kName, kName, nullptr, 0, &sid);
  if (made < 0) return Json().Number("profileError", static_cast<std::uint32_t>(made)).Object();
  SECURITY_CAPABILITIES capabilities{};
  capabilities.AppContainerSid = sid;
  std::string answer = AskChild(SECURITY_MANDATORY_LOW_RID, [&](wchar_t* line, STARTUPINFOEXW* start,
                                                                PROCESS_INFORMATION* process) {
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
    std::vector<std::uint8_t> memory(size);
    auto* const list = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory.data());
    if (!InitializeProcThreadAttributeList(list, 1, 0, &size)) return FALSE;
    start->StartupInfo.cb = sizeof *start;
    start->lpAttributeList = list;
    const BOOL is_started =
        UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES, &capabilities,
                                  sizeof capabilities, nullptr, nullptr) &&
        CreateProcessW(nullptr, line, nullptr, nullptr, TRUE, CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT,
                       nullptr, nullptr, &start->StartupInfo, process);
    const DWORD error = GetLastError();
    DeleteProcThreadAttributeList(list);
    SetLastError(error);
    return is_started;
  });
  remove(kName);
  FreeSid(sid);
  return answer;
}

std::string ShippedExports() {
  static constexpr const char* kExports[] = {
      "EapPeerGetInfo",        "EapPeerFreeMemory",     "EapPeerFreeErrorMemory",
      "EapPeerConfigXml2Blob", "EapPeerInvokeConfigUI", "EapMethodAuthenticatorGetInfo",
      "RasEapGetInfo",         "RasEapInvokeConfigUI",  "RasEapGetIdentity"};
  Json json;
  for (const char* const name : {"rastls.dll", "raschap.dll", "rastlsext.dll", "raschapext.dll",
                                 "SimAuth.dll", "EapTeapAuth.dll", "ttlsauth.dll", "eapphost.dll"}) {
    const Library library = Library::Load(platform::ToUtf16(name), Library::Where::kSystem32);
    if (!library.loaded()) {
      json.Raw(name, Json().Number("loadError", library.error()).Object());
      continue;
    }
    Json exports;
    for (const char* const symbol : kExports)
      exports.Boolean(symbol, library.Find<void()>(symbol) != nullptr);
    json.Raw(name, exports.Object());
  }
  return json.Object();
}

std::string Architecture() {
  using Fn = BOOL WINAPI(HANDLE, USHORT*, USHORT*);
  const Library kernel = Library::Load(u"kernel32.dll", Library::Where::kSystem32);
  Fn* const ask = kernel.Find<Fn>("IsWow64Process2");
  USHORT process = 0;
  USHORT native = 0;
  Json json;
  json.Number("pointerBits", sizeof(void*) * 8);
  if (ask == nullptr || !ask(GetCurrentProcess(), &process, &native)) {
    json.Raw("askError", ask == nullptr ? "127" : LastError());
  } else {
    json.Number("emulatedMachine", process).Number("nativeMachine", native);
  }
  return json.Raw("session", Plain()).Object();
}

}  // namespace eaphost::probe

#endif
