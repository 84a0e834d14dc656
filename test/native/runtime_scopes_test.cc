// Scopes, options and registrations: which methods a new session can use.
#include <doctest/doctest.h>

#include "native/abi/constants.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;
using eaphost::embedded::kOptionIdentityNeedsUserData;

TEST_CASE("scopes: scopes keep methods apart, and see those of the process") {
  Fixture fixture;
  ErrorOut error;
  const auto begins = [&] {
    Peer peer;
    Peer::Options options;
    options.type = kTrivialMethod;
    return peer.Begin("", options);
  };
  CHECK(begins() == kNoError);
  EapEmbeddedEnterScope(fixture.scope() + 1000);
  CHECK(begins() == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  EapEmbeddedEnterScope(0);
  CHECK(begins() == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);

  const std::u16string path = BesideProgram("trivialmethod");
  const embedded::Method method{kTrivialMethod, path.c_str(), nullptr, nullptr, nullptr, 0};
  REQUIRE(EapEmbeddedRegisterMethod(0, &method) == kNoError);
  CHECK(begins() == kNoError);
  EapEmbeddedEnterScope(fixture.scope() + 1000);
  CHECK(begins() == kNoError);
  // A scope's own method comes before the process's.
  const embedded::Method other{kTrivialMethod, u"/no/such/file", nullptr, nullptr, nullptr, 0};
  REQUIRE(EapEmbeddedRegisterMethod(fixture.scope() + 1000, &other) == kNoError);
  CHECK(begins() == kErrorModNotFound);
  CHECK(EapEmbeddedDropScope(fixture.scope() + 1000) == kNoError);
  CHECK(begins() == kNoError);
  CHECK(EapEmbeddedDropScope(0) == kNoError);
  CHECK(begins() == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  EapEmbeddedEnterScope(fixture.scope());
  CHECK(begins() == kNoError);
  CHECK(EapEmbeddedDropScope(4242) == kNoError);
}

TEST_CASE("scopes: the identity needs user data where the option says so") {
  Fixture fixture;
  const auto identity = [](const std::string& user_data) {
    Peer peer;
    Peer::Options options;
    options.user_data = user_data;
    REQUIRE(peer.Begin("", options) == kNoError);
    return peer.Process(kIdentityRequest);
  };
  CHECK(identity("") == kNoError);
  REQUIRE(EapEmbeddedSetOption(fixture.scope(), kOptionIdentityNeedsUserData, 1) == kNoError);
  fixture.TakeLog();
  CHECK(identity("") == EAP_E_EAPHOST_IDENTITY_UNKNOWN);
  CHECK(fixture.TakeLog().empty());
  CHECK(identity("someone") == kNoError);
  REQUIRE(EapEmbeddedSetOption(fixture.scope(), kOptionIdentityNeedsUserData, 0) == kNoError);
  REQUIRE(EapEmbeddedSetOption(0, kOptionIdentityNeedsUserData, 1) == kNoError);
  CHECK(identity("") == kNoError);
  fixture.DropScope();
  fixture.Register(kTestMethod, "testmethod");
  CHECK(identity("") == EAP_E_EAPHOST_IDENTITY_UNKNOWN);
  REQUIRE(EapEmbeddedDropScope(0) == kNoError);
  CHECK(identity("") == kNoError);
  CHECK(EapEmbeddedSetOption(0, 99, 1) == kErrorInvalidParameter);
  CHECK(EapEmbeddedSetOption(0, kOptionIdentityNeedsUserData, 2) == kErrorInvalidParameter);
}

TEST_CASE("scopes: the shim is told its endpoint before every group of calls that may use it") {
  Fixture fixture;
  fixture.Register(kTestMethod, "testmethod", u"here");
  {
    Peer peer;
    peer.Authenticate();
  }
  CHECK(fixture.TakeLog() ==
        "GetInfo(254)\nInitialize\nUseEndpoint(here)\nGetIdentity(flags=0 user=)\nUseEndpoint(here)\n"
        "BeginSession(flags=0 user= max=1500 attributes=0)\nProcessRequestPacket(size=13 id=2)\n"
        "GetResponsePacket(size=1500)\nEndSession\n");
  fixture.Register(kTestMethod, "testmethod", u"bad");
  Peer peer;
  REQUIRE(peer.Begin() == kNoError);
  CHECK(peer.Process(kIdentityRequest) == kErrorConnectionRefused);
}

TEST_CASE("scopes: registrations that say too little") {
  CHECK(EapEmbeddedRegisterMethod(0, nullptr) == kErrorInvalidParameter);
  const embedded::Method empty{kTestMethod, u"", nullptr, nullptr, nullptr, 0};
  CHECK(EapEmbeddedRegisterMethod(0, &empty) == kErrorInvalidParameter);
  const embedded::Method none{kTestMethod, nullptr, nullptr, nullptr, nullptr, 0};
  CHECK(EapEmbeddedRegisterMethod(0, &none) == kErrorInvalidParameter);
  CHECK(EapEmbeddedUnregisterMethod(0, nullptr) == kErrorInvalidParameter);
  CHECK(EapEmbeddedUnregisterMethod(0, &kTestMethod) == kErrorNotFound);
  CHECK(EapEmbeddedGetCounters(nullptr) == kErrorInvalidParameter);
  CHECK(EapEmbeddedNotify(nullptr) == kErrorInvalidParameter);
}
