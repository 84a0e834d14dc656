// The calls of rasapi32.dll. The code is the same for every system: only Windows has the library, but tests
// have one with the same functions everywhere.
#include "native/system/ras.h"

#include <string_view>
#include <type_traits>
#include <utility>

#include "native/abi/win32.h"
#include "native/system/pinned_table.h"

namespace eaphost::system {

using namespace abi;
using platform::SecretBytes;
using values::DataOf;
using values::Failure;
using values::MakeFailure;
using values::SizeOf;

namespace {

constexpr DWORD kErrorBufferTooSmall = 603;  // ERROR_BUFFER_TOO_SMALL of raserror.h
constexpr int kMostTries = 4;

struct RasFunctions {
  static constexpr std::u16string_view kLibrary = u"rasapi32.dll";

  const char* Find(const platform::Library& library) {
    const char* missing = nullptr;
    const auto find = [&](const char* name, auto*& function) {
      function = library.Find<std::remove_reference_t<decltype(*function)>>(name);
      if (function == nullptr && missing == nullptr) missing = name;
    };
    find("RasGetCustomAuthDataW", get_custom_auth_data);
    find("RasSetCustomAuthDataW", set_custom_auth_data);
    find("RasSetEapUserDataW", set_eap_user_data);
    return missing;
  }

  RasGetCustomAuthDataWFn* get_custom_auth_data = nullptr;
  RasSetCustomAuthDataWFn* set_custom_auth_data = nullptr;
  RasSetEapUserDataWFn* set_eap_user_data = nullptr;
};

LPCWSTR PhonebookOf(const RasEntry& entry) {
  return entry.phonebook.empty() ? nullptr : entry.phonebook.c_str();
}

}  // namespace

Failure GetCustomAuthData(const RasEntry& entry, SecretBytes* data) {
  const RasFunctions* ras = nullptr;
  if (Failure failure = LoadPinned(entry.library, &ras); !failure.ok()) return failure;
  // Whoever else sets it meanwhile may make it larger.
  for (int tries = 0; tries < kMostTries; ++tries) {
    DWORD size = SizeOf(*data);
    const DWORD code =
        ras->get_custom_auth_data(PhonebookOf(entry), entry.name.c_str(), DataOf(*data), &size);
    const bool is_too_small = code == kErrorBufferTooSmall || (code == kNoError && size > data->size());
    if (code != kNoError && !is_too_small) return MakeFailure("RasGetCustomAuthData", code);
    if (size > values::kMostOctets) {
      return MakeFailure("RasGetCustomAuthData", values::kErrorInvalidData,
                         "RAS gave a size that cannot be right");
    }
    data->resize(size);
    if (!is_too_small) return {};
  }
  return MakeFailure("RasGetCustomAuthData", kErrorBufferTooSmall);
}

Failure SetCustomAuthData(const RasEntry& entry, SecretBytes data) {
  const RasFunctions* ras = nullptr;
  if (Failure failure = LoadPinned(entry.library, &ras); !failure.ok()) return failure;
  return MakeFailure("RasSetCustomAuthData", ras->set_custom_auth_data(PhonebookOf(entry), entry.name.c_str(),
                                                                       DataOf(data), SizeOf(data)));
}

Failure SetEapUserData(const RasEntry& entry, platform::UserToken user, SecretBytes data) {
  const RasFunctions* ras = nullptr;
  if (Failure failure = LoadPinned(entry.library, &ras); !failure.ok()) return failure;
  if (const DWORD code = user.Open()) {
    return MakeFailure("RasSetEapUserData", code, "the user's token cannot be opened");
  }
  return MakeFailure(
      "RasSetEapUserData",
      ras->set_eap_user_data(user.get(), PhonebookOf(entry), entry.name.c_str(), DataOf(data), SizeOf(data)));
}

}  // namespace eaphost::system
