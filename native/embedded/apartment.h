// EapHostPeerInitialize and its opposite: the calling thread's COM apartment, and whether the process may
// make run-time calls. Any thread; each pairs its own calls.
#pragma once

#include "native/abi/base.h"

namespace eaphost::embedded {

// Puts the calling thread into the multithreaded apartment, as often as it is called. A thread that is in a
// single-threaded one stays there, or if `is_strict` gets RPC_E_CHANGED_MODE. Where there is no COM it only
// counts.
abi::DWORD EnterApartment(bool is_strict);

// Undoes one EnterApartment of this thread. Nothing on a thread that has none left.
void LeaveApartment();

// Whether run-time calls work on this thread: as with COM's proxies, if it has an apartment of its own or if
// any thread of the process keeps the multithreaded one alive.
bool HasApartment();

}  // namespace eaphost::embedded
