// SIDs as values and handles that close themselves: what the access checks on Windows share. Any thread. Only
// Windows includes it.
#pragma once

#include <windows.h>

#include <sddl.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace eaphost::platform {

class Handle {
 public:
  explicit Handle(HANDLE handle = nullptr) : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() {
    if (handle_ != nullptr) CloseHandle(handle_);
  }
  HANDLE get() const { return handle_; }
  HANDLE release() { return std::exchange(handle_, nullptr); }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  HANDLE handle_;
};

// Memory from a Windows function, freed with LocalFree.
struct LocalMemory {
  void* data = nullptr;
  LocalMemory() = default;
  LocalMemory(const LocalMemory&) = delete;
  LocalMemory& operator=(const LocalMemory&) = delete;
  ~LocalMemory() {
    if (data != nullptr) LocalFree(data);
  }
};

// A copy of a SID; empty if there is none.
class Sid {
 public:
  Sid() = default;
  explicit Sid(PSID sid) {
    if (sid == nullptr || !IsValidSid(sid)) return;
    const auto* octets = static_cast<const std::uint8_t*>(sid);
    octets_.assign(octets, octets + GetLengthSid(sid));
  }

  static Sid Parse(const wchar_t* text) {
    LocalMemory memory;
    return ConvertStringSidToSidW(text, &memory.data) ? Sid(memory.data) : Sid();
  }

  explicit operator bool() const { return !octets_.empty(); }
  friend bool operator==(const Sid& one, const Sid& other) { return one.octets_ == other.octets_; }
  PSID get() { return octets_.data(); }

  std::u16string Text() {
    LocalMemory memory;
    LPWSTR text = nullptr;
    if (octets_.empty() || !ConvertSidToStringSidW(octets_.data(), &text)) return {};
    memory.data = text;
    return std::u16string(text, text + std::wcslen(text));
  }

 private:
  std::vector<std::uint8_t> octets_;
};

// One piece of a token's information, or empty.
inline std::vector<std::uint8_t> TokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS kind) {
  DWORD size = 0;
  GetTokenInformation(token, kind, nullptr, 0, &size);
  std::vector<std::uint8_t> data(size);
  if (size == 0 || !GetTokenInformation(token, kind, data.data(), size, &size)) return {};
  return data;
}

inline Sid UserOf(HANDLE token) {
  const std::vector<std::uint8_t> user = TokenInformation(token, TokenUser);
  return user.empty() ? Sid() : Sid(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
}

// The owner of what the token's processes create: the user, or the administrators.
inline Sid DefaultOwnerOf(HANDLE token) {
  const std::vector<std::uint8_t> owner = TokenInformation(token, TokenOwner);
  return owner.empty() ? Sid() : Sid(reinterpret_cast<const TOKEN_OWNER*>(owner.data())->Owner);
}

inline Handle OwnToken() {
  HANDLE token = nullptr;
  return Handle(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ? token : nullptr);
}

}  // namespace eaphost::platform
