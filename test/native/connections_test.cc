// Connections, and the handlers that outlive their sessions.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;

namespace {

constexpr GUID kConnection{0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}};
constexpr GUID kOther{0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 9}};

DWORD Clear(const GUID& id) {
  ErrorOut error;
  GUID copy = id;
  return EapHostPeerClearConnection(&copy, error.put());
}

struct Calls {
  int count = 0;
  GUID last{};
};

void EAPHOST_STDCALL Count(GUID connection, void* context) {
  auto* calls = static_cast<Calls*>(context);
  ++calls->count;
  calls->last = connection;
}

Peer::Options With(const GUID& connection, NotificationHandler handler, void* context) {
  Peer::Options options;
  options.connection = &connection;
  options.handler = handler;
  options.context = context;
  return options;
}

}  // namespace

TEST_CASE("connections: a handler is called until the connection is cleared, session or not") {
  Fixture fixture;
  Calls calls;
  CHECK(EapEmbeddedNotify(&kConnection) == kErrorNotFound);
  {
    Peer peer;
    REQUIRE(peer.Begin("", With(kConnection, Count, &calls)) == kNoError);
    CHECK(EapEmbeddedNotify(&kConnection) == kNoError);
    CHECK(calls.count == 1);
    CHECK(calls.last == kConnection);
    CHECK(Clear(kConnection) == kErrorInvalidState);
  }
  CHECK(EapEmbeddedNotify(&kConnection) == kNoError);
  CHECK(calls.count == 2);
  CHECK(EapEmbeddedNotify(&kOther) == kErrorNotFound);
  CHECK(Clear(kConnection) == kNoError);
  CHECK(EapEmbeddedNotify(&kConnection) == kErrorNotFound);
  CHECK(calls.count == 2);
  CHECK(Clear(kConnection) == kErrorNotFound);
  CHECK(Clear(kOther) == kErrorNotFound);
}

TEST_CASE("connections: one session at a time has a connection") {
  Fixture fixture;
  Calls calls;
  Peer first;
  REQUIRE(first.Begin("", With(kConnection, Count, &calls)) == kNoError);
  {
    Peer second;
    CHECK(second.Begin("", With(kConnection, nullptr, nullptr)) == kErrorInvalidState);
    CHECK(second.id == 0);
    Peer elsewhere;
    CHECK(elsewhere.Begin("", With(kOther, nullptr, nullptr)) == kNoError);
  }
  CHECK(EapEmbeddedNotify(&kConnection) == kNoError);  // the refused one changed nothing
  REQUIRE(first.End() == kNoError);
  {
    Peer again;
    REQUIRE(again.Begin("", With(kConnection, nullptr, nullptr)) == kNoError);
    CHECK(EapEmbeddedNotify(&kConnection) == kErrorNotFound);  // it wants no callbacks
  }
  CHECK(Clear(kConnection) == kNoError);
  CHECK(Clear(kOther) == kNoError);
  CHECK(calls.count == 1);
}

TEST_CASE("connections: a session that could not begin leaves none behind, and spoils none") {
  Fixture fixture;
  Calls calls;
  Peer::Options options = With(kConnection, Count, &calls);
  options.type = {{99, 0, 0}, 0};
  Peer peer;
  CHECK(peer.Begin("", options) != kNoError);
  CHECK(Clear(kConnection) == kErrorNotFound);
  options.type = kTestMethod;
  REQUIRE(peer.Begin("", options) == kNoError);
  REQUIRE(peer.End() == kNoError);
  options.type = {{99, 0, 0}, 0};
  CHECK(peer.Begin("", options) != kNoError);
  CHECK(EapEmbeddedNotify(&kConnection) == kNoError);
  CHECK(calls.count == 1);
  CHECK(Clear(kConnection) == kNoError);
}

namespace {

struct Reauthentication {
  Peer* old_session;
  Peer next;
  DWORD code = 1;
};

void EAPHOST_STDCALL Reauthenticate(GUID connection, void* context) {
  auto* state = static_cast<Reauthentication*>(context);
  state->old_session->End();
  Peer::Options options = With(connection, Reauthenticate, context);
  state->code = state->next.Begin("", options);
}

void EAPHOST_STDCALL ClearInside(GUID connection, void* context) {
  *static_cast<DWORD*>(context) = Clear(connection);
}

}  // namespace

TEST_CASE("connections: a handler may begin the next session, and may clear its connection") {
  Fixture fixture;
  {
    Peer peer;
    Reauthentication state{&peer, {}, 1};
    REQUIRE(peer.Begin("", With(kConnection, Reauthenticate, &state)) == kNoError);
    CHECK(EapEmbeddedNotify(&kConnection) == kNoError);
    CHECK(state.code == kNoError);
    CHECK(state.next.id != 0);
  }
  CHECK(Clear(kConnection) == kNoError);
  DWORD code = 1;
  {
    Peer peer;
    REQUIRE(peer.Begin("", With(kConnection, ClearInside, &code)) == kNoError);
  }
  CHECK(EapEmbeddedNotify(&kConnection) == kNoError);
  CHECK(code == kNoError);
  CHECK(Clear(kConnection) == kErrorNotFound);
}

namespace {

struct Slow {
  std::atomic<bool> entered{false};
  std::atomic<bool> left{false};
};

void EAPHOST_STDCALL TakeTime(GUID, void* context) {
  auto* slow = static_cast<Slow*>(context);
  slow->entered = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  slow->left = true;
}

}  // namespace

TEST_CASE("connections: once a connection is cleared its handler runs no more") {
  Fixture fixture;
  Slow slow;
  {
    Peer peer;
    REQUIRE(peer.Begin("", With(kConnection, TakeTime, &slow)) == kNoError);
  }
  std::thread notifier([] { EapEmbeddedNotify(&kConnection); });
  while (!slow.entered) std::this_thread::yield();
  CHECK(Clear(kConnection) == kNoError);
  CHECK(slow.left);
  notifier.join();
  CHECK(Clear(kConnection) == kErrorNotFound);
}
