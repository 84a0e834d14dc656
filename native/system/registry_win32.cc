// Windows' registry.
#ifdef _WIN32

#include "native/system/registry.h"

#include <windows.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "native/abi/win32.h"

namespace eaphost::system {

namespace {

constexpr REGSAM kView = KEY_WOW64_64KEY;
constexpr DWORD kLongestKeyName = 256;

const wchar_t* Wide(const std::u16string& text) { return reinterpret_cast<const wchar_t*>(text.c_str()); }

class Key {
 public:
  Key() = default;
  ~Key() { Close(); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  abi::DWORD Open(const std::u16string& path, REGSAM access) {
    Close();
    return static_cast<abi::DWORD>(RegOpenKeyExW(HKEY_LOCAL_MACHINE, Wide(path), 0, access | kView, &key_));
  }

  abi::DWORD Create(const std::u16string& path, bool* is_new) {
    Close();
    DWORD disposition = 0;
    const LSTATUS code = RegCreateKeyExW(HKEY_LOCAL_MACHINE, Wide(path), 0, nullptr, REG_OPTION_NON_VOLATILE,
                                         KEY_READ | kView, nullptr, &key_, &disposition);
    *is_new = code == ERROR_SUCCESS && disposition == REG_CREATED_NEW_KEY;
    return static_cast<abi::DWORD>(code);
  }

  HKEY get() const { return key_; }

 private:
  void Close() {
    if (HKEY key = std::exchange(key_, nullptr)) RegCloseKey(key);
  }

  HKEY key_ = nullptr;
};

bool IsMissing(abi::DWORD code) { return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND; }

// The text in a value's data, which need not end with a NUL.
std::wstring TextIn(const std::vector<std::uint8_t>& data) {
  std::wstring text(data.size() / sizeof(wchar_t), L'\0');
  std::copy_n(data.begin(), text.size() * sizeof(wchar_t), reinterpret_cast<std::uint8_t*>(text.data()));
  text.resize(std::wstring_view(text.c_str()).size());
  return text;
}

abi::DWORD Expand(std::vector<std::uint8_t>* data) {
  const std::wstring text = TextIn(*data);
  std::wstring expanded;
  for (DWORD needed = ExpandEnvironmentStringsW(text.c_str(), nullptr, 0); needed > expanded.size();) {
    expanded.resize(needed);
    needed = ExpandEnvironmentStringsW(text.c_str(), expanded.data(), needed);
    if (needed == 0) return GetLastError();
  }
  const auto* octets = reinterpret_cast<const std::uint8_t*>(expanded.data());
  data->assign(octets, octets + std::wstring_view(expanded.c_str()).size() * sizeof(wchar_t));
  return abi::kNoError;
}

// The value at an index. A value may grow while it is read.
abi::DWORD ReadValue(HKEY key, DWORD index, std::vector<wchar_t>& name, RegistryValue* value) {
  for (;;) {
    DWORD length = static_cast<DWORD>(name.size());
    DWORD type = 0;
    DWORD size = static_cast<DWORD>(value->data.size());
    const LSTATUS code =
        RegEnumValueW(key, index, name.data(), &length, nullptr, &type, value->data.data(), &size);
    if (code == ERROR_MORE_DATA) {
      // Either may have been too small; the system does not say which.
      name.resize(2 * name.size());
      value->data.resize(std::max<std::size_t>(size, 2 * value->data.size() + sizeof(wchar_t)));
      continue;
    }
    if (code != ERROR_SUCCESS) return static_cast<abi::DWORD>(code);
    value->name.assign(name.data(), name.data() + length);
    value->type = type;
    value->data.resize(size);
    return abi::kNoError;
  }
}

}  // namespace

abi::DWORD ReadKey(const std::u16string& path, bool expand, RegistryKey* result) {
  Key key;
  *result = {};
  if (const abi::DWORD code = key.Open(path, KEY_READ)) return IsMissing(code) ? abi::kNoError : code;
  result->exists = true;
  std::vector<wchar_t> name(kLongestKeyName);
  for (DWORD index = 0;; ++index) {
    DWORD length = static_cast<DWORD>(name.size());
    const LSTATUS code =
        RegEnumKeyExW(key.get(), index, name.data(), &length, nullptr, nullptr, nullptr, nullptr);
    if (code == ERROR_NO_MORE_ITEMS) break;
    if (code != ERROR_SUCCESS) return static_cast<abi::DWORD>(code);
    result->keys.emplace_back(name.data(), name.data() + length);
  }
  for (DWORD index = 0;; ++index) {
    RegistryValue value;
    value.data.resize(kLongestKeyName);
    const abi::DWORD code = ReadValue(key.get(), index, name, &value);
    if (code == ERROR_NO_MORE_ITEMS) return abi::kNoError;
    if (code != abi::kNoError) return code;
    if (expand && value.type == REG_EXPAND_SZ) {
      if (const abi::DWORD failed = Expand(&value.data)) return failed;
    }
    result->values.push_back(std::move(value));
  }
}

abi::DWORD CreateKey(const std::u16string& path, std::vector<std::u16string>* created) {
  created->clear();
  for (std::size_t end = 0; end != std::u16string::npos;) {
    end = path.find(u'\\', end + 1);
    const std::u16string part = path.substr(0, end);
    Key key;
    if (key.Open(part, KEY_READ) == abi::kNoError) continue;
    bool is_new = false;
    const abi::DWORD code = key.Create(part, &is_new);
    if (code == abi::kNoError) {
      if (is_new) created->push_back(part);
      continue;
    }
    for (auto made = created->rbegin(); made != created->rend(); ++made) DeleteKey(*made);
    created->clear();
    return code;
  }
  return abi::kNoError;
}

abi::DWORD SetValue(const std::u16string& path, const RegistryValue& value) {
  Key key;
  if (const abi::DWORD code = key.Open(path, KEY_SET_VALUE)) return code;
  return static_cast<abi::DWORD>(RegSetValueExW(key.get(), Wide(value.name), 0, value.type, value.data.data(),
                                                static_cast<DWORD>(value.data.size())));
}

abi::DWORD DeleteValue(const std::u16string& path, const std::u16string& name) {
  Key key;
  if (const abi::DWORD code = key.Open(path, KEY_SET_VALUE)) return code;
  return static_cast<abi::DWORD>(RegDeleteValueW(key.get(), Wide(name)));
}

abi::DWORD DeleteKey(const std::u16string& path) {
  return static_cast<abi::DWORD>(RegDeleteKeyExW(HKEY_LOCAL_MACHINE, Wide(path), kView, 0));
}

abi::DWORD CheckWritable(const std::u16string& path) {
  for (std::u16string part = path;;) {
    Key key;
    const abi::DWORD code = key.Open(part, KEY_SET_VALUE | KEY_CREATE_SUB_KEY);
    const std::size_t mark = part.rfind(u'\\');
    if (!IsMissing(code) || mark == std::u16string::npos) return code;
    part.resize(mark);
  }
}

}  // namespace eaphost::system

#endif
