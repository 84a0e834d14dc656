// The memory that the run-time hands to its callers: every block is counted, known by its address, and wiped
// when it comes back. Any thread. EAPHost's allocators differ by library and kind; here one heap serves all,
// but a block must come back through a function of its kind.
#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "native/abi/structs.h"
#include "native/values/plain.h"

namespace eaphost::embedded {

class CallerHeap {
 public:
  enum class Kind { kMemory, kError };

  static CallerHeap& Get();

  // Zeroed. Throws std::bad_alloc.
  void* Allocate(Kind kind, std::size_t size);

  // Frees what Allocate gave. NULL is nothing. A pointer that is not ours, was freed before or is of the
  // other kind is left alone; debug builds stop there.
  void Free(Kind kind, void* memory) noexcept;

  abi::DWORD outstanding() const;

 private:
  struct Block {
    Kind kind;
    std::size_t size;
  };

  mutable std::mutex mutex_;
  std::unordered_map<void*, Block> blocks_;
};

// A block until it is handed out: freed here if that never happens.
template <typename T>
class HeapBlock {
 public:
  HeapBlock() = default;
  explicit HeapBlock(std::size_t count)
      : data_(static_cast<T*>(CallerHeap::Get().Allocate(CallerHeap::Kind::kMemory, count * sizeof(T)))) {}
  HeapBlock(HeapBlock&& other) noexcept : data_(other.release()) {}
  HeapBlock& operator=(HeapBlock&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  HeapBlock(const HeapBlock&) = delete;
  HeapBlock& operator=(const HeapBlock&) = delete;
  ~HeapBlock() { CallerHeap::Get().Free(CallerHeap::Kind::kMemory, data_); }

  T* get() const { return data_; }
  T& operator[](std::size_t index) const { return data_[index]; }
  T* release() {
    T* data = data_;
    data_ = nullptr;
    return data;
  }

 private:
  T* data_ = nullptr;
};

// A copy, for the caller to free. No block for no bytes.
HeapBlock<abi::BYTE> CopyToHeap(const void* data, std::size_t size);
// A NUL-terminated copy.
HeapBlock<abi::WCHAR> CopyTextToHeap(std::u16string_view text);

// An EAP_ERROR in one block, its strings behind it.
abi::EAP_ERROR* CopyErrorToHeap(const values::EapError& error);

}  // namespace eaphost::embedded
