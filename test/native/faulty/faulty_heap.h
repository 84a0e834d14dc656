// The memory of the faulty run-time: every block is known by its address and by the one function that frees
// it. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "native/abi/structs.h"

namespace eaphost::faulty {

// Named after what frees it.
enum class Owner { kFreeEapError, kFreeRuntimeMemory, kFreeErrorMemory, kFreeMemory, kEndSession };

void* Allocate(Owner owner, std::size_t size);
abi::BYTE* AllocateBytes(Owner owner, std::string_view bytes);
abi::WCHAR* AllocateText(Owner owner, std::u16string_view text);
abi::EAP_ERROR* AllocateError(Owner owner, bool with_texts);

// NULL is nothing. What is not `owner`'s, or was freed before, is counted and left alone.
void Free(Owner owner, void* memory);
void FreeAll(Owner owner);

abi::DWORD Outstanding();
abi::DWORD BadFrees();

}  // namespace eaphost::faulty
