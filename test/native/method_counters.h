// Holds a test to a method DLL's own count of what its host did. One test at a time.
#pragma once

#include <doctest/doctest.h>

#include "native/method/authenticator_method_dll.h"
#include "native/method/peer_method_dll.h"
#include "test/native/methods/test_counters.h"
#include "test/native/runtime_harness.h"

namespace eaphost::pairtest {

// What happened since `before`: blocks and sessions that are still there. Every free must have been right.
inline std::uint64_t Outstanding(const testdll::Counters& before, const testdll::Counters& after) {
  CHECK(after.freed_by_wrong_function == before.freed_by_wrong_function);
  CHECK(after.freed_session_owned == before.freed_session_owned);
  CHECK(after.freed_unknown == before.freed_unknown);
  CHECK(after.sessions_unknown == before.sessions_unknown);
  std::uint64_t outstanding = 0;
  for (std::size_t at = 0; at < testdll::kOwners; ++at) {
    outstanding += after.allocated[at] - before.allocated[at] - (after.freed[at] - before.freed[at]);
  }
  return outstanding + (after.sessions_begun - before.sessions_begun) -
         (after.sessions_ended - before.sessions_ended);
}

// A method DLL of the tests as both roles; when it goes, nothing may be left behind in the DLL, and
// everything that was initialized must have been shut down. Sessions hold the roles, so they must be gone
// before.
class BothRoles {
 public:
  explicit BothRoles(const char* name) {
    const std::u16string path = embedded::test::BesideProgram(name);
    // A load of its own: the counters outlive the others'.
    library_ = platform::Library::Load(path, platform::Library::Where::kPath);
    counters_ = library_.Find<testdll::TestMethodCountersFn>("TestMethodCounters");
    REQUIRE(static_cast<bool>(counters_));
    before_ = counters();
    std::unique_ptr<method::PeerMethodDll> peer_dll;
    REQUIRE(method::PeerMethodDll::Load(path, true, peer_dll).ok());
    peer = std::move(peer_dll);
    std::unique_ptr<method::AuthenticatorMethodDll> authenticator_dll;
    REQUIRE(method::AuthenticatorMethodDll::Load(path, true, authenticator_dll).ok());
    authenticator = std::move(authenticator_dll);
  }
  BothRoles(const BothRoles&) = delete;
  BothRoles& operator=(const BothRoles&) = delete;
  ~BothRoles() {
    CHECK(peer.use_count() == 1);
    CHECK(authenticator.use_count() == 1);
    peer.reset();
    authenticator.reset();
    const testdll::Counters after = counters();
    CHECK(Outstanding(before_, after) == 0);
    CHECK(after.initialized - before_.initialized == after.shut_down - before_.shut_down);
  }

  testdll::Counters counters() const {
    testdll::Counters now{};
    counters_(&now);
    return now;
  }
  std::uint64_t allocated(testdll::Owner owner) const {
    const auto at = static_cast<std::size_t>(owner);
    return counters().allocated[at] - before_.allocated[at];
  }

  const abi::EAP_PEER_METHOD_ROUTINES& PeerRoutines(const abi::EAP_METHOD_TYPE& type) {
    const abi::EAP_PEER_METHOD_ROUTINES* routines = nullptr;
    REQUIRE(peer->Routines(type.eapType, routines).ok());
    return *routines;
  }
  const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES& AuthenticatorRoutines(const abi::EAP_METHOD_TYPE& type) {
    const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES* routines = nullptr;
    REQUIRE(authenticator->Routines(type, routines).ok());
    return *routines;
  }

  std::shared_ptr<method::PeerMethodDll> peer;
  std::shared_ptr<method::AuthenticatorMethodDll> authenticator;

 private:
  platform::Library library_;
  testdll::TestMethodCountersFn* counters_ = nullptr;
  testdll::Counters before_{};
};

inline platform::SecretBytes Secret(std::string_view text) {
  return platform::SecretBytes(text.begin(), text.end());
}
inline std::string Text(const platform::SecretBytes& bytes) {
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace eaphost::pairtest
