// What the fake WLAN service tells, in Windows' structures.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "native/abi/networks.h"

namespace eaphost::fake {

using namespace abi;

template <typename Data>
std::vector<std::uint8_t> Octets(const Data& data) {
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(&data);
  return {begin, begin + sizeof data};
}

template <typename Data>
void Fill(Data& data, std::u16string_view name, DWORD reason) {
  name.copy(data.strProfileName, WLAN_MAX_NAME_LENGTH);
  data.dot11Ssid.uSSIDLength = static_cast<DWORD>(std::min<std::size_t>(name.size(), DOT11_SSID_MAX_LENGTH));
  std::copy_n(name.begin(), data.dot11Ssid.uSSIDLength, data.dot11Ssid.ucSSID);
  data.dot11BssType = dot11_BSS_type_infrastructure;
  data.bSecurityEnabled = 1;
  data.wlanReasonCode = reason;
}

inline std::vector<std::uint8_t> ConnectionData(std::u16string_view name, DWORD reason) {
  WLAN_CONNECTION_NOTIFICATION_DATA data{};
  Fill(data, name, reason);
  // As Windows has it: no more than the text's end behind it.
  std::vector<std::uint8_t> octets = Octets(data);
  octets.resize(offsetof(WLAN_CONNECTION_NOTIFICATION_DATA, strProfileXml) + sizeof(WCHAR));
  return octets;
}

inline std::vector<std::uint8_t> MsmData(std::u16string_view name, DWORD reason) {
  WLAN_MSM_NOTIFICATION_DATA data{};
  Fill(data, name, reason);
  constexpr BYTE kBssid[] = {2, 0, 0, 0, 0, 0xAB};
  std::copy(std::begin(kBssid), std::end(kBssid), data.dot11MacAddr);
  return Octets(data);
}

// With an EAP_ERROR and its texts where it failed.
inline std::vector<std::uint8_t> ResultData(DWORD reason) {
  ONEX_RESULT_UPDATE_DATA data{};
  data.oneXStatus = {reason == 0 ? OneXAuthSuccess : OneXAuthFailure, reason, reason == 0 ? 0u : 0x80420015u};
  data.BackendSupport = OneXEapMethodBackendSupported;
  data.fBackendEngaged = 1;
  if (reason == 0) return Octets(data);
  constexpr char16_t kCause[] = u"The name or the password is wrong.";
  ONEX_EAP_ERROR error{};
  error.dwWinError = 0x80420112;
  error.type = {{25, 0, 0}, 0};
  error.dwReasonCode = 691;
  error.flags = 1;
  error.RootCauseString = {sizeof kCause, sizeof error};
  data.flags = 2;
  data.eapError = {sizeof error + sizeof kCause, sizeof data};
  std::vector<std::uint8_t> octets = Octets(data);
  const auto append = [&octets](const void* from, std::size_t size) {
    const auto* const begin = static_cast<const std::uint8_t*>(from);
    octets.insert(octets.end(), begin, begin + size);
  };
  append(&error, sizeof error);
  append(kCause, sizeof kCause);
  return octets;
}

}  // namespace eaphost::fake
