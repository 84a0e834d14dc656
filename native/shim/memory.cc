#include "native/shim/memory.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "native/platform/secret.h"

namespace eaphost::shim {

namespace {

// In front of each block: how much to wipe.
union alignas(std::max_align_t) Head {
  std::size_t size;
};

std::atomic<std::size_t> outstanding{0};

}  // namespace

void* Allocate(std::size_t size) {
  if (size > static_cast<std::size_t>(-1) - sizeof(Head)) throw std::bad_alloc();
  void* block = std::calloc(1, sizeof(Head) + size);
  if (block == nullptr) throw std::bad_alloc();
  Head* head = ::new (block) Head{size};
  outstanding.fetch_add(1, std::memory_order_relaxed);
  return head + 1;
}

void Free(void* data) noexcept {
  if (data == nullptr) return;
  Head* head = static_cast<Head*>(data) - 1;
  platform::Wipe(data, head->size);
  std::free(head);
  outstanding.fetch_sub(1, std::memory_order_relaxed);
}

std::size_t OutstandingBlocks() { return outstanding.load(std::memory_order_relaxed); }

}  // namespace eaphost::shim
