#include "test/native/methods/counted_heap.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "native/platform/secret.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/method_platform.h"

namespace eaphost::testdll {

namespace {

struct Block {
  Owner owner;
  std::size_t size;
};

struct Heap {
  std::mutex mutex;
  std::unordered_map<void*, Block> blocks;
  std::unordered_set<void*> sessions;
  Counters counters{};

  // The last word, at unload: errors may be freed after Shutdown.
  ~Heap() { Write(); }

  void Write() noexcept {
    try {
      const std::string path = GetVariable(kCountersVariable);
      if (path.empty()) return;
      std::FILE* file = std::fopen(path.c_str(), "w");
      if (file == nullptr) return;
      std::fputs(Text().c_str(), file);
      std::fclose(file);
    } catch (...) {
    }
  }

  std::string Text() const {
    const auto list = [](const std::uint64_t(&values)[kOwners]) {
      std::string text;
      for (std::size_t at = 0; at < kOwners; ++at) {
        text += (at == 0 ? "{\"" : ",\"") + std::string(kOwnerNames[at]) + "\":" + std::to_string(values[at]);
      }
      return text + "}";
    };
    std::string text = "{\"allocated\":" + list(counters.allocated) + ",\"freed\":" + list(counters.freed);
    const auto add = [&text](const char* name, std::uint64_t value) {
      text += ",\"" + std::string(name) + "\":" + std::to_string(value);
    };
    add("freedByWrongFunction", counters.freed_by_wrong_function);
    add("freedSessionOwned", counters.freed_session_owned);
    add("freedUnknown", counters.freed_unknown);
    add("sessionsBegun", counters.sessions_begun);
    add("sessionsEnded", counters.sessions_ended);
    add("sessionsUnknown", counters.sessions_unknown);
    add("initialized", counters.initialized);
    add("shutDown", counters.shut_down);
    return text + "}\n";
  }
};

Heap& Shared() {
  static Heap heap;
  return heap;
}

void GiveBack(void* memory, const Block& block) noexcept {
  platform::Wipe(memory, block.size);
  std::free(memory);
}

}  // namespace

void* Allocate(Owner owner, std::size_t size) {
  void* memory = std::calloc(1, size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  Heap& heap = Shared();
  const std::lock_guard lock(heap.mutex);
  try {
    heap.blocks.emplace(memory, Block{owner, size});
  } catch (...) {
    std::free(memory);
    throw;
  }
  ++heap.counters.allocated[static_cast<std::size_t>(owner)];
  return memory;
}

abi::BYTE* AllocateBytes(Owner owner, std::span<const abi::BYTE> bytes) {
  auto* copy = static_cast<abi::BYTE*>(Allocate(owner, bytes.size()));
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

abi::BYTE* AllocateBytes(Owner owner, std::string_view bytes) {
  return AllocateBytes(owner, {reinterpret_cast<const abi::BYTE*>(bytes.data()), bytes.size()});
}

abi::WCHAR* AllocateText(Owner owner, std::u16string_view text) {
  auto* copy = static_cast<abi::WCHAR*>(Allocate(owner, (text.size() + 1) * sizeof(abi::WCHAR)));
  text.copy(copy, text.size());
  return copy;
}

abi::EAP_ERROR* MakeError(Owner owner, const abi::EAP_TYPE& type, abi::DWORD code, abi::DWORD reason,
                          std::u16string_view cause) noexcept {
  try {
    const std::size_t text = cause.empty() ? 0 : (cause.size() + 1) * sizeof(abi::WCHAR);
    auto* error = static_cast<abi::EAP_ERROR*>(Allocate(owner, sizeof(abi::EAP_ERROR) + text));
    error->dwWinError = code;
    error->type = {type, type.dwVendorId};
    error->dwReasonCode = reason;
    if (!cause.empty()) {
      error->pRootCauseString = reinterpret_cast<abi::WCHAR*>(error + 1);
      cause.copy(error->pRootCauseString, cause.size());
    }
    return error;
  } catch (...) {
    return nullptr;
  }
}

void FreeByHost(Owner function, void* memory) noexcept {
  if (memory == nullptr) return;
  Heap& heap = Shared();
  Block block{};
  {
    const std::lock_guard lock(heap.mutex);
    const auto found = heap.blocks.find(memory);
    if (found == heap.blocks.end()) {
      ++heap.counters.freed_unknown;
      return;
    }
    block = found->second;
    if (block.owner != function) {
      ++(block.owner == Owner::kSession ? heap.counters.freed_session_owned
                                        : heap.counters.freed_by_wrong_function);
      return;
    }
    ++heap.counters.freed[static_cast<std::size_t>(function)];
    heap.blocks.erase(found);
  }
  GiveBack(memory, block);
}

void FreeOwn(void* memory) noexcept { FreeByHost(Owner::kSession, memory); }

void SessionBlocks::Clear() {
  for (void* const block : blocks_) FreeOwn(block);
  blocks_.clear();
}

abi::BYTE* SessionBlocks::Add(std::span<const abi::BYTE> bytes) {
  blocks_.reserve(blocks_.size() + 1);
  abi::BYTE* const block = AllocateBytes(Owner::kSession, bytes);
  blocks_.push_back(block);
  return block;
}

abi::BYTE* SessionBlocks::Add(std::string_view text) {
  return Add({reinterpret_cast<const abi::BYTE*>(text.data()), text.size()});
}

void AddSession(void* session) {
  Heap& heap = Shared();
  const std::lock_guard lock(heap.mutex);
  heap.sessions.insert(session);
  ++heap.counters.sessions_begun;
}

bool RemoveSession(void* session) noexcept {
  Heap& heap = Shared();
  const std::lock_guard lock(heap.mutex);
  const bool known = heap.sessions.erase(session) != 0;
  ++(known ? heap.counters.sessions_ended : heap.counters.sessions_unknown);
  return known;
}

void CountInitialize() noexcept {
  Heap& heap = Shared();
  const std::lock_guard lock(heap.mutex);
  ++heap.counters.initialized;
}

void CountShutdown() noexcept {
  Heap& heap = Shared();
  const std::lock_guard lock(heap.mutex);
  ++heap.counters.shut_down;
  heap.Write();
}

Counters ReadCounters() noexcept {
  Heap& heap = Shared();
  const std::lock_guard lock(heap.mutex);
  return heap.counters;
}

}  // namespace eaphost::testdll

extern "C" {
METHOD_EXPORT eaphost::testdll::TestMethodCountersFn TestMethodCounters;
}

void EAPHOST_STDCALL TestMethodCounters(eaphost::testdll::Counters* counters) {
  *counters = eaphost::testdll::ReadCounters();
}

using eaphost::testdll::FreeByHost;
using eaphost::testdll::Owner;

void EAPHOST_STDCALL EapPeerFreeMemory(void* memory) { FreeByHost(Owner::kPeerMemory, memory); }
void EAPHOST_STDCALL EapPeerFreeErrorMemory(eaphost::abi::EAP_ERROR* error) {
  FreeByHost(Owner::kPeerError, error);
}
void EAPHOST_STDCALL EapMethodAuthenticatorFreeMemory(void* memory) {
  FreeByHost(Owner::kAuthenticatorMemory, memory);
}
void EAPHOST_STDCALL EapMethodAuthenticatorFreeErrorMemory(eaphost::abi::EAP_ERROR* error) {
  FreeByHost(Owner::kAuthenticatorError, error);
}
