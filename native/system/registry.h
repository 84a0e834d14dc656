// The registry under HKEY_LOCAL_MACHINE, in its 64-bit view whatever this process' bitness: one step at a
// time. Outside Windows there is none, and everything returns ERROR_NOT_SUPPORTED. Any thread; the
// calls block. Paths are relative to HKEY_LOCAL_MACHINE. Functions return Win32 codes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::system {

struct RegistryValue {
  std::u16string name;  // empty: the key's default value
  std::uint32_t type = 0;
  std::vector<std::uint8_t> data;
};

struct RegistryKey {
  bool exists = false;
  std::vector<RegistryValue> values;
  std::vector<std::u16string> keys;  // names of the sub-keys
};

// The content of a key; `exists` says whether there is one. With `expand`, environment strings in
// REG_EXPAND_SZ are replaced.
abi::DWORD ReadKey(const std::u16string& path, bool expand, RegistryKey* key);
// Makes the keys of a path that are missing, and says which: outermost first. All of them or none.
abi::DWORD CreateKey(const std::u16string& path, std::vector<std::u16string>* created);
// In a key that exists.
abi::DWORD SetValue(const std::u16string& path, const RegistryValue& value);
abi::DWORD DeleteValue(const std::u16string& path, const std::u16string& name);
// A key without sub-keys.
abi::DWORD DeleteKey(const std::u16string& path);
// Whether this process may write to the key, or to the closest one above it that exists: ERROR_ACCESS_DENIED
// where not. Changes nothing.
abi::DWORD CheckWritable(const std::u16string& path);

}  // namespace eaphost::system
