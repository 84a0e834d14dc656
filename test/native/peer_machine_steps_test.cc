// The EAP peer's state machine: what the method's actions lead to, and the ends that come from the caller.
#include <doctest/doctest.h>

#include <vector>

#include "native/abi/constants.h"
#include "native/embedded/peer_machine.h"
#include "test/native/fake_peer_method.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded;
using eaphost::embedded::test::FakePeerMethod;

namespace {

using Octets = std::vector<std::uint8_t>;
using Log = std::vector<std::string>;

constexpr EAP_METHOD_TYPE kMethod{{26, 0, 0}, 0};
const Octets kRequest{1, 5, 0, 6, 26, 9};
const Octets kResponse{2, 5, 0, 6, 26, 9};
const Octets kSuccess{3, 5, 0, 4};

// A machine whose method is about to be given kRequest.
struct Bench {
  Bench() { method.result.is_success = true; }

  values::Status Receive(const Octets& packet = kRequest) { return machine.Receive(packet, action); }
  Octets response() {
    const SecretBytes* bytes = machine.response();
    return bytes == nullptr ? Octets() : Octets(bytes->begin(), bytes->end());
  }

  FakePeerMethod method;
  PeerMachine machine{{kMethod, 0, 1500, false}, method, {}};
  EapHostPeerResponseAction action = EapHostPeerResponseNone;
};

EapPeerMethodOutput Out(int action) { return {static_cast<EapPeerMethodResponseAction>(action), 1}; }

}  // namespace

TEST_CASE("steps: every action of a method becomes the host's of the same meaning") {
  const struct {
    int from;
    EapHostPeerResponseAction to;
    Log log;
  } kCases[] = {
      {0, EapHostPeerResponseDiscard, {"Begin()", "Process(6)"}},
      {1, EapHostPeerResponseSend, {"Begin()", "Process(6)", "GetResponse"}},
      {2, EapHostPeerResponseResult, {"Begin()", "Process(6)", "GetResult(1)"}},
      {3, EapHostPeerResponseInvokeUi, {"Begin()", "Process(6)", "GetUiContext"}},
      {4, EapHostPeerResponseRespond, {"Begin()", "Process(6)", "GetAttributes"}},
      {5, EapHostPeerResponseNone, {"Begin()", "Process(6)"}},
      {6, EapHostPeerResponseDiscard, {"Begin()", "Process(6)"}},
      {-1, EapHostPeerResponseDiscard, {"Begin()", "Process(6)"}},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.from);
    Bench bench;
    bench.method.outputs = {Out(each.from)};
    CHECK(bench.Receive().ok());
    CHECK(bench.action == each.to);
    CHECK(bench.method.log == each.log);
  }
}

TEST_CASE("steps: user interface of the method") {
  Bench bench;
  bench.method.outputs = {Out(EapPeerMethodResponseActionInvokeUI)};
  REQUIRE(bench.Receive().ok());
  CHECK(bench.machine.ui() == PeerMachine::Ui::kMethod);
  CHECK(FakePeerMethod::Text(bench.machine.ui_context()) == "ui");
  CHECK(bench.machine.attributes() == nullptr);
  // The server's repetitions wait for the answer.
  CHECK(bench.Receive().ok());
  CHECK(bench.action == EapHostPeerResponseDiscard);
  CHECK(bench.machine.ui() == PeerMachine::Ui::kMethod);

  bench.method.TakeLog();
  SUBCASE("whose answer leads to a response to the request that asked") {
    CHECK(bench.machine.SetUiContext(Octets{'y'}, bench.action).ok());
    CHECK(bench.action == EapHostPeerResponseSend);
    CHECK(bench.response() == kResponse);
    CHECK(bench.method.TakeLog() == Log{"SetUiContext(y)", "GetResponse"});
    CHECK(bench.Receive().ok());
    CHECK(bench.action == EapHostPeerResponseSend);
    CHECK(bench.method.log.empty());
  }
  SUBCASE("once more") {
    bench.method.outputs = {Out(EapPeerMethodResponseActionInvokeUI)};
    CHECK(bench.machine.SetUiContext(Octets{'y'}, bench.action).ok());
    CHECK(bench.action == EapHostPeerResponseInvokeUi);
    CHECK(bench.machine.ui() == PeerMachine::Ui::kMethod);
  }
  SUBCASE("and then attributes, and then the end") {
    bench.method.outputs = {Out(EapPeerMethodResponseActionRespond), Out(EapPeerMethodResponseActionResult)};
    CHECK(bench.machine.SetUiContext(Octets{'y'}, bench.action).ok());
    CHECK(bench.action == EapHostPeerResponseRespond);
    CHECK(bench.machine.SetAttributes({}, bench.action).ok());
    CHECK(bench.action == EapHostPeerResponseResult);
    CHECK(bench.method.log == Log{"SetUiContext(y)", "GetAttributes", "SetAttributes(0)", "GetResult(1)"});
  }
  SUBCASE("that fails") {
    bench.method.failing = {"SetUiContext", kErrorCancelled};
    CHECK(bench.machine.SetUiContext(Octets{'y'}, bench.action).code == kErrorCancelled);
    CHECK(bench.action == EapHostPeerResponseDiscard);
    CHECK(bench.machine.ui() == PeerMachine::Ui::kNone);
  }
  SUBCASE("that leaves its action unwritten") {
    bench.method.outputs = {Out(EapPeerMethodResponseActionDiscard)};
    CHECK(bench.machine.SetUiContext(Octets{'y'}, bench.action).ok());
    CHECK(bench.action == EapHostPeerResponseDiscard);
  }
}

TEST_CASE("steps: attributes") {
  Bench bench;
  bench.method.outputs = {Out(EapPeerMethodResponseActionRespond)};
  REQUIRE(bench.Receive().ok());
  REQUIRE(bench.machine.attributes() != nullptr);
  REQUIRE(bench.machine.attributes()->size() == 1);
  CHECK(bench.machine.attributes()->front().type == eatEAPTLV);
  CHECK(bench.machine.ui() == PeerMachine::Ui::kNone);
  CHECK(bench.Receive().ok());
  CHECK(bench.action == EapHostPeerResponseDiscard);

  bench.method.TakeLog();
  SUBCASE("whose answer leads to a response") {
    CHECK(bench.machine.SetAttributes({{eatEAPTLV, {3}}}, bench.action).ok());
    CHECK(bench.action == EapHostPeerResponseSend);
    CHECK(bench.response() == kResponse);
    CHECK(bench.machine.attributes() == nullptr);
    CHECK(bench.method.log == Log{"SetAttributes(1)", "GetResponse"});
  }
  SUBCASE("that fail") {
    bench.method.failing = {"SetAttributes", 4711};
    const values::Status status = bench.machine.SetAttributes({}, bench.action);
    CHECK(status.code == 4711);
    REQUIRE(status.error.has_value());
    CHECK(status.error->win_error == 4711);
    CHECK(status.error->type.eapType.type == 26);
    CHECK(bench.machine.attributes() == nullptr);
  }
}

TEST_CASE("steps: answers to what was not asked") {
  Bench bench;
  CHECK(bench.machine.SetUiContext({}, bench.action).code == kErrorInvalidState);
  CHECK(bench.machine.SetAttributes({}, bench.action).code == kErrorInvalidState);
  CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).code == kErrorInvalidState);
  CHECK(bench.machine.Conclude(static_cast<EapHostPeerMethodResultReason>(0)).code == kErrorInvalidParameter);
  CHECK(bench.machine.Conclude(static_cast<EapHostPeerMethodResultReason>(4)).code == kErrorInvalidParameter);
  CHECK(bench.machine.response() == nullptr);
  CHECK(bench.machine.attributes() == nullptr);
  CHECK(bench.method.log.empty());
  REQUIRE(bench.Receive().ok());
  CHECK(bench.machine.SetUiContext({}, bench.action).code == kErrorInvalidState);
  CHECK(bench.machine.SetAttributes({}, bench.action).code == kErrorInvalidState);
  CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).code == kErrorInvalidState);
}

TEST_CASE("steps: the response is there after Send and at no other time") {
  Bench bench;
  REQUIRE(bench.Receive().ok());
  CHECK(bench.response() == kResponse);
  CHECK(bench.response() == kResponse);
  REQUIRE(bench.Receive({1, 5, 0, 6, 26, 1}).ok());
  CHECK(bench.machine.response() == nullptr);
  REQUIRE(bench.Receive().ok());
  CHECK(bench.response() == kResponse);
}

TEST_CASE("steps: a method's failures come out with their code, and the next try is a new one") {
  const char* const kFunctions[] = {"Begin", "Process", "GetResponse", "GetUiContext", "GetAttributes"};
  for (const char* const function : kFunctions) {
    CAPTURE(function);
    Bench bench;
    if (function == std::string("GetUiContext")) bench.method.outputs = {Out(3), Out(3)};
    if (function == std::string("GetAttributes")) bench.method.outputs = {Out(4), Out(4)};
    bench.method.failing = {function, 4711};
    const values::Status status = bench.Receive();
    CHECK(status.code == 4711);
    CHECK(bench.action == EapHostPeerResponseDiscard);
    REQUIRE(status.error.has_value());
    CHECK(status.error->win_error == 4711);
    CHECK(bench.machine.ui() == PeerMachine::Ui::kNone);
    CHECK(bench.machine.attributes() == nullptr);
    bench.method.failing = {};
    bench.method.outputs.clear();
    CHECK(bench.Receive().ok());
    CHECK(bench.response() == kResponse);
  }
}

TEST_CASE("steps: a response to another request is not sent") {
  Bench bench;
  bench.method.next_response = {2, 6, 0, 6, 26, 9};
  CHECK(bench.Receive().code == EAP_E_EAPHOST_METHOD_INVALID_PACKET);
  CHECK(bench.action == EapHostPeerResponseDiscard);
  CHECK(bench.machine.response() == nullptr);
}

TEST_CASE("steps: a method that cannot give its result") {
  SUBCASE("at the final packet") {
    Bench bench;
    REQUIRE(bench.Receive().ok());
    bench.method.failing = {"GetResult", 4711};
    CHECK(bench.Receive(kSuccess).ok());
    CHECK(bench.action == EapHostPeerResponseResult);
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).code == 4711);
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).code == 4711);
    CHECK(bench.machine.auth_info().status == EapHostAuthFailed);
    CHECK(bench.machine.auth_info().dwErrorCode == 4711);
  }
  SUBCASE("at a time-out") {
    Bench bench;
    REQUIRE(bench.Receive().ok());
    bench.method.failing = {"GetResult", 4711};
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultTimeout).code == 4711);
  }
}

TEST_CASE("steps: a method that ends the conversation itself is asked what it thinks") {
  Bench bench;
  bench.method.outputs = {Out(EapPeerMethodResponseActionResult)};
  SUBCASE("success") {
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).ok());
    CHECK(bench.machine.result().is_success);
  }
  SUBCASE("failure, with a reason") {
    bench.method.result.is_success = false;
    bench.method.result.reason_code = EAP_E_USER_NAME_PASSWORD_REJECTED;
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).ok());
    CHECK(!bench.machine.result().is_success);
    CHECK(bench.machine.result().reason_code == EAP_E_USER_NAME_PASSWORD_REJECTED);
  }
  SUBCASE("failure, without one") {
    bench.method.result.is_success = false;
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultFromMethod).ok());
    CHECK(bench.machine.result().reason_code == EAP_E_AUTHENTICATION_FAILED);
  }
}

TEST_CASE("steps: success that the link reports") {
  SUBCASE("is the method's to confirm") {
    Bench bench;
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultAltSuccessReceived).ok());
    CHECK(bench.machine.result().is_success);
    CHECK(bench.method.log.back() == "GetResult(2)");
    CHECK(bench.machine.auth_info().status == EapHostAuthSucceeded);
  }
  SUBCASE("is the method's to deny") {
    Bench bench;
    bench.method.result.is_success = false;
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultAltSuccessReceived).ok());
    CHECK(!bench.machine.result().is_success);
    CHECK(bench.machine.result().reason_code == EAP_E_AUTHENTICATION_FAILED);
  }
  SUBCASE("is none where no method has answered") {
    Bench bench;
    bench.method.outputs = {Out(EapPeerMethodResponseActionDiscard)};
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultAltSuccessReceived).ok());
    CHECK(!bench.machine.result().is_success);
    CHECK(bench.method.log == Log{"Begin()", "Process(6)"});
  }
}

TEST_CASE("steps: a time-out is a failure, whatever the method thinks") {
  SUBCASE("before anything came") {
    Bench bench;
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultTimeout).ok());
    CHECK(!bench.machine.result().is_success);
    CHECK(bench.machine.result().reason_code == kErrorTimeout);
    CHECK(bench.method.log.empty());
  }
  SUBCASE("in the middle") {
    Bench bench;
    bench.method.result.connection_data = SecretBytes{'c'};
    bench.method.result.reason_code = 0;
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultTimeout).ok());
    CHECK(!bench.machine.result().is_success);
    CHECK(bench.machine.result().reason_code == kErrorTimeout);
    REQUIRE(bench.machine.result().error);
    CHECK(bench.machine.result().error->win_error == kErrorTimeout);
    CHECK(bench.method.log.back() == "GetResult(1)");
    // What the method claims to be worth keeping is kept.
    CHECK(bench.machine.result().connection_data == SecretBytes{'c'});
    REQUIRE(bench.Receive(kSuccess).ok());
    CHECK(bench.action == EapHostPeerResponseDiscard);
  }
  SUBCASE("while attributes are awaited") {
    Bench bench;
    bench.method.outputs = {Out(EapPeerMethodResponseActionRespond)};
    REQUIRE(bench.Receive().ok());
    CHECK(bench.machine.Conclude(EapHostPeerMethodResultTimeout).ok());
    CHECK(bench.machine.attributes() == nullptr);
    CHECK(bench.machine.SetAttributes({}, bench.action).code == kErrorInvalidState);
  }
}
