// The shim against servers that are wrong, slow, dying or not there: the call fails with its code, the host
// goes on.
#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "test/native/shim_host.h"

#ifdef _WIN32
#include "native/platform/security_win32.h"
#else
#include <sys/stat.h>
#include <unistd.h>
#endif

// In a namespace, so that EAPHost's names come before those that windows.h has in the global one.
namespace eaphost::test {

using namespace abi;
using shim::Kind;

namespace {

using Clock = std::chrono::steady_clock;

class Stopwatch {
 public:
  int milliseconds() const {
    return static_cast<int>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_).count());
  }

 private:
  const Clock::time_point start_ = Clock::now();
};

// Begins a session, then lets `answer` deal with the next request.
FakeServer::Script AfterBegin(std::function<void(FakePeer&, const Request&)> answer) {
  return [answer = std::move(answer)](FakePeer& peer) {
    peer.Greet();
    peer.Reply(peer.Next());
    const Request request = peer.Next();
    if (peer.open()) answer(peer, request);
  };
}

// A server whose answer to ProcessRequestPacket is `frame`.
void CheckMalformed(const std::function<Bytes(const Request&)>& frame) {
  FakeServer server(AfterBegin([&frame](FakePeer& peer, const Request& request) {
    peer.Send(frame(request));
    peer.WaitForEnd();
  }));
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  host.output.action = EapPeerMethodResponseActionSend;
  CHECK(host.Process() == kErrorBadNetResponse);
  CHECK(host.output.action == EapPeerMethodResponseActionDiscard);
  CHECK(host.error->dwWinError == kErrorBadNetResponse);
  CHECK(host.error->type.eapType.type == 4);
  CHECK(host.error->pRootCauseString != nullptr);
  // The session's connection is gone, and nothing more.
  CHECK(host.Process() == kErrorConnectionAborted);
  EapPeerMethodResult result{};
  CHECK(host.routines.EapPeerGetResult(host.handle, EapPeerMethodResultFailure, &result, host.error.out()) ==
        kErrorConnectionAborted);
  CHECK(host.End() == kNoError);
}

}  // namespace

TEST_CASE("shim: endpoints that are none") {
  const std::u16string token(64, u'a');
#ifdef _WIN32
  const std::u16string address = u"\\\\.\\pipe\\nobody-listens-here";
#else
  const std::u16string address = u"/tmp/nobody-listens-here";
#endif
  for (const std::u16string& bad :
       {std::u16string(u"#") + token, address, address + u"#" + token.substr(1),
        address + u"#" + token + u"a", address + u"#" + token.substr(1) + u"g",
        std::u16string(u"relative#") + token, std::u16string(u"\\\\server\\pipe\\x#") + token,
        std::u16string(300, u'/') + u"#" + token}) {
    CHECK(EapShimUseEndpoint(bad.c_str()) == kErrorInvalidParameter);
  }
  Host host;
  CHECK(host.Identity() == kErrorNotReady);
  REQUIRE(host.error);
  CHECK(host.error->pRootCauseString != nullptr);
  CHECK(host.Begin() == kErrorNotReady);
  CHECK(host.handle == nullptr);

  REQUIRE(EapShimUseEndpoint((address + u"#" + token).c_str()) == kNoError);
  const Stopwatch watch;
  CHECK(host.Identity() == kErrorConnectionRefused);
  CHECK(host.Begin() == kErrorConnectionRefused);
  CHECK(host.error->dwWinError == kErrorConnectionRefused);
  CHECK(host.error->type.eapType.type == 4);
  CHECK(watch.milliseconds() < 1000);
  // What was wrong takes the place of what was right.
  CHECK(EapShimUseEndpoint(u"nonsense") == kErrorInvalidParameter);
  CHECK(host.Identity() == kErrorNotReady);
}

namespace {

// A server in this process that greets, and then never answers.
struct SilentServer {
  int open = 0;
  int frames = 0;
  Bytes answer;

  shim::LocalServer functions() {
    return {.context = this,
            .Connect = [](void* context, void** stream) -> DWORD {
              ++Of(context).open;
              *stream = context;
              return kNoError;
            },
            .Write = [](void* stream, const BYTE* data, std::size_t size) -> DWORD {
              if (Of(stream).frames++ == 0) Of(stream).answer.assign(data, data + size);
              return kNoError;
            },
            .Read = [](void* stream, BYTE* data, std::size_t, DWORD, std::size_t* got) -> DWORD {
              Bytes& rest = Of(stream).answer;
              if (rest.empty()) return kErrorTimeout;
              std::copy(rest.begin(), rest.end(), data);
              *got = rest.size();
              rest.clear();
              return kNoError;
            },
            .Quiet = [](void*) -> BOOL { return 1; },
            .Abort = [](void*) {},
            .Close = [](void* stream) { --Of(stream).open; }};
  }
  static SilentServer& Of(void* context) { return *static_cast<SilentServer*>(context); }
};

}  // namespace

TEST_CASE("shim: a server in this process is called, and left alone when it has withdrawn") {
  const std::u16string address = std::u16string(shim::kLocalPrefix) + u"test";
  const std::u16string endpoint = address + u"#" + std::u16string(64, u'a');
  SilentServer server;
  const shim::LocalServer functions = server.functions();
  for (const char16_t* bad : {u"", u"process:", u"/tmp/socket", u"\\\\.\\pipe\\x"}) {
    CHECK(EapShimServe(bad, &functions) == kErrorInvalidParameter);
  }
  Host host(endpoint);
  CHECK(host.Identity() == kErrorConnectionRefused);
  REQUIRE(EapShimServe(address.c_str(), &functions) == kNoError);
  CHECK(EapShimServe(address.c_str(), &functions) == kErrorAlreadyExists);
  CHECK(host.Identity() == kErrorTimeout);
  CHECK(server.frames == 2);
  CHECK(server.open == 0);
  REQUIRE(EapShimServe(address.c_str(), nullptr) == kNoError);
  CHECK(EapShimServe(address.c_str(), nullptr) == kNoError);
  CHECK(host.Identity() == kErrorConnectionRefused);
  CHECK(server.frames == 2);
}

TEST_CASE("shim: hellos that are none") {
  for (std::size_t at = 0; at < shim::kHelloSize; ++at) {
    CAPTURE(at);
    FakeServer server([at](FakePeer& peer) {
      Bytes hello = peer.Read(shim::kHelloSize);
      hello[at] ^= 0x40;
      peer.Send(hello);
      peer.WaitForEnd();
    });
    // A length that promises more than comes is found by the deadline. The rest is found at once.
    const std::chrono::milliseconds deadline(at < 4 ? 200 : 30'000);
    shim::SetDeadlines(deadline, deadline);
    Host host(server.endpoint());
    const DWORD code = host.Identity();
    CHECK((code == kErrorBadNetResponse || (at < 4 && code == kErrorTimeout)));
  }
  FakeServer chatty([](FakePeer& peer) {
    Bytes hello = peer.Read(shim::kHelloSize);
    hello.push_back(0);
    peer.Send(hello);
    peer.WaitForEnd();
  });
  Host host(chatty.endpoint());
  CHECK(host.Identity() == kErrorBadNetResponse);
  FakeServer strict([](FakePeer& peer) { peer.Read(shim::kHelloSize); });
  REQUIRE(EapShimUseEndpoint(strict.endpoint_with_wrong_token().c_str()) == kNoError);
  CHECK(host.Identity() == kErrorConnectionRefused);
}

TEST_CASE("shim: the server's failure reaches the host whole, and costs nothing but the call") {
  FakeServer server(AfterBegin([](FakePeer& peer, const Request& request) {
    peer.Fail(request, Body([](shim::Writer& writer) {
                writer.U32(0x80420112);
                writer.Type({254, 311, 9});
                writer.U32(67532);
                writer.U32(691);
                for (std::uint8_t octet = 0; octet < 48; ++octet) writer.U8(octet);
                writer.Bool(true);
                writer.Text(u"no such user");
                writer.Bool(true);
                writer.Text(u"type it again");
              }));
    peer.Reply(peer.Next(), SendStep());
    peer.Fail(peer.Next(), Body([](shim::Writer& writer) {
                writer.U32(5);
                writer.Raw(Bytes(17 + 48));
                writer.U8(0);
                writer.U8(0);
              }));
    peer.WaitForEnd();
  }));
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.Process() == EAP_E_USER_NAME_PASSWORD_REJECTED);
  CHECK(host.error->dwWinError == EAP_E_USER_NAME_PASSWORD_REJECTED);
  CHECK(host.error->type.eapType.type == 254);
  CHECK(host.error->type.eapType.dwVendorId == 311);
  CHECK(host.error->type.dwAuthorId == 67532);
  CHECK(host.error->dwReasonCode == 691);
  CHECK(host.error->rootCauseGuid == GUID{0x03020100, 0x0504, 0x0706, {8, 9, 10, 11, 12, 13, 14, 15}});
  CHECK(host.error->helpLinkGuid.Data4[7] == 47);
  CHECK(std::u16string(host.error->pRootCauseString) == u"no such user");
  CHECK(std::u16string(host.error->pRepairString) == u"type it again");
  CHECK(host.Process() == kNoError);
  // One that names no method is about the session's.
  CHECK(host.End() == 5);
  CHECK(host.error->type.eapType.type == 4);
  CHECK(host.error->pRootCauseString == nullptr);
}

TEST_CASE("shim: a failed BeginSession begins nothing and keeps the connection") {
  FakeServer server([](FakePeer& peer) {
    peer.Greet();
    for (int round = 0; round < 2; ++round) {
      peer.Fail(peer.Next(), Body([](shim::Writer& writer) {
                  writer.U32(1317);
                  writer.Raw(Bytes(17 + 48 + 2));
                }));
    }
    peer.WaitForEnd();
  });
  Host host(server.endpoint());
  CHECK(host.Begin() == kErrorNoSuchUser);
  CHECK(host.handle == nullptr);
  CHECK(host.Begin() == kErrorNoSuchUser);
  CHECK(server.connections() == 1);
}

TEST_CASE("shim: a failed authentication has a reason and an error even where the server gave none") {
  FakeServer server(AfterBegin([](FakePeer& peer, const Request& request) {
    peer.Reply(request, Body([](shim::Writer& writer) {
                 writer.Bool(false);
                 writer.U32(EAP_E_AUTHENTICATION_FAILED);
                 writer.Raw(Bytes{0, 0, 0, 0, 0, 0, 0});
               }));
    peer.Reply(peer.Next());
  }));
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  EapPeerMethodResult result{};
  REQUIRE(host.routines.EapPeerGetResult(host.handle, EapPeerMethodResultFailure, &result,
                                         host.error.out()) == kNoError);
  CHECK(result.fIsSuccess == 0);
  CHECK(result.dwFailureReasonCode == EAP_E_AUTHENTICATION_FAILED);
  REQUIRE(result.pEapError != nullptr);
  CHECK(result.pEapError->dwWinError == EAP_E_AUTHENTICATION_FAILED);
  CHECK(result.pEapError->type.eapType.type == 4);
  EapPeerFreeErrorMemory(result.pEapError);
  CHECK(result.pAttribArray->dwNumberOfAttributes == 0);
  CHECK(host.End() == kNoError);
}

TEST_CASE("shim: malformed answers") {
  const auto reply = [](const Request& request, const Bytes& body) {
    return FakePeer::Frame(request.id, Kind::kReply, request.call, body);
  };
  SUBCASE("the wrong id") {
    CheckMalformed([](const Request& request) {
      return FakePeer::Frame(request.id + 1, Kind::kReply, request.call, SendStep());
    });
  }
  SUBCASE("an answer to the request before") {
    CheckMalformed([](const Request& request) {
      return FakePeer::Frame(request.id - 1, Kind::kReply, request.call, SendStep());
    });
  }
  SUBCASE("the wrong call") {
    CheckMalformed(
        [](const Request& request) { return FakePeer::Frame(request.id, Kind::kReply, 5, SendStep()); });
  }
  SUBCASE("kinds that answer nothing") {
    for (const unsigned kind : {0U, 1U, 2U, 5U, 255U}) {
      CheckMalformed([kind](const Request& request) {
        return FakePeer::Frame(request.id, static_cast<Kind>(kind), request.call, SendStep());
      });
    }
  }
  SUBCASE("a zero field that is not zero") {
    CheckMalformed([&](const Request& request) {
      Bytes frame = reply(request, SendStep());
      frame[10] = 1;
      return frame;
    });
  }
  SUBCASE("an octet behind the frame") {
    CheckMalformed([&](const Request& request) {
      Bytes frame = reply(request, SendStep());
      frame.push_back(0);
      return frame;
    });
  }
  SUBCASE("two answers") {
    CheckMalformed([&](const Request& request) {
      Bytes frame = reply(request, SendStep());
      const Bytes once = frame;
      frame.insert(frame.end(), once.begin(), once.end());
      return frame;
    });
  }
  SUBCASE("lengths out of bounds") {
    for (const std::uint32_t length : {0U, 4U, 11U, 0x100001U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
      CheckMalformed([length](const Request&) {
        return Bytes{static_cast<std::uint8_t>(length), static_cast<std::uint8_t>(length >> 8),
                     static_cast<std::uint8_t>(length >> 16), static_cast<std::uint8_t>(length >> 24)};
      });
    }
  }
  SUBCASE("bodies that are none") {
    const std::vector<Bytes> bodies{{}, {6, 0}, {1, 1}, {0, 3}, {0, 0, 0}, SendStep({2, 7, 0, 9, 4})};
    for (const Bytes& body : bodies) {
      CheckMalformed([&](const Request& request) { return reply(request, body); });
    }
  }
  SUBCASE("a failure with no code") {
    CheckMalformed([](const Request& request) {
      return FakePeer::Frame(request.id, Kind::kFailure, request.call, Bytes(4 + 17 + 48 + 2));
    });
  }
  SUBCASE("an answer as large as a frame can be, and wrong") {
    CheckMalformed(
        [&](const Request& request) { return reply(request, Bytes(shim::kMaxFrameSize - 12, 1)); });
  }
}

TEST_CASE("shim: the deadline ends a call that gets no answer, or only part of one") {
  for (const bool part : {false, true}) {
    CAPTURE(part);
    std::atomic<bool> hung_up{false};
    FakeServer server(AfterBegin([&](FakePeer& peer, const Request& request) {
      if (part) peer.Send({20, 0, 0, 0, static_cast<std::uint8_t>(request.id)});
      peer.WaitForEnd();
      hung_up = true;
    }));
    Host host(server.endpoint());
    REQUIRE(host.Begin() == kNoError);
    shim::SetDeadlines(std::chrono::milliseconds(100), std::chrono::milliseconds(50));
    const Stopwatch watch;
    CHECK(host.Process() == kErrorTimeout);
    CHECK(watch.milliseconds() >= 100);
    CHECK(watch.milliseconds() < 2000);
    CHECK(host.error->dwWinError == kErrorTimeout);
    // The server is told at once, and not when the session ends.
    while (!hung_up && watch.milliseconds() < 5000) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(hung_up);
    CHECK(host.Process() == kErrorConnectionAborted);
  }
}

TEST_CASE("shim: an answer in the smallest pieces is an answer") {
  FakeServer server(AfterBegin([](FakePeer& peer, const Request& request) {
    for (const std::uint8_t octet : FakePeer::Frame(request.id, Kind::kReply, request.call, SendStep())) {
      peer.Send({octet});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    peer.Reply(peer.Next());
  }));
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.Process() == kNoError);
  CHECK(host.End() == kNoError);
}

TEST_CASE("shim: EndSession has a deadline of its own, and frees the session whatever happens") {
  const struct {
    const char* what;
    std::function<void(FakePeer&, const Request&)> answer;
    DWORD code;
  } answers[] = {
      // Whoever is late has been told, and is hung up on.
      {"nothing", [](FakePeer&, const Request&) {}, kNoError},
      {"half an answer",
       [](FakePeer& peer, const Request&) {
         peer.Send({12, 0, 0, 0, 2, 0});
       },
       kNoError},
      {"the method's own failure",
       [](FakePeer& peer, const Request& request) {
         peer.Fail(request, Body([](shim::Writer& writer) {
                     writer.U32(kErrorTimeout);
                     writer.Raw(Bytes(17 + 48 + 2));
                   }));
       },
       kErrorTimeout},
      {"no answer of the protocol's",
       [](FakePeer& peer, const Request& request) { peer.Reply(request, {0}); }, kErrorBadNetResponse},
  };
  for (const auto& [what, answer, code] : answers) {
    CAPTURE(what);
    std::atomic<int> ends{0};
    std::atomic<bool> hung_up{false};
    FakeServer server(AfterBegin([&](FakePeer& peer, const Request& request) {
      if (request.call == static_cast<std::uint8_t>(shim::Call::kEndSession)) ++ends;
      answer(peer, request);
      peer.WaitForEnd();
      hung_up = true;
    }));
    Host host(server.endpoint());
    REQUIRE(host.Begin() == kNoError);
    // What comes must not be late on a busy machine.
    const std::chrono::milliseconds deadline(code == kNoError ? 50 : 30'000);
    shim::SetDeadlines(std::chrono::seconds(30), deadline);
    const Stopwatch watch;
    CHECK(host.End() == code);
    CHECK(bool{host.error} == (code != kNoError));
    CHECK(shim::OpenSessions() == 0);
    // A server that has not answered is told by the end of the connection.
    const bool is_answered = code == kErrorTimeout;
    while (!is_answered && !hung_up && watch.milliseconds() < 5000) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    CHECK(hung_up != is_answered);
    CHECK(ends == 1);
  }
  FakeServer dying(AfterBegin([](FakePeer&, const Request&) {}));
  Host host(dying.endpoint());
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.End() == kErrorConnectionAborted);
}

TEST_CASE("shim: a server that hangs up") {
  for (const int octets : {0, 3, 15}) {
    CAPTURE(octets);
    FakeServer server(AfterBegin([octets](FakePeer& peer, const Request& request) {
      const Bytes frame = FakePeer::Frame(request.id, Kind::kReply, request.call, SendStep());
      peer.Send({frame.begin(), frame.begin() + octets});
    }));
    Host host(server.endpoint());
    REQUIRE(host.Begin() == kNoError);
    const Stopwatch watch;
    CHECK(host.Process() == kErrorConnectionAborted);
    CHECK(host.Process() == kErrorConnectionAborted);
    CHECK(host.End() == kNoError);
    CHECK(watch.milliseconds() < 1000);
  }
}

TEST_CASE("shim: a server that goes away while calls wait for it frees them at once") {
  std::atomic<int> waiting{0};
  FakeServer server(AfterBegin([&waiting](FakePeer& peer, const Request&) {
    ++waiting;
    peer.WaitForEnd();
  }));
  Host host(server.endpoint());
  std::atomic<int> aborted{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      EapShimUseEndpoint(server.endpoint().c_str());
      EAP_SESSION_HANDLE handle = nullptr;
      host.routines.EapPeerBeginSession(0, nullptr, nullptr, 0, nullptr, 0, nullptr, 0, &handle, nullptr);
      Bytes packet = kRequestPacket;
      EapPeerMethodOutput output{};
      if (host.routines.EapPeerProcessRequestPacket(handle, 6, reinterpret_cast<EapPacket*>(packet.data()),
                                                    &output, nullptr) == kErrorConnectionAborted) {
        ++aborted;
      }
      host.routines.EapPeerEndSession(handle, nullptr);
    });
  }
  while (waiting < 4) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const Stopwatch watch;
  server.Stop();
  for (std::thread& thread : threads) thread.join();
  CHECK(aborted == 4);
  CHECK(watch.milliseconds() < 2000);
  CHECK(host.Identity() == kErrorConnectionRefused);
}

TEST_CASE("shim: EndSession ends a call that another thread is inside of") {
  std::atomic<bool> inside{false};
  FakeServer server(AfterBegin([&inside](FakePeer& peer, const Request&) {
    inside = true;
    peer.WaitForEnd();
  }));
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  DWORD code = kNoError;
  std::thread caller([&] { code = host.Process(); });
  while (!inside) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const Stopwatch watch;
  EAP_ERROR* error = nullptr;
  CHECK(host.routines.EapPeerEndSession(host.handle, &error) == kNoError);
  CHECK(watch.milliseconds() < 1000);
  caller.join();
  host.handle = nullptr;
  CHECK(code == kErrorConnectionAborted);
  CHECK(error == nullptr);
}

TEST_CASE("shim: an idle connection that is not as it should be is not used again") {
  // Hangs up after each identity; the next time it says something unasked.
  std::atomic<int> served{0};
  FakeServer server([&served](FakePeer& peer) {
    peer.Greet();
    const Request request = peer.Next();
    const int turn = ++served;
    const Bytes body = Body([](shim::Writer& writer) {
      writer.Bool(false);
      writer.Bytes(Bytes{});
      writer.Text(u"bob");
    });
    peer.Reply(request, body);
    if (turn % 2 == 0) {
      peer.Reply(request, body);
      peer.WaitForEnd();
    }
  });
  Host host(server.endpoint());
  for (int round = 1; round <= 6; ++round) {
    const DWORD code = host.Identity();
    // The unasked answer may also come right behind the first.
    CHECK((code == kNoError || (code == kErrorBadNetResponse && round % 2 == 0)));
    const Stopwatch watch;
    while (shim::CurrentEndpoint()->idle() != 0 && watch.milliseconds() < 5000) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      shim::CurrentEndpoint()->CloseIdle(false);
    }
    CHECK(shim::CurrentEndpoint()->idle() == 0);
  }
  CHECK(server.connections() == 6);
}

TEST_CASE("shim: a server that talks without end is hung up on") {
  FakeServer server(AfterBegin([](FakePeer& peer, const Request&) {
    const Bytes noise(65536, 0x20);
    while (peer.open()) peer.Send(noise);
  }));
  Host host(server.endpoint());
  REQUIRE(host.Begin() == kNoError);
  CHECK(host.Process() == kErrorBadNetResponse);
  CHECK(host.End() == kNoError);
}

#ifndef _WIN32
TEST_CASE("shim: another user's server gets nothing") {
  // Whom a socket belongs to is settled when it starts to listen.
  const uid_t us = geteuid();
  const bool other = us == 0 && seteuid(65534) == 0;
  std::atomic<int> octets{0};
  FakeServer server([&octets](FakePeer& peer) {
    peer.Read(1);
    if (peer.open()) ++octets;
  });
  const std::string path = platform::ToUtf8(server.endpoint().substr(0, server.endpoint().rfind(u'#')));
  CHECK(chmod(path.substr(0, path.rfind('/')).c_str(), 0755) == 0);
  CHECK(chmod(path.c_str(), 0777) == 0);
  REQUIRE((!other || seteuid(us) == 0));
  Host host(server.endpoint());
  CHECK(host.Identity() == (other ? shim::kErrorAccessDenied : kErrorConnectionRefused));
  server.Stop();
  CHECK(octets == (other ? 0 : 1));
}
#else
TEST_CASE("shim: a server learns who calls it before it has read, and cannot act for him") {
  constexpr char16_t kName[] = u"\\\\.\\pipe\\eaphost-test-who-calls";
  const platform::Handle pipe(CreateNamedPipeW(reinterpret_cast< ::LPCWSTR>(kName), PIPE_ACCESS_DUPLEX,
                                               PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS, 1, 4096, 4096, 0,
                                               nullptr));
  REQUIRE(pipe);
  std::unique_ptr<shim::Stream> stream;
  REQUIRE(shim::Stream::Connect(kName, {}, shim::Deadline(std::chrono::seconds(5)), &stream) == kNoError);
  REQUIRE(ImpersonateNamedPipeClient(pipe.get()));
  ::HANDLE opened = nullptr;
  const ::BOOL is_open = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &opened);
  REQUIRE(RevertToSelf());
  REQUIRE(is_open);
  const platform::Handle token(opened);
  CHECK(platform::UserOf(token.get()) == platform::UserOf(platform::OwnToken().get()));
  const auto level = platform::TokenInformation(token.get(), TokenImpersonationLevel);
  REQUIRE(level.size() == sizeof(SECURITY_IMPERSONATION_LEVEL));
  // Wine lends a server its own token.
  if (GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr) return;
  CHECK(*reinterpret_cast<const SECURITY_IMPERSONATION_LEVEL*>(level.data()) == SecurityIdentification);
}
#endif

}  // namespace eaphost::test
