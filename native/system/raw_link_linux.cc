// Frames through a packet socket, the state of the link from rtnetlink(7).
#ifdef __linux__

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "native/abi/win32.h"
#include "native/platform/text.h"
#include "native/system/raw_link.h"

namespace eaphost::system {

namespace {

constexpr EthernetAddress kPaeGroup = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x03};
constexpr unsigned kLowerUp = 1U << 16;  // IFF_LOWER_UP
constexpr int kFramesAtOnce = 64;

abi::DWORD CodeOf(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return abi::kErrorAccessDenied;
    case EMFILE:
    case ENFILE:
      return abi::kErrorTooManyOpenFiles;
    case ENODEV:
    case ENXIO:
      return abi::kErrorNotFound;
    case ENOMEM:
    case ENOBUFS:
      return abi::kErrorNotEnoughMemory;
    default:
      return abi::kErrorNotSupported;
  }
}

class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  // False with errno.
  bool Set(int value) { return (value_ = value) >= 0; }
  void Close() {
    if (value_ >= 0) close(std::exchange(value_, -1));
  }
  int get() const { return value_; }

 private:
  int value_ = -1;
};

// What the card takes for others: to another address, where it is promiscuous, or behind a VLAN tag, whose
// frames are none of the port's (IEEE 802.1X-2004, 7.4). Those that a tag gives a priority alone are the
// port's.
bool RefuseOthers(int socket) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF) + SKF_AD_PKTTYPE),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OTHERHOST, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, 0x40000),
  };
  const sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
  return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

class LinuxLink final : public RawLink {
 public:
  abi::DWORD Open(std::string name) {
    name_ = std::move(name);
    ifreq request{};
    if (name_.empty() || name_.size() >= sizeof request.ifr_name) return abi::kErrorNotFound;
    // Protocol 0: nothing comes before it is bound, with its filter.
    if (!packets_.Set(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) ||
        !changes_.Set(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE)) ||
        !wake_.Set(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) || !RefuseOthers(packets_.get())) {
      return CodeOf(errno);
    }
    std::copy(name_.begin(), name_.end(), request.ifr_name);
    if (ioctl(packets_.get(), SIOCGIFHWADDR, &request) != 0) return CodeOf(errno);
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return abi::kErrorNotSupported;
    std::memcpy(address_.data(), request.ifr_hwaddr.sa_data, address_.size());
    index_ = static_cast<int>(if_nametoindex(name_.c_str()));
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_LINK;
    if (index_ == 0 || !BindFrames() ||
        bind(changes_.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0 || !AskState()) {
      return CodeOf(errno);
    }
    return Start();
  }

 private:
  bool BindFrames() {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_PAE);
    to.sll_ifindex = index_;
    packet_mreq group{};
    group.mr_ifindex = index_;
    group.mr_type = PACKET_MR_MULTICAST;
    group.mr_alen = static_cast<unsigned short>(kPaeGroup.size());
    std::copy(kPaeGroup.begin(), kPaeGroup.end(), group.mr_address);
    return bind(packets_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
           setsockopt(packets_.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &group, sizeof group) == 0;
  }

  // Of all cards: the one that is waited for may be another one by now. The answer comes among the changes.
  bool AskState() {
    struct {
      nlmsghdr head;
      ifinfomsg link;
    } request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_GETLINK;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.link.ifi_family = AF_UNSPEC;
    return send(changes_.get(), &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request);
  }

  void Wake() override {
    const std::uint64_t one = 1;
    // Refused only where it is awake already.
    [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
  }

  abi::DWORD Transmit(std::span<const std::uint8_t> frame) override {
    const ssize_t sent = send(packets_.get(), frame.data(), frame.size(), MSG_DONTWAIT);
    if (sent >= 0) return abi::kNoError;
    return errno == ENETDOWN || errno == ENXIO ? abi::kErrorNotReady : CodeOf(errno);
  }

  void Release() override {
    for (Descriptor* const descriptor : {&packets_, &changes_, &wake_}) descriptor->Close();
  }

  void Run() override {
    while (!closed()) {
      pollfd waits[] = {{wake_.get(), POLLIN, 0},
                        {changes_.get(), POLLIN, 0},
                        {HasRoom() ? packets_.get() : -1, POLLIN, 0}};
      if (poll(waits, 3, -1) < 0 && errno != EINTR) return;
      std::uint64_t wakes = 0;
      [[maybe_unused]] const ssize_t woken = read(wake_.get(), &wakes, sizeof wakes);
      if (waits[1].revents != 0) ReadChanges();
      if (waits[2].revents != 0) ReadFrames();
      Tell();
    }
  }

  void ReadFrames() {
    std::array<std::uint8_t, kMostInFrame> frame;
    for (int count = 0; count < kFramesAtOnce && HasRoom(); ++count) {
      const ssize_t length = recv(packets_.get(), frame.data(), frame.size(), MSG_TRUNC);
      if (length < 0) break;
      if (static_cast<std::size_t>(length) > frame.size()) {
        AddDropped(1);
      } else {
        Add({frame.data(), static_cast<std::size_t>(length)});
      }
    }
    // Those that were lost since it was last asked.
    tpacket_stats stats{};
    socklen_t size = sizeof stats;
    if (getsockopt(packets_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
      AddDropped(stats.tp_drops);
  }

  void ReadChanges() {
    alignas(nlmsghdr) std::array<char, 16384> messages;
    for (;;) {
      const ssize_t length = recv(changes_.get(), messages.data(), messages.size(), 0);
      if (length < 0) {
        // Some were lost.
        if (errno == ENOBUFS && AskState()) continue;
        return;
      }
      auto left = static_cast<unsigned>(length);
      for (const auto* head = reinterpret_cast<const nlmsghdr*>(messages.data()); NLMSG_OK(head, left);
           head = NLMSG_NEXT(head, left)) {
        if (head->nlmsg_type == RTM_NEWLINK || head->nlmsg_type == RTM_DELLINK) Changed(*head);
      }
    }
  }

  void Changed(const nlmsghdr& head) {
    const auto* link = static_cast<const ifinfomsg*>(NLMSG_DATA(&head));
    if (head.nlmsg_type == RTM_DELLINK) {
      if (link->ifi_index != index_) return;
      index_ = 0;
      return SetUp(false);
    }
    // A card that went comes back under its name, as another one.
    if (index_ == 0 && NameOf(head) == name_) {
      index_ = link->ifi_index;
      if (!BindFrames()) index_ = 0;
    }
    if (link->ifi_index != index_) return;
    // The kernel tells of changes once a second at most, and of one that is undone by then only in this
    // count.
    const std::uint32_t downs = NumberOf(Find(head, IFLA_CARRIER_DOWN_COUNT));
    if (std::exchange(downs_, downs) != downs) SetUp(false);
    SetUp((link->ifi_flags & IFF_UP) != 0 && (link->ifi_flags & kLowerUp) != 0);
  }

  // NULL where there is none.
  static const rtattr* Find(const nlmsghdr& head, unsigned type) {
    auto left = static_cast<unsigned>(IFLA_PAYLOAD(&head));
    for (const auto* attribute = IFLA_RTA(static_cast<const ifinfomsg*>(NLMSG_DATA(&head)));
         RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
      if (attribute->rta_type == type) return attribute;
    }
    return nullptr;
  }

  static std::string_view NameOf(const nlmsghdr& head) {
    const rtattr* const attribute = Find(head, IFLA_IFNAME);
    if (attribute == nullptr) return {};
    const auto* name = static_cast<const char*>(RTA_DATA(attribute));
    return {name, strnlen(name, RTA_PAYLOAD(attribute))};
  }

  static std::uint32_t NumberOf(const rtattr* attribute) {
    std::uint32_t number = 0;
    if (attribute != nullptr && RTA_PAYLOAD(attribute) == sizeof number)
      std::memcpy(&number, RTA_DATA(attribute), sizeof number);
    return number;
  }

  std::string name_;
  Descriptor packets_;
  Descriptor changes_;
  Descriptor wake_;
  // The thread's:
  int index_ = 0;            // 0 while the card is gone
  std::uint32_t downs_ = 0;  // how often it has lost its link
};

}  // namespace

abi::DWORD RawLink::Open(const std::u16string& name, std::shared_ptr<RawLink>* link) {
  const auto opened = std::make_shared<LinuxLink>();
  if (const abi::DWORD code = opened->Open(platform::ToUtf8(name))) return code;
  // The thread holds the link too: it is closed when everybody else has let it go.
  *link = std::shared_ptr<RawLink>(opened.get(), [opened](RawLink*) { opened->Close(); });
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
