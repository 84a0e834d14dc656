// Memory from the allocator that some Windows functions require (LocalAlloc); malloc's elsewhere. Wiped
// before it is freed. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace eaphost::platform {

class LocalBlock {
 public:
  LocalBlock() = default;
  LocalBlock(const LocalBlock&) = delete;
  LocalBlock& operator=(const LocalBlock&) = delete;
  ~LocalBlock();

  // A copy. False if there is no memory. Once.
  bool Assign(std::span<const std::uint8_t> bytes);
  // NULL for nothing.
  std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace eaphost::platform
