// The pair method's peer half inside the embedded run-time, against its authenticator half: the whole of what
// a supplicant calls, with attributes, a dialog and fragments, for every type of the DLL.
#include <doctest/doctest.h>

#include <string>

#include "native/abi/constants.h"
#include "native/method/authenticator_method_session.h"
#include "test/native/method_counters.h"
#include "test/native/methods/pair_method.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using embedded::test::Octets;
using embedded::test::Peer;

namespace {

constexpr DWORD kMaxPacket = 1020;

// What the run-time's own dialog function makes of a context.
std::string Dialog(std::string context) {
  DWORD size = 0;
  BYTE* data = nullptr;
  EAP_ERROR* error = nullptr;
  REQUIRE(EapHostPeerInvokeInteractiveUI(nullptr, static_cast<DWORD>(context.size()),
                                         reinterpret_cast<const BYTE*>(context.data()), &size, &data,
                                         &error) == kNoError);
  const std::string answer(reinterpret_cast<const char*>(data), size);
  EapHostPeerFreeMemory(data);
  return answer;
}

// The peer's response to a request, after all that it asked for.
Octets Respond(Peer& peer, const Octets& request) {
  REQUIRE(peer.Process(request) == kNoError);
  if (peer.action == EapHostPeerResponseRespond) {
    REQUIRE(peer.GetAttributes() == kNoError);
    CHECK(peer.attributes.size() == 2);
    std::string value = "of the supplicant";
    const EAP_ATTRIBUTE attribute{eatEAPTLV, static_cast<DWORD>(value.size()),
                                  reinterpret_cast<BYTE*>(value.data())};
    REQUIRE(peer.SetAttributes({attribute}) == kNoError);
  }
  if (peer.action == EapHostPeerResponseInvokeUi) {
    REQUIRE(peer.GetUiContext() == kNoError);
    REQUIRE(peer.SetUiContext(Dialog(peer.ui_context)) == kNoError);
  }
  REQUIRE(peer.action == EapHostPeerResponseSend);
  REQUIRE(peer.GetPacket() == kNoError);
  return peer.packet;
}

void Converse(const EAP_METHOD_TYPE& type, bool good) {
  BothRoles dll("pairmethod");
  embedded::test::Fixture fixture;
  fixture.Register(type, "pairmethod");
  Peer peer;
  Peer::Options options;
  options.type = type;
  options.user_data = good ? "identity=alice;password=password" : "identity=alice;password=guess";
  options.max_size = kMaxPacket;
  REQUIRE(peer.Begin("attributes=2;ui=1;fragment=3000;save=1", options) == kNoError);
  const Octets identity = Respond(peer, {1, 1, 0, 5, 1});
  CHECK(std::string(identity.begin() + 5, identity.end()) == "alice");

  method::AuthenticatorParameters parameters;
  parameters.identity = u"alice";
  parameters.connection_data = Secret("fragment=2500");
  parameters.max_send_packet_size = kMaxPacket;
  method::AuthenticatorMethodSession authenticator(dll.authenticator, dll.AuthenticatorRoutines(type),
                                                   parameters);
  REQUIRE(authenticator.Begin().ok());
  auto action = EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND;
  BYTE id = 1;
  while (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND) {
    method::Request request;
    REQUIRE(authenticator.SendPacket(++id, request).ok());
    const Octets response = Respond(peer, Octets(request.packet.begin(), request.packet.end()));
    REQUIRE(authenticator.ReceivePacket(response, action).ok());
  }
  REQUIRE(action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT);
  method::AuthenticatorResult result;
  REQUIRE(authenticator.GetResult(result).ok());
  CHECK(result.is_success == good);
  REQUIRE(peer.Process({static_cast<BYTE>(good ? EapCodeSuccess : EapCodeFailure), id, 0, 4}) == kNoError);
  REQUIRE(peer.action == EapHostPeerResponseResult);
  REQUIRE(peer.GetResult() == kNoError);
  CHECK((peer.result.fIsSuccess != 0) == good);
  CHECK(peer.End() == kNoError);
  if (!good) {
    CHECK(peer.result.dwFailureReasonCode == EAP_E_USER_NAME_PASSWORD_REJECTED);
    return;
  }
  CHECK(peer.saved_connection == "attributes=2;ui=1;fragment=3000;save=1;saved=1");
  // The peer's Send-Key, the first of its attributes, is the server's Recv-Key.
  REQUIRE(peer.result_attributes.size() >= 2);
  REQUIRE(result.attributes.size() >= 2);
  CHECK(peer.result_attributes[0].second.substr(9) == Text(result.attributes[0].value).substr(9));
  CHECK(peer.result_attributes[1].second.substr(9) == Text(result.attributes[1].value).substr(9));
}

}  // namespace

TEST_CASE("pair run-time: every type authenticates") {
  for (const EAP_TYPE& type : pairmethod::kTypes) {
    CAPTURE(int(type.type));
    Converse({type, pairmethod::kAuthor}, true);
  }
}

TEST_CASE("pair run-time: a wrong password is rejected") {
  Converse({pairmethod::kTypes[0], pairmethod::kAuthor}, false);
}
