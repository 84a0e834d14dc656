// GUIDs as text. Any thread.
#include "native/values/guid.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace eaphost::values {

namespace {

// The bytes of a GUID in the order in which its text shows them.
using Bytes = std::array<abi::BYTE, 16>;

bool IsDash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

std::string FormatGuid(const abi::GUID& guid) {
  Bytes bytes;
  for (unsigned index = 0; index < 4; ++index) {
    bytes[index] = static_cast<abi::BYTE>(guid.Data1 >> (24 - 8 * index));
  }
  for (unsigned index = 0; index < 2; ++index) {
    bytes[4 + index] = static_cast<abi::BYTE>(guid.Data2 >> (8 - 8 * index));
    bytes[6 + index] = static_cast<abi::BYTE>(guid.Data3 >> (8 - 8 * index));
  }
  for (unsigned index = 0; index < 8; ++index) bytes[8 + index] = guid.Data4[index];

  std::string text;
  text.reserve(36);
  for (const abi::BYTE byte : bytes) {
    if (IsDash(text.size())) text.push_back('-');
    text.push_back("0123456789abcdef"[byte >> 4]);
    text.push_back("0123456789abcdef"[byte & 15]);
  }
  return text;
}

std::optional<abi::GUID> ParseGuid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return std::nullopt;
  Bytes bytes;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (IsDash(at)) {
      if (text[at++] != '-') return std::nullopt;
      continue;
    }
    const char* digits = text.data() + at;
    const auto [end, error] = std::from_chars(digits, digits + 2, bytes[count++], 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    at += 2;
  }
  abi::GUID guid{};
  for (std::size_t index = 0; index < 4; ++index) guid.Data1 = guid.Data1 << 8 | bytes[index];
  guid.Data2 = static_cast<abi::WORD>(bytes[4] << 8 | bytes[5]);
  guid.Data3 = static_cast<abi::WORD>(bytes[6] << 8 | bytes[7]);
  for (std::size_t index = 0; index < 8; ++index) guid.Data4[index] = bytes[8 + index];
  return guid;
}

}  // namespace eaphost::values
