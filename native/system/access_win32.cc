// Access lists of folders.
#ifdef _WIN32

#include "native/system/access.h"

#include <aclapi.h>
#include <sddl.h>

#include <array>

#include "native/abi/win32.h"
#include "native/platform/security_win32.h"

namespace eaphost::system {

namespace {

using platform::LocalMemory;
using platform::Sid;

constexpr DWORD kChangesAccess = WRITE_DAC | WRITE_OWNER;
// On the folder: what makes, replaces or removes a file in it, or redirects the loader by a folder in it.
constexpr DWORD kPlants = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | DELETE |
                          kChangesAccess | GENERIC_WRITE | GENERIC_ALL;
// Above it: the rights to replace the folder. Adding a folder beside it does no harm.
constexpr DWORD kReplaces = FILE_DELETE_CHILD | DELETE | kChangesAccess | GENERIC_ALL;

const wchar_t* Wide(const std::u16string& text) { return reinterpret_cast<const wchar_t*>(text.c_str()); }

class Trusted {
 public:
  explicit Trusted(bool has_user) {
    if (!has_user) return;
    const platform::Handle token = platform::OwnToken();
    if (token) sids_[0] = platform::UserOf(token.get());
  }
  bool Has(const Sid& sid) const {
    for (const Sid& trusted : sids_) {
      if (trusted && trusted == sid) return true;
    }
    return false;
  }

 private:
  std::array<Sid, 5> sids_{
      Sid(),                        // this process' user, where it counts as an administrator
      Sid::Parse(L"S-1-5-18"),      // SYSTEM
      Sid::Parse(L"S-1-5-32-544"),  // Administrators
      Sid::Parse(L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"),  // TrustedInstaller
      // CREATOR OWNER: the account that makes a file, and only the other accounts here can.
      Sid::Parse(L"S-1-3-0"),
  };
};

struct Entry {
  DWORD rights = 0;
  BYTE flags = 0;
  Sid sid;
};

// An entry that allows something; no entry for one that denies: it may not be what counts. False if the
// entry is of a kind that folders do not have.
bool ReadEntry(ACE_HEADER* header, Entry* entry) {
  entry->flags = header->AceFlags;
  switch (header->AceType) {
    case ACCESS_DENIED_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
      return true;
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE: {  // the same up to the SID
      auto* allowed = reinterpret_cast<ACCESS_ALLOWED_ACE*>(header);
      entry->rights = allowed->Mask;
      entry->sid = Sid(&allowed->SidStart);
      return static_cast<bool>(entry->sid);
    }
    default:
      return false;
  }
}

abi::DWORD Inspect(const std::u16string& path, bool is_folder_itself, const Trusted& trusted,
                   std::vector<Intruder>* intruders) {
  LocalMemory descriptor;
  PSID owner = nullptr;
  PACL list = nullptr;
  const DWORD code = GetNamedSecurityInfoW(const_cast<wchar_t*>(Wide(path)), SE_FILE_OBJECT,
                                           OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                                           nullptr, &list, nullptr, &descriptor.data);
  if (code != ERROR_SUCCESS) return code;
  Sid owner_sid(owner);
  if (!trusted.Has(owner_sid)) {
    intruders->push_back({.path = path, .sid = owner_sid.Text(), .is_owner = true, .rights = kChangesAccess});
  }
  if (list == nullptr) {  // no list at all lets everybody do everything
    intruders->push_back({.path = path, .sid = u"S-1-1-0", .is_owner = false, .rights = GENERIC_ALL});
    return abi::kNoError;
  }
  for (DWORD index = 0; index < list->AceCount; ++index) {
    void* ace = nullptr;
    Entry entry;
    if (!GetAce(list, index, &ace)) return GetLastError();
    if (!ReadEntry(static_cast<ACE_HEADER*>(ace), &entry)) return abi::kErrorNotSupported;
    // What only files in the folder inherit counts for the DLL in it; above the folder it is of no concern.
    if ((entry.flags & INHERIT_ONLY_ACE) != 0 && !is_folder_itself) continue;
    if ((entry.rights & (is_folder_itself ? kPlants : kReplaces)) == 0 || trusted.Has(entry.sid)) continue;
    intruders->push_back({.path = path, .sid = entry.sid.Text(), .is_owner = false, .rights = entry.rights});
  }
  return abi::kNoError;
}

bool IsPlainFolder(const std::u16string& path) {
  const DWORD attributes = GetFileAttributesW(Wide(path));
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 &&
         (attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0;
}

bool IsLocalPath(const std::u16string& path) {
  if (path.size() < 3 || path[1] != u':' || path[2] != u'\\') return false;
  const UINT kind = GetDriveTypeW(Wide(path.substr(0, 3)));
  return kind == DRIVE_FIXED;
}

}  // namespace

abi::DWORD CurrentUser(std::u16string* sid) {
  const platform::Handle token = platform::OwnToken();
  if (!token) return GetLastError();
  *sid = platform::UserOf(token.get()).Text();
  return sid->empty() ? GetLastError() : abi::kNoError;
}

abi::DWORD FindIntruders(const std::u16string& folder, bool trusts_user, std::vector<Intruder>* intruders) {
  std::u16string path = folder;
  while (path.size() > 3 && path.back() == u'\\') path.pop_back();
  if (!IsLocalPath(path)) return abi::kErrorNotSupported;
  const Trusted trusted(trusts_user);
  for (bool is_folder_itself = true;; is_folder_itself = false) {
    if (GetFileAttributesW(Wide(path)) == INVALID_FILE_ATTRIBUTES) return GetLastError();
    if (path.size() > 3 && !IsPlainFolder(path)) return abi::kErrorNotSupported;
    if (const abi::DWORD code = Inspect(path, is_folder_itself, trusted, intruders)) return code;
    if (path.size() <= 3) return abi::kNoError;
    const std::size_t mark = path.rfind(u'\\');
    path.resize(mark == 2 ? 3 : mark);
  }
}

abi::DWORD MakePrivateFolder(const std::u16string& path) {
  const platform::Handle token = platform::OwnToken();
  if (!token) return GetLastError();
  const std::u16string own = platform::UserOf(token.get()).Text();
  if (own.empty()) return GetLastError();
  const std::wstring user(Wide(own));
  // The owner is the user, not the default owner, which administrators share.
  const std::wstring text = L"O:" + user + L"D:P(A;OICI;FA;;;" + user + L")(A;OICI;FA;;;SY)";
  LocalMemory descriptor;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1, &descriptor.data,
                                                            nullptr)) {
    return GetLastError();
  }
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), descriptor.data, FALSE};
  return CreateDirectoryW(Wide(path), &attributes) ? abi::kNoError : GetLastError();
}

}  // namespace eaphost::system

#endif
