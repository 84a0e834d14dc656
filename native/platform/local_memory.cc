#include "native/platform/local_memory.h"

#include <cstdlib>
#include <cstring>

#include "native/platform/secret.h"

#ifdef _WIN32
#include <windows.h>
#endif

namespace eaphost::platform {

namespace {

#ifdef _WIN32
void* Allocate(std::size_t size) { return LocalAlloc(LMEM_FIXED, size); }
void Free(void* memory) { LocalFree(memory); }
#else
void* Allocate(std::size_t size) { return std::malloc(size); }
void Free(void* memory) { std::free(memory); }
#endif

}  // namespace

LocalBlock::~LocalBlock() {
  if (data_ == nullptr) return;
  Wipe(data_, size_);
  Free(data_);
}

bool LocalBlock::Assign(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return true;
  data_ = static_cast<std::uint8_t*>(Allocate(bytes.size()));
  if (data_ == nullptr) return false;
  size_ = bytes.size();
  std::memcpy(data_, bytes.data(), size_);
  return true;
}

}  // namespace eaphost::platform
