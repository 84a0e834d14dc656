// EapHostPeerInitialize and its opposite: the calling thread's COM apartment, and whether the process may
// make run-time calls. Any thread; each pairs its own calls.
#pragma once

#include "native/abi/base.h"

namespace eaphost::embedded {

// Puts the calling thread into the multithreaded apartment, as often as it is called. RPC_E_CHANGED_MODE on a
// thread of another apartment. Where there is no COM it only counts.
abi::DWORD EnterApartment();

// Undoes one EnterApartment of this thread. Nothing on a thread that has none left.
void LeaveApartment();

// Whether run-time calls work on this thread: as with COM's proxies, if it has an apartment of its own or if
// any thread of the process keeps the multithreaded one alive.
bool HasApartment();

}  // namespace eaphost::embedded
