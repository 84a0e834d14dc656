// Bytes that may hold credentials or keys: wiped before their memory goes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace eaphost::platform {

// Overwrites memory in a way that the compiler does not take for dead stores.
inline void Wipe(void* data, std::size_t size) {
  if (data == nullptr) return;
  volatile unsigned char* bytes = static_cast<volatile unsigned char*>(data);
  while (size-- > 0) *bytes++ = 0;
}

// An allocator that wipes what it takes back, so that a vector may grow without leaving copies.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* data, std::size_t count) {
    Wipe(data, count * sizeof(T));
    std::allocator<T>().deallocate(data, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

using SecretText = std::vector<char16_t, WipingAllocator<char16_t>>;
using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace eaphost::platform
