// Unix-domain sockets know who connected them.
#ifndef _WIN32

#include "native/addon/descriptors.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

namespace eaphost::addon {

int OpenDescriptor(void*) { return -1; }

std::optional<std::uint32_t> UserAtOtherEnd(int descriptor) {
#ifdef SO_PEERCRED
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof peer)
    return std::nullopt;
  return peer.uid;
#else
  uid_t user = 0;
  gid_t group = 0;
  if (getpeereid(descriptor, &user, &group) != 0) return std::nullopt;
  return user;
#endif
}

}  // namespace eaphost::addon

#endif
