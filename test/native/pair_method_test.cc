// The pair method against itself: every feature that its configuration switches, and that the DLL counts
// right what its host frees.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "test/native/method_counters.h"
#include "test/native/methods/pair_crypto.h"
#include "test/native/methods/pair_method.h"
#include "test/native/pair_conversation.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using testdll::Counters;
using testdll::Owner;

namespace {

constexpr EAP_METHOD_TYPE kExpanded{pairmethod::kTypes[0], pairmethod::kAuthor};

// The DLL, with nothing left behind when it goes.
struct Pair {
  explicit Pair(const EAP_METHOD_TYPE& type = kExpanded) {
    REQUIRE(dll.Load(embedded::test::BesideProgram("pairmethod"), type) == kNoError);
    before = dll.ReadCounters();
  }
  ~Pair() { CHECK(Outstanding(before, dll.ReadCounters()) == 0); }

  Outcome Run(const std::string& peer, const std::string& authenticator = "", DWORD flags = 0,
              DWORD max_packet = 1500) {
    Request request;
    request.peer_config = peer;
    request.user = "identity=alice;password=password";
    request.authenticator_config = authenticator;
    request.flags = flags;
    request.max_packet = max_packet;
    request.peer_attribute = "peer's";
    request.authenticator_attribute = "server's";
    request.record = true;
    return Converse(dll, request);
  }

  std::uint64_t Allocated(Owner owner) const {
    const auto at = static_cast<std::size_t>(owner);
    return dll.ReadCounters().allocated[at] - before.allocated[at];
  }

  PairDll dll;
  Counters before{};
};

void CheckSuccess(const Outcome& outcome) {
  CHECK(outcome.failed_call == "");
  CHECK(outcome.peer.success);
  CHECK(outcome.authenticator.success);
  CHECK(outcome.peer.reason == 0);
  CHECK(outcome.authenticator.reason == 0);
  REQUIRE(outcome.peer.send_key.size() == 32);
  CHECK(outcome.peer.send_key == outcome.authenticator.receive_key);
  CHECK(outcome.peer.receive_key == outcome.authenticator.send_key);
  CHECK(outcome.peer.send_key != outcome.peer.receive_key);
  CHECK(outcome.peer.emsk.size() == 64);
  CHECK(outcome.peer.emsk == outcome.authenticator.emsk);
  CHECK(outcome.peer.session_id == outcome.authenticator.session_id);
}

std::string Hex(const pairmethod::Digest& digest) {
  std::string text;
  for (const BYTE byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

pairmethod::Bytes Of(std::string_view text) {
  return {reinterpret_cast<const BYTE*>(text.data()), text.size()};
}

}  // namespace

TEST_CASE("pair: SHA-256 and HMAC give the published values") {
  CHECK(Hex(pairmethod::Sha256(Of(""))) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Hex(pairmethod::Sha256(Of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  // RFC 4231, test cases 2 and 6.
  CHECK(Hex(pairmethod::Hmac("Jefe", Of("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(Hex(pairmethod::Hmac(std::string(131, '\xaa'),
                             Of("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("pair: every type of the DLL succeeds with the same keys on both sides") {
  for (const EAP_TYPE& type : pairmethod::kTypes) {
    CAPTURE(int(type.type));
    Pair pair({type, pairmethod::kAuthor});
    const Outcome outcome = pair.Run("");
    CheckSuccess(outcome);
    CHECK(outcome.identity == u"alice");
    CHECK(outcome.requests == 2);
    CHECK(outcome.authenticator.user_name == "alice");
    CHECK(outcome.peer.session_id.front() == type.type);
    CHECK(outcome.peer.session_id.size() == (type.type == 254 ? 40 : 33));
    // No two conversations share a key.
    CHECK(pair.Run("").peer.send_key != outcome.peer.send_key);
  }
}

TEST_CASE("pair: the documented order of calls") {
  Pair pair;
  const Outcome outcome = pair.Run("attributes=1;ui=1", "attributes=1");
  CheckSuccess(outcome);
  const std::vector<std::string> expected = {"PeerGetIdentity",
                                             "PeerBeginSession",
                                             "AuthenticatorBeginSession",
                                             "AuthenticatorSendPacket",
                                             "PeerProcessRequestPacket",
                                             "PeerGetResponseAttributes",
                                             "PeerSetResponseAttributes",
                                             "PeerGetUIContext",
                                             "PeerInvokeInteractiveUI",
                                             "PeerSetUIContext",
                                             "PeerGetResponsePacket",
                                             "AuthenticatorReceivePacket",
                                             "AuthenticatorGetAttributes",
                                             "AuthenticatorSetAttributes",
                                             "AuthenticatorSendPacket",
                                             "PeerProcessRequestPacket",
                                             "PeerGetResponsePacket",
                                             "AuthenticatorReceivePacket",
                                             "AuthenticatorGetResult",
                                             "PeerGetResult",
                                             "PeerEndSession",
                                             "AuthenticatorEndSession"};
  CHECK(outcome.calls == expected);
}

TEST_CASE("pair: attributes travel from the hosts to the authenticator's result") {
  Pair pair;
  const Outcome outcome = pair.Run("attributes=3", "attributes=2");
  CheckSuccess(outcome);
  CHECK(outcome.authenticator.reply == "server's");
  CHECK(outcome.authenticator.tlv == "peer's");
  CHECK(pair.Run("").authenticator.reply == "");
}

TEST_CASE("pair: long messages go in fragments that fit") {
  Pair pair;
  for (const DWORD size : {64U, 300U, 1500U}) {
    CAPTURE(size);
    const Outcome outcome = pair.Run("fragment=4000", "fragment=3000", 0, size);
    CheckSuccess(outcome);
    CHECK(outcome.greatest_packet == size);
    // Each fragment but a message's last costs a round trip.
    CHECK(outcome.requests > 7000 / size);
  }
  CHECK(pair.Run("fragment=1300", "fragment=1300").requests == 2);
}

TEST_CASE("pair: the dialog is asked for unless it is suppressed, and may end it all") {
  Pair pair;
  const auto asked = [](const Outcome& outcome) {
    return std::find(outcome.calls.begin(), outcome.calls.end(), "PeerGetUIContext") != outcome.calls.end();
  };
  const Outcome shown = pair.Run("ui=1", "ui=1");
  CheckSuccess(shown);
  CHECK(asked(shown));
  CHECK(shown.first_timeout == EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE);
  const Outcome suppressed = pair.Run("ui=1", "", EAP_FLAG_SUPRESS_UI);
  CheckSuccess(suppressed);
  CHECK_FALSE(asked(suppressed));
  CHECK(suppressed.first_timeout == EAP_AUTHENTICATOR_SEND_TIMEOUT_BASIC);
  CHECK(pair.Run("", "timeout=none").first_timeout == EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE);
  const Outcome refused = pair.Run("ui=1;answer=no");
  CHECK(refused.failed_call == "");
  CHECK_FALSE(refused.peer.success);
  CHECK(refused.peer.reason == kErrorCancelled);
  const Outcome cancelled = pair.Run("ui=1;cancel=1");
  CHECK(cancelled.failed_call == "PeerInvokeInteractiveUI");
  CHECK(cancelled.code == kErrorCancelled);
}

TEST_CASE("pair: failures have their reasons on both sides") {
  Pair pair;
  const auto check = [](const Outcome& outcome, DWORD peer, DWORD authenticator) {
    CHECK(outcome.failed_call == "");
    CHECK_FALSE(outcome.peer.success);
    CHECK_FALSE(outcome.authenticator.success);
    CHECK(outcome.peer.reason == peer);
    CHECK(outcome.authenticator.reason == authenticator);
    CHECK(outcome.peer.send_key.empty());
    CHECK(outcome.authenticator.send_key.empty());
  };
  check(pair.Run("fail=password"), EAP_E_USER_NAME_PASSWORD_REJECTED, EAP_E_USER_NAME_PASSWORD_REJECTED);
  check(pair.Run("", "password=another"), EAP_E_USER_NAME_PASSWORD_REJECTED,
        EAP_E_USER_NAME_PASSWORD_REJECTED);
  check(pair.Run("", "fail=server"), EAP_E_AUTHENTICATION_FAILED, EAP_E_AUTHENTICATION_FAILED);
  check(pair.Run("", "fail=account"), EAP_E_USER_CREDENTIALS_REJECTED, EAP_E_USER_CREDENTIALS_REJECTED);
  check(pair.Run("", "fail=account;reason=0x80420110"), 0x80420110, 0x80420110);
  CHECK(pair.Allocated(Owner::kPeerError) == 5);
}

TEST_CASE("pair: what is to be saved") {
  Pair pair;
  const Outcome outcome = pair.Run("save=1");
  CheckSuccess(outcome);
  CHECK(outcome.saved_connection == "save=1;saved=1");
  CHECK(outcome.saved_user == "identity=alice;password=password");
  CHECK(pair.Run(outcome.saved_connection).saved_connection == "save=1;saved=2");
  CHECK(pair.Run("").saved_connection == "");
}

TEST_CASE("pair: every routine fails on demand, and its error is the host's to free") {
  Pair pair;
  const std::string both = "attributes=1;ui=1;";
  for (const char* const routine :
       {"GetIdentity", "BeginSession", "ProcessRequestPacket", "GetResponsePacket", "GetResult",
        "GetUIContext", "SetUIContext", "GetResponseAttributes", "SetResponseAttributes", "EndSession"}) {
    CAPTURE(routine);
    const std::uint64_t errors = pair.Allocated(Owner::kPeerError);
    const Outcome loud = pair.Run(both + "code=4711;error=" + routine);
    CHECK(loud.failed_call == std::string("Peer") + routine);
    CHECK(loud.code == 4711);
    CHECK(pair.Allocated(Owner::kPeerError) == errors + 1);
    CHECK(pair.Run(both + "silent=1;error=" + routine).code == EAP_E_AUTHENTICATION_FAILED);
    CHECK(pair.Allocated(Owner::kPeerError) == errors + 1);
  }
  for (const char* const routine : {"BeginSession", "SendPacket", "ReceivePacket", "GetAttributes",
                                    "SetAttributes", "GetResult", "EndSession"}) {
    CAPTURE(routine);
    const std::uint64_t errors = pair.Allocated(Owner::kAuthenticatorError);
    const Outcome loud = pair.Run("", both + "code=4712;error=" + routine);
    CHECK(loud.failed_call == std::string("Authenticator") + routine);
    CHECK(loud.code == 4712);
    CHECK(pair.Allocated(Owner::kAuthenticatorError) == errors + 1);
  }
}
