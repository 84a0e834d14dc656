// Everything fails once: each routine of the method, and each allocation of each call. Whatever fails, its
// code comes out, nothing is left behind, and the session can be ended.
#include <doctest/doctest.h>

#include <functional>

#include "native/abi/constants.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;

namespace {

constexpr GUID kConnection{7, 7, 7, {1}};

// One conversation that needs every routine there is, up to the first call that fails: its code.
class Conversation {
 public:
  DWORD Run(const std::string& script) {
    const DWORD code = RunOpen(script);
    last_end = peer_.id == 0 ? kNoError : peer_.End();
    return code;
  }

  DWORD last_end = kNoError;
  std::string failed;  // the call

 private:
  bool Good(const char* call, DWORD code) {
    if (code != kNoError) failed = call, code_ = code;
    return code == kNoError;
  }
  DWORD RunOpen(const std::string& script) {
    Peer::Options options;
    options.connection = &kConnection;
    const bool done =
        Good("Begin",
             peer_.Begin("ui userout=blob step=ui,respond savec=c saveu=u resulterror quiet " + script,
                         options)) &&
        Good("Identity", peer_.Process(kIdentityRequest)) && Good("GetUi1", peer_.GetUiContext()) &&
        Good("SetUi1", peer_.SetUiContext("typed")) && Good("GetPacket1", peer_.GetPacket()) &&
        Good("Request", peer_.Process(kRequest)) && Good("GetUi2", peer_.GetUiContext()) &&
        Good("SetUi2", peer_.SetUiContext("answer")) && Good("GetAttributes", peer_.GetAttributes()) &&
        Good("SetAttributes", peer_.SetAttributes()) && Good("GetPacket2", peer_.GetPacket()) &&
        Good("Duplicate", peer_.Process(kRequest)) && Good("GetPacket3", peer_.GetPacket()) &&
        Good("Status", peer_.GetAuthStatus(EapHostPeerIdentity)) &&
        Good("Success", peer_.Process(kSuccess)) && Good("GetResult", peer_.GetResult());
    if (done) CHECK(peer_.result.fIsSuccess == 1);
    return code_;
  }

  Peer peer_;
  DWORD code_ = kNoError;
};

void ClearConnection() {
  ErrorOut error;
  GUID connection = kConnection;
  EapHostPeerClearConnection(&connection, error.put());
}

}  // namespace

TEST_CASE("failures: of each routine of the method, with an EAP_ERROR and without") {
  const struct {
    const char* routine;
    const char* call;
  } kCases[] = {
      {"GetIdentity", "Identity"},
      {"BeginSession", "Request"},
      {"ProcessRequestPacket", "Request"},
      {"GetUIContext", "Request"},
      {"SetUIContext", "SetUi2"},
      {"GetResponseAttributes", "SetUi2"},
      {"SetResponseAttributes", "SetAttributes"},
      {"GetResponsePacket", "SetAttributes"},
      {"GetResult", "GetResult"},
      {"EndSession", ""},
      {"nothing", ""},
  };
  for (const auto& each : kCases) {
    for (const char* const code : {"4711", "4711e"}) {
      CAPTURE(each.routine);
      CAPTURE(code);
      Fixture fixture;
      Conversation conversation;
      const DWORD result = conversation.Run("fail=" + std::string(each.routine) + ":" + code);
      CHECK(result == (each.call[0] == '\0' ? kNoError : 4711));
      CHECK(conversation.failed == each.call);
      CHECK(conversation.last_end == (each.routine == std::string("EndSession") ? 4711 : kNoError));
      ClearConnection();
    }
  }
}

TEST_CASE("failures: of each allocation of a conversation") {
  bool reached = true;
  long index = 0;
  for (; reached && index < 2000; ++index) {
    CAPTURE(index);
    Fixture fixture;
    {
      FailingAllocations failing(index);
      Conversation conversation;
      const DWORD code = conversation.Run("");
      reached = failing.happened();
      // A failure of the method's own comes out of it as an exception.
      const bool expected = code == kErrorNotEnoughMemory || code == kErrorUnhandledException ||
                            conversation.last_end != kNoError;
      // Some are made up for: a code comes out without its EAP_ERROR.
      if (!reached) CHECK(code == kNoError);
      if (code != kNoError) CHECK(expected);
    }
    ClearConnection();
  }
  CHECK(!reached);
  CHECK(index > 30);
}

TEST_CASE("failures: of each allocation of the calls without a session") {
  const std::u16string path = BesideProgram("testmethod");
  const std::pair<const char*, std::function<DWORD(const Fixture&)>> kCalls[] = {
      {"RegisterMethod",
       [&path](const Fixture& fixture) {
         const embedded::Method method{kTestMethod, path.c_str(), u"name", u"author", u"endpoint", 1};
         return InRuntime([&] { return EapEmbeddedRegisterMethod(fixture.scope(), &method); });
       }},
      {"SetOption",
       [](const Fixture& fixture) {
         return InRuntime([&] {
           return EapEmbeddedSetOption(fixture.scope(), embedded::kOptionIdentityNeedsUserData, 1);
         });
       }},
      {"GetMethods",
       [](const Fixture&) {
         ErrorOut error;
         EAP_METHOD_INFO_ARRAY array{};
         const DWORD code = InRuntime([&] { return EapHostPeerGetMethods(&array, error.put()); });
         for (DWORD index = 0; index < array.dwNumberOfMethods; ++index) {
           EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods[index].pwszAuthorName));
           EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods[index].pwszFriendlyName));
         }
         EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods));
         return code;
       }},
      {"GetIdentity",
       [](const Fixture&) {
         ErrorOut error;
         BOOL invoke_ui = 0;
         DWORD size = 0;
         BYTE* data = nullptr;
         LPWSTR identity = nullptr;
         constexpr std::string_view kScript = "userout=blob";
         const DWORD code = InRuntime([&] {
           return EapHostPeerGetIdentity(0, 0, kTestMethod, static_cast<DWORD>(kScript.size()),
                                         reinterpret_cast<const BYTE*>(kScript.data()), 0, nullptr, nullptr,
                                         &invoke_ui, &size, &data, &identity, error.put(), nullptr);
         });
         CHECK((code == kNoError) == (data != nullptr));
         CHECK((code == kNoError) == (identity != nullptr));
         EapHostPeerFreeRuntimeMemory(data);
         EapHostPeerFreeRuntimeMemory(reinterpret_cast<BYTE*>(identity));
         return code;
       }},
      {"QueryCredentialInputFields",
       [](const Fixture&) {
         ErrorOut error;
         EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
         const DWORD code = InRuntime([&] {
           return EapHostPeerQueryCredentialInputFields(nullptr, kTestMethod, 0, 0, nullptr, &fields,
                                                        error.put());
         });
         for (DWORD index = 0; index < fields.dwNumberOfFields; ++index) {
           EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(fields.pFields[index].pwszLabel));
           EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(fields.pFields[index].pwszData));
         }
         EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(fields.pFields));
         return code;
       }},
  };
  for (const auto& each : kCalls) {
    CAPTURE(each.first);
    bool reached = true;
    long index = 0;
    for (; reached && index < 500; ++index) {
      CAPTURE(index);
      Fixture fixture;
      FailingAllocations failing(index);
      const DWORD code = each.second(fixture);
      reached = failing.happened();
      if (!reached) CHECK(code == kNoError);
    }
    CHECK(!reached);
    CHECK(index > 1);
  }
}
