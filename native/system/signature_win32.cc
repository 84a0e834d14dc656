// Authenticode signatures. Windows signs most of its own files through catalogs, not in the files.
// wintrust.dll is loaded when it is asked for, since few processes ever do.
#ifdef _WIN32

#include <windows.h>

#include <wincrypt.h>

#include <wintrust.h>

#include <mscat.h>
#include <softpub.h>

#include <string>
#include <vector>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#include "native/system/access.h"

namespace eaphost::system {

namespace {

using platform::Library;

struct Functions {
  decltype(&WinVerifyTrust) verify = nullptr;
  decltype(&CryptCATAdminAcquireContext) acquire = nullptr;
  decltype(&CryptCATAdminReleaseContext) release = nullptr;
  decltype(&CryptCATAdminCalcHashFromFileHandle) hash = nullptr;
  decltype(&CryptCATAdminEnumCatalogFromHash) find = nullptr;
  decltype(&CryptCATCatalogInfoFromContext) info = nullptr;
  decltype(&CryptCATAdminReleaseCatalogContext) release_catalog = nullptr;

  explicit Functions(const Library& library) {
    Get(library, "WinVerifyTrust", &verify);
    Get(library, "CryptCATAdminAcquireContext", &acquire);
    Get(library, "CryptCATAdminReleaseContext", &release);
    Get(library, "CryptCATAdminCalcHashFromFileHandle", &hash);
    Get(library, "CryptCATAdminEnumCatalogFromHash", &find);
    Get(library, "CryptCATCatalogInfoFromContext", &info);
    Get(library, "CryptCATAdminReleaseCatalogContext", &release_catalog);
  }
  bool have_catalogs() const { return acquire && release && hash && find && info && release_catalog; }

 private:
  template <typename Function>
  static void Get(const Library& library, const char* name, Function** function) {
    *function = library.Find<Function>(name);
  }
};

// Asks without a word to the user and without the network.
LONG Verify(const Functions& functions, WINTRUST_DATA& data) {
  GUID action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
  data.cbStruct = sizeof data;
  data.dwUIChoice = WTD_UI_NONE;
  data.fdwRevocationChecks = WTD_REVOKE_NONE;
  data.dwProvFlags = WTD_CACHE_ONLY_URL_RETRIEVAL;
  data.dwStateAction = WTD_STATEACTION_VERIFY;
  const HWND nobody = static_cast<HWND>(INVALID_HANDLE_VALUE);
  const LONG result = functions.verify(nobody, &action, &data);
  data.dwStateAction = WTD_STATEACTION_CLOSE;
  functions.verify(nobody, &action, &data);
  return result;
}

LONG VerifyFile(const Functions& functions, const wchar_t* path) {
  WINTRUST_FILE_INFO file{};
  file.cbStruct = sizeof file;
  file.pcwszFilePath = path;
  WINTRUST_DATA data{};
  data.dwUnionChoice = WTD_CHOICE_FILE;
  data.pFile = &file;
  return Verify(functions, data);
}

// Through the catalog that lists the file's hash. TRUST_E_NOSIGNATURE where none does.
LONG VerifyByCatalog(const Functions& functions, const wchar_t* path) {
  const platform::Handle file(CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr,
                                          OPEN_EXISTING, 0, nullptr));
  HCATADMIN admin = nullptr;
  if (!file || !functions.have_catalogs() || !functions.acquire(&admin, nullptr, 0))
    return TRUST_E_NOSIGNATURE;
  LONG result = TRUST_E_NOSIGNATURE;
  DWORD size = 0;
  functions.hash(file.get(), &size, nullptr, 0);
  std::vector<BYTE> hash(size);
  if (size != 0 && functions.hash(file.get(), &size, hash.data(), 0)) {
    if (HCATINFO catalog = functions.find(admin, hash.data(), size, 0, nullptr)) {
      CATALOG_INFO info{};
      info.cbStruct = sizeof info;
      if (functions.info(catalog, &info, 0)) {
        std::wstring tag;  // members are named by their hash
        for (const BYTE octet : hash) {
          constexpr wchar_t kDigits[] = L"0123456789ABCDEF";
          tag += {kDigits[octet >> 4], kDigits[octet & 15]};
        }
        WINTRUST_CATALOG_INFO member{};
        member.cbStruct = sizeof member;
        member.pcwszCatalogFilePath = info.wszCatalogFile;
        member.pcwszMemberFilePath = path;
        member.pcwszMemberTag = tag.c_str();
        member.hMemberFile = file.get();
        member.pbCalculatedFileHash = hash.data();
        member.cbCalculatedFileHash = size;
        WINTRUST_DATA data{};
        data.dwUnionChoice = WTD_CHOICE_CATALOG;
        data.pCatalog = &member;
        result = Verify(functions, data);
      }
      functions.release_catalog(admin, catalog, 0);
    }
  }
  functions.release(admin, 0);
  return result;
}

}  // namespace

abi::DWORD CheckSignature(const std::u16string& path, Signature* signature) {
  const auto* name = reinterpret_cast<const wchar_t*>(path.c_str());
  if (GetFileAttributesW(name) == INVALID_FILE_ATTRIBUTES) return GetLastError();
  const Library library = Library::Load(u"wintrust.dll", Library::Where::kSystem32);
  const Functions functions(library);
  if (functions.verify == nullptr) return abi::kErrorProcNotFound;
  LONG result = VerifyFile(functions, name);
  // The last two: the file holds nothing that a signature could be in.
  const auto is_unsigned = [](LONG code) {
    return code == TRUST_E_NOSIGNATURE || code == TRUST_E_SUBJECT_FORM_UNKNOWN ||
           code == TRUST_E_PROVIDER_UNKNOWN;
  };
  if (is_unsigned(result)) result = VerifyByCatalog(functions, name);
  *signature = result == ERROR_SUCCESS ? Signature::kValid
               : is_unsigned(result)   ? Signature::kNone
                                       : Signature::kInvalid;
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
