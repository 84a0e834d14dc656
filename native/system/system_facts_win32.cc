// The service control manager, version resources, this process' token. version.dll is loaded when it is asked
// for, since few processes ever do.
#ifdef _WIN32

#include "native/system/system_facts.h"

#include <windows.h>

#include <vector>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "native/platform/security_win32.h"

namespace eaphost::system {

namespace {

using platform::Library;

const wchar_t* Wide(const std::u16string& text) { return reinterpret_cast<const wchar_t*>(text.c_str()); }

// A handle of the service control manager.
class ServiceHandle {
 public:
  explicit ServiceHandle(SC_HANDLE handle) : handle_(handle) {}
  ServiceHandle(const ServiceHandle&) = delete;
  ServiceHandle& operator=(const ServiceHandle&) = delete;
  ~ServiceHandle() {
    if (handle_ != nullptr) CloseServiceHandle(handle_);
  }
  SC_HANDLE get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  SC_HANDLE handle_;
};

std::uint32_t StartTypeOf(SC_HANDLE service) {
  DWORD size = 0;
  QueryServiceConfigW(service, nullptr, 0, &size);
  std::vector<std::uint8_t> data(size);
  auto* const config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(data.data());
  return size != 0 && QueryServiceConfigW(service, config, size, &size) ? config->dwStartType : 0;
}

std::u16string Dotted(const VS_FIXEDFILEINFO& info) {
  std::u16string text;
  for (const DWORD part : {info.dwFileVersionMS >> 16, info.dwFileVersionMS & 0xFFFF,
                           info.dwFileVersionLS >> 16, info.dwFileVersionLS & 0xFFFF}) {
    if (!text.empty()) text += u'.';
    for (const char digit : std::to_string(part)) text += static_cast<char16_t>(digit);
  }
  return text;
}

std::uint32_t NativeMachine(const Library& kernel) {
  using Fn = BOOL WINAPI(HANDLE, USHORT*, USHORT*);  // since Windows 10 1511
  Fn* const ask = kernel.Find<Fn>("IsWow64Process2");
  USHORT process = 0;
  USHORT native = 0;
  return ask != nullptr && ask(GetCurrentProcess(), &process, &native) ? native : 0;
}

std::u16string WineVersion(const Library& ntdll) {
  using Fn = const char*();  // __cdecl
  Fn* const ask = ntdll.Find<Fn>("wine_get_version");
  const std::string version = ask == nullptr ? std::string() : ask();
  return std::u16string(version.begin(), version.end());
}

}  // namespace

abi::DWORD QueryService(const std::u16string& name, ServiceFacts* facts) {
  const ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!manager) return GetLastError();
  ServiceHandle service(OpenServiceW(manager.get(), Wide(name), SERVICE_QUERY_STATUS));
  if (!service) {
    const DWORD code = GetLastError();
    return code == ERROR_SERVICE_DOES_NOT_EXIST ? abi::kNoError : code;
  }
  SERVICE_STATUS status{};
  if (!QueryServiceStatus(service.get(), &status)) return GetLastError();
  facts->exists = true;
  facts->state = status.dwCurrentState;
  const ServiceHandle readable(OpenServiceW(manager.get(), Wide(name), SERVICE_QUERY_CONFIG));
  if (readable) facts->start_type = StartTypeOf(readable.get());
  return abi::kNoError;
}

abi::DWORD QueryFileVersion(const std::u16string& path, std::u16string* version) {
  const Library library = Library::Load(u"version.dll", Library::Where::kSystem32);
  const auto size_of = library.Find<decltype(GetFileVersionInfoSizeW)>("GetFileVersionInfoSizeW");
  const auto read = library.Find<decltype(GetFileVersionInfoW)>("GetFileVersionInfoW");
  const auto find = library.Find<decltype(VerQueryValueW)>("VerQueryValueW");
  if (size_of == nullptr || read == nullptr || find == nullptr) return abi::kErrorProcNotFound;
  DWORD ignored = 0;
  const DWORD size = size_of(Wide(path), &ignored);
  if (size == 0) {
    const DWORD code = GetLastError();
    const bool has_none = code == ERROR_RESOURCE_DATA_NOT_FOUND || code == ERROR_RESOURCE_TYPE_NOT_FOUND ||
                          code == ERROR_RESOURCE_NAME_NOT_FOUND || code == ERROR_RESOURCE_LANG_NOT_FOUND;
    return has_none ? abi::kNoError : code;
  }
  std::vector<std::uint8_t> data(size);
  if (!read(Wide(path), 0, size, data.data())) return GetLastError();
  void* info = nullptr;
  UINT length = 0;
  if (find(data.data(), L"\\", &info, &length) && length >= sizeof(VS_FIXEDFILEINFO)) {
    *version = Dotted(*static_cast<const VS_FIXEDFILEINFO*>(info));
  }
  return abi::kNoError;
}

abi::DWORD QueryProcess(ProcessFacts* facts) {
  const platform::Handle token = platform::OwnToken();
  if (!token) return GetLastError();
  const std::vector<std::uint8_t> elevation = platform::TokenInformation(token.get(), TokenElevation);
  if (elevation.size() < sizeof(TOKEN_ELEVATION)) return GetLastError();
  facts->is_elevated = reinterpret_cast<const TOKEN_ELEVATION*>(elevation.data())->TokenIsElevated != 0;
  const std::vector<std::uint8_t> label = platform::TokenInformation(token.get(), TokenIntegrityLevel);
  if (!label.empty()) {
    PSID const sid = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label.data())->Label.Sid;
    const DWORD last = *GetSidSubAuthorityCount(sid) - 1U;
    facts->integrity = *GetSidSubAuthority(sid, last);
  }
  facts->native_machine = NativeMachine(Library::Load(u"kernel32.dll", Library::Where::kSystem32));
  facts->wine_version = WineVersion(Library::Load(u"ntdll.dll", Library::Where::kSystem32));
  return abi::kNoError;
}

abi::DWORD SystemFolder(std::u16string* path) {
  wchar_t folder[MAX_PATH];
  const UINT length = GetSystemDirectoryW(folder, MAX_PATH);
  if (length == 0) return GetLastError();
  if (length >= MAX_PATH) return ERROR_INSUFFICIENT_BUFFER;
  path->assign(reinterpret_cast<const char16_t*>(folder), length);
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
