// The EAPOL frames (EtherType 888E) of one network card: packet sockets on Linux, BPF on macOS, Npcap on
// Windows. It owns a thread, which takes frames, and watches whether the card has a link. What waits to be
// taken is bounded: when it is full the thread takes no more, the system's buffer overflows, and what is lost
// is counted. The thread sleeps while nothing happens.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::system {

using EthernetAddress = std::array<std::uint8_t, 6>;

class RawLink : public std::enable_shared_from_this<RawLink> {
 public:
  // What came since the last one.
  struct Batch {
    std::vector<std::uint8_t> frames;  // each behind its length, two octets, the less significant first
    std::uint32_t dropped = 0;
    bool is_up = false;
    bool was_down = false;  // in between, however short
    bool is_over = false;   // closed: nothing comes any more
  };

  // `name` as the system calls the card: eth0; on Windows its friendly name, its GUID, or Npcap's name. It is
  // closed with the last pointer to it. ERROR_NOT_FOUND: no such card; ERROR_NOT_SUPPORTED: no Ethernet;
  // ERROR_ACCESS_DENIED: not root, no CAP_NET_RAW, not an administrator; ERROR_MOD_NOT_FOUND: Npcap is not
  // there; ERROR_PROC_NOT_FOUND: one that lacks a function.
  static abi::DWORD Open(const std::u16string& name, std::shared_ptr<RawLink>* link);

  virtual ~RawLink() = default;
  RawLink(const RawLink&) = delete;
  RawLink& operator=(const RawLink&) = delete;

  const EthernetAddress& address() const { return address_; }
  // Calls `ready` once, at once or on the link's thread: when there is something to take.
  void Await(std::function<void()> ready);
  Batch Take();
  // A whole frame. Any thread; does not wait. ERROR_NOT_READY while the card is gone or down, and once it is
  // closed.
  abi::DWORD Send(std::span<const std::uint8_t> frame);
  // Idempotent. The last batch says when the card is free.
  void Close();

 protected:
  static constexpr std::size_t kMostInFrame = 1600;

  RawLink() = default;
  abi::DWORD Start();

  // The body of the thread, until closed().
  virtual void Run() = 0;
  // Under the lock, until Release: makes the thread look at closed() and HasRoom() again; sends a frame.
  virtual void Wake() = 0;
  virtual abi::DWORD Transmit(std::span<const std::uint8_t> frame) = 0;
  // Under the lock, last of all on the thread: gives back what the system gave. JavaScript may hold the rest
  // for long.
  virtual void Release() = 0;

  // On the thread, until Tell unseen.
  bool closed();
  bool HasRoom();
  void Add(std::span<const std::uint8_t> frame);
  void AddDropped(std::uint32_t count);
  void SetUp(bool is_up);
  void Tell();

  EthernetAddress address_{};

 private:
  static bool HasRoomFor(const Batch& batch);
  bool HasNews() const { return has_changed_ || !next_.frames.empty() || next_.is_over; }

  std::mutex mutex_;  // guards the rest
  Batch next_;
  std::function<void()> ready_;
  bool has_changed_ = false;
  bool is_closed_ = false;
};

}  // namespace eaphost::system
