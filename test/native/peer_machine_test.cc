// The EAP peer's state machine: what it does with each kind of request, from packet tables.
#include <doctest/doctest.h>

#include <vector>

#include "native/abi/constants.h"
#include "test/native/peer_machine_conversation.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded;
using namespace eaphost::embedded::test::machine;

TEST_CASE("machine: a whole conversation, and the order of the method's calls") {
  Conversation c;
  CHECK(c.machine.auth_info().status == EapHostAuthNotStarted);
  c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  CHECK(c.machine.auth_info().status == EapHostAuthIdentityExchange);
  c.Run({{Request(2, 26, {9}), kSend, Response(2, 26, {9})}, {Request(3, 26), kSend, Response(3, 26)}});
  CHECK(c.machine.auth_info().status == EapHostAuthInProgress);
  c.Run({{Success(3), kResult, {}}});
  CHECK(c.Conclude().is_success);
  CHECK(c.machine.auth_info().status == EapHostAuthSucceeded);
  CHECK(c.method.log == Log{"GetIdentity(u)", "Begin(u)", "Process(6)", "GetResponse", "Process(5)",
                            "GetResponse", "GetResult(2)"});
  CHECK(c.machine.identity() == u"me");
}

TEST_CASE("machine: what is no valid packet is discarded at every stage and changes nothing") {
  const Octets bad[] = {{},
                        {1},
                        {1, 9, 0, 3},
                        {1, 9, 0, 4},
                        {1, 9, 0, 9, 26},
                        {2, 9, 0, 5, 26},
                        {0, 9, 0, 5, 26},
                        {7, 9, 0, 5, 26},
                        {3, 2, 0, 5, 0},
                        {4, 2, 0, 3},
                        {1, 9, 0, 8, 254, 0, 0, 0}};
  Conversation c;
  for (const Octets& packet : bad) CHECK(c.Receive(packet) == kDiscard);
  c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  for (const Octets& packet : bad) CHECK(c.Receive(packet) == kDiscard);
  c.Run({{Request(2, 26, {9}), kSend, Response(2, 26, {9})}});
  for (const Octets& packet : bad) CHECK(c.Receive(packet) == kDiscard);
  c.Run({{Success(2), kResult, {}}});
  for (const Octets& packet : bad) CHECK(c.Receive(packet) == kDiscard);
  CHECK(c.Conclude().is_success);
}

TEST_CASE("machine: padding behind a packet does not reach the method") {
  Conversation c;
  c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  Octets padded = Request(2, 26, {9});
  padded.insert(padded.end(), 40, 0);
  CHECK(c.Receive(padded) == kSend);
  CHECK(c.method.last_request.size() == 6);
}

TEST_CASE("machine: duplicates are answered again without the method") {
  Conversation c;
  c.Run({{kIdentityRequest, kSend, kIdentityResponse}, {kIdentityRequest, kSend, kIdentityResponse}});
  CHECK(c.method.TakeLog() == Log{"GetIdentity(u)"});
  c.Run({{Request(2, 26, {9}), kSend, Response(2, 26, {9})},
         {Request(2, 26, {9}), kSend, Response(2, 26, {9})},
         {Request(2, 26, {9}), kSend, Response(2, 26, {9})}});
  CHECK(c.method.TakeLog() == Log{"Begin(u)", "Process(6)", "GetResponse"});

  SUBCASE("padding does not make it another request") {
    Octets padded = Request(2, 26, {9});
    padded.push_back(0);
    c.Run({{padded, kSend, Response(2, 26, {9})}});
    CHECK(c.method.TakeLog().empty());
  }
  SUBCASE("another request under the same id is discarded") {
    c.Run(
        {{Request(2, 26, {8}), kDiscard, {}}, {Request(2, 26), kDiscard, {}}, {Request(2, 1), kDiscard, {}}});
    CHECK(c.method.TakeLog().empty());
    c.Run({{Request(2, 26, {9}), kSend, Response(2, 26, {9})}});
  }
  SUBCASE("an old request is not a duplicate, but the conversation's next one") {
    c.Run({{Request(3, 26), kSend, Response(3, 26)}, {Request(2, 26, {9}), kSend, Response(2, 26, {9})}});
    CHECK(c.method.TakeLog() == Log{"Process(5)", "GetResponse", "Process(6)", "GetResponse"});
  }
}

TEST_CASE("machine: duplicates of a Nak and of a notification are answered again") {
  Conversation c;
  c.Run({{Request(1, 4), kSend, Response(1, 3, {26})},
         {Request(1, 4), kSend, Response(1, 3, {26})},
         {Request(2, 2, {'x'}), kSend, Response(2, 2)},
         {Request(2, 2, {'x'}), kSend, Response(2, 2)}});
  CHECK(c.method.log.empty());
}

TEST_CASE("machine: a request that the method dropped is no duplicate when it comes again") {
  Conversation c;
  c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  c.method.outputs = {{EapPeerMethodResponseActionDiscard, 1}, {EapPeerMethodResponseActionNone, 1}};
  c.Run({{Request(2, 26), kDiscard, {}},
         {Request(2, 26), kNone, {}},
         {Request(2, 26), kSend, Response(2, 26)}});
  CHECK(c.method.log ==
        Log{"GetIdentity(u)", "Begin(u)", "Process(5)", "Process(5)", "Process(5)", "GetResponse"});
}

TEST_CASE("machine: the identity may be asked for again until the method runs") {
  Conversation c;
  c.Run({{kIdentityRequest, kSend, kIdentityResponse},
         {Request(2, 1, {'?'}), kSend, {2, 2, 0, 7, 1, 'm', 'e'}},
         {Request(3, 4), kSend, Response(3, 3, {26})},
         {Request(4, 1), kSend, {2, 4, 0, 7, 1, 'm', 'e'}}});
  CHECK(c.method.TakeLog() == Log{"GetIdentity(u)"});
  c.Run({{Request(5, 26), kSend, Response(5, 26)}, {Request(6, 1), kDiscard, {}}});
}

TEST_CASE("machine: the identity goes out as UTF-8, and may be empty") {
  Conversation c;
  c.method.identity = u"J\u00FCrgen";
  c.Run({{kIdentityRequest, kSend, {2, 1, 0, 12, 1, 'J', 0xC3, 0xBC, 'r', 'g', 'e', 'n'}}});
  Conversation anonymous;
  anonymous.method.identity = u"";
  anonymous.Run({{kIdentityRequest, kSend, {2, 1, 0, 5, 1}}});
}

TEST_CASE("machine: an identity in expanded form is answered in expanded form") {
  Conversation c;
  c.Run(
      {{{1, 1, 0, 12, 254, 0, 0, 0, 0, 0, 0, 1}, kSend, {2, 1, 0, 14, 254, 0, 0, 0, 0, 0, 0, 1, 'm', 'e'}}});
}

TEST_CASE("machine: user data from the identity goes to the method's session") {
  Conversation c;
  c.method.user_data_out = {'n', 'e', 'w'};
  c.Run({{kIdentityRequest, kSend, kIdentityResponse}, {Request(2, 26), kSend, Response(2, 26)}});
  CHECK(c.method.log == Log{"GetIdentity(u)", "Begin(new)", "Process(5)", "GetResponse"});
}

TEST_CASE("machine: a server may begin with the method at once") {
  Conversation c;
  c.Run({{Request(7, 26), kSend, Response(7, 26)}, {Success(7), kResult, {}}});
  CHECK(c.method.log == Log{"Begin(u)", "Process(5)", "GetResponse", "GetResult(2)"});
}

TEST_CASE("machine: guests have no name, and the method is not asked for one") {
  Conversation c(kMethod, EAP_FLAG_GUEST_ACCESS);
  c.Run({{kIdentityRequest, kSend, {2, 1, 0, 5, 1}}});
  CHECK(c.method.log.empty());
}

TEST_CASE("machine: identities that cannot be given") {
  SUBCASE("the method knows none") {
    Conversation c;
    c.method.identity.reset();
    CHECK(c.Receive(kIdentityRequest, EAP_E_EAPHOST_IDENTITY_UNKNOWN) == kDiscard);
    c.method.identity = u"me";
    c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  }
  SUBCASE("the method fails") {
    Conversation c;
    c.method.failing = {"GetIdentity", kErrorNoSuchUser};
    CHECK(c.Receive(kIdentityRequest, kErrorNoSuchUser) == kDiscard);
    c.method.failing = {};
    c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  }
  SUBCASE("it does not fit into a packet") {
    Conversation c;
    c.method.identity = std::u16string(1496, u'x');
    CHECK(c.Receive(kIdentityRequest, EAP_E_EAPHOST_METHOD_INVALID_PACKET) == kDiscard);
  }
  SUBCASE("there is no user data, and the option wants some: the method is not asked") {
    Conversation c(kMethod, 0, true, {});
    EapHostPeerResponseAction action = kNone;
    const values::Status status = c.machine.Receive(kIdentityRequest, action);
    CHECK(status.code == EAP_E_EAPHOST_IDENTITY_UNKNOWN);
    REQUIRE(status.error.has_value());
    CHECK(status.error->root_cause_guid == GUID_EapHost_Cause_IdentityUnknown);
    CHECK(status.error->type.eapType.type == 26);
    CHECK(c.method.log.empty());
    Conversation given(kMethod, 0, true, {'u'});
    given.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  }
  SUBCASE("a user interface is needed and not allowed") {
    for (const DWORD flag : {EAP_FLAG_NON_INTERACTIVE, EAP_FLAG_SUPRESS_UI}) {
      Conversation c(kMethod, flag, false, {});
      c.method.ui_without_user_data = true;
      CHECK(c.Receive(kIdentityRequest, EAP_E_EAPHOST_IDENTITY_UNKNOWN) == kDiscard);
    }
  }
}

TEST_CASE("machine: the user interface for an identity") {
  Conversation c(kMethod, 0, false, {});
  c.method.ui_without_user_data = true;
  c.Run({{kIdentityRequest, kInvokeUi, {}}});
  CHECK(c.machine.ui() == PeerMachine::Ui::kIdentity);
  CHECK(c.machine.ui_context().empty());
  CHECK(c.machine.auth_info().status == EapHostAuthIdentityExchange);
  // Whatever comes meanwhile waits.
  c.Run({{kIdentityRequest, kDiscard, {}}, {Request(2, 26), kDiscard, {}}, {Failure(1), kDiscard, {}}});

  EapHostPeerResponseAction action = kNone;
  SUBCASE("gives user data, and the method is asked again") {
    CHECK(c.machine.SetUiContext(Octets{'n'}, action).ok());
    CHECK(action == kSend);
    CHECK(c.response() == kIdentityResponse);
    CHECK(c.machine.ui() == PeerMachine::Ui::kNone);
    CHECK(c.method.log == Log{"GetIdentity()", "GetIdentity(n)"});
    c.method.TakeLog();
    c.Run({{kIdentityRequest, kSend, kIdentityResponse}, {Request(2, 26), kSend, Response(2, 26)}});
    CHECK(c.method.log == Log{"Begin(n)", "Process(5)", "GetResponse"});
  }
  SUBCASE("gives nothing, and is asked for again") {
    CHECK(c.machine.SetUiContext({}, action).ok());
    CHECK(action == kInvokeUi);
    CHECK(c.machine.ui() == PeerMachine::Ui::kIdentity);
  }
  SUBCASE("gives what the method will not have") {
    c.method.failing = {"GetIdentity", kErrorNoSuchUser};
    CHECK(c.machine.SetUiContext(Octets{'n'}, action).code == kErrorNoSuchUser);
    CHECK(action == kDiscard);
    c.method.failing = {};
    c.Run({{kIdentityRequest, kSend, kIdentityResponse}});
  }
  SUBCASE("may be given up by a time-out") {
    CHECK(c.Conclude(EapHostPeerMethodResultTimeout).reason_code == kErrorTimeout);
    CHECK(c.machine.SetUiContext(Octets{'n'}, action).code == kErrorInvalidState);
    CHECK(c.method.log == Log{"GetIdentity()"});
  }
}

TEST_CASE("machine: notifications") {
  SUBCASE("are answered before the method and during it") {
    Conversation c;
    c.Run({{Request(9, 2, {'h', 'i'}), kSend, Response(9, 2)},
           {kIdentityRequest, kSend, kIdentityResponse},
           {Request(5, 2), kSend, Response(5, 2)},
           {Request(2, 26), kSend, Response(2, 26)},
           {Request(6, 2), kSend, Response(6, 2)},
           {{1, 7, 0, 12, 254, 0, 0, 0, 0, 0, 0, 2}, kSend, {2, 7, 0, 12, 254, 0, 0, 0, 0, 0, 0, 2}},
           {Success(7), kResult, {}}});
    CHECK(c.Conclude().is_success);
  }
  SUBCASE("are discarded while the method does not allow them") {
    Conversation c;
    c.method.outputs = {{EapPeerMethodResponseActionSend, 0}, {EapPeerMethodResponseActionSend, 1}};
    c.Run({{kIdentityRequest, kSend, kIdentityResponse},
           {Request(2, 26), kSend, Response(2, 26)},
           {Request(3, 2), kDiscard, {}},
           {Request(4, 26), kSend, Response(4, 26)},
           {Request(5, 2), kSend, Response(5, 2)}});
  }
}

TEST_CASE("machine: Nak to what is not wanted") {
  SUBCASE("a type of one octet, wanted: one of one octet") {
    Conversation c;
    c.Run({{kIdentityRequest, kSend, kIdentityResponse},
           {Request(2, 4, {1}), kSend, Response(2, 3, {26})},
           {Request(3, 13), kSend, Response(3, 3, {26})}});
    CHECK(c.machine.auth_info().status == EapHostAuthNegotiatingType);
    c.Run({{Request(4, 26), kSend, Response(4, 26)}, {Success(4), kResult, {}}});
    CHECK(c.Conclude().is_success);
  }
  SUBCASE("a type of one octet, wanted: an expanded one") {
    Conversation c(kExpandedMethod);
    c.Run({{Request(2, 4), kSend, Response(2, 3, {254})},
           {{1, 3, 0, 12, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 1},
            kSend,
            {2, 3, 0, 12, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 1}}});
  }
  SUBCASE("an expanded type, wanted: one of one octet") {
    Conversation c;
    c.Run({{{1, 2, 0, 12, 254, 0, 1, 0x37, 0, 0, 0, 9}, kSend, {2, 2, 0,   20, 254, 0, 0, 0, 0, 0,
                                                                0, 3, 254, 0,  0,   0, 0, 0, 0, 26}}});
  }
  SUBCASE("an expanded type, wanted: another expanded one") {
    Conversation c(kExpandedMethod);
    c.Run({{{1, 2, 0, 12, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 2},
            kSend,
            {2, 2, 0, 20, 254, 0, 0, 0, 0, 0, 0, 3, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 1}}});
  }
  SUBCASE("never once the method has answered") {
    Conversation c;
    c.Authenticate();
    c.Run({{Request(3, 4), kDiscard, {}},
           {Request(4, 13), kDiscard, {}},
           {Request(5, 26), kSend, Response(5, 26)}});
  }
  SUBCASE("but still when the method only dropped a request") {
    Conversation c;
    c.method.outputs = {{EapPeerMethodResponseActionDiscard, 1}};
    c.Run({{Request(2, 26), kDiscard, {}}, {Request(3, 4), kSend, Response(3, 3, {26})}});
  }
  SUBCASE("a request of type Nak is none") {
    Conversation c;
    c.Run({{Request(2, 3, {4}), kDiscard, {}}, {{1, 2, 0, 12, 254, 0, 0, 0, 0, 0, 0, 3}, kDiscard, {}}});
  }
}

TEST_CASE("machine: a method of one octet type is reached in expanded form, too") {
  Conversation c;
  c.Run({{{1, 2, 0, 14, 254, 0, 0, 0, 0, 0, 0, 26, 8, 9},
          kSend,
          {2, 2, 0, 14, 254, 0, 0, 0, 0, 0, 0, 26, 8, 9}}});
  CHECK(Octets(c.method.last_request.begin(), c.method.last_request.end()) == Request(2, 26, {8, 9}));
}
