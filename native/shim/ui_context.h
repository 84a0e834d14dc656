// UI contexts as hosts have them: the method's own octets behind the method's type, because the functions
// that take a context without a session are not told which method it is of. Any thread.
#pragma once

#include "native/shim/codec.h"

namespace eaphost::shim {

platform::SecretBytes WrapUiContext(const abi::EAP_TYPE& type, Octets context);
// False for octets that WrapUiContext did not give.
bool UnwrapUiContext(Octets wrapped, abi::EAP_TYPE* type, Octets* context);

}  // namespace eaphost::shim
