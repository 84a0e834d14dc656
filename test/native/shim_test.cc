// The shim as a host uses it, against a server that answers well: every call, its request, its outputs, its
// memory.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "test/native/shim_host.h"

// In a namespace, so that EAPHost's names come before those that windows.h has in the global one.
namespace eaphost::test {

using namespace abi;
using shim::Call;

namespace {

bool Is(const Request& request, Call call) { return request.call == static_cast<std::uint8_t>(call); }

Bytes IdentityBody(const Bytes& data, std::u16string_view text) {
  return Body([&](shim::Writer& writer) {
    writer.Bool(false);
    writer.Bytes(data);
    writer.Text(text);
  });
}

// Answers as a method would, and keeps what it was asked.
class GoodServer {
 public:
  std::vector<Request> requests() {
    const std::lock_guard guard(lock_);
    return requests_;
  }

  FakeServer server{[this](FakePeer& peer) { Serve(peer); }};

 private:
  void Serve(FakePeer& peer) {
    peer.Greet();
    while (true) {
      const Request request = peer.Next();
      if (!peer.open()) return;
      {
        const std::lock_guard guard(lock_);
        requests_.push_back(request);
      }
      peer.Reply(request, Answer(request));
    }
  }

  static Bytes Answer(const Request& request) {
    if (Is(request, Call::kGetIdentity)) return IdentityBody({9, 9}, u"bob");
    if (Is(request, Call::kProcessRequestPacket)) return SendStep();
    if (Is(request, Call::kSetUIContext)) return Bytes{5, 0};
    if (Is(request, Call::kSetResponseAttributes)) return Bytes{2, 1};
    if (Is(request, Call::kGetResult)) {
      return Body([](shim::Writer& writer) {
        writer.Bool(true);
        writer.U32(0);
        writer.Bool(true);
        writer.Bytes(Bytes{1, 2, 3, 4});
        writer.Bool(true);
        writer.Bytes(Bytes{});
        writer.U32(1);
        writer.U32(26);
        writer.Bytes(Bytes(56, 0xAB));
        writer.Bool(false);
      });
    }
    return {};
  }

  std::mutex lock_;
  std::vector<Request> requests_;
};

}  // namespace

TEST_CASE("shim: GetInfo fills the table and gives each type routines of its own") {
  EAP_PEER_METHOD_ROUTINES routines;
  std::memset(&routines, 0xEE, sizeof(routines));
  EAP_ERROR* error = reinterpret_cast<EAP_ERROR*>(&routines);
  EAP_TYPE type{21, 0, 0};
  REQUIRE(EapPeerGetInfo(&type, &routines, &error) == kNoError);
  CHECK(error == nullptr);
  CHECK(routines.dwVersion == 1);
  CHECK(routines.pEapType->type == 21);
  void* members[15];
  static_assert(sizeof(members) == sizeof(routines));
  std::memcpy(members, &routines, sizeof(members));
  CHECK(std::count(members, members + 15, nullptr) == 0);

  EAP_PEER_METHOD_ROUTINES again{};
  CHECK(EapPeerGetInfo(&type, &again, &error) == kNoError);
  CHECK((again.EapPeerBeginSession == routines.EapPeerBeginSession));
  EAP_TYPE expanded{254, 14122, 1};
  EAP_PEER_METHOD_ROUTINES other{};
  CHECK(EapPeerGetInfo(&expanded, &other, nullptr) == kNoError);
  CHECK((other.EapPeerBeginSession != routines.EapPeerBeginSession));
  CHECK((other.EapPeerGetIdentity != routines.EapPeerGetIdentity));
  CHECK(other.pEapType->dwVendorId == 14122);
  CHECK(other.pEapType->dwVendorType == 1);

  std::memset(&routines, 0xEE, sizeof(routines));
  EAP_TYPE none{};
  CHECK(EapPeerGetInfo(&none, &routines, &error) == kErrorNotSupported);
  REQUIRE(error != nullptr);
  CHECK(error->dwWinError == kErrorNotSupported);
  EapPeerFreeErrorMemory(error);
  CHECK((routines.EapPeerBeginSession == nullptr));
  CHECK(EapPeerGetInfo(nullptr, &routines, nullptr) == kErrorInvalidParameter);
  CHECK(EapPeerGetInfo(&type, nullptr, nullptr) == kErrorInvalidParameter);
  EapPeerFreeErrorMemory(nullptr);
  EapPeerFreeMemory(nullptr);
  CHECK(shim::OutstandingBlocks() == 0);
}

TEST_CASE("shim: types are told apart by the routines of their tables") {
  GoodServer good;
  Host md5(good.server.endpoint());
  {
    Host wcn(good.server.endpoint(), {254, 14122, 1});
    CHECK(md5.Identity() == kNoError);
    CHECK(wcn.Identity() == kNoError);
    REQUIRE(EapShimUseEndpoint(good.server.endpoint().c_str()) == kNoError);
  }
  const std::vector<Request> requests = good.requests();
  REQUIRE(requests.size() == 2);
  CHECK(Bytes(requests[0].body.begin(), requests[0].body.begin() + 9) == Bytes{4, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(Bytes(requests[1].body.begin(), requests[1].body.begin() + 9) ==
        Bytes{254, 0x2A, 0x37, 0, 0, 1, 0, 0, 0});
}

TEST_CASE("shim: a whole conversation, octet by octet") {
  GoodServer good;
  Host host(good.server.endpoint());

  REQUIRE(host.Identity() == kNoError);
  CHECK(host.invoke_ui == 0);
  CHECK(host.identity == u"bob");
  CHECK(host.user_data == Bytes{9, 9});

  REQUIRE(host.Begin() == kNoError);
  REQUIRE(host.handle != nullptr);

  WCHAR identity[] = u"bob";
  WCHAR password[] = u"\u20AC";
  REQUIRE(host.routines.EapPeerSetCredentials(host.handle, identity, password, host.error.out()) == kNoError);

  REQUIRE(host.Process() == kNoError);
  CHECK(host.output.action == EapPeerMethodResponseActionSend);
  CHECK(host.output.fAllowNotifications == 1);
  EapPacket* packet = nullptr;
  BYTE buffer[64];
  packet = reinterpret_cast<EapPacket*>(buffer);
  DWORD size = 6;
  std::memset(buffer, 0xEE, sizeof(buffer));
  CHECK(host.routines.EapPeerGetResponsePacket(host.handle, &size, packet, host.error.out()) ==
        kErrorInsufficientBuffer);
  CHECK(size == 7);
  CHECK(buffer[0] == 0xEE);
  CHECK(host.routines.EapPeerGetResponsePacket(host.handle, &size, nullptr, host.error.out()) ==
        kErrorInsufficientBuffer);
  CHECK(size == 7);
  // As often as the host likes.
  for (int round = 0; round < 2; ++round) {
    size = sizeof(buffer);
    REQUIRE(host.routines.EapPeerGetResponsePacket(host.handle, &size, packet, host.error.out()) == kNoError);
    CHECK(Bytes(buffer, buffer + size) == kResponsePacket);
  }
  CHECK(buffer[7] == 0xEE);

  const BYTE context[] = {8, 8};
  REQUIRE(host.routines.EapPeerSetUIContext(host.handle, 2, context, &host.output, host.error.out()) ==
          kNoError);
  CHECK(host.output.action == EapPeerMethodResponseActionNone);
  CHECK(host.output.fAllowNotifications == 0);
  // The packet of the step before is gone.
  CHECK(host.routines.EapPeerGetResponsePacket(host.handle, &size, packet, host.error.out()) ==
        kErrorInvalidState);
  CHECK(size == 0);

  BYTE value[] = {7, 7, 7};
  EAP_ATTRIBUTE attribute[] = {{eatEAPTLV, 3, value}, {eatReserved, 0, nullptr}};
  EapAttributes attributes{2, attribute};
  REQUIRE(host.routines.EapPeerSetResponseAttributes(host.handle, &attributes, &host.output,
                                                     host.error.out()) == kNoError);
  CHECK(host.output.action == EapPeerMethodResponseActionResult);

  EapPeerMethodResult result;
  std::memset(&result, 0xEE, sizeof(result));
  REQUIRE(host.routines.EapPeerGetResult(host.handle, EapPeerMethodResultSuccess, &result,
                                         host.error.out()) == kNoError);
  CHECK(result.fIsSuccess == 1);
  CHECK(result.dwFailureReasonCode == 0);
  CHECK(result.fSaveConnectionData == 1);
  CHECK(Bytes(result.pConnectionData, result.pConnectionData + result.dwSizeofConnectionData) ==
        Bytes{1, 2, 3, 4});
  CHECK(result.fSaveUserData == 1);
  CHECK(result.dwSizeofUserData == 0);
  CHECK(result.pUserData == nullptr);
  REQUIRE(result.pAttribArray != nullptr);
  REQUIRE(result.pAttribArray->dwNumberOfAttributes == 1);
  CHECK(result.pAttribArray->pAttribs[0].eaType == eatVendorSpecific);
  CHECK(result.pAttribArray->pAttribs[0].dwLength == 56);
  CHECK(result.pAttribArray->pAttribs[0].pValue[55] == 0xAB);
  CHECK(result.pEapError == nullptr);
  // An older host's struct ends here.
  CHECK(result.fSaveToCredMan == static_cast<BOOL>(0xEEEEEEEE));

  REQUIRE(host.End() == kNoError);

  const std::vector<Request> requests = good.requests();
  REQUIRE(requests.size() == 8);
  for (std::size_t index = 0; index < requests.size(); ++index) {
    CHECK(requests[index].id == index + 1);
    CHECK(requests[index].kind == 2);
    CHECK(requests[index].call == index + 1);
  }
  CHECK(requests[0].body ==
        Bytes{4, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0});
  CHECK(requests[1].body == Bytes{4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0,    3, 0, 0, 0,
                                  1, 2, 3, 2, 0, 0, 0, 4, 5, 0, 0, 0, 0, 0x78, 5, 0, 0});
  CHECK(requests[2].body == Bytes{6, 0, 0, 0, 'b', 0, 'o', 0, 'b', 0, 2, 0, 0, 0, 0xAC, 0x20});
  CHECK(requests[3].body == Bytes{6, 0, 0, 0, 1, 7, 0, 6, 4, 9});
  CHECK(requests[4].body == Bytes{2, 0, 0, 0, 8, 8});
  CHECK(requests[5].body ==
        Bytes{2, 0, 0, 0, 0xA6, 0x1F, 0, 0, 3, 0, 0, 0, 7, 7, 7, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0});
  CHECK(requests[6].body == Bytes{2, 0, 0, 0});
  CHECK(requests[7].body.empty());
  CHECK(good.server.connections() == 1);
}

TEST_CASE("shim: user interface and response attributes are the session's, and can be fetched again") {
  FakeServer server([](FakePeer& peer) {
    peer.Greet();
    peer.Reply(peer.Next());
    peer.Reply(peer.Next(), Body([](shim::Writer& writer) {
                 writer.U8(3);
                 writer.Bool(false);
                 writer.Bytes(Bytes{6, 5, 4});
               }));
    peer.Reply(peer.Next(), Body([](shim::Writer& writer) {
                 writer.U8(4);
                 writer.Bool(true);
                 writer.U32(1);
                 writer.U32(8102);
                 writer.Bytes(Bytes{1});
               }));
    peer.Reply(peer.Next());
  });
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  DWORD size = 9;
  BYTE* context = reinterpret_cast<BYTE*>(&size);
  CHECK(host.routines.EapPeerGetUIContext(host.handle, &size, &context, host.error.out()) ==
        kErrorInvalidState);
  CHECK(size == 0);
  CHECK(context == nullptr);

  REQUIRE(host.Process() == kNoError);
  CHECK(host.output.action == EapPeerMethodResponseActionInvokeUI);
  BYTE* first = nullptr;
  REQUIRE(host.routines.EapPeerGetUIContext(host.handle, &size, &first, host.error.out()) == kNoError);
  REQUIRE(host.routines.EapPeerGetUIContext(host.handle, &size, &context, host.error.out()) == kNoError);
  CHECK(first == context);
  // The method's own octets, behind its type.
  CHECK(Bytes(context, context + size) == Bytes{'E', 'A', 'U', 'C', 4, 0, 0, 0, 0, 0, 0, 0, 0, 6, 5, 4});

  EapAttributes attributes{5, nullptr};
  CHECK(host.routines.EapPeerGetResponseAttributes(host.handle, &attributes, host.error.out()) ==
        kErrorInvalidState);
  CHECK(attributes.dwNumberOfAttributes == 0);
  REQUIRE(host.Process() == kNoError);
  REQUIRE(host.routines.EapPeerGetResponseAttributes(host.handle, &attributes, host.error.out()) == kNoError);
  REQUIRE(attributes.dwNumberOfAttributes == 1);
  CHECK(attributes.pAttribs[0].eaType == eatEAPTLV);
  CHECK(attributes.pAttribs[0].pValue[0] == 1);
}

TEST_CASE("shim: a method that wants a user interface for the identity") {
  FakeServer server([](FakePeer& peer) {
    peer.Greet();
    peer.Reply(peer.Next(), Bytes{1, 0, 0, 0, 0, 0, 0, 0, 0});
    peer.Reply(peer.Next(), IdentityBody({}, u""));
    peer.WaitForEnd();
  });
  Host host(server.endpoint());
  CHECK(host.Identity() == kNoError);
  CHECK(host.invoke_ui == 1);
  CHECK(host.identity.empty());
  // An empty identity is an identity.
  CHECK(host.Identity() == kNoError);
  CHECK(host.invoke_ui == 0);
}

TEST_CASE("shim: large blobs cross, larger ones are refused before anything is sent") {
  Bytes seen;
  FakeServer server([&seen](FakePeer& peer) {
    peer.Greet();
    const Request request = peer.Next();
    seen = request.body;
    peer.Reply(request, IdentityBody(Bytes(1000000, 3), u"bob"));
    peer.WaitForEnd();
  });
  Host host(server.endpoint());
  const Bytes large(1000000, 2);
  const Bytes huge(1048576, 2);
  BOOL ui = 0;
  DWORD size = 0;
  BYTE* data = nullptr;
  LPWSTR text = nullptr;
  const auto ask = [&](const Bytes& blob) {
    return host.routines.EapPeerGetIdentity(0, 0, nullptr, static_cast<DWORD>(blob.size()), blob.data(),
                                            nullptr, &ui, &size, &data, &text, host.error.out());
  };
  REQUIRE(ask(large) == kNoError);
  CHECK(size == 1000000);
  CHECK(data[999999] == 3);
  EapPeerFreeMemory(data);
  EapPeerFreeMemory(text);
  CHECK(ask(huge) == kErrorInvalidParameter);
  CHECK(size == 0);
  CHECK(data == nullptr);
  CHECK(text == nullptr);
  server.Stop();
  CHECK(seen.size() == 1000000 + 22);
}

TEST_CASE("shim: bad arguments") {
  GoodServer good;
  Host host(good.server.endpoint());
  BOOL ui = 0;
  DWORD size = 0;
  BYTE* data = nullptr;
  LPWSTR text = nullptr;
  EAP_ERROR** none = nullptr;
  CHECK(host.routines.EapPeerGetIdentity(0, 3, nullptr, 0, nullptr, nullptr, &ui, &size, &data, &text,
                                         none) == kErrorInvalidParameter);
  CHECK(host.routines.EapPeerGetIdentity(0, 0, nullptr, 0, nullptr, nullptr, &ui, &size, &data, nullptr,
                                         none) == kErrorInvalidParameter);
  CHECK(host.routines.EapPeerBeginSession(0, nullptr, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, none) ==
        kErrorInvalidParameter);
  EAP_ATTRIBUTE broken{eatUserName, 5, nullptr};
  EapAttributes attributes{1, &broken};
  EAP_SESSION_HANDLE handle = &size;
  CHECK(host.routines.EapPeerBeginSession(0, &attributes, nullptr, 0, nullptr, 0, nullptr, 0, &handle,
                                          none) == kErrorInvalidParameter);
  CHECK(handle == nullptr);
  CHECK(good.requests().empty());

  // A count with no array behind it is what some methods and hosts give for nothing.
  EapAttributes empty{1, nullptr};
  REQUIRE(host.routines.EapPeerBeginSession(0, &empty, nullptr, 0, nullptr, 0, nullptr, 0, &host.handle,
                                            none) == kNoError);
  CHECK(host.routines.EapPeerProcessRequestPacket(host.handle, 5, nullptr, &host.output, none) ==
        kErrorInvalidParameter);
  CHECK(host.Process(Bytes(65536)) == EAP_E_EAPHOST_METHOD_INVALID_PACKET);
  CHECK(host.routines.EapPeerGetResponsePacket(host.handle, nullptr, nullptr, none) ==
        kErrorInvalidParameter);
  CHECK(host.routines.EapPeerSetUIContext(host.handle, 1, nullptr, &host.output, none) ==
        kErrorInvalidParameter);
  CHECK(host.routines.EapPeerSetResponseAttributes(host.handle, nullptr, nullptr, none) ==
        kErrorInvalidParameter);
  EapPeerMethodResult result{};
  for (const int reason : {0, 4, -1}) {
    CHECK(host.routines.EapPeerGetResult(host.handle, static_cast<EapPeerMethodResultReason>(reason), &result,
                                         none) == kErrorInvalidParameter);
  }
  CHECK(host.routines.EapPeerGetResult(host.handle, EapPeerMethodResultSuccess, nullptr, none) ==
        kErrorInvalidParameter);
  // NULL credentials are empty ones; NULL attributes none.
  CHECK(host.routines.EapPeerSetCredentials(host.handle, nullptr, nullptr, none) == kNoError);
  CHECK(host.routines.EapPeerSetResponseAttributes(host.handle, nullptr, &host.output, none) == kNoError);
  CHECK(host.End() == kNoError);
}

TEST_CASE("shim: handles that are no session's are refused") {
  GoodServer good;
  Host host(good.server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  const EAP_SESSION_HANDLE ended = host.handle;
  REQUIRE(host.End() == kNoError);
  for (const EAP_SESSION_HANDLE handle : {ended, EAP_SESSION_HANDLE{nullptr}, EAP_SESSION_HANDLE{&good}}) {
    host.handle = handle;
    CHECK(host.Process() == shim::kErrorInvalidHandle);
    CHECK(host.error->dwWinError == shim::kErrorInvalidHandle);
    CHECK(host.End() == shim::kErrorInvalidHandle);
  }
}

TEST_CASE("shim: a connection serves one session after the other, and lies idle between them") {
  GoodServer good;
  Host host(good.server.endpoint());
  for (int round = 0; round < 5; ++round) {
    REQUIRE(host.Identity() == kNoError);
    REQUIRE(host.Begin() == kNoError);
    // The session's connection is taken: the identity needs another.
    REQUIRE(host.Identity() == kNoError);
    REQUIRE(host.Process() == kNoError);
    REQUIRE(host.End() == kNoError);
  }
  CHECK(good.server.connections() == 2);
  const shim::EndpointPointer endpoint = shim::CurrentEndpoint();
  CHECK(endpoint->idle() == 2);
  {
    // The library has another user, and then none: the last one out closes what lies idle.
    Host other(good.server.endpoint());
    CHECK(shim::CurrentEndpoint() == endpoint);
  }
  CHECK(endpoint->idle() == 2);
  CHECK(host.routines.EapPeerShutdown(host.error.out()) == kNoError);
  CHECK(shim::CurrentEndpoint() == nullptr);
  CHECK(endpoint.use_count() == 1);
}

TEST_CASE("shim: a thread's endpoint does not outlive the library's last user") {
  GoodServer good;
  Host host(good.server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.routines.EapPeerShutdown(host.error.out()) == kNoError);
  CHECK(host.Identity() == kErrorNotReady);
  // A session does: it holds what it needs.
  CHECK(host.Process() == kNoError);
  CHECK(host.End() == kNoError);
}

TEST_CASE("shim: many threads, each with sessions of its own") {
  GoodServer good;
  Host host(good.server.endpoint());
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      EapShimUseEndpoint(good.server.endpoint().c_str());
      for (int round = 0; round < 20; ++round) {
        EAP_SESSION_HANDLE handle = nullptr;
        Bytes packet = kRequestPacket;
        EapPeerMethodOutput output{};
        if (host.routines.EapPeerBeginSession(0, nullptr, nullptr, 0, nullptr, 0, nullptr, 0, &handle,
                                              nullptr) == kNoError &&
            host.routines.EapPeerProcessRequestPacket(handle, 6, reinterpret_cast<EapPacket*>(packet.data()),
                                                      &output, nullptr) == kNoError &&
            output.action == EapPeerMethodResponseActionSend &&
            host.routines.EapPeerEndSession(handle, nullptr) == kNoError) {
          ++done;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(done == 160);
  CHECK(good.server.connections() <= 8);
}

}  // namespace eaphost::test
