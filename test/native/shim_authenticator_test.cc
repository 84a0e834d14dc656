// The shim's authenticator half: its routine table, its sessions, what the host gets of each answer.
#include <doctest/doctest.h>

#include "test/native/shim_host.h"

extern "C" {
eaphost::abi::EapMethodAuthenticatorGetInfoFn EapMethodAuthenticatorGetInfo;
eaphost::abi::EapMethodAuthenticatorFreeErrorMemoryFn EapMethodAuthenticatorFreeErrorMemory;
eaphost::abi::EapMethodAuthenticatorFreeMemoryFn EapMethodAuthenticatorFreeMemory;
}

namespace eaphost::test {

using namespace abi;

namespace {

// A host of the authenticator half for one method.
class AuthenticatorHost {
 public:
  explicit AuthenticatorHost(const std::u16string& endpoint) {
    REQUIRE(EapShimUseEndpoint(endpoint.c_str()) == kNoError);
    REQUIRE(EapMethodAuthenticatorGetInfo(&type, &routines, error.out()) == kNoError);
    REQUIRE(routines.EapMethodAuthenticatorInitialize(&type, error.out()) == kNoError);
  }
  ~AuthenticatorHost() {
    if (handle != nullptr) End();
    CHECK(routines.EapMethodAuthenticatorShutdown(&type, error.out()) == kNoError);
    error.out();
    CHECK(shim::OutstandingBlocks() == 0);
    CHECK(shim::OpenSessions() == 0);
    EapShimUseEndpoint(nullptr);
  }

  DWORD Begin() {
    const BYTE config[] = {1, 2, 3};
    return routines.EapMethodAuthenticatorBeginSession(2, u"bob", nullptr, sizeof(config), config, 1400,
                                                       &handle, error.out());
  }
  DWORD Receive() {
    return routines.EapMethodAuthenticatorReceivePacket(
        handle, static_cast<DWORD>(kResponsePacket.size()),
        reinterpret_cast<const EapPacket*>(kResponsePacket.data()), &action, error.out());
  }
  // SendPacket into a buffer of `capacity` octets.
  DWORD Send(DWORD capacity) {
    packet.assign(capacity, 0);
    const DWORD code = routines.EapMethodAuthenticatorSendPacket(
        handle, 7, &capacity, reinterpret_cast<EapPacket*>(packet.data()), &timeout, error.out());
    size = capacity;
    return code;
  }
  DWORD End() {
    const DWORD code = routines.EapMethodAuthenticatorEndSession(handle, error.out());
    handle = nullptr;
    return code;
  }

  EAP_METHOD_TYPE type{{4, 0, 0}, 311};
  EAP_AUTHENTICATOR_METHOD_ROUTINES routines{};
  EAP_SESSION_HANDLE handle = nullptr;
  EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION action = EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  EAP_AUTHENTICATOR_SEND_TIMEOUT timeout = EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE;
  Bytes packet;
  DWORD size = 0;
  HostError error;
};

// A method that sends a request, asks the host for attributes at the response, and lets the peer in.
void Script(FakePeer& peer) {
  peer.Greet();
  BYTE sent = 8;
  for (;;) {
    const Request request = peer.Next();
    if (!peer.open()) return;
    switch (static_cast<shim::Call>(request.call)) {
      case shim::Call::kAuthenticatorSendPacket:
        ++sent;
        peer.Reply(request, Body([&request, sent](shim::Writer& writer) {
                     writer.U8(EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE);
                     writer.Bytes(Bytes{1, request.body[0], 0, 6, 4, sent});
                   }));
        break;
      case shim::Call::kAuthenticatorReceivePacket:
        peer.Reply(request, Body([](shim::Writer& writer) {
                     writer.U8(EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND);
                     writer.U32(1);
                     writer.U32(30);
                     writer.Bytes(Bytes{'x'});
                   }));
        break;
      case shim::Call::kAuthenticatorSetAttributes:
        peer.Reply(request, Bytes{EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT});
        break;
      case shim::Call::kAuthenticatorGetResult:
        peer.Reply(request, Body([](shim::Writer& writer) {
                     writer.Bool(true);
                     writer.U32(0);
                     writer.U32(1);
                     writer.U32(26);
                     writer.Bytes(Bytes{1, 2});
                   }));
        break;
      default:
        peer.Reply(request);
    }
  }
}

}  // namespace

TEST_CASE("shim: a whole conversation of an authenticator") {
  FakeServer server(&Script);
  AuthenticatorHost host(server.endpoint());
  CHECK(host.routines.dwSizeInBytes == sizeof(host.routines));
  CHECK(host.routines.pEapType->dwAuthorId == 311);
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.routines.EapMethodAuthenticatorUpdateInnerMethodParams(host.handle, 0, u"inner", nullptr,
                                                                    host.error.out()) == kNoError);
  REQUIRE(host.Send(1400) == kNoError);
  CHECK(host.size == 6);
  CHECK(Bytes(host.packet.begin(), host.packet.begin() + 6) == Bytes{1, 7, 0, 6, 4, 9});
  CHECK(host.timeout == EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE);
  // The method is not asked for it again.
  for (const DWORD room : {DWORD{3}, DWORD{5}}) {
    CHECK(host.Send(room) == kErrorInsufficientBuffer);
    CHECK(host.size == 6);
  }
  REQUIRE(host.Send(6) == kNoError);
  CHECK(Bytes(host.packet.begin(), host.packet.begin() + 6) == Bytes{1, 7, 0, 6, 4, 10});
  CHECK(host.Send(3) == kErrorInsufficientBuffer);

  EapAttributes attributes{5, nullptr};
  CHECK(host.routines.EapMethodAuthenticatorGetAttributes(host.handle, &attributes, host.error.out()) ==
        kErrorInvalidState);
  CHECK(attributes.dwNumberOfAttributes == 0);
  REQUIRE(host.Receive() == kNoError);
  CHECK(host.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND);
  REQUIRE(host.routines.EapMethodAuthenticatorGetAttributes(host.handle, &attributes, host.error.out()) ==
          kNoError);
  REQUIRE(attributes.dwNumberOfAttributes == 1);
  CHECK(attributes.pAttribs[0].eaType == 30);
  CHECK(attributes.pAttribs[0].pValue[0] == 'x');
  REQUIRE(host.routines.EapMethodAuthenticatorSetAttributes(host.handle, nullptr, &host.action,
                                                            host.error.out()) == kNoError);
  CHECK(host.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT);

  EAP_METHOD_AUTHENTICATOR_RESULT result{};
  REQUIRE(host.routines.EapMethodAuthenticatorGetResult(host.handle, &result, host.error.out()) == kNoError);
  CHECK(result.fIsSuccess == 1);
  CHECK(result.dwFailureReason == 0);
  REQUIRE(result.pAuthAttribs->dwNumberOfAttributes == 1);
  CHECK(result.pAuthAttribs->pAttribs[0].dwLength == 2);
  CHECK(host.End() == kNoError);
}

TEST_CASE("shim: a session of one side is none of the other's") {
  FakeServer server(&Script);
  AuthenticatorHost host(server.endpoint());
  EAP_PEER_METHOD_ROUTINES peer{};
  EAP_TYPE type = kMd5;
  REQUIRE(EapPeerGetInfo(&type, &peer, host.error.out()) == kNoError);
  REQUIRE(host.Begin() == kNoError);
  CHECK(peer.EapPeerEndSession(host.handle, host.error.out()) == shim::kErrorInvalidHandle);
  CHECK(shim::OpenSessions() == 1);
  EAP_SESSION_HANDLE other = nullptr;
  REQUIRE(peer.EapPeerBeginSession(0, nullptr, nullptr, 0, nullptr, 0, nullptr, 1400, &other,
                                   host.error.out()) == kNoError);
  std::swap(other, host.handle);
  CHECK(host.Receive() == shim::kErrorInvalidHandle);
  CHECK(host.Send(1400) == shim::kErrorInvalidHandle);
  std::swap(other, host.handle);
  CHECK(peer.EapPeerEndSession(other, host.error.out()) == kNoError);
}

TEST_CASE("shim: an authenticator's malformed answers end its connection, and nothing more") {
  const std::vector<Bytes> bodies = {{}, {6}, {1, 0}, {3, 1, 0, 0, 0}, {0, 0, 0, 0, 0}};
  for (const Bytes& body : bodies) {
    CAPTURE(body.size());
    FakeServer server([&body](FakePeer& peer) {
      peer.Greet();
      peer.Reply(peer.Next());
      peer.Reply(peer.Next(), body);
      peer.WaitForEnd();
    });
    AuthenticatorHost host(server.endpoint());
    REQUIRE(host.Begin() == kNoError);
    CHECK(host.Receive() == kErrorBadNetResponse);
    CHECK(host.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD);
    CHECK(host.error->type.eapType.type == 4);
    CHECK(host.Receive() == kErrorConnectionAborted);
    CHECK(host.End() == kNoError);
  }
}

TEST_CASE("shim: bad arguments of an authenticator's host") {
  FakeServer server(&Script);
  AuthenticatorHost host(server.endpoint());
  CHECK(EapMethodAuthenticatorGetInfo(nullptr, &host.routines, host.error.out()) == kErrorInvalidParameter);
  EAP_METHOD_TYPE none{};
  EAP_AUTHENTICATOR_METHOD_ROUTINES routines{};
  CHECK(EapMethodAuthenticatorGetInfo(&none, &routines, host.error.out()) == kErrorNotSupported);
  REQUIRE(EapMethodAuthenticatorGetInfo(&host.type, &host.routines, host.error.out()) == kNoError);
  CHECK(host.routines.EapMethodAuthenticatorBeginSession(0, nullptr, nullptr, 3, nullptr, 1400, &host.handle,
                                                         host.error.out()) == kErrorInvalidParameter);
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.routines.EapMethodAuthenticatorGetResult(host.handle, nullptr, host.error.out()) ==
        kErrorInvalidParameter);
  CHECK(host.routines.EapMethodAuthenticatorSendPacket(host.handle, 1, nullptr, nullptr, nullptr,
                                                       host.error.out()) == kErrorInvalidParameter);
  CHECK(host.routines.EapMethodAuthenticatorReceivePacket(host.handle, 4, nullptr, &host.action,
                                                          host.error.out()) == kErrorInvalidParameter);
  EapMethodAuthenticatorFreeMemory(nullptr);
  EapMethodAuthenticatorFreeErrorMemory(nullptr);
}

}  // namespace eaphost::test
