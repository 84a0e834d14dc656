// The user at the other end of a Unix-domain socket, for the access checks outside Windows. Any thread.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <optional>

namespace eaphost::platform {

// The user of the process that listened or connected; nothing if the system does not say.
inline std::optional<uid_t> UserAtOtherEnd(int descriptor) {
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

}  // namespace eaphost::platform
