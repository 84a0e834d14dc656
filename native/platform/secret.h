// Bytes that may hold credentials or keys: wiped before their memory goes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace eaphost::platform {

// What the compiler cannot know: it might find a store that nobody reads dead.
inline void* (*const volatile overwrite)(void*, int, std::size_t) = &std::memset;

// Overwrites memory.
inline void Wipe(void* data, std::size_t size) {
  if (data != nullptr) overwrite(data, 0, size);
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
