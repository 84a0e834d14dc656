// The misbehaving method's peer half through PeerMethodDll and PeerMethodSession, one case for each liberty
// that it takes: the host ends up with something neutral or a code, and has freed what is its to free and
// nothing else. Crashes are for a process of their own, and not here.
#include <doctest/doctest.h>

#include <string>

#include "native/abi/constants.h"
#include "native/method/peer_method_session.h"
#include "test/native/misbehaviours.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using platform::SecretBytes;

namespace {

constexpr BYTE kRequest[] = {1, 7, 0, 13, 254, 1, 0x86, 0x9F, 0, 0, 0, 100, 'x'};

struct Peer {
  explicit Peer(BothRoles& dll, std::string_view config)
      : session(dll.peer, dll.PeerRoutines(MisbehavingType(100)), Parameters(config)) {}

  static method::PeerParameters Parameters(std::string_view config) {
    method::PeerParameters parameters;
    parameters.connection_data = Secret(config);
    parameters.max_send_packet_size = kMaxPacket;
    return parameters;
  }

  // Begins, and gives a request.
  DWORD Process() {
    REQUIRE(session.Begin({}).ok());
    return session.ProcessRequest(kRequest, output).code;
  }
  DWORD Respond() {
    REQUIRE(Process() == kNoError);
    return session.GetResponse(response).code;
  }
  DWORD Result() {
    REQUIRE(Process() == kNoError);
    return session.GetResult(EapPeerMethodResultSuccess, result).code;
  }

  EapPeerMethodOutput output{EapPeerMethodResponseActionRespond, 7};
  SecretBytes response;
  method::MethodResult result;
  method::PeerMethodSession session;
};

DWORD CodeOfTable(BothRoles& dll, DWORD vendor_type) {
  const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
  return dll.peer->Routines(MisbehavingType(vendor_type).eapType, routines).code;
}

}  // namespace

TEST_CASE("misbehaving peer: a plain conversation works, and its free functions are the DLL's") {
  BothRoles dll("misbehavingmethod");
  Peer peer(dll, "save=1");
  method::IdentityAnswer answer;
  REQUIRE(peer.session.GetIdentity({}, answer).ok());
  CHECK(answer.identity == u"misbehaver");
  CHECK(Text(answer.user_data) == "user");
  REQUIRE(peer.Respond() == kNoError);
  CHECK(peer.response.size() == 13);
  REQUIRE(peer.session.GetResult(EapPeerMethodResultSuccess, peer.result).ok());
  // A result's attributes die at the next one.
  REQUIRE(peer.session.GetResult(EapPeerMethodResultSuccess, peer.result).ok());
  CHECK(peer.result.is_success);
  REQUIRE(peer.result.attributes.size() == 3);
  CHECK(peer.result.attributes[0].value.size() == 56);
  CHECK(peer.result.attributes[2].value.empty());
  CHECK(Text(peer.result.connection_data.value()) == "connection");
  CHECK(Text(peer.result.user_data.value()) == "user");
  CHECK(dll.allocated(testdll::Owner::kPeerMemory) == 2);
}

TEST_CASE("misbehaving peer: the table") {
  BothRoles dll("misbehavingmethod");
  SUBCASE("has NULL and 0 for what describes it") {
    const EAP_PEER_METHOD_ROUTINES& routines = dll.PeerRoutines(MisbehavingType(100));
    CHECK(static_cast<bool>(routines.pEapType == nullptr));
    CHECK(routines.dwVersion == 0);
    CHECK(dll.peer->usable(routines));
  }
  SUBCASE("is refused, and not initialized where Initialize fails") {
    CheckRefusedTables(dll, testdll::Owner::kPeerError, [&](DWORD type) { return CodeOfTable(dll, type); });
  }
  SUBCASE("lacks what is needed: usable() says no, and so do sessions") {
    for (const DWORD type : kUnusableTypes) {
      CAPTURE(type);
      const EAP_PEER_METHOD_ROUTINES& routines = dll.PeerRoutines(MisbehavingType(type));
      CHECK_FALSE(dll.peer->usable(routines));
      method::PeerMethodSession session(dll.peer, routines, Peer::Parameters(""));
      CHECK(session.Begin({}).code == kErrorProcNotFound);
    }
  }
  SUBCASE("lacks what a host can do without") {
    const EAP_PEER_METHOD_ROUTINES& routines = dll.PeerRoutines(MisbehavingType(117));
    REQUIRE(dll.peer->usable(routines));
    method::PeerMethodSession session(dll.peer, routines, Peer::Parameters(""));
    REQUIRE(session.Begin({}).ok());
    CHECK(session.SetCredentials(u"name", u"password").code == kErrorNotSupported);
  }
  SUBCASE("takes its time") { CHECK(CodeOfTable(dll, 111) == kNoError); }
  SUBCASE("fails, throws or leaves an error when it is shut down") {
    for (const DWORD type : kBadShutdownTypes) CHECK(CodeOfTable(dll, type) == kNoError);
  }
}

TEST_CASE("misbehaving peer: failures, exceptions and errors of every routine") {
  BothRoles dll("misbehavingmethod");
  const auto run = [&](const std::string& routine, const std::string& option) {
    Peer peer(dll, option + routine);
    method::IdentityAnswer answer;
    values::AttributeList attributes;
    SecretBytes context;
    if (routine == "GetIdentity") return peer.session.GetIdentity({}, answer).code;
    const DWORD begun = peer.session.Begin({}).code;
    if (routine == "BeginSession") return begun;
    REQUIRE(begun == kNoError);
    const DWORD processed = peer.session.ProcessRequest(kRequest, peer.output).code;
    if (routine == "ProcessRequestPacket") return processed;
    if (routine == "SetCredentials") return peer.session.SetCredentials(u"a", u"b").code;
    if (routine == "GetResponsePacket") {
      // Its other options are for packets, too.
      const DWORD code = peer.session.GetResponse(peer.response).code;
      return code == EAP_E_EAPHOST_METHOD_INVALID_PACKET ? kNoError : code;
    }
    if (routine == "GetUIContext") return peer.session.GetUiContext(context).code;
    if (routine == "SetUIContext") return peer.session.SetUiContext({}, peer.output).code;
    if (routine == "GetResponseAttributes") return peer.session.GetAttributes(attributes).code;
    if (routine == "SetResponseAttributes") return peer.session.SetAttributes({}, peer.output).code;
    if (routine == "GetResult") {
      return peer.session.GetResult(EapPeerMethodResultSuccess, peer.result).code;
    }
    return peer.session.End().code;
  };
  CheckFaults(dll, testdll::Owner::kPeerError,
              {"GetIdentity", "BeginSession", "SetCredentials", "ProcessRequestPacket", "GetResponsePacket",
               "GetUIContext", "SetUIContext", "GetResponseAttributes", "SetResponseAttributes", "GetResult",
               "EndSession"},
              run);
}

TEST_CASE("misbehaving peer: outputs that are not written, NULL or of impossible size") {
  BothRoles dll("misbehavingmethod");
  for (const char* const how : {"mute=", "null=", "huge=", "zero="}) {
    CAPTURE(how);
    const std::string list =
        "GetIdentity,GetUIContext,GetResponseAttributes,GetResult,SetUIContext,SetResponseAttributes";
    Peer peer(dll, "save=1;" + (how + list));
    method::IdentityAnswer answer;
    REQUIRE(peer.session.GetIdentity({}, answer).ok());
    CHECK_FALSE(answer.invoke_ui);
    CHECK(answer.user_data.empty());
    CHECK(answer.identity.value_or(u"").empty());
    REQUIRE(peer.Process() == kNoError);
    SecretBytes context = Secret("old");
    REQUIRE(peer.session.GetUiContext(context).ok());
    CHECK(context.empty());
    values::AttributeList attributes = {{eatEAPTLV, Secret("old")}};
    REQUIRE(peer.session.GetAttributes(attributes).ok());
    CHECK(attributes.empty());
    REQUIRE(peer.session.SetUiContext({}, peer.output).ok());
    const bool mute = std::string(how) == "mute=";
    CHECK((peer.output.action == EapPeerMethodResponseActionDiscard) == mute);
    CHECK(peer.output.fAllowNotifications == 0);
    REQUIRE(peer.session.SetAttributes({}, peer.output).ok());
    CHECK((peer.output.action == EapPeerMethodResponseActionDiscard) == mute);
    REQUIRE(peer.session.GetResult(EapPeerMethodResultSuccess, peer.result).ok());
    CHECK(peer.result.is_success == !mute);
    CHECK(peer.result.attributes.empty());
    CHECK(peer.result.connection_data.value_or(SecretBytes()).empty());
    CHECK(peer.result.user_data.value_or(SecretBytes()).empty());
  }
  Peer peer(dll, "mute=ProcessRequestPacket");
  REQUIRE(peer.Process() == kNoError);
  CHECK(peer.output.action == EapPeerMethodResponseActionDiscard);
}

TEST_CASE("misbehaving peer: attributes before any request, a count with no array") {
  BothRoles dll("misbehavingmethod");
  Peer peer(dll, "");
  REQUIRE(peer.session.Begin({}).ok());
  values::AttributeList attributes;
  REQUIRE(peer.session.GetAttributes(attributes).ok());
  CHECK(attributes.empty());
  // No attributes are an empty list: NULL would crash the method.
  REQUIRE(peer.session.SetAttributes({}, peer.output).ok());
}

TEST_CASE("misbehaving peer: responses that are none") {
  BothRoles dll("misbehavingmethod");
  for (const char* const how :
       {"noheader=1", "code=1", "id=9", "length=4", "length=0", "length=200", "claim=3", "claim=101",
        "huge=GetResponsePacket", "mute=GetResponsePacket", "size=3"}) {
    CAPTURE(how);
    Peer peer(dll, how);
    // Whether the identifier is right is the state machine's to say.
    const bool is_id = std::string(how) == "id=9";
    CHECK(peer.Respond() == (is_id ? kNoError : EAP_E_EAPHOST_METHOD_INVALID_PACKET));
    CHECK(peer.response.empty() == !is_id);
  }
  Peer large(dll, "size=101");
  CHECK(large.Respond() == kErrorInsufficientBuffer);
  for (const char* const how : kOverflows) {
    CAPTURE(how);
    Peer peer(dll, how);
    CHECK(peer.Respond() == kNoError);
    CHECK(peer.response[0] == EapCodeResponse);
  }
}

TEST_CASE("misbehaving peer: actions that are none, and numbers that are TRUE") {
  BothRoles dll("misbehavingmethod");
  Peer peer(dll, "step=77,-1,result;bool=-2;reason=5");
  REQUIRE(peer.Process() == kNoError);
  CHECK(int(peer.output.action) == 77);
  REQUIRE(peer.session.ProcessRequest(kRequest, peer.output).ok());
  CHECK(int(peer.output.action) == -1);
  REQUIRE(peer.session.ProcessRequest(kRequest, peer.output).ok());
  CHECK(peer.output.action == EapPeerMethodResponseActionResult);
  REQUIRE(peer.session.GetResult(EapPeerMethodResultSuccess, peer.result).ok());
  CHECK(peer.result.is_success);
  CHECK(peer.result.reason_code == 5);
}

TEST_CASE("misbehaving peer: errors inside results are freed, once") {
  BothRoles dll("misbehavingmethod");
  for (const char* const how :
       {"resulterror=1", "resulterror=1;fail=GetResult", "resulterror=1;fail=GetResult;error=1",
        "resulterror=1;leave=GetResult", "resulterror=1;mute=GetResult"}) {
    CAPTURE(how);
    Peer peer(dll, how);
    const DWORD code = peer.Result();
    CHECK((code == kNoError) == peer.result.error.has_value());
  }
  CHECK(dll.allocated(testdll::Owner::kPeerError) == 7);
}

TEST_CASE("misbehaving peer: one error in two places is freed once") {
  BothRoles dll("misbehavingmethod");
  for (const char* const how :
       {"resulterror=same;leave=GetResult", "resulterror=same;fail=GetResult;error=1"}) {
    CAPTURE(how);
    Peer peer(dll, how);
    (void)peer.Result();
  }
  CHECK(dll.allocated(testdll::Owner::kPeerError) == 2);
}

TEST_CASE("misbehaving peer: DLLs that lack an export") {
  const auto load = [](const char* export_name, std::unique_ptr<method::PeerMethodDll>& dll) {
    return method::PeerMethodDll::Load(
               embedded::test::BesideProgram(std::string("pairmethod-without-") + export_name), true, dll)
        .code;
  };
  std::unique_ptr<method::PeerMethodDll> dll;
  CHECK(load("EapPeerGetInfo", dll) == kErrorProcNotFound);
  for (const char* const name : {"EapPeerFreeMemory", "EapPeerFreeErrorMemory"}) {
    CAPTURE(name);
    REQUIRE(load(name, dll) == kNoError);
    const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
    REQUIRE(dll->Routines({210, 0, 0}, routines).ok());
    CHECK_FALSE(dll->usable(*routines));
  }
  // What the other half lacks is nothing to this one.
  REQUIRE(load("EapMethodAuthenticatorGetInfo", dll) == kNoError);
  const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
  REQUIRE(dll->Routines({210, 0, 0}, routines).ok());
  CHECK(dll->usable(*routines));
}
