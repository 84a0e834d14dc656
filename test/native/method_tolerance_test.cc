// What real method DLLs have been seen to do to their host (one case each), and what a host must not do to
// them.
#include <doctest/doctest.h>

#include "native/abi/constants.h"
#include "native/method/peer_method_session.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;

namespace {

// Begins and gives the first request; what became of that.
DWORD FirstRequest(Peer& peer, const std::string& script, const Peer::Options& options = {}) {
  REQUIRE(peer.Begin(script, options) == kNoError);
  return peer.Process(kRequest);
}

}  // namespace

TEST_CASE("tolerance: responses that are none are not sent") {
  Fixture fixture;
  const char* const kScripts[] = {
      "noheader",               // success, and nothing written
      "code=1",    "code=3",    // no response
      "length=4",  "length=0",  // no type
      "length=14",              // longer than what there is
      "id=9",                   // to another request
      "claim=3",   "claim=4294967295", "claim=1501",
      "size=1501",  // does not fit; the method says so itself
  };
  for (const char* const script : kScripts) {
    CAPTURE(script);
    Peer peer;
    const DWORD code = FirstRequest(peer, script);
    CHECK(code ==
          (std::string(script) == "size=1501" ? kErrorMoreData : EAP_E_EAPHOST_METHOD_INVALID_PACKET));
    CHECK(peer.action == EapHostPeerResponseDiscard);
    REQUIRE(peer.error);
    CHECK(peer.error->win_error == code);
    CHECK(peer.error->type.eapType.dwVendorType == 2);
    CHECK(peer.GetPacket() == kErrorInvalidState);
  }
}

TEST_CASE("tolerance: a response may be as long as it was told, and padded") {
  Fixture fixture;
  Peer exact;
  REQUIRE(FirstRequest(exact, "size=1500") == kNoError);
  REQUIRE(exact.GetPacket() == kNoError);
  CHECK(exact.packet.size() == 1500);
  CHECK(exact.packet[1499] == 0);  // what the method did not write is zero, and not what the heap held
  Peer padded;
  REQUIRE(FirstRequest(padded, "size=100 length=20") == kNoError);
  REQUIRE(padded.GetPacket() == kNoError);
  CHECK(padded.packet.size() == 20);
}

TEST_CASE("tolerance: a method that writes past the size it was told") {
  Fixture fixture;
  for (const char* const script : {"over=1", "over=64", "over=1 fail=GetResponsePacket:122"}) {
    CAPTURE(script);
    for (const DWORD size : {DWORD{64}, DWORD{1500}, DWORD{65535}}) {
      Peer peer;
      Peer::Options options;
      options.max_size = size;
      const DWORD code = FirstRequest(peer, script, options);
      CHECK(code == (std::string(script) == "over=1 fail=GetResponsePacket:122" ? kErrorInsufficientBuffer
                                                                                : kNoError));
    }
  }
}

TEST_CASE("tolerance: outputs left unwritten are neutral") {
  Fixture fixture;
  SUBCASE("of GetIdentity: no user interface, and no identity") {
    Peer peer;
    REQUIRE(peer.Begin("mute=GetIdentity") == kNoError);
    CHECK(peer.Process(kIdentityRequest) == EAP_E_EAPHOST_IDENTITY_UNKNOWN);
  }
  SUBCASE("of ProcessRequestPacket, SetUIContext, SetResponseAttributes: discard") {
    Peer peer;
    REQUIRE(FirstRequest(peer, "mute=ProcessRequestPacket") == kNoError);
    CHECK(peer.action == EapHostPeerResponseDiscard);
    Peer ui;
    REQUIRE(FirstRequest(ui, "step=ui mute=SetUIContext") == kNoError);
    REQUIRE(ui.SetUiContext("x") == kNoError);
    CHECK(ui.action == EapHostPeerResponseDiscard);
    Peer respond;
    REQUIRE(FirstRequest(respond, "step=respond mute=SetResponseAttributes") == kNoError);
    REQUIRE(respond.SetAttributes() == kNoError);
    CHECK(respond.action == EapHostPeerResponseDiscard);
  }
  SUBCASE("of GetUIContext: an empty one") {
    Peer peer;
    REQUIRE(FirstRequest(peer, "step=ui mute=GetUIContext") == kNoError);
    CHECK(peer.action == EapHostPeerResponseInvokeUi);
    REQUIRE(peer.GetUiContext() == kNoError);
  }
  SUBCASE("of GetResponseAttributes: none") {
    Peer peer;
    REQUIRE(FirstRequest(peer, "step=respond mute=GetResponseAttributes") == kNoError);
    REQUIRE(peer.GetAttributes() == kNoError);
    CHECK(peer.attributes.empty());
  }
  SUBCASE("of GetResult: a failure") {
    Peer peer;
    REQUIRE(FirstRequest(peer, "mute=GetResult") == kNoError);
    REQUIRE(peer.Process(kSuccess) == kNoError);
    REQUIRE(peer.GetResult() == kNoError);
    CHECK(peer.result.fIsSuccess == 0);
    CHECK(peer.result.dwFailureReasonCode == EAP_E_AUTHENTICATION_FAILED);
    CHECK(peer.result.fSaveConnectionData == 0);
    CHECK(peer.result_attributes.empty());
    CHECK(fixture.TakeLog().find("DIRTY") == std::string::npos);
  }
  SUBCASE("an action that is none") {
    for (const char* const script : {"step=6", "step=77", "step=-1"}) {
      Peer peer;
      REQUIRE(FirstRequest(peer, script) == kNoError);
      CHECK(peer.action == EapHostPeerResponseDiscard);
    }
  }
}

TEST_CASE("tolerance: attributes with a count and no array") {
  Fixture fixture;
  Peer peer;
  REQUIRE(FirstRequest(peer, "step=respond nullattributes") == kNoError);
  REQUIRE(peer.GetAttributes() == kNoError);
  CHECK(peer.attributes.empty());
  REQUIRE(peer.SetAttributes() == kNoError);
  REQUIRE(peer.Process(kSuccess) == kNoError);
  REQUIRE(peer.GetResult() == kNoError);
  CHECK(peer.result.fIsSuccess == 1);
  CHECK(peer.result_attributes.empty());
}

TEST_CASE("tolerance: failures with an EAP_ERROR and, as mostly, without") {
  Fixture fixture;
  Peer with;
  CHECK(FirstRequest(with, "fail=ProcessRequestPacket:4711e") == 4711);
  REQUIRE(with.error);
  CHECK(with.error->win_error == 4711);
  CHECK(with.error->reason_code == 4712);
  CHECK(with.error->root_cause == u"scripted cause");
  CHECK(with.error->repair == u"scripted repair");
  CHECK(with.error->root_cause_guid == GUID{1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}});
  CHECK(with.error->help_link_guid == GUID{13, 0, 0, {}});
  Peer without;
  CHECK(FirstRequest(without, "fail=ProcessRequestPacket:4711") == 4711);
  REQUIRE(without.error);
  CHECK(without.error->win_error == 4711);
  CHECK(without.error->type.eapType.dwVendorType == 2);
  CHECK(TestMethod::Get().outstanding() == 2);  // the two sessions: no error is left
}

TEST_CASE("tolerance: the error inside a result is freed by the method's function") {
  Fixture fixture;
  Peer peer;
  REQUIRE(FirstRequest(peer, "resulterror") == kNoError);
  REQUIRE(peer.Process(kFailure) == kNoError);
  CHECK(TestMethod::Get().outstanding() == 1);
  REQUIRE(peer.GetResult() == kNoError);
  REQUIRE(peer.result_error);
  CHECK(peer.result_error->win_error == 4711);
  CHECK(peer.result_error->root_cause == u"scripted cause");
  CHECK(peer.result.dwFailureReasonCode == 4712);
  Peer failing;
  REQUIRE(FirstRequest(failing, "resulterror fail=GetResult:5e") == kNoError);
  REQUIRE(failing.Process(kFailure) == kNoError);
  CHECK(failing.GetResult() == 5);
  CHECK(TestMethod::Get().outstanding() == 2);
}

TEST_CASE("tolerance: success is claimed to have data saved, and not believed") {
  Fixture fixture;
  Peer peer;
  REQUIRE(FirstRequest(peer, "lie savec=ticket") == kNoError);
  REQUIRE(peer.Process(kFailure) == kNoError);
  REQUIRE(peer.GetResult() == kNoError);
  CHECK(peer.result.fIsSuccess == 0);
  CHECK(peer.result.dwFailureReasonCode == EAP_E_AUTHENTICATION_FAILED);
  CHECK(peer.result.fSaveConnectionData == 1);
  CHECK(peer.saved_connection == "ticket");
  CHECK(peer.result_attributes.empty());
  Peer refuses;
  REQUIRE(FirstRequest(refuses, "refuse savec=ticket") == kNoError);
  REQUIRE(refuses.Process(kSuccess) == kNoError);
  REQUIRE(refuses.GetResult() == kNoError);
  CHECK(refuses.result.fIsSuccess == 0);
  CHECK(refuses.result.dwFailureReasonCode == 4712);
  CHECK(refuses.result.fSaveConnectionData == 0);
}

TEST_CASE("tolerance: a session that never processed a request is not ended, for it was not begun") {
  Fixture fixture;
  SUBCASE("after the identity") {
    Peer peer;
    REQUIRE(peer.Begin() == kNoError);
    REQUIRE(peer.Process(kIdentityRequest) == kNoError);
    REQUIRE(peer.End() == kNoError);
  }
  SUBCASE("after a Nak and a failure") {
    Peer peer;
    REQUIRE(peer.Begin() == kNoError);
    REQUIRE(peer.Process(kIdentityRequest) == kNoError);
    REQUIRE(peer.Process({1, 2, 0, 5, 4}) == kNoError);
    REQUIRE(peer.Process(kFailure) == kNoError);
    REQUIRE(peer.GetResult() == kNoError);
    CHECK(peer.result.dwFailureReasonCode == EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED);
    REQUIRE(peer.End() == kNoError);
  }
  SUBCASE("after a time-out") {
    Peer peer;
    REQUIRE(peer.Begin() == kNoError);
    REQUIRE(peer.GetResult(EapHostPeerMethodResultTimeout) == kNoError);
    REQUIRE(peer.End() == kNoError);
  }
  CHECK(fixture.TakeLog().find("TOO EARLY") == std::string::npos);
}

TEST_CASE("tolerance: a method may write into what it was begun with") {
  Fixture fixture;
  Peer peer;
  Peer::Options options;
  options.user_data = "carol";
  REQUIRE(FirstRequest(peer, "step=discard", options) == kNoError);
  CHECK(peer.action == EapHostPeerResponseDiscard);
  // It dropped the request, so the server may still ask who it is.
  REQUIRE(peer.Process({1, 3, 0, 5, 1}) == kNoError);
  REQUIRE(peer.GetPacket() == kNoError);
  CHECK(peer.packet == Octets{2, 3, 0, 10, 1, 'c', 'a', 'r', 'o', 'l'});
  CHECK(fixture.TakeLog().find("GetIdentity(flags=0 user=carol)") != std::string::npos);
  Peer scripted;
  REQUIRE(FirstRequest(scripted, "step=discard identity=zed") == kNoError);
  REQUIRE(scripted.Process({1, 3, 0, 5, 1}) == kNoError);
  REQUIRE(scripted.GetPacket() == kNoError);
  CHECK(scripted.packet == Octets{2, 3, 0, 8, 1, 'z', 'e', 'd'});
}

TEST_CASE("tolerance: exceptions that come out of a method") {
  Fixture fixture;
  for (const char* const routine :
       {"GetIdentity", "BeginSession", "ProcessRequestPacket", "GetResponsePacket"}) {
    CAPTURE(routine);
    Peer peer;
    REQUIRE(peer.Begin("throw=" + std::string(routine)) == kNoError);
    const DWORD identity = peer.Process(kIdentityRequest);
    CHECK((identity == kNoError) == (routine != std::string("GetIdentity")));
    const DWORD request = peer.Process(kRequest);
    CHECK((request == kNoError) == (routine == std::string("GetIdentity")));
    CHECK((identity == kErrorUnhandledException || request == kErrorUnhandledException));
  }
  Peer ending;
  REQUIRE(FirstRequest(ending, "throw=EndSession") == kNoError);
  CHECK(ending.End() == kErrorUnhandledException);
}

TEST_CASE("tolerance: a DLL that fails as a whole") {
  SUBCASE("at GetInfo, and is asked again") {
    Fixture fixture("fail=GetInfo:4711e");
    Peer peer;
    CHECK(peer.Begin() == 4711);
    REQUIRE(peer.error);
    CHECK(peer.error->root_cause == u"scripted cause");
    TestMethod::Get().Configure("");
    CHECK(peer.Begin() == kNoError);
  }
  SUBCASE("at Initialize: it is neither used nor shut down") {
    Fixture fixture("fail=Initialize:4711");
    Peer peer;
    CHECK(peer.Begin() == 4711);
    CHECK(peer.Begin() == 4711);
    fixture.DropScope();
    CHECK(fixture.TakeLog() == "GetInfo(254)\nInitialize\nInitialize\n");
  }
  SUBCASE("at Shutdown, which interests nobody") {
    Fixture fixture;
    Peer peer;
    REQUIRE(peer.Begin() == kNoError);
    REQUIRE(peer.End() == kNoError);
    TestMethod::Get().Configure("fail=Shutdown:4711e");
    fixture.DropScope();
    CHECK(TestMethod::Get().outstanding() == 0);
  }
  SUBCASE("by exceptions") {
    Fixture fixture("throw=GetInfo");
    Peer peer;
    CHECK(peer.Begin() == kErrorUnhandledException);
    TestMethod::Get().Configure("throw=Initialize");
    CHECK(peer.Begin() == kErrorUnhandledException);
    TestMethod::Get().Configure("");
    REQUIRE(peer.Begin() == kNoError);
    REQUIRE(peer.End() == kNoError);
    TestMethod::Get().Configure("throw=Shutdown");
    fixture.DropScope();
    CHECK(CountersNow().dwLoadedMethods == 0);
  }
}

TEST_CASE("tolerance: routines that are missing from the table") {
  SUBCASE("EapPeerSetCredentials may be") {
    Fixture fixture("null=SetCredentials");
    Peer peer;
    CHECK(FirstRequest(peer, "") == kNoError);
  }
  SUBCASE("EapPeerGetIdentity may be, where EapPeerSetCredentials is there: the method names nobody") {
    Fixture fixture("null=GetIdentity");
    Peer peer;
    REQUIRE(peer.Begin() == kNoError);
    CHECK(peer.Process(kIdentityRequest) == EAP_E_EAPHOST_IDENTITY_UNKNOWN);
    REQUIRE(peer.Process(kRequest) == kNoError);
    CHECK(peer.action == EapHostPeerResponseSend);
    CHECK(peer.End() == kNoError);
  }
  for (const char* const routine :
       {"Both", "Initialize", "ProcessRequestPacket", "GetUIContext", "Shutdown"}) {
    CAPTURE(routine);
    Fixture fixture(("null=" + std::string(routine)).c_str());
    Peer peer;
    REQUIRE(peer.Begin() == kNoError);
    CHECK(peer.Process(kIdentityRequest) == kErrorProcNotFound);
    CHECK(peer.Process(kRequest) == kErrorProcNotFound);
    CHECK(peer.End() == kNoError);
    fixture.DropScope();
    CHECK(fixture.TakeLog() == "GetInfo(254)\n");
  }
}

TEST_CASE("tolerance: EapPeerSetCredentials, for hosts that ask with dialogs of their own") {
  const auto run = [](const char* dll_script, const char* script) {
    Fixture fixture(dll_script);
    std::unique_ptr<method::PeerMethodDll> loaded;
    REQUIRE(method::PeerMethodDll::Load(BesideProgram("testmethod"), true, loaded).ok());
    const std::shared_ptr<method::PeerMethodDll> dll(std::move(loaded));
    const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
    REQUIRE(dll->Routines(kTestMethod.eapType, routines).ok());
    method::PeerParameters parameters;
    parameters.max_send_packet_size = 1500;
    parameters.connection_data.assign(script, script + std::string_view(script).size());
    method::PeerMethodSession session(dll, *routines, std::move(parameters));
    CHECK(session.SetCredentials(u"name", u"password").code == kErrorInvalidState);
    REQUIRE(session.Begin({}).ok());
    CHECK(session.Begin({}).code == kErrorInvalidState);
    const DWORD code = session.SetCredentials(u"name", u"password").code;
    CHECK((code == kErrorNotSupported) ==
          (fixture.TakeLog().find("SetCredentials(4,8)") == std::string::npos));
    return code;
  };
  CHECK(run("", "") == kNoError);
  CHECK(run("", "fail=SetCredentials:4711e") == 4711);
  CHECK(run("null=SetCredentials", "") == kErrorNotSupported);
  CHECK(run("null=GetIdentity", "") == kNoError);
}

TEST_CASE("tolerance: every call of a session of the method's needs one") {
  Fixture fixture;
  std::unique_ptr<method::PeerMethodDll> loaded;
  REQUIRE(method::PeerMethodDll::Load(BesideProgram("testmethod"), true, loaded).ok());
  const std::shared_ptr<method::PeerMethodDll> dll(std::move(loaded));
  const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
  REQUIRE(dll->Routines(kTestMethod.eapType, routines).ok());
  method::PeerMethodSession session(dll, *routines, {});
  EapPeerMethodOutput output{EapPeerMethodResponseActionSend, 1};
  platform::SecretBytes bytes{1};
  values::AttributeList attributes(1);
  method::MethodResult result;
  CHECK(session.ProcessRequest(kRequest, output).code == kErrorInvalidState);
  CHECK(output.action == EapPeerMethodResponseActionDiscard);
  CHECK(session.GetResponse(bytes).code == kErrorInvalidState);
  CHECK(bytes.empty());
  CHECK(session.GetUiContext(bytes).code == kErrorInvalidState);
  CHECK(session.SetUiContext({}, output).code == kErrorInvalidState);
  CHECK(session.GetAttributes(attributes).code == kErrorInvalidState);
  CHECK(attributes.empty());
  CHECK(session.SetAttributes({}, output).code == kErrorInvalidState);
  CHECK(session.GetResult(EapPeerMethodResultSuccess, result).code == kErrorInvalidState);
  CHECK(session.End().ok());
}
