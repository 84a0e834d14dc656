// What only the operating system can tell: restricted users, the exports of the methods that it ships,
// machines.
#ifdef _WIN32

#include <windows.h>

#include <vector>

#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#include "native/platform/text.h"
#include "test/probe/native/json.h"
#include "test/probe/native/probes.h"

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

// This program, asked for `plain`, with what it printed. The token is the child's, and gets the integrity
// level.
std::string RunAs(HANDLE token, DWORD integrity) {
  platform::Sid sid = platform::Sid::Parse((L"S-1-16-" + std::to_wstring(integrity)).c_str());
  TOKEN_MANDATORY_LABEL label{};
  label.Label.Attributes = SE_GROUP_INTEGRITY;
  label.Label.Sid = sid.get();
  if (!SetTokenInformation(token, TokenIntegrityLevel, &label, sizeof label)) {
    return Json().Raw("integrityError", LastError()).Object();
  }
  wchar_t program[MAX_PATH] = {};
  GetModuleFileNameW(nullptr, program, MAX_PATH);
  std::wstring line = L"\"" + std::wstring(program) + L"\" plain";
  SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
  if (!CreatePipe(&read_end, &write_end, &inherited, 0)) return Json().Raw("pipeError", LastError()).Object();
  const Handle reader(read_end);
  Handle writer(write_end);
  STARTUPINFOW start{};
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdOutput = writer.get();
  start.hStdError = writer.get();
  PROCESS_INFORMATION process{};
  if (!CreateProcessAsUserW(token, nullptr, line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr,
                            nullptr, &start, &process)) {
    return Json().Raw("createProcessError", LastError()).Object();
  }
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
