// Protected files with everything failing that can, one call after another. Windows only.
#ifdef _WIN32

#include "native/system/protected_file_win32.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "native/platform/security_win32.h"

using namespace eaphost;
using platform::SecretBytes;
using system::ProtectedFileCalls;

namespace {

const SecretBytes kSecret = {'o', 'f', ' ', 'a', 'l', 'i', 'c', 'e'};

// Which call fails: 0, none. What was called so far.
int failing = 0;
int called = 0;
// Of DPAPI's blobs: those that were given and not taken back, and those that came back as they were.
int held = 0;
int unwiped = 0;
DATA_BLOB* blobs[2];

bool Fails() {
  if (++called != failing) return false;
  SetLastError(ERROR_OUT_OF_PAPER);
  return true;
}

template <typename Function>
Function* Crypt(const char* name) {
  const HMODULE library = LoadLibraryExW(L"crypt32.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  return reinterpret_cast<Function*>(reinterpret_cast<void (*)()>(GetProcAddress(library, name)));
}

void Given(DATA_BLOB* blob) { blobs[held++] = blob; }

ProtectedFileCalls FailingCalls() {
  ProtectedFileCalls calls;
  calls.create = [](auto... arguments) -> HANDLE {
    return Fails() ? INVALID_HANDLE_VALUE : CreateFileW(arguments...);
  };
  calls.information = [](auto... arguments) -> BOOL {
    return !Fails() && GetFileInformationByHandle(arguments...);
  };
  calls.security = [](auto... arguments) -> DWORD {
    return Fails() ? DWORD{ERROR_OUT_OF_PAPER} : GetSecurityInfo(arguments...);
  };
  calls.read = [](auto... arguments) -> BOOL { return !Fails() && ReadFile(arguments...); };
  calls.write = [](auto... arguments) -> BOOL { return !Fails() && WriteFile(arguments...); };
  calls.flush = [](HANDLE file) -> BOOL { return !Fails() && FlushFileBuffers(file); };
  calls.move = [](auto... arguments) -> BOOL { return !Fails() && MoveFileExW(arguments...); };
  calls.protect = [](auto... arguments) -> BOOL {
    if (Fails() || !Crypt<decltype(CryptProtectData)>("CryptProtectData")(arguments...)) return FALSE;
    Given(std::get<6>(std::tuple(arguments...)));
    return TRUE;
  };
  calls.unprotect = [](auto... arguments) -> BOOL {
    if (Fails() || !Crypt<decltype(CryptUnprotectData)>("CryptUnprotectData")(arguments...)) return FALSE;
    Given(std::get<6>(std::tuple(arguments...)));
    return TRUE;
  };
  calls.free = [](HLOCAL memory) -> HLOCAL {
    const DATA_BLOB* const blob = blobs[--held];
    CHECK(blob->pbData == memory);
    unwiped += std::any_of(blob->pbData, blob->pbData + blob->cbData, [](BYTE octet) { return octet != 0; });
    return LocalFree(memory);
  };
  return calls;
}

// A folder of its own, gone with all in it when the test ends.
class Folder {
 public:
  Folder() {
    wchar_t temporary[MAX_PATH];
    REQUIRE(GetTempPathW(MAX_PATH, temporary) != 0);
    path_ = std::wstring(temporary) + L"eaphost-protected-" + std::to_wstring(GetCurrentProcessId());
    REQUIRE(CreateDirectoryW(path_.c_str(), nullptr));
  }
  ~Folder() {
    for (const std::wstring& name : Names()) DeleteFileW((path_ + L"\\" + name).c_str());
    RemoveDirectoryW(path_.c_str());
  }
  std::u16string At(const wchar_t* name) const {
    const std::wstring path = path_ + L"\\" + name;
    return {path.begin(), path.end()};
  }
  std::vector<std::wstring> Names() const {
    std::vector<std::wstring> names;
    WIN32_FIND_DATAW found;
    const HANDLE search = FindFirstFileW((path_ + L"\\*").c_str(), &found);
    if (search == INVALID_HANDLE_VALUE) return names;
    do {
      if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) names.emplace_back(found.cFileName);
    } while (FindNextFileW(search, &found));
    FindClose(search);
    return names;
  }

 private:
  std::wstring path_;
};

const wchar_t* Wide(const std::u16string& path) { return reinterpret_cast<const wchar_t*>(path.c_str()); }

std::string RawContent(const std::u16string& path) {
  const HANDLE file =
      CreateFileW(Wide(path), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  REQUIRE(file != INVALID_HANDLE_VALUE);
  std::string content(65536, '\0');
  DWORD count = 0;
  CHECK(ReadFile(file, content.data(), 65536, &count, nullptr));
  CloseHandle(file);
  content.resize(count);
  return content;
}

void WriteRaw(const std::u16string& path, const std::string& content) {
  const HANDLE file = CreateFileW(Wide(path), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
  REQUIRE(file != INVALID_HANDLE_VALUE);
  DWORD count = 0;
  CHECK(WriteFile(file, content.data(), static_cast<DWORD>(content.size()), &count, nullptr));
  CloseHandle(file);
}

// To this account, and as `more` says.
void GiveAccess(const std::u16string& path, const wchar_t* more) {
  const std::u16string user = platform::UserOf(platform::OwnToken().get()).Text();
  const std::wstring list = L"D:P(A;;FA;;;" + std::wstring(Wide(user)) + L")" + more;
  platform::LocalMemory descriptor;
  REQUIRE(ConvertStringSecurityDescriptorToSecurityDescriptorW(list.c_str(), SDDL_REVISION_1,
                                                               &descriptor.data, nullptr));
  CHECK(SetFileSecurityW(Wide(path), DACL_SECURITY_INFORMATION, descriptor.data));
}

}  // namespace

TEST_CASE("a protected file gives back what was written, and shows nothing of it") {
  const Folder folder;
  const std::u16string path = folder.At(L"kept");
  for (const bool for_machine : {false, true}) {
    REQUIRE(system::WriteProtectedFile(path, folder.At(L"next"), kSecret, for_machine) == 0);
    const std::string raw = RawContent(path);
    CHECK(raw.starts_with("EHPF\x01"));
    CHECK(raw.find("alice") == std::string::npos);
    SecretBytes content;
    CHECK(system::ReadProtectedFile(path, &content) == 0);
    CHECK(content == kSecret);
  }
  CHECK(system::WriteProtectedFile(path, folder.At(L"next"), {}, false) == 0);
  SecretBytes content = kSecret;
  CHECK(system::ReadProtectedFile(path, &content) == 0);
  CHECK(content.empty());
  CHECK(folder.Names() == std::vector<std::wstring>{L"kept"});
}

TEST_CASE("a protected file is replaced by all of the new one or by nothing, whatever fails") {
  const Folder folder;
  const std::u16string path = folder.At(L"kept");
  const SecretBytes next = {'n', 'e', 'x', 't'};
  REQUIRE(system::WriteProtectedFile(path, folder.At(L"next"), kSecret, false) == 0);
  const ProtectedFileCalls calls = FailingCalls();
  int steps = 0;
  for (failing = 1;; ++failing) {
    called = held = unwiped = 0;
    const abi::DWORD code = system::WriteProtectedFile(calls, path, folder.At(L"next"), next, false);
    CHECK(held == 0);
    CHECK(unwiped == 0);
    CHECK(folder.Names() == std::vector<std::wstring>{L"kept"});
    SecretBytes content;
    CHECK(system::ReadProtectedFile(path, &content) == 0);
    if (called < failing) {
      CHECK(code == 0);
      CHECK(content == next);
      break;
    }
    ++steps;
    CHECK(content == kSecret);
    CHECK(code == (failing == 1 ? DWORD{ERROR_ENCRYPTION_FAILED} : DWORD{ERROR_OUT_OF_PAPER}));
  }
  // DPAPI, and making, writing, flushing and moving the file.
  CHECK(steps == 5);
}

TEST_CASE("reading a protected file fails with a code wherever it fails, and leaves nothing behind") {
  const Folder folder;
  const std::u16string path = folder.At(L"kept");
  REQUIRE(system::WriteProtectedFile(path, folder.At(L"next"), kSecret, false) == 0);
  const ProtectedFileCalls calls = FailingCalls();
  int steps = 0;
  for (failing = 1;; ++failing) {
    called = held = unwiped = 0;
    SecretBytes content;
    const abi::DWORD code = system::ReadProtectedFile(calls, path, &content);
    CHECK(held == 0);
    CHECK(unwiped == 0);
    if (called < failing) {
      CHECK(code == 0);
      CHECK(content == kSecret);
      break;
    }
    ++steps;
    CHECK(content.empty());
    CHECK(code == (failing == 5 ? DWORD{ERROR_DECRYPTION_FAILED} : DWORD{ERROR_OUT_OF_PAPER}));
  }
  // Opening it, who may use it, its kind, its octets, and DPAPI.
  CHECK(steps == 5);
}

TEST_CASE("a file that is not what was written is refused") {
  const Folder folder;
  const std::u16string path = folder.At(L"kept");
  SecretBytes content;
  CHECK(system::ReadProtectedFile(path, &content) == ERROR_FILE_NOT_FOUND);
  REQUIRE(system::WriteProtectedFile(path, folder.At(L"next"), kSecret, false) == 0);
  const std::string whole = RawContent(path);

  std::string changed = whole;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  for (const std::string& damaged : {changed, whole.substr(0, whole.size() / 2), whole.substr(0, 5)}) {
    WriteRaw(path, damaged);
    CHECK(system::ReadProtectedFile(path, &content) == ERROR_DECRYPTION_FAILED);
  }
  for (const std::string& other : {std::string(), std::string("<xml/>"), std::string("EHPF\x02") + whole}) {
    WriteRaw(path, other);
    CHECK(system::ReadProtectedFile(path, &content) == ERROR_INVALID_DATA);
  }
  WriteRaw(path, std::string((1U << 20) + 1, 'E'));
  CHECK(system::ReadProtectedFile(path, &content) == ERROR_FILE_TOO_LARGE);
  CHECK(content.empty());
  const SecretBytes large((1U << 20) + 1);
  CHECK(system::WriteProtectedFile(path, folder.At(L"next"), large, false) == ERROR_FILE_TOO_LARGE);

  WriteRaw(path, whole);
  CHECK(system::ReadProtectedFile(path, &content) == 0);
  REQUIRE(CreateHardLinkW(Wide(folder.At(L"other")), Wide(path), nullptr));
  CHECK(system::ReadProtectedFile(path, &content) == ERROR_BAD_FILE_TYPE);
}

TEST_CASE("a protected file that others may use is refused") {
  const Folder folder;
  const std::u16string path = folder.At(L"kept");
  REQUIRE(system::WriteProtectedFile(path, folder.At(L"next"), kSecret, true) == 0);
  SecretBytes content;
  GiveAccess(path, L"");
  CHECK(system::ReadProtectedFile(path, &content) == 0);
  content.clear();
  for (const wchar_t* everybody : {L"(A;;FR;;;WD)", L"(A;;FW;;;WD)"}) {
    GiveAccess(path, everybody);
    CHECK(system::ReadProtectedFile(path, &content) == ERROR_INVALID_ACL);
  }
  GiveAccess(path, L"");
  // Another's: said by the system.
  ProtectedFileCalls calls;
  calls.security = [](HANDLE file, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID* owner, PSID* group,
                      PACL* list, PACL* audit, PSECURITY_DESCRIPTOR* descriptor) -> DWORD {
    const DWORD code = GetSecurityInfo(file, type, what, owner, group, list, audit, descriptor);
    static BYTE guests[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof guests;
    CHECK(CreateWellKnownSid(WinBuiltinGuestsSid, nullptr, guests, &size));
    *owner = guests;
    return code;
  };
  CHECK(system::ReadProtectedFile(calls, path, &content) == ERROR_INVALID_OWNER);
  CHECK(content.empty());
}

#endif
