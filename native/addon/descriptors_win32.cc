// File descriptors belong to a C run-time, and Node's is not ours: so Node has to make them.
#ifdef _WIN32

#include "native/addon/descriptors.h"

#include <windows.h>

namespace eaphost::addon {

int OpenDescriptor(void* handle) {
  // Node's program exports libuv, under whatever name the program has.
  using OpenFn = int(HANDLE);
  const FARPROC address = GetProcAddress(GetModuleHandleW(nullptr), "uv_open_osfhandle");
  if (address == nullptr) return -1;
  return reinterpret_cast<OpenFn*>(reinterpret_cast<void*>(address))(handle);
}

std::optional<std::uint32_t> UserAtOtherEnd(int) { return std::nullopt; }

}  // namespace eaphost::addon

#endif
