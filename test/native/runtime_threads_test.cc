// Many threads, many sessions; sessions inside sessions; one session from many threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "native/abi/constants.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;

namespace {

constexpr int kThreads = 64;

const testmethod::RuntimeFunctions kRuntime{EapHostPeerBeginSession, EapHostPeerProcessReceivedPacket,
                                            EapHostPeerGetSendPacket, EapHostPeerGetResult,
                                            EapHostPeerEndSession};

// A whole conversation by the bare functions, since doctest's checks are a lock of their own. FALSE where
// anything was not as it must be.
bool Converse(const std::string& script, std::uint8_t mark) {
  EAP_SESSIONID id = 0;
  EAP_ERROR* error = nullptr;
  if (EapHostPeerBeginSession(0, kTestMethod, nullptr, nullptr, static_cast<DWORD>(script.size()),
                              reinterpret_cast<const BYTE*>(script.data()), 1, &mark, 1500, nullptr, nullptr,
                              nullptr, &id, &error) != kNoError) {
    return false;
  }
  EapHostPeerResponseAction action{};
  DWORD size = 0;
  BYTE* packet = nullptr;
  EapHostPeerMethodResult result{};
  const auto process = [&](const Octets& octets) {
    return EapHostPeerProcessReceivedPacket(id, static_cast<DWORD>(octets.size()), octets.data(), &action,
                                            &error) == kNoError;
  };
  bool good = process(kIdentityRequest) && EapHostPeerGetSendPacket(id, &size, &packet, &error) == kNoError &&
              size == 6 && packet[5] == mark;
  for (std::uint8_t round = 2; good && round < 10; ++round) {
    Octets request = kRequest;
    request[1] = round;
    good = process(request) && action == EapHostPeerResponseSend &&
           EapHostPeerGetSendPacket(id, &size, &packet, &error) == kNoError && size == 13 &&
           packet[1] == round;
  }
  good = good && process({3, 9, 0, 4}) && action == EapHostPeerResponseResult &&
         EapHostPeerGetResult(id, EapHostPeerMethodResultFromMethod, &result, &error) == kNoError &&
         result.fIsSuccess == 1 && result.pAttribArray->dwNumberOfAttributes == 2;
  return EapHostPeerEndSession(id, &error) == kNoError && good && error == nullptr;
}

// Runs `body(index)` on many threads at once, each initialized and in the scope; counts those that gave true.
template <typename Body>
int OnThreads(int count, std::uint64_t scope, Body body) {
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int index = 0; index < count; ++index) {
    threads.emplace_back([&, index] {
      if (EapHostPeerInitialize() != kNoError) return;
      EapEmbeddedEnterScope(scope);
      if (body(index)) ++good;
      EapHostPeerUninitialize();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return good;
}

}  // namespace

TEST_CASE("threads: 64 of them, with sessions of their own") {
  Fixture fixture;
  CHECK(OnThreads(kThreads, fixture.scope(), [](int index) {
          for (int round = 0; round < 20; ++round) {
            if (!Converse("quiet", static_cast<std::uint8_t>('A' + index % 26))) return false;
          }
          return true;
        }) == kThreads);
}

TEST_CASE("threads: sessions begin and end while methods come and go, and errors are freed everywhere") {
  Fixture fixture;
  std::atomic<bool> stop{false};
  std::thread registrar([&] {
    const std::u16string path = BesideProgram("testmethod");
    while (!stop) {
      const embedded::Method method{kTestMethod, path.c_str(), u"again", u"", nullptr, 0};
      EapEmbeddedRegisterMethod(fixture.scope(), &method);
      EapEmbeddedUnregisterMethod(fixture.scope(), &kTestMethod);
      std::this_thread::yield();
    }
  });
  const int good = OnThreads(16, fixture.scope(), [&](int index) {
    for (int round = 0; round < 50; ++round) {
      EAP_SESSIONID id = 0;
      EAP_ERROR* error = nullptr;
      const DWORD code =
          EapHostPeerBeginSession(0, kTestMethod, nullptr, nullptr, 5, reinterpret_cast<const BYTE*>("quiet"),
                                  0, nullptr, 1500, nullptr, nullptr, nullptr, &id, &error);
      if (code != kNoError && code != EAP_E_EAPHOST_METHOD_NOT_INSTALLED) return false;
      if ((error != nullptr) != (code != kNoError)) return false;
      EapHostPeerFreeEapError(error);
      if (code != kNoError) continue;
      EapHostPeerResponseAction action{};
      if (EapHostPeerProcessReceivedPacket(id, static_cast<DWORD>(kRequest.size()), kRequest.data(), &action,
                                           nullptr) != kNoError ||
          action != EapHostPeerResponseSend || EapHostPeerEndSession(id, nullptr) != kNoError) {
        return false;
      }
      if (index == 0) {
        EAP_METHOD_INFO_ARRAY array{};
        if (EapHostPeerGetMethods(&array, nullptr) != kNoError) return false;
        for (DWORD at = 0; at < array.dwNumberOfMethods; ++at) {
          EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods[at].pwszAuthorName));
          EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods[at].pwszFriendlyName));
        }
        EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods));
      }
    }
    return true;
  });
  stop = true;
  registrar.join();
  CHECK(good == 16);
}

TEST_CASE("threads: calls of one session wait for one another") {
  Fixture fixture;
  Peer peer;
  REQUIRE(EapEmbeddedSetOption(fixture.scope(), eaphost::embedded::kOptionMaxRounds, 1000) == kNoError);
  REQUIRE(peer.Begin("quiet") == kNoError);
  REQUIRE(peer.Process(kRequest) == kNoError);
  std::atomic<int> sends{0};
  CHECK(OnThreads(8, fixture.scope(), [&](int index) {
          for (std::uint8_t round = 0; round < 25; ++round) {
            Octets request = kRequest;
            request[1] = static_cast<std::uint8_t>(10 + index * 25 + round);
            EapHostPeerResponseAction action{};
            if (EapHostPeerProcessReceivedPacket(peer.id, static_cast<DWORD>(request.size()), request.data(),
                                                 &action, nullptr) != kNoError) {
              return false;
            }
            if (action == EapHostPeerResponseSend) ++sends;
          }
          return true;
        }) == 8);
  CHECK(sends == 200);
}

TEST_CASE("threads: the end of a session waits for its call, and what comes later finds it gone") {
  Fixture fixture;
  Peer peer;
  REQUIRE(peer.Begin("block=50") == kNoError);
  fixture.TakeLog();
  std::atomic<DWORD> code{1};
  std::thread worker([&] {
    EapHostPeerResponseAction action{};
    code = EapHostPeerProcessReceivedPacket(peer.id, static_cast<DWORD>(kRequest.size()), kRequest.data(),
                                            &action, nullptr);
  });
  std::string log;
  while (log.find("ProcessRequestPacket") == std::string::npos) log += fixture.TakeLog();
  std::atomic<int> ended{0};
  CHECK(OnThreads(4, fixture.scope(), [&](int) {
          const DWORD end = EapHostPeerEndSession(peer.id, nullptr);
          if (end == kNoError) ++ended;
          return end == kNoError || end == kErrorInvalidParameter;
        }) == 4);
  worker.join();
  CHECK(code == kNoError);
  CHECK(ended == 1);
  CHECK(peer.Process(kRequest) == kErrorInvalidParameter);
  peer.id = 0;
}

TEST_CASE("threads: a call that blocks holds up no other session") {
  Fixture fixture;
  std::atomic<bool> over{false};
  std::thread blocked([&] {
    EapEmbeddedEnterScope(fixture.scope());
    Peer peer;
    peer.Begin("block=1000");
    peer.Process(kRequest);
    over = true;
  });
  std::string log;
  while (log.find("ProcessRequestPacket") == std::string::npos) log += fixture.TakeLog();
  for (int round = 0; round < 20; ++round) CHECK(Converse("quiet", 'x'));
  Peer::Options options;
  options.type = kTrivialMethod;
  Peer other;
  CHECK(other.Begin("", options) == kNoError);
  CHECK(!over);
  blocked.join();
}

TEST_CASE("threads: a method runs sessions of its own inside its calls") {
  Fixture fixture;
  TestMethod::Get().UseRuntime(kRuntime);
  SUBCASE("three deep") { CHECK(Converse("quiet inner=3", 'x')); }
  SUBCASE("on 64 threads") {
    CHECK(OnThreads(kThreads, fixture.scope(), [](int) { return Converse("quiet inner=2", 'y'); }) ==
          kThreads);
  }
  CHECK(CountersNow().dwSessions == 0);
}

TEST_CASE("threads: a method that calls into its own session is refused, and does not wait for itself") {
  Fixture fixture;
  TestMethod::Get().UseRuntime(kRuntime);
  Peer before;
  REQUIRE(before.Begin() == kNoError);
  Peer peer;
  REQUIRE(peer.Begin("self=" + std::to_string(before.id + 1)) == kNoError);
  REQUIRE(peer.id == before.id + 1);
  CHECK(peer.Process(kRequest) == kNoError);
  CHECK(peer.action == EapHostPeerResponseSend);
  CHECK(CountersNow().dwSessions == 2);
}
