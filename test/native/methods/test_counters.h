// What the test methods count of their host, and how a test reads it: through the export TestMethodCounters,
// or from the file that an environment variable names (EAPHOST_PAIR_COUNTERS for pairmethod,
// EAPHOST_MISBEHAVING_COUNTERS for misbehavingmethod), which is written anew at every Shutdown and at unload:
// one JSON object with the members below in camelCase, `allocated` and `freed` keyed by the names of
// kOwnerNames.
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/abi/base.h"

namespace eaphost::testdll {

// Who frees a block, and with what.
enum class Owner : std::uint32_t {
  kPeerMemory,           // the host, with EapPeerFreeMemory
  kPeerError,            // the host, with EapPeerFreeErrorMemory
  kAuthenticatorMemory,  // the host, with EapMethodAuthenticatorFreeMemory
  kAuthenticatorError,   // the host, with EapMethodAuthenticatorFreeErrorMemory
  kSession,              // the method, at EndSession at the latest; the host never
};
inline constexpr std::size_t kOwners = 5;
inline constexpr const char* kOwnerNames[kOwners] = {"peerMemory", "peerError", "authenticatorMemory",
                                                     "authenticatorError", "session"};

struct Counters {
  std::uint64_t allocated[kOwners];       // blocks, by who frees them
  std::uint64_t freed[kOwners];           // of these, freed by the right function
  std::uint64_t freed_by_wrong_function;  // a live block, through another owner's function: left alive
  std::uint64_t freed_session_owned;      // a live block of a session's, by the host: left alive
  std::uint64_t freed_unknown;            // freed twice, or never ours
  std::uint64_t sessions_begun;           // peer and authenticator sessions together
  std::uint64_t sessions_ended;
  std::uint64_t sessions_unknown;  // EndSession of a handle that is none, or not any more
  std::uint64_t initialized;       // Initialize that succeeded, of both halves
  std::uint64_t shut_down;
};

// Fills in `counters`.
using TestMethodCountersFn = void EAPHOST_STDCALL(Counters* counters);

}  // namespace eaphost::testdll
