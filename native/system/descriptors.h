// Files and sockets by the numbers that Node knows them by. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace eaphost::system {

// Windows: whether Node's program exports what it takes to make a file descriptor of its own.
bool CanOpenDescriptors();

// Windows: a file descriptor of Node's own for a handle, which it owns from then on; -1 where Node gives
// none.
int OpenDescriptor(void* handle);

// Elsewhere: the user id of the process at the other end of a connected Unix-domain socket.
std::optional<std::uint32_t> UserAtOtherEnd(int descriptor);

}  // namespace eaphost::system
