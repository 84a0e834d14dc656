// Files behind an access list, encrypted by DPAPI.
#ifdef _WIN32

#include "native/system/protected_file_win32.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "native/platform/security_win32.h"

namespace eaphost::system {

namespace {

using platform::Handle;
using platform::Library;
using platform::LocalMemory;
using platform::SecretBytes;
using platform::Sid;

// What a protected file begins with: its name and its version. No text does.
constexpr std::array<std::uint8_t, 5> kMagic = {'E', 'H', 'P', 'F', 1};
constexpr DWORD kMostOctets = 1U << 20;
// Who has one of these has the secret, or can put another in its place.
constexpr DWORD kUses = FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA | DELETE | WRITE_DAC |
                        WRITE_OWNER | GENERIC_READ | GENERIC_WRITE | GENERIC_ALL;

const wchar_t* Wide(const std::u16string& text) { return reinterpret_cast<const wchar_t*>(text.c_str()); }

// Never none: what calls it has failed.
abi::DWORD LastError() {
  const DWORD code = GetLastError();
  return code == ERROR_SUCCESS ? ERROR_GEN_FAILURE : code;
}

// One that DPAPI allocated: wiped before it goes back.
class OwnedBlob {
 public:
  explicit OwnedBlob(decltype(&::LocalFree) free) : free_(free) {}
  OwnedBlob(const OwnedBlob&) = delete;
  OwnedBlob& operator=(const OwnedBlob&) = delete;
  ~OwnedBlob() {
    if (blob_.pbData == nullptr) return;
    platform::Wipe(blob_.pbData, blob_.cbData);
    free_(blob_.pbData);
  }
  DATA_BLOB* get() { return &blob_; }
  std::span<const std::uint8_t> octets() const { return {blob_.pbData, blob_.cbData}; }

 private:
  decltype(&::LocalFree) free_;
  DATA_BLOB blob_{};
};

DATA_BLOB ViewOf(std::span<const std::uint8_t> octets) {
  return {static_cast<DWORD>(octets.size()), const_cast<BYTE*>(octets.data())};
}

// Why DPAPI failed: what it says itself may be the code of any step of its own, such as of a missing file.
abi::DWORD ProtectionError(DWORD otherwise) {
  const DWORD code = GetLastError();
  return code == ERROR_NOT_ENOUGH_MEMORY || code == ERROR_OUTOFMEMORY ? abi::kErrorNotEnoughMemory
                                                                      : otherwise;
}

abi::DWORD Encrypt(const ProtectedFileCalls& calls, std::span<const std::uint8_t> content, bool for_machine,
                   SecretBytes* file) {
  const Library library = Library::Load(u"crypt32.dll", Library::Where::kSystem32);
  const auto protect =
      calls.protect != nullptr
          ? calls.protect
          : library.Find<std::remove_pointer_t<decltype(&::CryptProtectData)>>("CryptProtectData");
  if (protect == nullptr) return abi::kErrorProcNotFound;
  // One octet before it: DPAPI encrypts no less.
  SecretBytes padded = {0};
  padded.insert(padded.end(), content.begin(), content.end());
  DATA_BLOB plain = ViewOf(padded);
  OwnedBlob encrypted(calls.free);
  const DWORD flags = CRYPTPROTECT_UI_FORBIDDEN | (for_machine ? CRYPTPROTECT_LOCAL_MACHINE : 0);
  if (!protect(&plain, L"eaphost", nullptr, nullptr, nullptr, flags, encrypted.get()))
    return ProtectionError(ERROR_ENCRYPTION_FAILED);
  file->assign(kMagic.begin(), kMagic.end());
  file->insert(file->end(), encrypted.octets().begin(), encrypted.octets().end());
  return abi::kNoError;
}

abi::DWORD Decrypt(const ProtectedFileCalls& calls, std::span<const std::uint8_t> file,
                   SecretBytes* content) {
  if (file.size() < kMagic.size() || !std::equal(kMagic.begin(), kMagic.end(), file.begin()))
    return ERROR_INVALID_DATA;
  const Library library = Library::Load(u"crypt32.dll", Library::Where::kSystem32);
  const auto unprotect =
      calls.unprotect != nullptr
          ? calls.unprotect
          : library.Find<std::remove_pointer_t<decltype(&::CryptUnprotectData)>>("CryptUnprotectData");
  if (unprotect == nullptr) return abi::kErrorProcNotFound;
  DATA_BLOB encrypted = ViewOf(file.subspan(kMagic.size()));
  OwnedBlob plain(calls.free);
  if (!unprotect(&encrypted, nullptr, nullptr, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, plain.get()))
    return ProtectionError(ERROR_DECRYPTION_FAILED);
  if (plain.octets().empty()) return ERROR_DECRYPTION_FAILED;
  content->assign(plain.octets().begin() + 1, plain.octets().end());
  return abi::kNoError;
}

// This account, SYSTEM and the administrators.
class Owners {
 public:
  abi::DWORD Find() {
    const Handle token = platform::OwnToken();
    if (!token) return LastError();
    sids_ = {platform::UserOf(token.get()), Sid::Parse(L"S-1-5-18"), Sid::Parse(L"S-1-5-32-544")};
    return sids_[0] ? abi::kNoError : LastError();
  }
  bool Has(const Sid& sid) const { return sid && std::find(sids_.begin(), sids_.end(), sid) != sids_.end(); }
  // Theirs alone, whatever the folder's says.
  abi::DWORD MakeDescriptor(LocalMemory* descriptor) {
    const std::u16string user = sids_[0].Text();
    if (user.empty()) return LastError();
    const std::wstring name(Wide(user));
    const std::wstring text = L"O:" + name + L"D:P(A;;FA;;;" + name + L")(A;;FA;;;SY)(A;;FA;;;BA)";
    return ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                                &descriptor->data, nullptr)
               ? abi::kNoError
               : LastError();
  }

 private:
  std::array<Sid, 3> sids_;
};

abi::DWORD CheckAccess(const ProtectedFileCalls& calls, HANDLE file) {
  Owners owners;
  if (const abi::DWORD code = owners.Find()) return code;
  LocalMemory descriptor;
  PSID owner = nullptr;
  PACL list = nullptr;
  const DWORD code =
      calls.security(file, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                     nullptr, &list, nullptr, &descriptor.data);
  if (code != ERROR_SUCCESS) return code;
  if (!owners.Has(Sid(owner))) return ERROR_INVALID_OWNER;
  // No list at all lets everybody do everything.
  if (list == nullptr) return ERROR_INVALID_ACL;
  for (DWORD index = 0; index < list->AceCount; ++index) {
    void* ace = nullptr;
    if (!GetAce(list, index, &ace)) return LastError();
    const auto* header = static_cast<const ACE_HEADER*>(ace);
    if (header->AceType == ACCESS_DENIED_ACE_TYPE) continue;
    // Files have no others that allow something, but for those with conditions, which nobody gives to
    // secrets.
    if (header->AceType != ACCESS_ALLOWED_ACE_TYPE) return ERROR_INVALID_ACL;
    auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(ace);
    if ((allowed->Mask & kUses) != 0 && !owners.Has(Sid(&allowed->SidStart))) return ERROR_INVALID_ACL;
  }
  return abi::kNoError;
}

abi::DWORD ReadAll(const ProtectedFileCalls& calls, HANDLE file, SecretBytes* octets) {
  BY_HANDLE_FILE_INFORMATION facts{};
  if (!calls.information(file, &facts)) return LastError();
  constexpr DWORD kNoFile = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DEVICE;
  if ((facts.dwFileAttributes & kNoFile) != 0 || facts.nNumberOfLinks != 1) return ERROR_BAD_FILE_TYPE;
  if (facts.nFileSizeHigh != 0 || facts.nFileSizeLow > kMostOctets) return ERROR_FILE_TOO_LARGE;
  octets->resize(facts.nFileSizeLow);
  DWORD count = 0;
  if (!calls.read(file, octets->data(), facts.nFileSizeLow, &count, nullptr)) return LastError();
  octets->resize(count);
  return abi::kNoError;
}

abi::DWORD WriteAll(const ProtectedFileCalls& calls, HANDLE file, const SecretBytes& octets) {
  DWORD count = 0;
  if (!calls.write(file, octets.data(), static_cast<DWORD>(octets.size()), &count, nullptr))
    return LastError();
  if (count != octets.size()) return ERROR_DISK_FULL;
  return calls.flush(file) ? abi::kNoError : LastError();
}

}  // namespace

abi::DWORD ReadProtectedFile(const ProtectedFileCalls& calls, const std::u16string& path,
                             SecretBytes* content) {
  // A link itself, and not what it leads to. It may be replaced meanwhile.
  const Handle file(calls.create(Wide(path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr,
                                 OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!file) return LastError();
  SecretBytes octets;
  if (const abi::DWORD code = CheckAccess(calls, file.get())) return code;
  if (const abi::DWORD code = ReadAll(calls, file.get(), &octets)) return code;
  return Decrypt(calls, octets, content);
}

abi::DWORD WriteProtectedFile(const ProtectedFileCalls& calls, const std::u16string& path,
                              const std::u16string& temporary, std::span<const std::uint8_t> content,
                              bool for_machine) {
  if (content.size() > kMostOctets / 2) return ERROR_FILE_TOO_LARGE;
  SecretBytes octets;
  if (const abi::DWORD code = Encrypt(calls, content, for_machine, &octets)) return code;
  Owners owners;
  LocalMemory descriptor;
  if (const abi::DWORD code = owners.Find()) return code;
  if (const abi::DWORD code = owners.MakeDescriptor(&descriptor)) return code;
  SECURITY_ATTRIBUTES access{sizeof access, descriptor.data, FALSE};
  abi::DWORD code = abi::kNoError;
  {
    const Handle file(
        calls.create(Wide(temporary), GENERIC_WRITE, 0, &access, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file) return LastError();
    code = WriteAll(calls, file.get(), octets);
  }
  if (code == abi::kNoError &&
      !calls.move(Wide(temporary), Wide(path), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
    code = LastError();
  }
  // What failed first is told.
  if (code != abi::kNoError) calls.remove(Wide(temporary));
  return code;
}

abi::DWORD ReadProtectedFile(const std::u16string& path, SecretBytes* content) {
  return ReadProtectedFile(ProtectedFileCalls(), path, content);
}

abi::DWORD WriteProtectedFile(const std::u16string& path, const std::u16string& temporary,
                              std::span<const std::uint8_t> content, bool for_machine) {
  return WriteProtectedFile(ProtectedFileCalls(), path, temporary, content, for_machine);
}

}  // namespace eaphost::system

#endif
