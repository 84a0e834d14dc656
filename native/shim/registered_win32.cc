// The methods' keys in Windows' registry, read at every look.
#ifdef _WIN32

#include "native/shim/registered.h"

#include <windows.h>

#include <string_view>

#include "native/abi/constants.h"
#include "native/platform/library.h"

namespace eaphost::shim {

namespace {

constexpr abi::BYTE kExpanded = 254;
constexpr DWORD kLongestKeyName = 256;

const wchar_t* Wide(const char16_t* text) { return reinterpret_cast<const wchar_t*>(text); }

class Key {
 public:
  Key(HKEY parent, const char16_t* path) {
    if (RegOpenKeyExW(parent, Wide(path), 0, KEY_READ | KEY_WOW64_64KEY, &key_) != ERROR_SUCCESS)
      key_ = nullptr;
  }
  ~Key() {
    if (key_ != nullptr) RegCloseKey(key_);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  explicit operator bool() const { return key_ != nullptr; }
  HKEY get() const { return key_; }

  // A text, its environment strings replaced where its type says so. Empty where there is none.
  std::u16string Text(const char16_t* name) const {
    std::wstring text;
    DWORD size = 0;
    constexpr DWORD kFlags = RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND;
    DWORD type = 0;
    if (RegGetValueW(key_, nullptr, Wide(name), kFlags, &type, nullptr, &size) != ERROR_SUCCESS) return {};
    text.resize(size / sizeof(wchar_t) + 1);
    size = static_cast<DWORD>(text.size() * sizeof(wchar_t));
    if (RegGetValueW(key_, nullptr, Wide(name), kFlags, &type, text.data(), &size) != ERROR_SUCCESS)
      return {};
    text.resize(std::wstring_view(text.c_str()).size());
    if (type == REG_EXPAND_SZ) {
      std::wstring expanded(ExpandEnvironmentStringsW(text.c_str(), nullptr, 0), L'\0');
      const DWORD size_needed = static_cast<DWORD>(expanded.size());
      const DWORD made = ExpandEnvironmentStringsW(text.c_str(), expanded.data(), size_needed);
      if (made == 0 || made > size_needed) return {};
      expanded.resize(made - 1);
      text.swap(expanded);
    }
    return std::u16string(text.begin(), text.end());
  }

 private:
  HKEY key_ = nullptr;
};

bool SamePath(const std::u16string& one, const std::u16string& other) {
  return !one.empty() &&
         CompareStringOrdinal(Wide(one.c_str()), static_cast<int>(one.size()), Wide(other.c_str()),
                              static_cast<int>(other.size()), TRUE) == CSTR_EQUAL;
}

void Append(abi::DWORD number, std::u16string* path) {
  const std::string digits = std::to_string(number);
  path->push_back(u'\\');
  path->append(digits.begin(), digits.end());
}

}  // namespace

std::optional<Registered> FindRegistered(const abi::EAP_TYPE& type) {
  static const char anchor = 0;
  const std::u16string own = platform::Library::PathOf(&anchor);
  const Key root(HKEY_LOCAL_MACHINE, abi::EAP_REGISTRY_LOCATION);
  if (!root) return std::nullopt;
  std::u16string below;
  Append(type.type, &below);
  if (type.type == kExpanded) {
    Append(type.dwVendorId, &below);
    Append(type.dwVendorType, &below);
  }
  wchar_t author[kLongestKeyName];
  for (DWORD index = 0;; ++index) {
    DWORD length = kLongestKeyName;
    if (RegEnumKeyExW(root.get(), index, author, &length, nullptr, nullptr, nullptr, nullptr) !=
        ERROR_SUCCESS)
      return std::nullopt;
    const Key method(root.get(), (std::u16string(author, author + length) + below).c_str());
    if (!method || (!SamePath(method.Text(abi::EAP_PEER_VALUENAME_DLL_PATH), own) &&
                    !SamePath(method.Text(abi::EAP_AUTHENTICATOR_VALUENAME_DLL_PATH), own))) {
      continue;
    }
    Registered found{.endpoint = method.Text(kEndpointValue), .owner = method.Text(kOwnerValue)};
    if (!found.endpoint.empty() && !found.owner.empty()) return found;
  }
}

}  // namespace eaphost::shim

#endif
