// Named pipes are Windows' own: a Unix-domain socket is Node's to listen at.
#ifndef _WIN32

#include "native/abi/win32.h"
#include "native/system/pipe_listener.h"

namespace eaphost::addon {

PipeListener::Client::~Client() = default;

abi::DWORD PipeListener::Open(const Options&, std::shared_ptr<PipeListener>*) {
  return abi::kErrorNotSupported;
}

}  // namespace eaphost::addon

#endif
