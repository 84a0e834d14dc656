// Memory that may have been freed, looked at without touching it. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::probe {

// As many of `size` octets as this process can read there.
std::vector<abi::BYTE> Readable(const void* address, std::size_t size);

// Lower-case hexadecimal digits.
std::string Hex(const std::vector<abi::BYTE>& octets);

}  // namespace eaphost::probe
