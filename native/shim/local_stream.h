// Streams to servers in this process, which the addon answers: no socket, no system call. The servers are
// known by addresses that exist in this process alone. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "native/abi/shim.h"
#include "native/shim/stream.h"

namespace eaphost::shim {

// Whether an address names a server in this process, which may be gone.
bool IsLocalAddress(std::u16string_view address);
// As EapShimServe says.
abi::DWORD ServeLocally(abi::LPCWSTR address, const LocalServer* server);
// ERROR_CONNECTION_REFUSED if nobody serves the address.
abi::DWORD ConnectLocally(const std::u16string& address, std::unique_ptr<Stream>* stream);

}  // namespace eaphost::shim
