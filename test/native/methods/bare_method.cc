// A method DLL as careless authors build it: EapPeerGetInfo and EapPeerFreeErrorMemory, and no
// EapPeerFreeMemory. Real EAPHost loads it and fails at the first packet. None of its routines is ever
// called.

#include "native/abi/functions.h"
#include "native/abi/win32.h"

#ifdef _WIN32
#define METHOD_EXPORT  // bare_method.def names them
#else
#define METHOD_EXPORT __attribute__((visibility("default")))
#endif

using namespace eaphost::abi;

extern "C" {

METHOD_EXPORT EapPeerGetInfoFn EapPeerGetInfo;
METHOD_EXPORT EapPeerFreeErrorMemoryFn EapPeerFreeErrorMemory;

}  // extern "C"

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE*, EAP_PEER_METHOD_ROUTINES*, EAP_ERROR**) { return kNoError; }

void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR*) {}
