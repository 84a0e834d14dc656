// The method DLLs that the run-time has in memory.
#pragma once

#include "native/method/dll_cache.h"
#include "native/method/peer_method_dll.h"

namespace eaphost::embedded {

using DllCache = method::DllCache<method::PeerMethodDll>;

}  // namespace eaphost::embedded
