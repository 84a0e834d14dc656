#include "native/embedded/heap.h"

#include <cassert>
#include <cstring>
#include <new>

#include "native/platform/secret.h"

namespace eaphost::embedded {

CallerHeap& CallerHeap::Get() {
  // Never destroyed: the process may exit while threads still free.
  static CallerHeap* const heap = new CallerHeap;
  return *heap;
}

void* CallerHeap::Allocate(Kind kind, std::size_t size) {
  void* memory = ::operator new(size == 0 ? 1 : size);
  std::memset(memory, 0, size);
  try {
    const std::lock_guard lock(mutex_);
    blocks_.emplace(memory, Block{kind, size});
  } catch (...) {
    ::operator delete(memory);
    throw;
  }
  return memory;
}

void CallerHeap::Free(Kind kind, void* memory) noexcept {
  if (memory == nullptr) return;
  std::size_t size = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(memory);
    const bool ours = found != blocks_.end() && found->second.kind == kind;
    assert(ours && "not a block of this run-time, freed twice, or the wrong free function");
    if (!ours) return;
    size = found->second.size;
    blocks_.erase(found);
  }
  platform::Wipe(memory, size);
  ::operator delete(memory);
}

abi::DWORD CallerHeap::outstanding() const {
  const std::lock_guard lock(mutex_);
  return static_cast<abi::DWORD>(blocks_.size());
}

HeapBlock<abi::BYTE> CopyToHeap(const void* data, std::size_t size) {
  if (data == nullptr || size == 0) return {};
  HeapBlock<abi::BYTE> block(size);
  std::memcpy(block.get(), data, size);
  return block;
}

HeapBlock<abi::WCHAR> CopyTextToHeap(std::u16string_view text) {
  HeapBlock<abi::WCHAR> block(text.size() + 1);
  text.copy(block.get(), text.size());
  return block;
}

abi::EAP_ERROR* CopyErrorToHeap(const values::EapError& error) {
  return platform::Lay(error, CallerHeap::Get().Allocate(CallerHeap::Kind::kError, platform::SizeOf(error)));
}

}  // namespace eaphost::embedded
