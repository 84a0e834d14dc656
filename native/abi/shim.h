// The shim's export besides a method DLL's functions, for a host.
#pragma once

#include "native/abi/base.h"

namespace eaphost::shim {

// Sets the endpoint of the server for this thread's next calls. NULL: read it from the method's registry key,
// as in a host of Windows'. A session keeps the endpoint that it began with. Callers that skip Initialize
// must pass NULL before unloading. The string is "<address>#<token>": the address is the path of a
// Unix-domain socket or the name of a pipe (\\.\pipe\...); the token is 64 hexadecimal digits that the shim
// sends in its first frame.
using EapShimUseEndpointFn = abi::DWORD EAPHOST_STDCALL(abi::LPCWSTR endpoint);

}  // namespace eaphost::shim
