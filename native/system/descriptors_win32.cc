// File descriptors belong to a C run-time. Node has its own, so Node has to make them.
#ifdef _WIN32

#include "native/system/descriptors.h"

#include <windows.h>

namespace eaphost::system {

namespace {

using OpenFn = int(HANDLE);

// Node's program exports libuv, under whatever name the program has. nullptr if it keeps it to itself.
OpenFn* FindOpen() {
  const FARPROC address = GetProcAddress(GetModuleHandleW(nullptr), "uv_open_osfhandle");
  return reinterpret_cast<OpenFn*>(reinterpret_cast<void*>(address));
}

}  // namespace

bool CanOpenDescriptors() { return FindOpen() != nullptr; }

int OpenDescriptor(void* handle) {
  OpenFn* const open = FindOpen();
  return open == nullptr ? -1 : open(handle);
}

std::optional<std::uint32_t> UserAtOtherEnd(int) { return std::nullopt; }

}  // namespace eaphost::system

#endif
