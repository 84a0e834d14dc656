// What the shim exports beside a method DLL's functions, for a host in the same process.
#pragma once

#include "native/abi/base.h"

namespace eaphost::shim {

// Says where the server of the calls that this thread makes next listens, until it says otherwise; NULL: read
// it from the method's registry key, as in a host of Windows'. A session keeps the endpoint it was begun
// with. Who calls exported functions without a routine table's Initialize says NULL afterwards, before he may
// let go of the library. The string is "<address>#<token>": the address is a Unix-domain socket's path or a
// pipe's name
// (\\.\pipe\...), the token is 64 hexadecimal digits that the shim presents in its first frame.
using EapShimUseEndpointFn = abi::DWORD EAPHOST_STDCALL(abi::LPCWSTR endpoint);

}  // namespace eaphost::shim
