// Unix-domain sockets know who connected them.
#ifndef _WIN32

#include "native/system/descriptors.h"

#include "native/platform/security_posix.h"

namespace eaphost::addon {

bool CanOpenDescriptors() { return false; }

int OpenDescriptor(void*) { return -1; }

std::optional<std::uint32_t> UserAtOtherEnd(int descriptor) { return platform::UserAtOtherEnd(descriptor); }

}  // namespace eaphost::addon

#endif
