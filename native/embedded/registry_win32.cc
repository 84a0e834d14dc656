#include "native/embedded/registry.h"

#ifdef _WIN32
#include <windows.h>

#include <string_view>
#include <utility>

#include "native/abi/constants.h"
#endif

namespace eaphost::embedded {

bool SameMethod(const abi::EAP_METHOD_TYPE& one, const abi::EAP_METHOD_TYPE& other) {
  return one.eapType.type == other.eapType.type && one.eapType.dwVendorId == other.eapType.dwVendorId &&
         one.eapType.dwVendorType == other.eapType.dwVendorType && one.dwAuthorId == other.dwAuthorId;
}

#ifdef _WIN32

namespace {

constexpr abi::BYTE kExpanded = 254;

const wchar_t* Wide(const char16_t* text) { return reinterpret_cast<const wchar_t*>(text); }

class Key {
 public:
  Key() = default;
  ~Key() {
    if (key_ != nullptr) RegCloseKey(key_);
  }
  Key(Key&& other) noexcept : key_(std::exchange(other.key_, nullptr)) {}
  Key& operator=(Key&& other) noexcept {
    std::swap(key_, other.key_);
    return *this;
  }

  static Key Open(HKEY parent, const std::u16string& path) {
    Key key;
    // Methods match the system's bitness, and so does their part of the registry: it is not redirected.
    if (RegOpenKeyExW(parent, Wide(path.c_str()), 0, KEY_READ, &key.key_) != ERROR_SUCCESS)
      key.key_ = nullptr;
    return key;
  }

  explicit operator bool() const { return key_ != nullptr; }
  HKEY get() const { return key_; }

  // A REG_SZ or REG_EXPAND_SZ; environment strings are expanded in both where `expand`. Empty if it is not
  // there.
  std::u16string Text(const char16_t* name, bool expand) const {
    DWORD size = 0;
    constexpr DWORD kFlags = RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND;
    if (RegGetValueW(key_, nullptr, Wide(name), kFlags, nullptr, nullptr, &size) != ERROR_SUCCESS) return {};
    std::wstring text(size / sizeof(wchar_t) + 1, L'\0');
    size = static_cast<DWORD>(text.size() * sizeof(wchar_t));
    if (RegGetValueW(key_, nullptr, Wide(name), kFlags, nullptr, text.data(), &size) != ERROR_SUCCESS)
      return {};
    text.resize(std::wstring_view(text.c_str()).size());
    if (expand) {
      const DWORD needed = ExpandEnvironmentStringsW(text.c_str(), nullptr, 0);
      std::wstring expanded(needed, L'\0');
      const DWORD made = ExpandEnvironmentStringsW(text.c_str(), expanded.data(), needed);
      if (made == 0 || made > needed) return {};
      expanded.resize(made - 1);
      text = std::move(expanded);
    }
    return std::u16string(text.begin(), text.end());
  }

  // A text for people, which may be kept in a DLL: "@path,-id".
  std::u16string DisplayText(const char16_t* name) const {
    std::u16string text = Text(name, false);
    if (text.empty() || text.front() != u'@') return text;
    wchar_t loaded[512];
    if (RegLoadMUIStringW(key_, Wide(name), loaded, sizeof loaded, nullptr, 0, nullptr) != ERROR_SUCCESS) {
      return text;
    }
    const std::wstring_view view(loaded);
    return std::u16string(view.begin(), view.end());
  }

  DWORD Number(const char16_t* name) const {
    DWORD value = 0;
    DWORD size = sizeof value;
    if (RegGetValueW(key_, nullptr, Wide(name), RRF_RT_REG_DWORD, nullptr, &value, &size) != ERROR_SUCCESS) {
      return 0;
    }
    return value;
  }

  // The sub-keys whose names are decimal numbers.
  std::vector<std::pair<abi::DWORD, std::u16string>> Numbered() const {
    std::vector<std::pair<abi::DWORD, std::u16string>> found;
    wchar_t name[256];
    for (DWORD index = 0;; ++index) {
      DWORD length = 256;
      if (RegEnumKeyExW(key_, index, name, &length, nullptr, nullptr, nullptr, nullptr) != ERROR_SUCCESS)
        break;
      std::uint64_t number = 0;
      bool decimal = length > 0 && length <= 10;
      for (DWORD at = 0; decimal && at < length; ++at) {
        decimal = name[at] >= L'0' && name[at] <= L'9';
        number = number * 10 + static_cast<std::uint64_t>(name[at] - L'0');
      }
      if (decimal && number <= 0xFFFFFFFF) {
        found.emplace_back(static_cast<abi::DWORD>(number), std::u16string(name, name + length));
      }
    }
    return found;
  }

 private:
  HKEY key_ = nullptr;
};

std::u16string Decimal(abi::DWORD number) {
  const std::string text = std::to_string(number);
  return std::u16string(text.begin(), text.end());
}

std::optional<MethodEntry> Read(const Key& author, const Key& method, const abi::EAP_METHOD_TYPE& type) {
  if (!method) return std::nullopt;
  MethodEntry entry;
  entry.type = type;
  entry.dll_path = method.Text(abi::EAP_PEER_VALUENAME_DLL_PATH, true);
  if (entry.dll_path.empty()) return std::nullopt;  // no peer method: an authenticator's key
  entry.config_ui_path = method.Text(abi::EAP_PEER_VALUENAME_CONFIGUI, true);
  entry.identity_path = method.Text(abi::EAP_PEER_VALUENAME_IDENTITY, true);
  entry.interactive_ui_path = method.Text(abi::EAP_PEER_VALUENAME_INTERACTIVEUI, true);
  entry.friendly_name = method.DisplayText(abi::EAP_PEER_VALUENAME_FRIENDLY_NAME);
  entry.author_name = author.Text(u"", false);
  entry.properties = method.Number(abi::EAP_PEER_VALUENAME_PROPERTIES);
  return entry;
}

}  // namespace

std::optional<MethodEntry> FindInRegistry(const abi::EAP_METHOD_TYPE& type) {
  const Key root = Key::Open(HKEY_LOCAL_MACHINE, abi::EAP_REGISTRY_LOCATION);
  if (!root) return std::nullopt;
  const Key author = Key::Open(root.get(), Decimal(type.dwAuthorId));
  if (!author) return std::nullopt;
  std::u16string path = Decimal(type.eapType.type);
  if (type.eapType.type == kExpanded) {
    for (const abi::DWORD number : {type.eapType.dwVendorId, type.eapType.dwVendorType}) {
      path.push_back(u'\\');
      path.append(Decimal(number));
    }
  }
  return Read(author, Key::Open(author.get(), path), type);
}

std::vector<MethodEntry> ListRegistry() {
  std::vector<MethodEntry> entries;
  const Key root = Key::Open(HKEY_LOCAL_MACHINE, abi::EAP_REGISTRY_LOCATION);
  if (!root) return entries;
  const auto add = [&entries](const Key& author, const Key& method, const abi::EAP_METHOD_TYPE& type) {
    std::optional<MethodEntry> entry = Read(author, method, type);
    if (entry && !entry->friendly_name.empty()) entries.push_back(std::move(*entry));
  };
  for (const auto& [author_id, author_name] : root.Numbered()) {
    const Key author = Key::Open(root.get(), author_name);
    if (!author) continue;
    for (const auto& [type, type_name] : author.Numbered()) {
      if (type > 0xFF) continue;
      const Key method = Key::Open(author.get(), type_name);
      if (!method) continue;
      const abi::BYTE eap_type = static_cast<abi::BYTE>(type);
      if (type != kExpanded) {
        add(author, method, {{eap_type, 0, 0}, author_id});
        continue;
      }
      for (const auto& [vendor, vendor_name] : method.Numbered()) {
        const Key vendor_key = Key::Open(method.get(), vendor_name);
        if (!vendor_key) continue;
        for (const auto& [vendor_type, vendor_type_name] : vendor_key.Numbered()) {
          add(author, Key::Open(vendor_key.get(), vendor_type_name),
              {{eap_type, vendor, vendor_type}, author_id});
        }
      }
    }
  }
  return entries;
}

#else

std::optional<MethodEntry> FindInRegistry(const abi::EAP_METHOD_TYPE&) { return std::nullopt; }
std::vector<MethodEntry> ListRegistry() { return {}; }

#endif

}  // namespace eaphost::embedded
