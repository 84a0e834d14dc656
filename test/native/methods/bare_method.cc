// A method DLL as careless authors build it: EapPeerGetInfo and EapPeerFreeErrorMemory, and no
// EapPeerFreeMemory. Real EAPHost loads it and fails at the first packet. None of its routines is ever
// called.

#include "test/native/methods/method_export.h"

using namespace eaphost::abi;

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE*, EAP_PEER_METHOD_ROUTINES*, EAP_ERROR**) { return kNoError; }

void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR*) {}
