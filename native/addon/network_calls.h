// The calls to the operating system that configure networks: the WLAN service, EAP of phone-book entries.
#pragma once

#include <span>

#include "native/addon/system_call.h"

namespace eaphost::addon {

std::span<const NamedSystemCall> NetworkCalls();

}  // namespace eaphost::addon
