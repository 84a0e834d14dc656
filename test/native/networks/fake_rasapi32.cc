// A library with the functions of rasapi32.dll over phone-book entries in memory. Each fails as it is told
// to, by entries whose names begin with fake:.
#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "native/abi/networks.h"
#include "test/native/networks/fake.h"

using namespace eaphost::abi;
using namespace eaphost::fake;

namespace {

constexpr DWORD kInvalidArgument = 0x80070057;
constexpr DWORD kBufferTooSmall = 603;
constexpr DWORD kCannotOpenPhonebook = 621;
constexpr DWORD kCannotFindEntry = 623;

struct Entry {
  std::vector<BYTE> config;
  std::map<HANDLE, std::vector<BYTE>> credentials;
};

struct State {
  std::mutex mutex;
  std::map<std::u16string, Entry> entries = {{u"Campus", {}}};
};

State& Shared() {
  static State* const state = new State;
  return *state;
}

// fake:set:FUNCTION: the fault is the first octet, its code the next four.
bool Obey(const std::u16string& name, const BYTE* data, DWORD size) {
  if (name.rfind(u"fake:set:", 0) != 0 || size != 5) return false;
  const DWORD code = static_cast<DWORD>(data[1]) | static_cast<DWORD>(data[2]) << 8 |
                     static_cast<DWORD>(data[3]) << 16 | static_cast<DWORD>(data[4]) << 24;
  Choose(ToAscii(name).substr(9), {static_cast<Fault>(data[0]), code});
  return true;
}

Entry* Find(const WCHAR* name) {
  const auto found = Shared().entries.find(name);
  return found == Shared().entries.end() ? nullptr : &found->second;
}

bool HasPhonebook(const WCHAR* phonebook) {
  return phonebook == nullptr || Text(phonebook) == u"C:\\other.pbk";
}

DWORD Read(const std::vector<BYTE>& data, BYTE* buffer, DWORD* size) {
  const DWORD room = std::exchange(*size, static_cast<DWORD>(data.size()));
  if (room < data.size() || (buffer == nullptr && !data.empty())) return kBufferTooSmall;
  std::copy(data.begin(), data.end(), buffer);
  return 0;
}

}  // namespace

extern "C" {

FAKE_EXPORT RasGetCustomAuthDataWFn RasGetCustomAuthDataW;
FAKE_EXPORT RasSetCustomAuthDataWFn RasSetCustomAuthDataW;
FAKE_EXPORT RasSetEapUserDataWFn RasSetEapUserDataW;

DWORD EAPHOST_STDCALL RasGetCustomAuthDataW(LPCWSTR phonebook, LPCWSTR name, BYTE* data, DWORD* size) {
  if (size == nullptr) return kInvalidArgument;
  const Chosen chosen = Enter("RasGetCustomAuthDataW");
  if (chosen.fault == kPoison) *size = 0xFFFFFFFF;
  if (chosen.fault == kCode || chosen.fault == kPoison) return chosen.code;
  if (chosen.fault == kNull) *size = 0;
  if (chosen.fault == kAbsurd) *size = 0xFFFFFFFF;
  if (chosen.fault == kNull || chosen.fault == kUnwritten) return 0;
  if (chosen.fault == kAbsurd) return kBufferTooSmall;
  const std::lock_guard lock(Shared().mutex);
  if (chosen.fault == kUnterminated) {  // never large enough
    *size += 8;
    return kBufferTooSmall;
  }
  if (Text(name) == u"fake:users") {
    std::string text;
    for (const auto& [token, octets] : Shared().entries[u"Campus"].credentials) {
      text += std::to_string(reinterpret_cast<std::uintptr_t>(token)) + '=' +
              std::string(octets.begin(), octets.end()) + ';';
    }
    return Read({text.begin(), text.end()}, data, size);
  }
  if (!HasPhonebook(phonebook)) return kCannotOpenPhonebook;
  const Entry* const entry = Find(name);
  return entry == nullptr ? kCannotFindEntry : Read(entry->config, data, size);
}

DWORD EAPHOST_STDCALL RasSetCustomAuthDataW(LPCWSTR phonebook, LPCWSTR name, BYTE* data, DWORD size) {
  if (Obey(name, data, size)) return 0;
  const Chosen chosen = Enter("RasSetCustomAuthDataW");
  if (chosen.fault == kCode || chosen.fault == kPoison) return chosen.code;
  if (data == nullptr || size == 0) return kInvalidArgument;
  const std::lock_guard lock(Shared().mutex);
  if (!HasPhonebook(phonebook)) return kCannotOpenPhonebook;
  Entry* const entry = Find(name);
  if (entry == nullptr) return kCannotFindEntry;
  entry->config.assign(data, data + size);
  return 0;
}

DWORD EAPHOST_STDCALL RasSetEapUserDataW(HANDLE token, LPCWSTR phonebook, LPCWSTR name, BYTE* data,
                                         DWORD size) {
  const Chosen chosen = Enter("RasSetEapUserDataW");
  if (chosen.fault == kCode || chosen.fault == kPoison) return chosen.code;
  if (data == nullptr || size == 0) return kInvalidArgument;
  const std::lock_guard lock(Shared().mutex);
  if (!HasPhonebook(phonebook)) return kCannotOpenPhonebook;
  Entry* const entry = Find(name);
  if (entry == nullptr) return kCannotFindEntry;
  entry->credentials[token].assign(data, data + size);
  return 0;
}

}  // extern "C"
