// The program's allocation functions, which can be made to fail: in a file of its own, because a compiler
// that sees through them takes them for a mismatch.

#include <cstdlib>
#include <new>

#include "test/native/runtime_harness.h"

namespace {

thread_local long allocations_left = -1;  // until one fails; none does while negative
thread_local bool memory_failed = false;
thread_local bool in_runtime = false;

}  // namespace

// Replaced for the whole program, and for the method DLLs where the platform binds them to the program's. All
// the forms that anybody here uses, so that none meets another's memory.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (in_runtime && allocations_left >= 0 && allocations_left-- == 0) {
    memory_failed = true;
    return nullptr;
  }
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace eaphost::embedded::test {

FailingAllocations::FailingAllocations(long index) {
  ::memory_failed = false;
  allocations_left = index;
}
FailingAllocations::~FailingAllocations() {
  ::memory_failed = false;
  allocations_left = -1;
}
bool FailingAllocations::happened() const { return ::memory_failed; }

RuntimeCall::RuntimeCall() { in_runtime = true; }
RuntimeCall::~RuntimeCall() { in_runtime = false; }
bool RuntimeCall::memory_failed() { return ::memory_failed; }

}  // namespace eaphost::embedded::test
