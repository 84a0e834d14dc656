// The heap of a test method DLL: every block has an owner, and every free is checked against it. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "native/abi/structs.h"
#include "native/abi/win32.h"
#include "test/native/methods/test_counters.h"

namespace eaphost::testdll {

// Defined by each DLL: the variable that names the file of WriteCounters.
extern const char kCountersVariable[];

// Zeroed. Throws std::bad_alloc.
void* Allocate(Owner owner, std::size_t size);
abi::BYTE* AllocateBytes(Owner owner, std::span<const abi::BYTE> bytes);
abi::BYTE* AllocateBytes(Owner owner, std::string_view bytes);
abi::WCHAR* AllocateText(Owner owner, std::u16string_view text);
// One block with its texts, which one free takes back. NULL where there is no memory.
abi::EAP_ERROR* MakeError(Owner owner, const abi::EAP_TYPE& type, abi::DWORD code, abi::DWORD reason,
                          std::u16string_view cause) noexcept;

// What the host does through the function that stands for `function`. NULL is nothing.
void FreeByHost(Owner function, void* memory) noexcept;
// A session's own block.
void FreeOwn(void* memory) noexcept;

// Blocks of a session that its host may see, and must not free.
class SessionBlocks {
 public:
  SessionBlocks() = default;
  SessionBlocks(const SessionBlocks&) = delete;
  SessionBlocks& operator=(const SessionBlocks&) = delete;
  ~SessionBlocks() { Clear(); }

  void Clear();
  abi::BYTE* Add(std::span<const abi::BYTE> bytes);
  abi::BYTE* Add(std::string_view text);

 private:
  std::vector<void*> blocks_;
};

// Sessions that the host may name.
void AddSession(void* session);
// False, and counted, where `session` is none.
bool RemoveSession(void* session) noexcept;

void CountInitialize() noexcept;
void CountShutdown() noexcept;

Counters ReadCounters() noexcept;

}  // namespace eaphost::testdll
