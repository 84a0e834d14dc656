// What the WLAN service's structures hold in fields of fixed length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/abi/networks.h"

namespace eaphost::system {

// Also of one that has no NUL at its end.
template <std::size_t kLength>
std::u16string NameOf(const abi::WCHAR (&name)[kLength]) {
  return std::u16string(name, std::find(name, name + kLength, u'\0'));
}

inline std::vector<std::uint8_t> SsidOf(const abi::DOT11_SSID& ssid) {
  return {ssid.ucSSID, ssid.ucSSID + std::min(ssid.uSSIDLength, abi::DOT11_SSID_MAX_LENGTH)};
}

}  // namespace eaphost::system
