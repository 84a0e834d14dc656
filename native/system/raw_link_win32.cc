// Frames through Npcap's wpcap.dll, which is loaded when a card is opened, by its whole path: a service
// searches no folder that somebody else may write to. The state of the link from the IP helper.
#ifdef _WIN32

#include "native/system/raw_link.h"

#include <winsock2.h>
// After it.
#include <ws2ipdef.h>
// After both.
#include <iphlpapi.h>
#include <netioapi.h>
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#include "native/platform/text.h"
#include "native/system/interfaces.h"

namespace eaphost::system {

namespace {

using platform::Handle;

// Of libpcap's pcap.h, whose ABI these are.
constexpr int kPcapErrorNoSuchDevice = -5;
constexpr int kPcapErrorPermission = -8;
constexpr int kPcapErrorNotUp = -9;
constexpr int kDltEthernet = 1;
constexpr std::size_t kPcapErrorSize = 256;
struct Pcap;
struct PcapPacket {
  long seconds;
  long microseconds;
  std::uint32_t captured;
  std::uint32_t length;
};
struct PcapProgram {
  unsigned length;
  void* code;
};
struct PcapStatistics {
  unsigned received;
  unsigned dropped;
  unsigned dropped_by_card;
  unsigned more[3];
};

// How often a card is looked at where nobody tells: under Wine, which has neither pcap_getevent nor
// NotifyIpInterfaceChange.
constexpr DWORD kPollMs = 20;
constexpr DWORD kLookMs = 250;
constexpr int kFramesAtOnce = 64;

// wpcap.dll, from the first card to the end of the process: Npcap's threads may outlive the last card.
class Wpcap {
 public:
  // NULL with a code.
  static const Wpcap* Get(abi::DWORD* code) {
    static std::mutex mutex;
    static std::optional<Wpcap> loaded;
    const std::lock_guard lock(mutex);
    if (!loaded) {
      Wpcap opened;
      *code = opened.Load();
      if (*code != abi::kNoError) return nullptr;
      loaded = std::move(opened);
    }
    return &*loaded;
  }

  Pcap*(__cdecl* create)(const char*, char*) = nullptr;
  int(__cdecl* set_snaplen)(Pcap*, int) = nullptr;
  int(__cdecl* set_promisc)(Pcap*, int) = nullptr;
  int(__cdecl* set_timeout)(Pcap*, int) = nullptr;
  int(__cdecl* activate)(Pcap*) = nullptr;
  int(__cdecl* datalink)(Pcap*) = nullptr;
  int(__cdecl* setnonblock)(Pcap*, int, char*) = nullptr;
  int(__cdecl* setmintocopy)(Pcap*, int) = nullptr;
  HANDLE(__cdecl* getevent)(Pcap*) = nullptr;
  int(__cdecl* compile)(Pcap*, PcapProgram*, const char*, int, unsigned) = nullptr;
  int(__cdecl* setfilter)(Pcap*, PcapProgram*) = nullptr;
  void(__cdecl* freecode)(PcapProgram*) = nullptr;
  int(__cdecl* next_ex)(Pcap*, PcapPacket**, const unsigned char**) = nullptr;
  int(__cdecl* stats)(Pcap*, PcapStatistics*) = nullptr;
  int(__cdecl* sendpacket)(Pcap*, const unsigned char*, int) = nullptr;
  void(__cdecl* close)(Pcap*) = nullptr;
  bool has_events = false;  // Wine's pcap_getevent ends the process

 private:
  abi::DWORD Load() {
    wchar_t folder[MAX_PATH];
    const UINT length = GetSystemDirectoryW(folder, MAX_PATH);
    if (length == 0 || length >= MAX_PATH) return GetLastError();
    const std::u16string system(reinterpret_cast<const char16_t*>(folder), length);
    for (const char16_t* path : {u"\\Npcap\\wpcap.dll", u"\\wpcap.dll"}) {
      library_ = platform::Library::Load(system + path, platform::Library::Where::kPath);
      if (library_.loaded()) break;
    }
    if (!library_.loaded()) return library_.error();
    library_.Pin();
    has_events = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") == nullptr;
    return Find("pcap_create", create) && Find("pcap_set_snaplen", set_snaplen) &&
                   Find("pcap_set_promisc", set_promisc) && Find("pcap_set_timeout", set_timeout) &&
                   Find("pcap_activate", activate) && Find("pcap_datalink", datalink) &&
                   Find("pcap_setnonblock", setnonblock) && Find("pcap_setmintocopy", setmintocopy) &&
                   Find("pcap_getevent", getevent) && Find("pcap_compile", compile) &&
                   Find("pcap_setfilter", setfilter) && Find("pcap_freecode", freecode) &&
                   Find("pcap_next_ex", next_ex) && Find("pcap_stats", stats) &&
                   Find("pcap_sendpacket", sendpacket) && Find("pcap_close", close)
               ? abi::kNoError
               : abi::kErrorProcNotFound;
  }

  template <typename Function>
  bool Find(const char* name, Function*& function) {
    function = library_.Find<Function>(name);
    return function != nullptr;
  }

  platform::Library library_;
};

class Win32Link final : public RawLink {
 public:
  abi::DWORD Open(const std::u16string& name) {
    std::vector<EthernetInterface> cards;
    if (const abi::DWORD code = ListEthernetInterfaces(&cards)) return code;
    const auto named = std::find_if(cards.begin(), cards.end(), [&](const EthernetInterface& card) {
      return name == card.name || name == card.label || name == DeviceOf(card);
    });
    if (named == cards.end()) return abi::kErrorNotFound;
    address_ = named->address;
    guid_ = named->name;
    device_ = platform::ToUtf8(DeviceOf(*named));
    abi::DWORD code = abi::kNoError;
    pcap_ = Wpcap::Get(&code);
    if (pcap_ == nullptr) return code;
    wake_ = Handle(CreateEventW(nullptr, FALSE, FALSE, nullptr));
    changed_ = Handle(CreateEventW(nullptr, FALSE, FALSE, nullptr));
    if (!wake_ || !changed_) return abi::kErrorNotEnoughMemory;
    // Now, so that who lacks the rights is told: but a card that is down can be opened later.
    if (named->is_up) {
      code = Capture();
      if (code != abi::kNoError && code != abi::kErrorNotReady) return code;
    }
    code = Start();
    if (code != abi::kNoError) Uncapture();
    return code;
  }

 private:
  static std::u16string DeviceOf(const EthernetInterface& card) { return u"\\Device\\NPF_" + card.name; }

  // Opens the card.
  abi::DWORD Capture() {
    char text[kPcapErrorSize] = {};
    Pcap* const card = pcap_->create(device_.c_str(), text);
    if (card == nullptr) return abi::kErrorNotFound;
    abi::DWORD code = Activate(card);
    HANDLE event = nullptr;
    if (code == abi::kNoError && pcap_->has_events) {
      // A frame is told of at once, not when there are more.
      event = pcap_->setmintocopy(card, 0) == 0 ? pcap_->getevent(card) : nullptr;
      if (event == nullptr) code = abi::kErrorNotSupported;
    }
    if (code != abi::kNoError) {
      pcap_->close(card);
      return code;
    }
    const std::lock_guard lock(card_mutex_);
    card_ = card;
    frames_ = event;
    drops_ = 0;
    return abi::kNoError;
  }

  abi::DWORD Activate(Pcap* card) {
    char text[kPcapErrorSize] = {};
    // Promiscuous: a card takes frames for the group of port access entities in no other way that Npcap has.
    if (pcap_->set_snaplen(card, static_cast<int>(kMostInFrame)) != 0 || pcap_->set_promisc(card, 1) != 0 ||
        pcap_->set_timeout(card, 1) != 0) {
      return abi::kErrorNotSupported;
    }
    const int status = pcap_->activate(card);
    // What is above 0 is a warning.
    if (status == kPcapErrorPermission) return abi::kErrorAccessDenied;
    if (status == kPcapErrorNotUp) return abi::kErrorNotReady;
    if (status == kPcapErrorNoSuchDevice) return abi::kErrorNotFound;
    // Npcap says no more of a driver that only administrators may use.
    if (status < 0) return abi::kErrorAccessDenied;
    if (pcap_->datalink(card) != kDltEthernet) return abi::kErrorNotSupported;
    char filter[80];
    static_cast<void>(std::snprintf(
        filter, sizeof filter, "ether proto 0x888e and not ether src %02x:%02x:%02x:%02x:%02x:%02x",
        address_[0], address_[1], address_[2], address_[3], address_[4], address_[5]));
    PcapProgram program{};
    if (pcap_->compile(card, &program, filter, 1, 0xFFFFFFFFU) != 0) return abi::kErrorNotSupported;
    const bool is_set = pcap_->setfilter(card, &program) == 0;
    pcap_->freecode(&program);
    return is_set && pcap_->setnonblock(card, 1, text) == 0 ? abi::kNoError : abi::kErrorNotSupported;
  }

  void Uncapture() {
    const std::lock_guard lock(card_mutex_);
    if (card_ != nullptr) pcap_->close(std::exchange(card_, nullptr));
    frames_ = nullptr;
  }

  abi::DWORD Transmit(std::span<const std::uint8_t> frame) override {
    const std::lock_guard lock(card_mutex_);
    if (card_ == nullptr) return abi::kErrorNotReady;
    return pcap_->sendpacket(card_, frame.data(), static_cast<int>(frame.size())) == 0 ? abi::kNoError
                                                                                       : abi::kErrorNotReady;
  }

  void Release() override {
    Uncapture();
    wake_ = Handle();
    changed_ = Handle();
  }

  void Wake() override { SetEvent(wake_.get()); }

  static void NETIOAPI_API_ Changed(PVOID context, PMIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE) {
    SetEvent(static_cast<Win32Link*>(context)->changed_.get());
  }

  void Run() override {
    HANDLE notifications = nullptr;
    const bool is_told = pcap_->has_events &&
                         NotifyIpInterfaceChange(AF_UNSPEC, &Changed, this, TRUE, &notifications) == NO_ERROR;
    ULONGLONG looked = 0;
    bool looks = true;
    while (!closed()) {
      if (looks) {
        Look();
        looked = GetTickCount64();
        Tell();
      }
      const bool takes = card_ != nullptr && HasRoom();
      const bool polls = takes && frames_ == nullptr;
      const HANDLE events[] = {wake_.get(), changed_.get(), frames_};
      const DWORD wait = WaitForMultipleObjects(takes && !polls ? 3 : 2, events, FALSE,
                                                polls                  ? kPollMs
                                                : is_told && !is_lost_ ? INFINITE
                                                                       : kLookMs);
      if (wait == WAIT_FAILED) break;
      if (takes) ReadFrames();
      looks = wait == WAIT_OBJECT_0 + 1 || (wait == WAIT_TIMEOUT && GetTickCount64() - looked >= kLookMs);
      Tell();
    }
    // It waits for a notification that is under way.
    if (is_told) CancelMibChangeNotify2(notifications);
  }

  // Whether the card has a link; opens it if so.
  void Look() {
    std::vector<EthernetInterface> cards;
    if (ListEthernetInterfaces(&cards) != abi::kNoError) return;
    const bool is_up = std::any_of(cards.begin(), cards.end(), [this](const EthernetInterface& card) {
      return card.name == guid_ && card.is_up;
    });
    if (!is_up) {
      Uncapture();
    } else if (card_ == nullptr) {
      static_cast<void>(Capture());
    }
    is_lost_ = is_up && card_ == nullptr;
    SetUp(card_ != nullptr);
  }

  void ReadFrames() {
    for (int count = 0; count < kFramesAtOnce && HasRoom(); ++count) {
      PcapPacket* packet = nullptr;
      const unsigned char* octets = nullptr;
      const int status = pcap_->next_ex(card_, &packet, &octets);
      if (status == 0) break;
      if (status < 0) {
        // The card is gone, or down; it is opened again when it is back.
        Uncapture();
        is_lost_ = true;
        return SetUp(false);
      }
      if (packet->captured == packet->length && packet->captured <= kMostInFrame) {
        Add({octets, packet->captured});
      } else {
        AddDropped(1);
      }
    }
    PcapStatistics statistics{};
    if (pcap_->stats(card_, &statistics) == 0) {
      AddDropped(statistics.dropped - std::exchange(drops_, statistics.dropped));
    }
  }

  const Wpcap* pcap_ = nullptr;
  std::u16string guid_;
  std::string device_;
  Handle wake_;
  Handle changed_;           // some card's state
  bool is_lost_ = false;     // a card that is up cannot be read: tried again; the thread's
  unsigned drops_ = 0;       // so far; the thread's
  std::mutex card_mutex_;    // the thread's to change, under the lock
  Pcap* card_ = nullptr;     // NULL while it is gone or down
  HANDLE frames_ = nullptr;  // Npcap's: a frame is there
};

}  // namespace

abi::DWORD RawLink::Open(const std::u16string& name, std::shared_ptr<RawLink>* link) {
  const auto opened = std::make_shared<Win32Link>();
  if (const abi::DWORD code = opened->Open(name)) return code;
  // The thread holds the link too: it is closed when everybody else has let it go.
  *link = std::shared_ptr<RawLink>(opened.get(), [opened](RawLink*) { opened->Close(); });
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
