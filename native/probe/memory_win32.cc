// Memory read as another process would read it: what is gone is not touched. Any thread.
#ifdef _WIN32

#include "native/probe/memory.h"

#include <windows.h>

#include <cstdio>

namespace eaphost::probe {

std::vector<abi::BYTE> Readable(const void* address, std::size_t size) {
  std::vector<abi::BYTE> octets(size);
  SIZE_T read = 0;
  if (size != 0) ReadProcessMemory(GetCurrentProcess(), address, octets.data(), size, &read);
  octets.resize(read);
  return octets;
}

std::string Hex(const std::vector<abi::BYTE>& octets) {
  std::string text;
  for (const abi::BYTE octet : octets) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", octet);
    text += digits;
  }
  return text;
}

}  // namespace eaphost::probe

#endif
