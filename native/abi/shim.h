// The shim's exports besides a method DLL's functions, for a host and for a server in the same process.
#pragma once

#include <cstddef>

#include "native/abi/base.h"

namespace eaphost::shim {

// Sets the endpoint of the server for this thread's next calls. NULL: read it from the method's registry key,
// as in a host of Windows'. A session keeps the endpoint that it began with. Callers that skip Initialize
// must pass NULL before unloading. The string is "<address>#<token>": the address is the path of a
// Unix-domain socket, the name of a pipe (\\.\pipe\...) or what EapShimServe was given; the token is 64
// hexadecimal digits that the shim sends in its first frame.
using EapShimUseEndpointFn = abi::DWORD EAPHOST_STDCALL(abi::LPCWSTR endpoint);

// A server in this process, as the shim calls it: streams of octets without a socket. Any thread connects;
// then one thread at a time writes and reads a stream, and Abort may come from any other. The codes are those
// of native/shim/stream.h. No function throws, and none but Read waits.
struct LocalServer {
  void* context;
  abi::DWORD(EAPHOST_STDCALL* Connect)(void* context, void** stream);
  // All of it.
  abi::DWORD(EAPHOST_STDCALL* Write)(void* stream, const abi::BYTE* data, std::size_t size);
  // At least one octet.
  abi::DWORD(EAPHOST_STDCALL* Read)(void* stream, abi::BYTE* data, std::size_t size, abi::DWORD milliseconds,
                                    std::size_t* got);
  abi::BOOL(EAPHOST_STDCALL* Quiet)(void* stream);
  void(EAPHOST_STDCALL* Abort)(void* stream);
  void(EAPHOST_STDCALL* Close)(void* stream);
};

// Makes `server` known to this process' threads as `address`: kLocalPrefix and a name. The functions must
// stay in memory. NULL withdraws it; then no call to Connect is under way or begins, but streams go on.
// ERROR_INVALID_PARAMETER for another address, ERROR_ALREADY_EXISTS for one that is taken.
using EapShimServeFn = abi::DWORD EAPHOST_STDCALL(abi::LPCWSTR address, const LocalServer* server);
inline constexpr char16_t kLocalPrefix[] = u"process:";

}  // namespace eaphost::shim
