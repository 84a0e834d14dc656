// The memory of this process' heaps. Any thread.
#pragma once

#include <cstdint>

#include "native/abi/base.h"

namespace eaphost::system {

// How many octets are allocated and not freed, in all heaps. Gives a Win32 code: ERROR_NOT_SUPPORTED where
// the C library does not tell.
abi::DWORD CountHeap(std::uint64_t* octets);

}  // namespace eaphost::system
