// The misbehaving method (misbehavingmethod): every liberty that method DLLs have been seen to take with
// their host, or might take, peer and authenticator in one DLL. What it does without being asked is what real
// ones do:
//   the tables' pEapType is NULL, dwVersion and dwSizeInBytes are 0
//   failures leave *ppEapError NULL
//   outputs are not zeroed: what a routine does not write is what the host put there
//   what it hands out is the session's and dies with it; a result's attributes die at the next GetResult
//   GetResponseAttributes and GetAttributes before any packet: a count of 1 with a NULL array
//   NULL attributes given to SetResponseAttributes or SetAttributes crash
//   attribute lists end with a blank element that has a size and no value
//   the peer never returns Result: the final packet decides
//   the authenticator looks at neither code, id nor type of a response; SendPacket without a reason fails
//   with ERROR_INVALID_STATE; GetResult says success at any time
//   XML without an element Config of EAPHost's namespace crashes (Windows)
//
// The rest is asked for in the CONFIGURATION, or UI context ("name=value;…"; A,B where more than one routine
// is meant; names without EapPeer and EapMethodAuthenticator):
//   crash=ROUTINES      an access violation (SIGSEGV)
//   earlycrash=1        EndSession crashes where no packet was processed
//   abort=, exit=       abort(); exit with code 77
//   hang=ROUTINES       for ever, or ms=N milliseconds, and then as if nothing had been
//   await=ROUTINES      until the file that EAPHOST_TEST_RELEASE names is there, 5 seconds at most; adds to
//                       the file which it was: released, gave up
//   throw=ROUTINES      a C++ exception comes out
//   fail=ROUTINES       fails with code=N, else ERROR_INVALID_PARAMETER
//   error=1             of fail: with an EAP_ERROR; error=bare: one of zeroes and NULLs
//   leave=ROUTINES      succeeds, and leaves an EAP_ERROR all the same
//   mute=ROUTINES       succeeds, and writes no output
//   null=ROUTINES       sizes and counts of 3 with NULL pointers
//   huge=ROUTINES       sizes and counts of 0xFFFFFFFF with NULL pointers, packets of that size
//   zero=ROUTINES       pointers with sizes and counts of 0
//   step=A,B,…          the action of each step in turn: discard, send, result, ui, respond, none,
//                       authenticate, identity, or a number as it is; then send (peer), result
//                       (authenticator)
//   over=N              packets: N octets past the size it was told are written, before anything else
//   terminated=1        packets: a NUL behind them, as of a string, which the check of the size forgets:
//                       Microsoft's sample does it with a password of 58 characters in 64 octets
//   noheader=1          packets: success, and nothing written
//   size=N              packets: the octets written; claim=N: the size that is reported; length=N: in the
//                       header
//   code=N, id=N        packets: not the right ones (code is also that of fail)
//   othertype=1         packets: of another type
//   timeout=N           of SendPacket
//   bool=N              fIsSuccess of the result, and fSave…: any number but 0 is TRUE
//   reason=N            of the result
//   resulterror=1       the peer's result has an EAP_ERROR; resulterror=same: it is *ppEapError, too (with
//                       fail= or leave=)
//   save=1              the peer's result has data to save
//
// TYPES: 254/99999/100 does as its configuration says; the next ones do as kBehaviours says in routines that
// have no configuration: GetInfo, Initialize, Shutdown, and `absent`, which are NULL in the table. Author
// 99999.
//
// PACKETS: EAP header, type, one octet.
#pragma once

#include <cstddef>
#include <iterator>

#include "native/abi/structs.h"

namespace eaphost::misbehaving {

inline constexpr abi::DWORD kVendor = 99999;
inline constexpr abi::DWORD kFirstType = 100;
inline constexpr const char* kBehaviours[] = {
    "",                                               // 100
    "fail=GetInfo",                                   // 101
    "fail=GetInfo;error=1",                           // 102
    "mute=GetInfo",                                   // 103: a table of NULLs
    "throw=GetInfo",                                  // 104
    "crash=GetInfo",                                  // 105
    "fail=Initialize",                                // 106
    "fail=Initialize;error=1",                        // 107
    "throw=Initialize",                               // 108
    "crash=Initialize",                               // 109
    "hang=Initialize",                                // 110
    "hang=Initialize;ms=300",                         // 111
    "fail=Shutdown;error=1",                          // 112
    "throw=Shutdown",                                 // 113
    "crash=Shutdown",                                 // 114
    "hang=Shutdown",                                  // 115
    "leave=GetInfo,Initialize,Shutdown",              // 116
    "absent=SetCredentials,UpdateInnerMethodParams",  // 117: which a host can do without
    "absent=Initialize",                              // 118
    "absent=ProcessRequestPacket,ReceivePacket",      // 119
    "absent=EndSession,Shutdown",                     // 120
    "await=Shutdown",                                 // 121
};
inline constexpr std::size_t kTypes = std::size(kBehaviours);

}  // namespace eaphost::misbehaving
