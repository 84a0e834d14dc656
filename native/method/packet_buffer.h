// The host's buffer that a method writes a packet into. Some methods write slightly past the end, some
// before they check the size, and some write nothing. Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "native/abi/structs.h"
#include "native/platform/secret.h"

namespace eaphost::method {

class PacketBuffer {
 public:
  // Zeroed, so that what the method leaves unwritten is not what the heap happened to hold.
  explicit PacketBuffer(abi::DWORD size)
      : size_(size), used_(size), bytes_(std::make_unique<std::uint8_t[]>(size + kSlack)) {}
  ~PacketBuffer() { platform::Wipe(bytes_.get(), std::min(std::size_t{used_}, size_ + kSlack)); }
  PacketBuffer(const PacketBuffer&) = delete;
  PacketBuffer& operator=(const PacketBuffer&) = delete;

  abi::EapPacket* packet() { return reinterpret_cast<abi::EapPacket*>(bytes_.get()); }
  // In: what may be written; out: what was.
  abi::DWORD* used() { return &used_; }

  abi::BYTE code() const { return bytes_[0]; }
  abi::BYTE id() const { return bytes_[1]; }
  // As long as its header says, or 0 if that is impossible.
  std::size_t length() const {
    const std::size_t length = static_cast<std::size_t>(bytes_[2]) << 8 | bytes_[3];
    return used_ <= size_ && length <= used_ ? length : 0;
  }
  const std::uint8_t* begin() const { return bytes_.get(); }
  const std::uint8_t* end() const { return bytes_.get() + length(); }

 private:
  static constexpr std::size_t kSlack = 1024;

  const std::size_t size_;
  abi::DWORD used_;
  const std::unique_ptr<std::uint8_t[]> bytes_;
};

inline constexpr std::size_t kEapHeader = 4;

}  // namespace eaphost::method
