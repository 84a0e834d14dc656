// Ethernet cards, as the IP helper tells of them.
#ifdef _WIN32

#include "native/system/interfaces.h"

#include <winsock2.h>
// After it.
#include <iphlpapi.h>
#include <windows.h>

#include <algorithm>

#include "native/abi/win32.h"
#include "native/platform/text.h"

namespace eaphost::system {

namespace {

constexpr ULONG kFlags = GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST |
                         GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_INCLUDE_ALL_INTERFACES;

std::u16string Text(const wchar_t* text) { return std::u16string(reinterpret_cast<const char16_t*>(text)); }

}  // namespace

abi::DWORD ListEthernetInterfaces(std::vector<EthernetInterface>* interfaces) {
  ULONG size = 16384;
  std::vector<std::uint64_t> memory;
  ULONG code = ERROR_BUFFER_OVERFLOW;
  // It grows where cards are added in between.
  for (int attempt = 0; attempt < 5 && code == ERROR_BUFFER_OVERFLOW; ++attempt) {
    memory.resize(size / sizeof(std::uint64_t) + 1);
    code = GetAdaptersAddresses(AF_UNSPEC, kFlags, nullptr,
                                reinterpret_cast<IP_ADAPTER_ADDRESSES*>(memory.data()), &size);
  }
  if (code == ERROR_NO_DATA) return abi::kNoError;
  if (code != NO_ERROR) return code;
  for (const auto* card = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(memory.data()); card != nullptr;
       card = card->Next) {
    if (card->IfType != IF_TYPE_ETHERNET_CSMACD || card->PhysicalAddressLength != 6) continue;
    EthernetInterface found;
    found.name = platform::ToUtf16(card->AdapterName);
    found.label = Text(card->FriendlyName);
    found.description = Text(card->Description);
    std::copy_n(card->PhysicalAddress, found.address.size(), found.address.begin());
    found.is_up = card->OperStatus == IfOperStatusUp;
    interfaces->push_back(std::move(found));
  }
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
