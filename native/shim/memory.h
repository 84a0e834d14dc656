// The memory that the shim hands to a host, which gives it back through EapPeerFreeMemory or
// EapPeerFreeErrorMemory: counted, and wiped before it is freed. Any thread.
#pragma once

#include <cstddef>

#include "native/abi/structs.h"

namespace eaphost::shim {

// Zeroed memory. Throws std::bad_alloc.
void* Allocate(std::size_t size);
// Wipes and frees. NULL does nothing.
void Free(void* data) noexcept;
// Blocks that hosts hold now.
std::size_t OutstandingBlocks();

}  // namespace eaphost::shim
