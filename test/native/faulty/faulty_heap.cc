#include "test/native/faulty/faulty_heap.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace eaphost::faulty {

namespace {

struct State {
  std::mutex mutex;
  std::unordered_map<void*, Owner> blocks;
  abi::DWORD bad_frees = 0;
};

State& Shared() {
  static State* const state = new State;
  return *state;
}

}  // namespace

void* Allocate(Owner owner, std::size_t size) {
  void* const memory = std::calloc(1, size == 0 ? 1 : size);
  const std::lock_guard lock(Shared().mutex);
  Shared().blocks.emplace(memory, owner);
  return memory;
}

abi::BYTE* AllocateBytes(Owner owner, std::string_view bytes) {
  auto* const copy = static_cast<abi::BYTE*>(Allocate(owner, bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

abi::WCHAR* AllocateText(Owner owner, std::u16string_view text) {
  auto* const copy = static_cast<abi::WCHAR*>(Allocate(owner, (text.size() + 1) * sizeof(abi::WCHAR)));
  text.copy(copy, text.size());
  return copy;
}

abi::EAP_ERROR* AllocateError(Owner owner, bool with_texts) {
  static abi::WCHAR cause[] = u"faulty cause";
  static abi::WCHAR repair[] = u"faulty repair";
  auto* const error = static_cast<abi::EAP_ERROR*>(Allocate(owner, sizeof(abi::EAP_ERROR)));
  error->dwWinError = 1317;
  error->dwReasonCode = 1326;
  error->type = {{26, 0, 0}, 0};
  error->rootCauseGuid.Data1 = 1;
  if (with_texts) {
    error->pRootCauseString = cause;
    error->pRepairString = repair;
  }
  return error;
}

void Free(Owner owner, void* memory) {
  if (memory == nullptr) return;
  const std::lock_guard lock(Shared().mutex);
  const auto found = Shared().blocks.find(memory);
  if (found == Shared().blocks.end() || found->second != owner) {
    ++Shared().bad_frees;
    return;
  }
  Shared().blocks.erase(found);
  std::free(memory);
}

void FreeAll(Owner owner) {
  const std::lock_guard lock(Shared().mutex);
  for (auto block = Shared().blocks.begin(); block != Shared().blocks.end();) {
    if (block->second != owner) {
      ++block;
      continue;
    }
    std::free(block->first);
    block = Shared().blocks.erase(block);
  }
}

abi::DWORD Outstanding() {
  const std::lock_guard lock(Shared().mutex);
  return static_cast<abi::DWORD>(Shared().blocks.size());
}

abi::DWORD BadFrees() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().bad_frees;
}

}  // namespace eaphost::faulty
