// No registry.
#ifndef _WIN32

#include "native/shim/registered.h"

namespace eaphost::shim {

std::optional<Registered> FindRegistered(const abi::EAP_TYPE&) { return std::nullopt; }

}  // namespace eaphost::shim

#endif
