// The host's buffer that a method writes a packet into. Some methods write slightly past the end, some
// before they check the size, and some write nothing: there is room behind it, which shows what was written.
// Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "native/abi/constants.h"
#include "native/abi/structs.h"
#include "native/platform/secret.h"
#include "native/values/plain.h"

namespace eaphost::method {

using namespace values;

class PacketBuffer {
 public:
  // Zeroed, so that what the method leaves unwritten is not what the heap happened to hold.
  explicit PacketBuffer(abi::DWORD size)
      : size_(size), used_(size), bytes_(std::make_unique<std::uint8_t[]>(size + kSlack)) {
    std::fill_n(bytes_.get() + size, kCanaries, kCanary);
  }
  ~PacketBuffer() {
    platform::Wipe(bytes_.get(), std::min(std::max(std::size_t{used_}, size_ + overrun()), size_ + kSlack));
  }
  PacketBuffer(const PacketBuffer&) = delete;
  PacketBuffer& operator=(const PacketBuffer&) = delete;

  abi::EapPacket* packet() { return reinterpret_cast<abi::EapPacket*>(bytes_.get()); }
  // In: what may be written; out: what was.
  abi::DWORD* used() { return &used_; }

  abi::BYTE code() const { return bytes_[0]; }
  abi::BYTE id() const { return bytes_[1]; }
  // How many octets behind its end were written.
  std::size_t overrun() const {
    const std::uint8_t* const slack = bytes_.get() + size_;
    // Each packet passes here; who writes behind the end writes there first.
    if (*slack == kCanary && std::memcmp(slack, slack + 1, kCanaries - 1) == 0) return 0;
    std::size_t count = kSlack;
    while (count != 0 && slack[count - 1] == (count > kCanaries ? 0 : kCanary)) --count;
    return count;
  }
  // What is wrong with a packet that is not `what`, for people: of its octets the header alone.
  std::string Fault(const char* what) const;
  // As long as its header says, or 0 if that is impossible.
  std::size_t length() const {
    const std::size_t length = static_cast<std::size_t>(bytes_[2]) << 8 | bytes_[3];
    return used_ <= size_ && length <= used_ ? length : 0;
  }
  const std::uint8_t* begin() const { return bytes_.get(); }
  const std::uint8_t* end() const { return bytes_.get() + length(); }

 private:
  static constexpr std::size_t kSlack = 1024;
  static constexpr std::size_t kCanaries = 64;  // the first of it
  static constexpr std::uint8_t kCanary = 0xE5;

  const std::size_t size_;
  abi::DWORD used_;
  const std::unique_ptr<std::uint8_t[]> bytes_;
};

inline constexpr std::size_t kEapHeader = 4;

// The header and the type of a packet, and its length.
inline std::string Describe(std::span<const std::uint8_t> packet) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = std::to_string(packet.size()) + " octets:";
  for (const std::uint8_t octet : packet.first(std::min(packet.size(), kEapHeader + 1))) {
    text += {' ', kDigits[octet >> 4], kDigits[octet & 15]};
  }
  return packet.size() > kEapHeader + 1 ? text + " …" : text;
}

// A packet that the method called invalid without saying more.
inline Status Received(Status status, std::span<const std::uint8_t> packet) {
  if (status.code == abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET &&
      (!status.error || !status.error->root_cause)) {
    status.message = "the method says that the packet that it received is invalid: " + Describe(packet);
  }
  return status;
}

inline std::string PacketBuffer::Fault(const char* what) const {
  const std::string room = std::to_string(size_);
  if (overrun() != 0) {
    return "the method wrote " + std::to_string(overrun()) + (overrun() == 1 ? " octet" : " octets") +
           " behind the end of its buffer of " + room;
  }
  if (used_ > size_) {
    return "the method's packet is too long for its buffer: it says " + std::to_string(used_) +
           " octets, where it was told that there are " + room;
  }
  const std::span built(bytes_.get(), used_);
  const bool is_written =
      std::any_of(built.begin(), built.end(), [](std::uint8_t octet) { return octet != 0; });
  if (!is_written) return "the method wrote no packet";
  return std::string("the packet that the method built is not ") + what + ": " + Describe(built);
}

}  // namespace eaphost::method
