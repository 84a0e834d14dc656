// Named pipes, opened for identification alone.
#ifdef _WIN32

#include "native/system/pipe_client.h"

#include <windows.h>

#include <algorithm>
#include <iterator>

#include "native/abi/win32.h"
#include "native/platform/pipe_client_win32.h"

namespace eaphost::system {

namespace {

using platform::Handle;
using platform::Sid;

LPCWSTR WideName(const std::u16string& text) { return reinterpret_cast<LPCWSTR>(text.c_str()); }

// DOMAIN\name, or the SID where it has no name here.
std::u16string AccountName(Sid sid) {
  wchar_t name[256];
  wchar_t domain[256];
  DWORD name_size = std::size(name);
  DWORD domain_size = std::size(domain);
  SID_NAME_USE use{};
  if (!sid || !LookupAccountSidW(nullptr, sid.get(), name, &name_size, domain, &domain_size, &use)) {
    return sid.Text();
  }
  std::u16string text(domain, domain + domain_size);
  if (!text.empty()) text += u'\\';
  return text.append(name, name + name_size);
}

}  // namespace

abi::DWORD ConnectPipe(const std::u16string& name, const std::vector<std::u16string>& owners,
                       std::uint32_t milliseconds, PipeServer* server) {
  const ULONGLONG end = GetTickCount64() + milliseconds;
  Handle pipe = platform::OpenPipe(WideName(name));
  while (!pipe) {
    const DWORD code = GetLastError();
    if (code != ERROR_PIPE_BUSY) return code;
    const ULONGLONG now = GetTickCount64();
    if (now >= end) return abi::kErrorTimeout;
    // Fails where the pipe is gone, which the next try finds out.
    WaitNamedPipeW(WideName(name), static_cast<DWORD>(end - now));
    pipe = platform::OpenPipe(WideName(name));
  }
  ULONG process = 0;
  if (!GetNamedPipeServerProcessId(pipe.get(), &process)) return GetLastError();
  server->process = process;
  server->account = AccountName(platform::OwnerOfPipe(pipe.get()));
  const auto is_wanted = [&owners](const Sid& owner) {
    return owner && std::any_of(owners.begin(), owners.end(), [&owner](const std::u16string& wanted) {
             return owner == Sid::Parse(WideName(wanted));
           });
  };
  if (platform::ServesFor(pipe.get(), process, is_wanted)) {
    server->connection = std::make_shared<PipeListener::Client>(pipe.get());
    static_cast<void>(pipe.release());
  }
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
