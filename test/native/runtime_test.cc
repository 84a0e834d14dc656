// The run-time's functions as a supplicant calls them: sequence, order, memory, errors.
#include <doctest/doctest.h>

#include <cstring>
#include <thread>

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;
using eaphost::embedded::kCoNotInitialized;

namespace {

EAPHOST_AUTH_INFO InfoOf(const Octets& bytes) {
  EAPHOST_AUTH_INFO info{};
  REQUIRE(bytes.size() == sizeof info);
  std::memcpy(&info, bytes.data(), sizeof info);
  return info;
}

}  // namespace

TEST_CASE("runtime: the documented sequence of calls reaches the method, each once") {
  Fixture fixture;
  {
    Peer peer;
    Peer::Options options;
    options.flags = EAP_FLAG_LOGON;
    options.user_data = "alice";
    options.max_size = 1400;
    REQUIRE(peer.Begin("savec=conn saveu=user", options) == kNoError);
    CHECK(peer.id != 0);
    REQUIRE(peer.Process(kIdentityRequest) == kNoError);
    CHECK(peer.action == EapHostPeerResponseSend);
    REQUIRE(peer.GetPacket() == kNoError);
    CHECK(peer.packet == Octets{2, 1, 0, 10, 1, 'a', 'l', 'i', 'c', 'e'});
    REQUIRE(peer.Process(kRequest) == kNoError);
    CHECK(peer.action == EapHostPeerResponseSend);
    REQUIRE(peer.GetPacket() == kNoError);
    CHECK(peer.packet == Octets{2, 2, 0, 13, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 2, 'R'});
    REQUIRE(peer.Process(kSuccess) == kNoError);
    CHECK(peer.action == EapHostPeerResponseResult);
    REQUIRE(peer.GetResult() == kNoError);
    CHECK(peer.result.fIsSuccess == 1);
    CHECK(peer.result.dwFailureReasonCode == 0);
    CHECK(peer.result.fSaveConnectionData == 1);
    CHECK(peer.saved_connection == "conn");
    CHECK(peer.result.fSaveUserData == 1);
    CHECK(peer.saved_user == "user");
    CHECK(peer.result_attributes ==
          std::vector<std::pair<int, std::string>>{{eatEMSK, "attribute"}, {eatMinimum, ""}});
    CHECK(!peer.result_error);
    REQUIRE(peer.result.pEapMethodInfo != nullptr);
    CHECK(peer.result.pEapMethodInfo->eaptype.eapType.dwVendorType == 2);
    CHECK(peer.result.pEapMethodInfo->eapProperties == 0x280000);
    CHECK(peer.result.pEapMethodInfo->pwszFriendlyName == std::u16string(u"testmethod"));
    CHECK(peer.result.pEapMethodInfo->pwszAuthorName == std::u16string(u"tests"));
    REQUIRE(peer.End() == kNoError);
  }
  CHECK(fixture.TakeLog() ==
        "GetInfo(254)\nInitialize\nGetIdentity(flags=4 user=alice)\n"
        "BeginSession(flags=4 user=alice max=1400 attributes=0)\n"
        "ProcessRequestPacket(size=13 id=2)\nGetResponsePacket(size=1400)\nGetResult(2)\nEndSession\n");
  fixture.DropScope();
  CHECK(fixture.TakeLog() == "Shutdown\n");
}

TEST_CASE("runtime: a DLL stays loaded between sessions, and is initialized once") {
  Fixture fixture;
  for (int round = 0; round < 3; ++round) {
    Peer peer;
    peer.Authenticate("quiet");
  }
  CHECK(CountersNow().dwLoadedMethods == 1);
  CHECK(fixture.TakeLog() == "GetInfo(254)\nInitialize\n");
  SUBCASE("until its registration goes") {
    CHECK(EapEmbeddedUnregisterMethod(fixture.scope(), &kTestMethod) == kNoError);
    CHECK(CountersNow().dwLoadedMethods == 0);
    CHECK(fixture.TakeLog() == "Shutdown\n");
    CHECK(EapEmbeddedUnregisterMethod(fixture.scope(), &kTestMethod) == kErrorNotFound);
  }
  SUBCASE("and until the last session has ended") {
    Peer peer;
    peer.Authenticate("quiet");
    fixture.DropScope();
    CHECK(CountersNow().dwLoadedMethods == 1);
    CHECK(fixture.TakeLog().empty());
    REQUIRE(peer.Process(kSuccess) == kNoError);
    REQUIRE(peer.End() == kNoError);
    CHECK(CountersNow().dwLoadedMethods == 0);
    CHECK(fixture.TakeLog() == "Shutdown\n");
  }
  SUBCASE("two types of one DLL share it") {
    fixture.Register({{25, 0, 0}, 99999}, "testmethod");
    Peer peer;
    Peer::Options options;
    options.type = {{25, 0, 0}, 99999};
    REQUIRE(peer.Begin("quiet short", options) == kNoError);
    REQUIRE(peer.Process({1, 2, 0, 5, 25}) == kNoError);
    CHECK(fixture.TakeLog() == "GetInfo(25)\n");
    CHECK(CountersNow().dwLoadedMethods == 1);
    fixture.DropScope();
    CHECK(fixture.TakeLog().empty());
    REQUIRE(peer.End() == kNoError);
    CHECK(fixture.TakeLog() == "Shutdown\n");
  }
}

TEST_CASE("runtime: calls before EapHostPeerInitialize") {
  ErrorOut error;
  EAP_SESSIONID id = 7;
  CHECK(EapHostPeerBeginSession(0, kTestMethod, nullptr, nullptr, 0, nullptr, 0, nullptr, 1500, nullptr,
                                nullptr, nullptr, &id, error.put()) == kCoNotInitialized);
  CHECK(id == 0);
  REQUIRE(error.Take());
  EapHostPeerResponseAction action = EapHostPeerResponseNone;
  CHECK(EapHostPeerProcessReceivedPacket(1, 5, kIdentityRequest.data(), &action, error.put()) ==
        kCoNotInitialized);
  CHECK(action == EapHostPeerResponseDiscard);
  CHECK(EapHostPeerEndSession(1, error.put()) == kCoNotInitialized);
  GUID connection{};
  CHECK(EapHostPeerClearConnection(&connection, error.put()) == kCoNotInitialized);
  EapHostPeerUninitialize();  // one too many is nothing
  CHECK(EapHostPeerInitialize() == kNoError);
  CHECK(EapHostPeerInitialize() == kNoError);
  EapHostPeerUninitialize();
  CHECK(EapHostPeerEndSession(1, error.put()) == kErrorInvalidParameter);
  EapHostPeerUninitialize();
  CHECK(EapHostPeerEndSession(1, error.put()) == kCoNotInitialized);
}

TEST_CASE("runtime: one initialized thread is enough for the process, as with COM") {
  Fixture fixture;
  DWORD code = 1;
  std::thread([&] {
    EapEmbeddedEnterScope(fixture.scope());
    Peer peer;
    code = peer.Begin();
  }).join();
  CHECK(code == kNoError);
}

TEST_CASE("runtime: ids") {
  Fixture fixture;
  Peer one, two;
  REQUIRE(one.Begin() == kNoError);
  REQUIRE(two.Begin() == kNoError);
  CHECK(one.id != two.id);
  CHECK(CountersNow().dwSessions == 2);
  const EAP_SESSIONID ended = one.id;
  REQUIRE(one.End() == kNoError);
  CHECK(CountersNow().dwSessions == 1);
  Peer three;
  REQUIRE(three.Begin() == kNoError);
  CHECK(three.id != ended);

  SUBCASE("of no session are refused by every function") {
    for (const EAP_SESSIONID id : {ended, EAP_SESSIONID{0}, EAP_SESSIONID{0xFFFFFFFF}}) {
      Peer stranger;
      stranger.id = id;
      CHECK(stranger.Process(kIdentityRequest) == kErrorInvalidParameter);
      CHECK(stranger.GetPacket() == kErrorInvalidParameter);
      CHECK(stranger.GetUiContext() == kErrorInvalidParameter);
      CHECK(stranger.SetUiContext("x") == kErrorInvalidParameter);
      CHECK(stranger.GetAttributes() == kErrorInvalidParameter);
      CHECK(stranger.SetAttributes() == kErrorInvalidParameter);
      CHECK(stranger.GetResult() == kErrorInvalidParameter);
      CHECK(stranger.GetAuthStatus(EapHostPeerAuthStatus) == kErrorInvalidParameter);
      CHECK(stranger.End() == kErrorInvalidParameter);
    }
  }
}

TEST_CASE("runtime: calls out of order fail and spoil nothing") {
  Fixture fixture;
  Peer peer;
  REQUIRE(peer.Begin() == kNoError);
  const auto check = [&peer] {
    CHECK(peer.GetUiContext() == kErrorInvalidState);
    CHECK(peer.SetUiContext("x") == kErrorInvalidState);
    CHECK(peer.GetAttributes() == kErrorInvalidState);
    CHECK(peer.SetAttributes() == kErrorInvalidState);
    CHECK(peer.GetResult() == kErrorInvalidState);
    CHECK(peer.GetResult(static_cast<EapHostPeerMethodResultReason>(0)) == kErrorInvalidParameter);
  };
  CHECK(peer.GetPacket() == kErrorInvalidState);
  check();
  REQUIRE(peer.Process(kIdentityRequest) == kNoError);
  check();
  REQUIRE(peer.GetPacket() == kNoError);
  REQUIRE(peer.Process(kRequest) == kNoError);
  check();
  REQUIRE(peer.GetPacket() == kNoError);
  REQUIRE(peer.GetPacket() == kNoError);
  REQUIRE(peer.Process({}) == kNoError);
  CHECK(peer.action == EapHostPeerResponseDiscard);
  CHECK(peer.GetPacket() == kErrorInvalidState);
  REQUIRE(peer.Process(kSuccess) == kNoError);
  REQUIRE(peer.GetResult() == kNoError);
  REQUIRE(peer.GetResult() == kNoError);
  CHECK(peer.result.fIsSuccess == 1);
}

TEST_CASE("runtime: NULL where something is needed") {
  Fixture fixture;
  Peer peer;
  REQUIRE(peer.Begin() == kNoError);
  ErrorOut error;
  DWORD size = 1;
  BYTE* data = nullptr;
  EapHostPeerResponseAction action{};
  const BYTE byte = 0;
  CHECK(EapHostPeerBeginSession(0, kTestMethod, nullptr, nullptr, 0, nullptr, 0, nullptr, 1500, nullptr,
                                nullptr, nullptr, nullptr, error.put()) == kErrorInvalidParameter);
  EAP_SESSIONID id = 0;
  CHECK(EapHostPeerBeginSession(0, kTestMethod, nullptr, nullptr, 4, nullptr, 0, nullptr, 1500, nullptr,
                                nullptr, nullptr, &id, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerBeginSession(0, kTestMethod, nullptr, nullptr, 0, nullptr, 4, nullptr, 1500, nullptr,
                                nullptr, nullptr, &id, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerProcessReceivedPacket(peer.id, 1, nullptr, &action, error.put()) ==
        kErrorInvalidParameter);
  CHECK(EapHostPeerProcessReceivedPacket(peer.id, 1, &byte, nullptr, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerGetSendPacket(peer.id, nullptr, &data, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerGetSendPacket(peer.id, &size, nullptr, error.put()) == kErrorInvalidParameter);
  CHECK(size == 0);
  CHECK(EapHostPeerGetResult(peer.id, EapHostPeerMethodResultTimeout, nullptr, error.put()) ==
        kErrorInvalidParameter);
  CHECK(EapHostPeerGetUIContext(peer.id, nullptr, nullptr, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerSetUIContext(peer.id, 1, nullptr, &action, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerSetUIContext(peer.id, 0, nullptr, nullptr, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerGetResponseAttributes(peer.id, nullptr, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerSetResponseAttributes(peer.id, nullptr, nullptr, error.put()) == kErrorInvalidParameter);
  CHECK(EapHostPeerGetAuthStatus(peer.id, EapHostPeerAuthStatus, nullptr, &data, error.put()) ==
        kErrorInvalidParameter);
  CHECK(EapHostPeerClearConnection(nullptr, error.put()) == kErrorInvalidParameter);
  // Who wants no error need not take one.
  CHECK(EapHostPeerEndSession(12345, nullptr) == kErrorInvalidParameter);
  CHECK(EapHostPeerGetUIContext(peer.id, &size, &data, nullptr) == kErrorInvalidState);
}

TEST_CASE("runtime: methods that are not there") {
  Fixture fixture;
  Peer peer;
  Peer::Options options;
  const auto begin = [&](EAP_METHOD_TYPE type) {
    options.type = type;
    const DWORD code = peer.Begin("", options);
    CHECK(peer.id == 0);
    return code;
  };
  SUBCASE("no such type, author, vendor or vendor type") {
    for (const EAP_METHOD_TYPE type :
         {EAP_METHOD_TYPE{{26, 0, 0}, 0}, EAP_METHOD_TYPE{{254, 99999, 2}, 311},
          EAP_METHOD_TYPE{{254, 311, 2}, 99999}, EAP_METHOD_TYPE{{254, 99999, 3}, 99999}}) {
      CHECK(begin(type) == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
      REQUIRE(peer.error);
      CHECK(peer.error->win_error == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
      CHECK(peer.error->type.dwAuthorId == type.dwAuthorId);
      CHECK(peer.error->root_cause_guid == GUID_EapHost_Cause_MethodDLLNotFound);
      CHECK(peer.error->repair_guid == GUID_EapHost_Repair_ContactAdmin_MethodNotFound);
      CHECK(peer.error->root_cause.has_value());
    }
  }
  SUBCASE("no such file") {
    fixture.Register({{77, 0, 0}, 1}, "nosuchfile");
    CHECK(begin({{77, 0, 0}, 1}) == kErrorModNotFound);
    REQUIRE(peer.error);
    CHECK(peer.error->root_cause_guid == GUID_EapHost_Cause_MethodDLLNotFound);
    CHECK(peer.error->type.eapType.type == 77);
  }
  SUBCASE("a library that is no method") {
    fixture.Register({{78, 0, 0}, 1}, "eapembedded");
    CHECK(begin({{78, 0, 0}, 1}) == kErrorProcNotFound);
  }
  SUBCASE("a library that has another type") {
    fixture.Register({{79, 0, 0}, 1}, "testmethod");
    CHECK(begin({{79, 0, 0}, 1}) == kErrorNotSupported);
  }
  SUBCASE("a library that lacks a function: seen at the first packet, as EAPHost has it") {
    fixture.Register({{80, 0, 0}, 1}, "baremethod");
    options.type = {{80, 0, 0}, 1};
    REQUIRE(peer.Begin("", options) == kNoError);
    CHECK(peer.Process(kIdentityRequest) == kErrorProcNotFound);
    CHECK(peer.Process({1, 2, 0, 5, 80}) == kErrorProcNotFound);
    REQUIRE(peer.error);
    CHECK(peer.error->root_cause.has_value());
  }
}

TEST_CASE("runtime: time-out, alternative success, failure") {
  Fixture fixture;
  Peer peer;
  peer.Authenticate();
  SUBCASE("time-out") {
    REQUIRE(peer.GetResult(EapHostPeerMethodResultTimeout) == kNoError);
    CHECK(peer.result.fIsSuccess == 0);
    CHECK(peer.result.dwFailureReasonCode == kErrorTimeout);
    REQUIRE(peer.result_error);
    CHECK(peer.result_error->root_cause_guid == GUID_EapHost_Cause_Generic_AuthFailure);
    CHECK(fixture.TakeLog().find("GetResult(1)") != std::string::npos);
  }
  SUBCASE("alternative success") {
    REQUIRE(peer.GetResult(EapHostPeerMethodResultAltSuccessReceived) == kNoError);
    CHECK(peer.result.fIsSuccess == 1);
    CHECK(fixture.TakeLog().find("GetResult(2)") != std::string::npos);
  }
  SUBCASE("failure") {
    REQUIRE(peer.Process(kFailure) == kNoError);
    CHECK(peer.action == EapHostPeerResponseResult);
    REQUIRE(peer.GetResult() == kNoError);
    CHECK(peer.result.fIsSuccess == 0);
    CHECK(peer.result.dwFailureReasonCode == 4712);
    CHECK(peer.result_attributes.empty());
    REQUIRE(peer.result_error);
    CHECK(peer.result_error->win_error == 4712);
    CHECK(fixture.TakeLog().find("GetResult(3)") != std::string::npos);
    REQUIRE(peer.GetAuthStatus(EapHostPeerAuthStatus) == kNoError);
    CHECK(InfoOf(peer.status).status == EapHostAuthFailed);
    CHECK(InfoOf(peer.status).dwErrorCode == 4712);
  }
}

TEST_CASE("runtime: EapHostPeerGetAuthStatus") {
  Fixture fixture;
  Peer peer;
  Peer::Options options;
  options.user_data = "bob";
  REQUIRE(peer.Begin("", options) == kNoError);
  const auto status = [&peer] {
    REQUIRE(peer.GetAuthStatus(EapHostPeerAuthStatus) == kNoError);
    return InfoOf(peer.status).status;
  };
  CHECK(status() == EapHostAuthNotStarted);
  REQUIRE(peer.GetAuthStatus(EapHostPeerIdentity) == kNoError);
  CHECK(peer.status == Octets{0, 0});
  REQUIRE(peer.Process(kIdentityRequest) == kNoError);
  CHECK(status() == EapHostAuthIdentityExchange);
  REQUIRE(peer.Process({1, 9, 0, 5, 4}) == kNoError);
  CHECK(status() == EapHostAuthNegotiatingType);
  REQUIRE(peer.Process(kRequest) == kNoError);
  CHECK(status() == EapHostAuthInProgress);
  REQUIRE(peer.Process(kSuccess) == kNoError);
  CHECK(status() == EapHostAuthSucceeded);
  REQUIRE(peer.GetAuthStatus(EapHostPeerIdentity) == kNoError);
  CHECK(peer.status == Octets{'b', 0, 'o', 0, 'b', 0, 0, 0});
  REQUIRE(peer.GetAuthStatus(EapHostPeerIdentityExtendedInfo) == kNoError);
  CHECK(peer.status == Octets{'b', 'o', 'b', 0});
  REQUIRE(peer.GetAuthStatus(EapHostNapInfo) == kNoError);
  CHECK(peer.status == Octets(16, 0));
  CHECK(peer.GetAuthStatus(static_cast<EapHostPeerAuthParams>(0)) == kErrorInvalidParameter);
  CHECK(peer.GetAuthStatus(static_cast<EapHostPeerAuthParams>(5)) == kErrorInvalidParameter);
}

TEST_CASE("runtime: what has no meaning here says so") {
  Fixture fixture;
  Peer peer;
  REQUIRE(peer.Begin() == kNoError);
  ErrorOut error;
  GUID connection{1, 2, 3, {}};
  std::intptr_t token = 5;
  BOOL save = 1;
  CHECK(EapHostPeerGetDataToUnplumbCredentials(&connection, &token, peer.id, error.put(), &save) ==
        kErrorNotSupported);
  CHECK(connection == GUID{});
  CHECK(token == 0);
  CHECK(save == 0);
  WCHAR password[] = u"secret";
  LPWSTR encrypted = password;
  CHECK(EapHostPeerGetEncryptedPassword(14, password, &encrypted) == kErrorNotSupported);
  CHECK(encrypted == nullptr);
}

TEST_CASE("runtime: attributes go in, out and in") {
  Fixture fixture;
  Peer peer;
  BYTE value[] = {1, 2, 3};
  EAP_ATTRIBUTE given[] = {{eatNASIdentifier, 3, value}};
  const EapAttributes attributes{1, given};
  Peer::Options options;
  options.attributes = &attributes;
  REQUIRE(peer.Begin("step=respond,respond", options) == kNoError);
  REQUIRE(peer.Process(kRequest) == kNoError);
  CHECK(peer.action == EapHostPeerResponseRespond);
  REQUIRE(peer.GetAttributes() == kNoError);
  CHECK(peer.attributes ==
        std::vector<std::pair<int, std::string>>{{eatEAPTLV, "attribute"}, {eatMinimum, ""}});
  REQUIRE(peer.GetAttributes() == kNoError);
  REQUIRE(peer.SetAttributes({{eatCredentialsChanged, 3, value}}) == kNoError);
  CHECK(peer.action == EapHostPeerResponseRespond);
  // An empty list may come as NULL; the method gets an empty one.
  ErrorOut error;
  REQUIRE(EapHostPeerSetResponseAttributes(peer.id, nullptr, &peer.action, error.put()) == kNoError);
  CHECK(peer.action == EapHostPeerResponseSend);
  REQUIRE(peer.GetPacket() == kNoError);
  CHECK(fixture.TakeLog() ==
        "GetInfo(254)\nInitialize\nBeginSession(flags=0 user= max=1500 attributes=1)\n"
        "ProcessRequestPacket(size=13 id=2)\nGetResponseAttributes\nSetResponseAttributes(1)\n"
        "GetResponseAttributes\nSetResponseAttributes(0)\nGetResponsePacket(size=1500)\n");
}

TEST_CASE("runtime: the largest packet") {
  Fixture fixture;
  const std::pair<DWORD, const char*> kCases[] = {
      {0, "max=1020"}, {64, "max=64"}, {65535, "max=65535"}, {1 << 20, "max=65535"}};
  for (const auto& [given, told] : kCases) {
    Peer peer;
    Peer::Options options;
    options.max_size = given;
    REQUIRE(peer.Begin("", options) == kNoError);
    REQUIRE(peer.Process(kRequest) == kNoError);
    CHECK(fixture.TakeLog().find(told) != std::string::npos);
  }
}

TEST_CASE("runtime: the identity without a session") {
  Fixture fixture;
  const auto identity = [](const std::string& script, const std::string& user, BOOL& invoke_ui,
                           std::string& text, std::string& user_out,
                           const EAP_METHOD_TYPE& type = kTestMethod) {
    ErrorOut error;
    DWORD size = 99;
    auto* data = reinterpret_cast<BYTE*>(1);
    auto* name = reinterpret_cast<LPWSTR>(1);
    auto* reserved = reinterpret_cast<BYTE*>(1);
    invoke_ui = 77;
    const DWORD code = EapHostPeerGetIdentity(
        0, 0, type, static_cast<DWORD>(script.size()), reinterpret_cast<const BYTE*>(script.data()),
        static_cast<DWORD>(user.size()), reinterpret_cast<const BYTE*>(user.data()), nullptr, &invoke_ui,
        &size, &data, &name, error.put(), &reserved);
    CHECK(reserved == nullptr);
    CHECK(error.Take().has_value() == (code != kNoError));
    text.clear();
    for (LPWSTR at = name; at != nullptr && *at != 0; ++at) text.push_back(static_cast<char>(*at));
    user_out = data == nullptr ? "" : std::string(data, data + size);
    EapHostPeerFreeRuntimeMemory(data);
    EapHostPeerFreeRuntimeMemory(reinterpret_cast<BYTE*>(name));
    return code;
  };
  BOOL invoke_ui = 0;
  std::string text;
  std::string user;
  CHECK(identity("userout=blob", "alice", invoke_ui, text, user) == kNoError);
  CHECK(invoke_ui == 0);
  CHECK(text == "alice");
  CHECK(user == "blob");
  CHECK(identity("ui", "", invoke_ui, text, user) == kNoError);
  CHECK(invoke_ui == 1);
  CHECK(text.empty());
  CHECK(identity("fail=GetIdentity:1317e", "", invoke_ui, text, user) == 1317);
  CHECK(invoke_ui == 0);
  CHECK(identity("", "", invoke_ui, text, user, {{26, 0, 0}, 0}) == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
}
