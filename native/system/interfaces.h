// The Ethernet cards of this machine. Any thread; the call blocks.
#pragma once

#include <string>
#include <vector>

#include "native/abi/base.h"
#include "native/system/raw_link.h"

namespace eaphost::system {

struct EthernetInterface {
  std::u16string name;   // what RawLink::Open takes: eth0; on Windows the GUID, in braces
  std::u16string label;  // for people: on Windows the connection's name, such as Ethernet; else the name
  std::u16string description;  // on Windows the card's; else empty
  EthernetAddress address{};
  bool is_up = false;  // has a link
};

// Wireless cards are among them: EAPOL is the same there, but a supplicant of Wi-Fi's has their keys.
abi::DWORD ListEthernetInterfaces(std::vector<EthernetInterface>* interfaces);

#ifdef __APPLE__
// Whether a card is up and has a link, asked through any socket of AF_INET.
bool HasMedium(int socket, const std::string& name);
#endif

}  // namespace eaphost::system
