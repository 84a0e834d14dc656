// The EAP peer's state machine: Success and Failure, and what becomes of the method's result.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "native/abi/constants.h"
#include "test/native/peer_machine_conversation.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded;
using namespace eaphost::embedded::test::machine;

TEST_CASE("machine: Success") {
  SUBCASE("counts only with the id of the last response") {
    Conversation c;
    c.Authenticate();
    c.Run({{Success(1), kDiscard, {}}, {Success(3), kDiscard, {}}, {Success(2), kResult, {}}});
  }
  SUBCASE("is ignored before the method has answered: anybody could send it") {
    Conversation c;
    c.Run({{Success(0), kDiscard, {}},
           {kIdentityRequest, kSend, kIdentityResponse},
           {Success(1), kDiscard, {}},
           {Request(2, 4), kSend, Response(2, 3, {26})},
           {Success(2), kDiscard, {}}});
    c.method.outputs = {{EapPeerMethodResponseActionDiscard, 1}};
    c.Run({{Request(3, 26), kDiscard, {}}, {Success(2), kDiscard, {}}});
    c.Run({{Request(3, 26), kSend, Response(3, 26)}, {Success(3), kResult, {}}});
  }
  SUBCASE("is not enough where the method disagrees") {
    Conversation c;
    c.Authenticate();
    c.method.result.is_success = false;
    c.method.result.reason_code = 4712;
    c.method.result.attributes.push_back({eatEMSK, {1}});
    c.Run({{Success(2), kResult, {}}});
    const method::MethodResult& result = c.Conclude();
    CHECK(!result.is_success);
    CHECK(result.reason_code == 4712);
    CHECK(result.attributes.empty());
    REQUIRE(result.error);
    CHECK(result.error->win_error == 4712);
    CHECK(c.machine.auth_info().status == EapHostAuthFailed);
    CHECK(c.machine.auth_info().dwErrorCode == 4712);
  }
  SUBCASE("ends the conversation") {
    Conversation c;
    c.Authenticate();
    c.Run({{Success(2), kResult, {}},
           {Success(2), kDiscard, {}},
           {Failure(2), kDiscard, {}},
           {Request(3, 26), kDiscard, {}},
           {kIdentityRequest, kDiscard, {}}});
    CHECK(c.Conclude().is_success);
    CHECK(c.Conclude(EapHostPeerMethodResultTimeout).is_success);
    CHECK(c.method.log == Log{"GetResult(2)"});
  }
}

TEST_CASE("machine: Failure") {
  SUBCASE("counts only with the id of the last response") {
    Conversation c;
    c.Run({{Failure(0), kDiscard, {}},
           {Failure(1), kDiscard, {}},
           {kIdentityRequest, kSend, kIdentityResponse}});
    c.Run({{Failure(2), kDiscard, {}}, {Failure(1), kResult, {}}});
  }
  const struct {
    const char* when;
    std::vector<Step> steps;
    DWORD code;
    GUID cause;
    Log log;
  } kCases[] = {
      {"after the identity",
       {{kIdentityRequest, kSend, kIdentityResponse}, {Failure(1), kResult, {}}},
       EAP_I_USER_ACCOUNT_OTHER_ERROR,
       GUID_EapHost_Cause_User_Account_OtherProblem,
       {"GetIdentity(u)"}},
      {"after a Nak",
       {{kIdentityRequest, kSend, kIdentityResponse},
        {Request(2, 4), kSend, Response(2, 3, {26})},
        {Failure(2), kResult, {}}},
       EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED,
       GUID_EapHost_Cause_EapNegotiationFailed,
       {"GetIdentity(u)"}},
      {"after a notification alone",
       {{Request(2, 2), kSend, Response(2, 2)}, {Failure(2), kResult, {}}},
       EAP_E_AUTHENTICATION_FAILED,
       GUID_EapHost_Cause_Generic_AuthFailure,
       {}},
      {"after the method has answered, whatever the method says",
       {{Request(2, 26), kSend, Response(2, 26)}, {Failure(2), kResult, {}}},
       EAP_E_AUTHENTICATION_FAILED,
       GUID_EapHost_Cause_Generic_AuthFailure,
       {"Begin(u)", "Process(5)", "GetResponse", "GetResult(3)"}},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.when);
    Conversation c;
    c.Run(each.steps);
    const method::MethodResult& result = c.Conclude();
    CHECK(!result.is_success);
    CHECK(result.reason_code == each.code);
    REQUIRE(result.error);
    CHECK(result.error->win_error == each.code);
    CHECK(result.error->reason_code == each.code);
    CHECK(result.error->root_cause_guid == each.cause);
    CHECK(result.error->root_cause.has_value());
    CHECK(c.method.log == each.log);
    CHECK(c.machine.auth_info().status == EapHostAuthFailed);
    CHECK(c.machine.auth_info().dwReasonCode == each.code);
  }
}

TEST_CASE("machine: data is saved where the method claims success, and only there") {
  const auto conclude = [](bool claims, const Octets& final_packet) {
    auto c = std::make_unique<Conversation>();
    c->Authenticate();
    c->method.result.is_success = claims;
    c->method.result.connection_data = SecretBytes{'c'};
    c->method.result.user_data = SecretBytes{'u'};
    c->method.result.attributes.push_back({eatEMSK, {1}});
    c->Run({{final_packet, kResult, {}}});
    return c;
  };
  const auto accepted = conclude(true, Success(2));
  CHECK(accepted->Conclude().is_success);
  CHECK(accepted->Conclude().connection_data == SecretBytes{'c'});
  CHECK(accepted->Conclude().user_data == SecretBytes{'u'});
  CHECK(accepted->Conclude().attributes.size() == 1);
  CHECK(!accepted->Conclude().error);
  // Some methods claim success for no other reason; the verdict stays EAPHost's.
  const auto claimed = conclude(true, Failure(2));
  CHECK(!claimed->Conclude().is_success);
  CHECK(claimed->Conclude().reason_code == EAP_E_AUTHENTICATION_FAILED);
  CHECK(claimed->Conclude().connection_data == SecretBytes{'c'});
  CHECK(claimed->Conclude().attributes.empty());
  const auto refused = conclude(false, Failure(2));
  CHECK(!refused->Conclude().is_success);
  CHECK(!refused->Conclude().connection_data);
  CHECK(!refused->Conclude().user_data);
}

TEST_CASE("machine: an authenticator that comes to no end is left") {
  struct Row {
    const char* what;
    std::uint8_t type;
    std::size_t data;
    DWORD packet_size;
    DWORD max_rounds;
    int answered;
  };
  for (const Row& row : {Row{"short packets", 26, 0, 1500, 0, 50}, Row{"long packets", 26, 30, 1500, 0, 100},
                         Row{"a small link", 26, 30, 300, 0, 334}, Row{"notifications", 2, 30, 1500, 0, 100},
                         Row{"a limit", 26, 30, 1500, 7, 7}, Row{"half a limit", 26, 0, 1500, 7, 4},
                         Row{"no limit", 26, 0, 1500, 0xFFFFFFFF, 2000}}) {
    CAPTURE(row.what);
    Conversation c(PeerMachine::Settings{kMethod, 0, row.packet_size, false, row.max_rounds});
    int answered = 0;
    std::uint8_t id = 1;
    while (answered < 2000 && c.Receive(Request(++id, row.type, Octets(row.data))) == kSend) ++answered;
    CHECK(answered == row.answered);
    if (answered == 2000) continue;
    const method::MethodResult& result = c.Conclude();
    CHECK(!result.is_success);
    CHECK(result.reason_code == EAP_E_EAPHOST_REMOTE_INVALID_PACKET);
    REQUIRE(result.error);
    CHECK(result.error->root_cause == u"The authenticator sent more requests than a conversation may take.");
    CHECK(c.machine.auth_info().status == EapHostAuthFailed);
    // It is over.
    CHECK(c.Receive(Request(++id, row.type)) == kDiscard);
  }
}

TEST_CASE("machine: the same request again is no round") {
  Conversation c(PeerMachine::Settings{kMethod, 0, 1500, false, 4});
  c.Authenticate();
  for (int again = 0; again < 10; ++again) {
    c.Run({{Request(2, 26, {9}), kSend, Response(2, 26, {9})}});
  }
  c.Run({{Success(2), kResult, {}}});
  CHECK(c.Conclude().is_success);
}
