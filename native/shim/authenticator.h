// The authenticator routines: a host's call in, one exchange with the server, the host's outputs filled. Any
// thread; calls for one session run one after the other.
#pragma once

#include "native/abi/functions.h"

namespace eaphost::shim {

// Fills a host's routine table for `type`. ERROR_NOT_SUPPORTED if it is 0 or the library has no room for
// one more type.
abi::DWORD FillAuthenticatorRoutines(const abi::EAP_METHOD_TYPE& type,
                                     abi::EAP_AUTHENTICATOR_METHOD_ROUTINES* routines);

}  // namespace eaphost::shim
