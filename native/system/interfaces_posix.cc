// Ethernet cards, as getifaddrs tells of them.
#ifndef _WIN32

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#ifdef __linux__
#include <linux/if_packet.h>
#include <net/if_arp.h>
#else
#include <net/if_dl.h>
#include <net/if_media.h>
#include <net/if_types.h>
#include <sys/ioctl.h>
#include <sys/sockio.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <memory>
#include <string>

#include "native/abi/win32.h"
#include "native/platform/text.h"
#include "native/system/interfaces.h"

namespace eaphost::system {

namespace {

// The address of an Ethernet card; NULL for any other address.
const std::uint8_t* EthernetAddressOf(const sockaddr* address) {
#ifdef __linux__
  if (address->sa_family != AF_PACKET) return nullptr;
  const auto* link = reinterpret_cast<const sockaddr_ll*>(address);
  return link->sll_hatype == ARPHRD_ETHER && link->sll_halen == 6 ? link->sll_addr : nullptr;
#else
  if (address->sa_family != AF_LINK) return nullptr;
  const auto* link = reinterpret_cast<const sockaddr_dl*>(address);
  if (link->sdl_type != IFT_ETHER || link->sdl_alen != 6) return nullptr;
  return reinterpret_cast<const std::uint8_t*>(LLADDR(link));
#endif
}

#ifdef __linux__
// Whether cards of the list have a link.
class LinkStates {
 public:
  static bool HasLink(const ifaddrs& card) {
    // IFF_LOWER_UP: RUNNING also asks that nobody calls the port dormant
    constexpr unsigned kLowerUp = 1U << 16;
    return (card.ifa_flags & IFF_UP) != 0 && (card.ifa_flags & kLowerUp) != 0;
  }
};
#else
class LinkStates {
 public:
  ~LinkStates() {
    if (socket_ >= 0) close(socket_);
  }
  bool HasLink(const ifaddrs& card) const { return HasMedium(socket_, card.ifa_name); }

 private:
  const int socket_ = socket(AF_INET, SOCK_DGRAM, 0);
};
#endif

}  // namespace

#ifdef __APPLE__
bool HasMedium(int socket, const std::string& name) {
  ifreq flags{};
  ifmediareq media{};
  if (name.size() >= sizeof flags.ifr_name) return false;
  std::copy(name.begin(), name.end(), flags.ifr_name);
  std::copy(name.begin(), name.end(), media.ifm_name);
  if (ioctl(socket, SIOCGIFFLAGS, &flags) != 0 || (flags.ifr_flags & IFF_UP) == 0) return false;
  // A card that knows nothing of a medium has a link as long as it runs.
  if (ioctl(socket, SIOCGIFMEDIA, &media) != 0 || (media.ifm_status & IFM_AVALID) == 0)
    return (flags.ifr_flags & IFF_RUNNING) != 0;
  return (media.ifm_status & IFM_ACTIVE) != 0;
}
#endif

abi::DWORD ListEthernetInterfaces(std::vector<EthernetInterface>* interfaces) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return abi::kErrorNotEnoughMemory;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(list, &freeifaddrs);
  const LinkStates states;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const std::uint8_t* address = entry->ifa_addr == nullptr ? nullptr : EthernetAddressOf(entry->ifa_addr);
    if (address == nullptr || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    EthernetInterface card;
    card.name = platform::ToUtf16(entry->ifa_name);
    card.label = card.name;
    std::copy_n(address, card.address.size(), card.address.begin());
    card.is_up = states.HasLink(*entry);
    interfaces->push_back(std::move(card));
  }
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
