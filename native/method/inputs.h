// Octets and structs as the interfaces of method DLLs take them. Any thread.
#pragma once

#include "native/abi/base.h"
#include "native/platform/secret.h"

namespace eaphost::method {

// NULL for nothing: methods have been seen to read an octet of an empty block.
inline const abi::BYTE* DataOf(const platform::SecretBytes& bytes) {
  return bytes.empty() ? nullptr : bytes.data();
}
inline abi::BYTE* DataOf(platform::SecretBytes& bytes) { return bytes.empty() ? nullptr : bytes.data(); }
inline abi::DWORD SizeOf(const platform::SecretBytes& bytes) { return static_cast<abi::DWORD>(bytes.size()); }

// A struct that has grown over the years and may again: the method finds zeroes behind what we know.
template <typename Known>
struct Growing {
  Known known{};
  abi::BYTE tail[64]{};
};

}  // namespace eaphost::method
