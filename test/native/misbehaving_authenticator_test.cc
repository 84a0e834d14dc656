// The misbehaving method's authenticator half through AuthenticatorMethodDll and AuthenticatorMethodSession,
// as misbehaving_peer_test.cc does it with the peer's.
#include <doctest/doctest.h>

#include <string>

#include "native/abi/constants.h"
#include "native/method/authenticator_method_session.h"
#include "test/native/misbehaviours.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;

namespace {

constexpr BYTE kResponse[] = {2, 1, 0, 13, 254, 1, 0x86, 0x9F, 0, 0, 0, 100, 'x'};

struct Authenticator {
  explicit Authenticator(BothRoles& dll, std::string_view config)
      : session(dll.authenticator, dll.AuthenticatorRoutines(MisbehavingType(100)), Parameters(config)) {}

  static method::AuthenticatorParameters Parameters(std::string_view config) {
    method::AuthenticatorParameters parameters;
    parameters.identity = u"someone";
    parameters.connection_data = Secret(config);
    parameters.max_send_packet_size = kMaxPacket;
    return parameters;
  }

  DWORD Send() {
    REQUIRE(session.Begin().ok());
    return session.SendPacket(7, request).code;
  }
  DWORD Receive() {
    REQUIRE(Send() == kNoError);
    return session.ReceivePacket(kResponse, action).code;
  }

  method::Request request;
  method::AuthenticatorAction action = EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND;
  method::AuthenticatorResult result;
  method::AuthenticatorMethodSession session;
};

DWORD CodeOfTable(BothRoles& dll, DWORD vendor_type) {
  const EAP_AUTHENTICATOR_METHOD_ROUTINES* routines = nullptr;
  return dll.authenticator->Routines(MisbehavingType(vendor_type), routines).code;
}

}  // namespace

TEST_CASE("misbehaving authenticator: a plain conversation works") {
  BothRoles dll("misbehavingmethod");
  Authenticator server(dll, "step=respond,send");
  REQUIRE(server.Receive() == kNoError);
  CHECK(server.request.packet.size() == 13);
  CHECK(server.request.packet[1] == 7);
  REQUIRE(server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND);
  values::AttributeList attributes;
  REQUIRE(server.session.GetAttributes(attributes).ok());
  CHECK(attributes.size() == 3);
  REQUIRE(server.session.SetAttributes({}, server.action).ok());
  REQUIRE(server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND);
  REQUIRE(server.session.SendPacket(8, server.request).ok());
  REQUIRE(server.session.ReceivePacket(kResponse, server.action).ok());
  REQUIRE(server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT);
  REQUIRE(server.session.GetResult(server.result).ok());
  // Its attributes die at the next one.
  REQUIRE(server.session.GetResult(server.result).ok());
  CHECK(server.result.is_success);
  REQUIRE(server.result.attributes.size() == 3);
  CHECK(server.result.attributes[1].value.size() == 56);
  CHECK(server.result.attributes[2].value.empty());
}

TEST_CASE("misbehaving authenticator: the table") {
  BothRoles dll("misbehavingmethod");
  SUBCASE("has NULL and 0 for what describes it") {
    const EAP_AUTHENTICATOR_METHOD_ROUTINES& routines = dll.AuthenticatorRoutines(MisbehavingType(100));
    CHECK(static_cast<bool>(routines.pEapType == nullptr));
    CHECK(routines.dwSizeInBytes == 0);
    CHECK(dll.authenticator->usable(routines));
  }
  SUBCASE("is refused, and not initialized where Initialize fails") {
    CheckRefusedTables(dll, testdll::Owner::kAuthenticatorError,
                       [&](DWORD type) { return CodeOfTable(dll, type); });
  }
  SUBCASE("lacks what is needed: usable() says no, and so do sessions") {
    for (const DWORD type : kUnusableTypes) {
      CAPTURE(type);
      const EAP_AUTHENTICATOR_METHOD_ROUTINES& routines = dll.AuthenticatorRoutines(MisbehavingType(type));
      CHECK_FALSE(dll.authenticator->usable(routines));
      method::AuthenticatorMethodSession session(dll.authenticator, routines, Authenticator::Parameters(""));
      CHECK(session.Begin().code == kErrorProcNotFound);
    }
  }
  SUBCASE("lacks what a host can do without") {
    const EAP_AUTHENTICATOR_METHOD_ROUTINES& routines = dll.AuthenticatorRoutines(MisbehavingType(117));
    REQUIRE(dll.authenticator->usable(routines));
    method::AuthenticatorMethodSession session(dll.authenticator, routines, Authenticator::Parameters(""));
    REQUIRE(session.Begin().ok());
    CHECK(session.UpdateInnerMethodParams(0, u"name", {}).code == kErrorNotSupported);
  }
  SUBCASE("takes its time") { CHECK(CodeOfTable(dll, 111) == kNoError); }
  SUBCASE("fails, throws or leaves an error when it is shut down") {
    for (const DWORD type : kBadShutdownTypes) CHECK(CodeOfTable(dll, type) == kNoError);
  }
}

TEST_CASE("misbehaving authenticator: failures, exceptions and errors of every routine") {
  BothRoles dll("misbehavingmethod");
  const auto run = [&](const std::string& routine, const std::string& option) {
    // The code of a failure is that of packets, too: not before the routine that is to fail.
    const bool is_code = option.find("code=") != std::string::npos;
    Authenticator server(dll, option + routine);
    values::AttributeList attributes;
    const DWORD begun = server.session.Begin().code;
    if (routine == "BeginSession") return begun;
    REQUIRE(begun == kNoError);
    if (routine == "UpdateInnerMethodParams") {
      return server.session.UpdateInnerMethodParams(0, u"someone else", {}).code;
    }
    const DWORD sent = server.session.SendPacket(1, server.request).code;
    if (routine == "SendPacket") return sent;
    REQUIRE((sent == kNoError || is_code));
    const DWORD received = server.session.ReceivePacket(kResponse, server.action).code;
    if (routine == "ReceivePacket") return received;
    REQUIRE(received == kNoError);
    if (routine == "GetAttributes") return server.session.GetAttributes(attributes).code;
    if (routine == "SetAttributes") return server.session.SetAttributes({}, server.action).code;
    if (routine == "GetResult") return server.session.GetResult(server.result).code;
    return server.session.End().code;
  };
  CheckFaults(dll, testdll::Owner::kAuthenticatorError,
              {"BeginSession", "UpdateInnerMethodParams", "SendPacket", "ReceivePacket", "GetAttributes",
               "SetAttributes", "GetResult", "EndSession"},
              run);
}

TEST_CASE("misbehaving authenticator: outputs that are not written, NULL or of impossible size") {
  BothRoles dll("misbehavingmethod");
  for (const char* const how : {"mute=", "null=", "huge=", "zero="}) {
    CAPTURE(how);
    Authenticator server(dll, std::string(how) + "ReceivePacket,GetAttributes,SetAttributes,GetResult");
    REQUIRE(server.Receive() == kNoError);
    const bool mute = std::string(how) == "mute=";
    CHECK((server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD) == mute);
    values::AttributeList attributes = {{eatEAPTLV, Secret("old")}};
    REQUIRE(server.session.GetAttributes(attributes).ok());
    CHECK(attributes.empty());
    server.action = EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND;
    REQUIRE(server.session.SetAttributes({}, server.action).ok());
    CHECK((server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD) == mute);
    REQUIRE(server.session.GetResult(server.result).ok());
    CHECK(server.result.is_success == !mute);
    CHECK(server.result.attributes.empty());
  }
}

TEST_CASE("misbehaving authenticator: requests that are none") {
  BothRoles dll("misbehavingmethod");
  for (const char* const how :
       {"noheader=1", "code=2", "code=4", "id=9", "length=4", "length=0", "length=200", "claim=3",
        "claim=101", "huge=SendPacket", "mute=SendPacket", "size=3"}) {
    CAPTURE(how);
    Authenticator server(dll, how);
    CHECK(server.Send() == EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    CHECK(server.request.packet.empty());
  }
  Authenticator large(dll, "size=101");
  CHECK(large.Send() == kErrorInsufficientBuffer);
  for (const char* const how : kOverflows) {
    CAPTURE(how);
    Authenticator server(dll, how);
    CHECK(server.Send() == EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    CHECK(server.request.packet.empty());
  }
}

TEST_CASE("misbehaving authenticator: what real ones do at the wrong time") {
  BothRoles dll("misbehavingmethod");
  Authenticator server(dll, "timeout=77");
  REQUIRE(server.Send() == kNoError);
  CHECK(server.request.timeout == EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE);
  // A request again without a reason for it.
  CHECK(server.session.SendPacket(8, server.request).code == kErrorInvalidState);
  CHECK(server.request.packet.empty());
  // Attributes before any response: a count with no array.
  values::AttributeList attributes;
  REQUIRE(server.session.GetAttributes(attributes).ok());
  CHECK(attributes.empty());
  // Success before it is asked for: the host must not ask.
  REQUIRE(server.session.GetResult(server.result).ok());
  CHECK(server.result.is_success);
}

TEST_CASE("misbehaving authenticator: actions that are none, and numbers that are TRUE") {
  BothRoles dll("misbehavingmethod");
  Authenticator server(dll, "step=77,authenticate,identity;bool=-2;reason=5");
  REQUIRE(server.Receive() == kNoError);
  CHECK(int(server.action) == 77);
  REQUIRE(server.session.ReceivePacket(kResponse, server.action).ok());
  CHECK(server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_AUTHENTICATE);
  REQUIRE(server.session.ReceivePacket(kResponse, server.action).ok());
  CHECK(server.action == EAP_METHOD_AUTHENTICATOR_RESPONSE_HANDLE_IDENTITY);
  REQUIRE(server.session.GetResult(server.result).ok());
  CHECK(server.result.is_success);
  CHECK(server.result.reason_code == 5);
}

TEST_CASE("misbehaving authenticator: DLLs that lack an export") {
  const auto load = [](const char* export_name, std::unique_ptr<method::AuthenticatorMethodDll>& dll) {
    return method::AuthenticatorMethodDll::Load(
               embedded::test::BesideProgram(std::string("pairmethod-without-") + export_name), true, dll)
        .code;
  };
  std::unique_ptr<method::AuthenticatorMethodDll> dll;
  CHECK(load("EapMethodAuthenticatorGetInfo", dll) == kErrorProcNotFound);
  REQUIRE(load("EapMethodAuthenticatorFreeErrorMemory", dll) == kNoError);
  const EAP_AUTHENTICATOR_METHOD_ROUTINES* routines = nullptr;
  REQUIRE(dll->Routines({{210, 0, 0}, 0}, routines).ok());
  CHECK_FALSE(dll->usable(*routines));
  // What the other half lacks is nothing to this one.
  REQUIRE(load("EapPeerGetInfo", dll) == kNoError);
  REQUIRE(dll->Routines({{210, 0, 0}, 0}, routines).ok());
  CHECK(dll->usable(*routines));
}
