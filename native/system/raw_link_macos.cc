// Frames through bpf(4), the state of the link from the kernel's events (sys/kern_event.h): they tell each
// change of a medium in its order, which route(4) does not. Compiled for macOS, and never run by the tests.
#ifdef __APPLE__

#include <fcntl.h>
#include <net/bpf.h>
#include <net/if.h>
#include <net/if_var.h>
#if __has_include(<net/net_kev.h>)
#include <net/net_kev.h>
#endif
#include <sys/event.h>
#include <sys/ioctl.h>
#include <sys/kern_event.h>
#include <sys/socket.h>
#include <sys/sockio.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "native/abi/win32.h"
#include "native/platform/text.h"
#include "native/system/interfaces.h"
#include "native/system/raw_link.h"

namespace eaphost::system {

namespace {

constexpr u_int kEtherTypePae = 0x888E;
constexpr uintptr_t kWake = 1;

abi::DWORD CodeOf(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return abi::kErrorAccessDenied;
    case EMFILE:
    case ENFILE:
      return abi::kErrorTooManyOpenFiles;
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
  bool Set(int value) {
    value_ = value;
    return value >= 0 && fcntl(value, F_SETFD, FD_CLOEXEC) == 0;
  }
  void Close() {
    if (value_ >= 0) close(std::exchange(value_, -1));
  }
  int get() const { return value_; }

 private:
  int value_ = -1;
};

// A device of bpf's that nobody has: -1 with errno.
int OpenBpf() {
  for (int number = 0; number < 256; ++number) {
    const std::string path = "/dev/bpf" + std::to_string(number);
    const int descriptor = open(path.c_str(), O_RDWR | O_NONBLOCK);
    if (descriptor >= 0 || errno != EBUSY) return descriptor;
  }
  return -1;
}

class MacosLink final : public RawLink {
 public:
  abi::DWORD Open(std::string name) {
    name_ = std::move(name);
    std::vector<EthernetInterface> cards;
    if (const abi::DWORD code = ListEthernetInterfaces(&cards)) return code;
    const std::u16string wanted = platform::ToUtf16(name_);
    const auto card =
        std::find_if(cards.begin(), cards.end(), [&](const auto& each) { return each.name == wanted; });
    if (card == cards.end()) return abi::kErrorNotFound;
    address_ = card->address;
    if (!frames_.Set(OpenBpf()) || !Bind(frames_.get()) || !OpenChanges() ||
        !media_.Set(socket(AF_INET, SOCK_DGRAM, 0)) || !queue_.Set(kqueue()) || !Watch()) {
      return CodeOf(errno);
    }
    return Start();
  }

 private:
  bool OpenChanges() {
    kev_request wanted{};
    wanted.vendor_code = KEV_VENDOR_APPLE;
    wanted.kev_class = KEV_NETWORK_CLASS;
    wanted.kev_subclass = KEV_DL_SUBCLASS;
    return changes_.Set(socket(PF_SYSTEM, SOCK_RAW, SYSPROTO_EVENT)) &&
           fcntl(changes_.get(), F_SETFL, O_NONBLOCK) == 0 &&
           ioctl(changes_.get(), SIOCSKEVFILT, &wanted) == 0;
  }

  bool Bind(int bpf) {
    ifreq request{};
    if (name_.size() >= sizeof request.ifr_name) {
      errno = ENXIO;
      return false;
    }
    std::copy(name_.begin(), name_.end(), request.ifr_name);
    u_int on = 1;
    u_int off = 0;
    u_int type = 0;
    bpf_insn code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kEtherTypePae, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, static_cast<u_int>(kMostInFrame)),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    bpf_program program = {sizeof code / sizeof code[0], code};
    // The filter before the card: nothing else ever comes. Promiscuous, since the card knows no other way to
    // the group of port access entities.
    if (ioctl(bpf, BIOCSETF, &program) != 0 || ioctl(bpf, BIOCSETIF, &request) != 0 ||
        ioctl(bpf, BIOCGDLT, &type) != 0 || ioctl(bpf, BIOCIMMEDIATE, &on) != 0 ||
        ioctl(bpf, BIOCSHDRCMPLT, &on) != 0 || ioctl(bpf, BIOCSSEESENT, &off) != 0 ||
        ioctl(bpf, BIOCPROMISC, nullptr) != 0 || ioctl(bpf, BIOCGBLEN, &size_) != 0) {
      return false;
    }
    buffer_.resize(size_);
    errno = EOPNOTSUPP;
    return type == DLT_EN10MB;
  }

  bool Watch() {
    struct kevent events[2];
    EV_SET(&events[0], kWake, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, nullptr);
    EV_SET(&events[1], static_cast<uintptr_t>(changes_.get()), EVFILT_READ, EV_ADD, 0, 0, nullptr);
    return kevent(queue_.get(), events, 2, nullptr, 0, nullptr) == 0;
  }

  void Wake() override {
    struct kevent event;
    EV_SET(&event, kWake, EVFILT_USER, 0, NOTE_TRIGGER, 0, nullptr);
    static_cast<void>(kevent(queue_.get(), &event, 1, nullptr, 0, nullptr));
  }

  abi::DWORD Transmit(std::span<const std::uint8_t> frame) override {
    if (write(frames_.get(), frame.data(), frame.size()) >= 0) return abi::kNoError;
    return errno == ENETDOWN || errno == ENXIO ? abi::kErrorNotReady : CodeOf(errno);
  }

  void Release() override {
    for (Descriptor* const descriptor : {&frames_, &changes_, &media_, &queue_}) descriptor->Close();
  }

  void Run() override {
    SetUp(IsUp());
    Tell();
    while (!closed()) {
      // Frames are waited for while there is room for them. Each time anew: the card may have come back.
      struct kevent again;
      EV_SET(&again, static_cast<uintptr_t>(frames_.get()), EVFILT_READ,
             EV_ADD | EV_DISPATCH | (HasRoom() ? EV_ENABLE : EV_DISABLE), 0, 0, nullptr);
      struct kevent events[3];
      const int count = kevent(queue_.get(), &again, 1, events, 3, nullptr);
      if (count < 0 && errno != EINTR) return;
      for (int at = 0; at < count; ++at) {
        if (events[at].filter != EVFILT_READ || (events[at].flags & EV_ERROR) != 0) continue;
        if (events[at].ident == static_cast<uintptr_t>(changes_.get())) ReadChanges();
        if (events[at].ident == static_cast<uintptr_t>(frames_.get())) ReadFrames();
      }
      Tell();
    }
  }

  void ReadFrames() {
    const ssize_t length = read(frames_.get(), buffer_.data(), buffer_.size());
    if (length <= 0) return;
    // Several at once, each behind a head, which is aligned. One read has more than there is room for at most
    // once.
    const auto end = static_cast<std::size_t>(length);
    for (std::size_t at = 0; at + sizeof(bpf_hdr) <= end;) {
      bpf_hdr head;
      std::memcpy(&head, buffer_.data() + at, sizeof head);
      const std::size_t begin = at + head.bh_hdrlen;
      if (begin + head.bh_caplen > end) break;
      if (head.bh_caplen == head.bh_datalen && HasRoom()) {
        Add({buffer_.data() + begin, head.bh_caplen});
      } else {
        AddDropped(1);
      }
      at += BPF_WORDALIGN(head.bh_hdrlen + head.bh_caplen);
    }
    bpf_stat stats{};
    if (ioctl(frames_.get(), BIOCGSTATS, &stats) == 0)
      AddDropped(stats.bs_drop - std::exchange(drops_, stats.bs_drop));
  }

  void ReadChanges() {
    struct {
      alignas(kern_event_msg) std::array<std::uint8_t, KEV_MSG_HEADER_SIZE> head;
      net_event_data card;
      std::array<std::uint8_t, 256> more;  // of some events
    } event;
    bool is_ours = false;
    for (;;) {
      const ssize_t length = recv(changes_.get(), &event, sizeof event, 0);
      if (length < 0) break;
      if (static_cast<std::size_t>(length) < sizeof event.head + sizeof event.card) continue;
      // The driver's name and the number of its card: en and 0.
      const std::string driver(event.card.if_name, strnlen(event.card.if_name, sizeof event.card.if_name));
      if (driver + std::to_string(event.card.if_unit) != name_) continue;
      is_ours = true;
      kern_event_msg head{};
      std::memcpy(&head, event.head.data(), sizeof event.head);
      switch (head.event_code) {
        case KEV_DL_LINK_OFF:
        case KEV_DL_IF_DETACHING:
        case KEV_DL_IF_DETACHED:
          SetUp(false);
          break;
        default:
          break;
      }
    }
    if (is_ours) SetUp(IsUp() && HasCard());
  }

  // Whether frames come from the card, which may have gone and come back since it was bound. A new device
  // takes the number of the old one: a frame that is being sent meanwhile goes to one of them.
  bool HasCard() {
    u_int type = 0;
    if (ioctl(frames_.get(), BIOCGDLT, &type) == 0) return true;
    Descriptor again;
    return again.Set(OpenBpf()) && Bind(again.get()) && dup2(again.get(), frames_.get()) >= 0 &&
           fcntl(frames_.get(), F_SETFD, FD_CLOEXEC) == 0;
  }

  bool IsUp() const { return HasMedium(media_.get(), name_); }

  std::string name_;
  Descriptor frames_;
  Descriptor changes_;
  Descriptor media_;
  Descriptor queue_;
  u_int size_ = 0;
  u_int drops_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace

abi::DWORD RawLink::Open(const std::u16string& name, std::shared_ptr<RawLink>* link) {
  const auto opened = std::make_shared<MacosLink>();
  if (const abi::DWORD code = opened->Open(platform::ToUtf8(name))) return code;
  // The thread holds the link too: it is closed when everybody else has let it go.
  *link = std::shared_ptr<RawLink>(opened.get(), [opened](RawLink*) { opened->Close(); });
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
