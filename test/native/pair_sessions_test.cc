// The pair method through PeerMethodSession and AuthenticatorMethodSession: both call sequences, broken off
// at every step, on many threads, and by the DLL's own count nothing freed that must not be and nothing left.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "native/abi/constants.h"
#include "native/method/authenticator_method_session.h"
#include "native/method/peer_method_session.h"
#include "test/native/method_counters.h"
#include "test/native/methods/pair_method.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using platform::SecretBytes;
using values::Attribute;
using values::AttributeList;

namespace {

constexpr EAP_METHOD_TYPE kType{pairmethod::kTypes[0], pairmethod::kAuthor};
constexpr DWORD kMaxPacket = 1020;

const SecretBytes* ValueOf(const AttributeList& list, EAP_ATTRIBUTE_TYPE type, std::uint8_t mppe = 0) {
  for (const Attribute& attribute : list) {
    if (attribute.type == type && (mppe == 0 || attribute.value[4] == mppe)) return &attribute.value;
  }
  return nullptr;
}

AttributeList Answer(std::string_view text) { return {{eatEAPTLV, Secret(text)}}; }

class Run {
 public:
  Run(BothRoles& dll, std::string_view peer_config, std::string_view authenticator_config,
      const EAP_METHOD_TYPE& type = kType)
      : peer_(dll.peer, dll.PeerRoutines(type), PeerOf(peer_config)),
        authenticator_(dll.authenticator, dll.AuthenticatorRoutines(type),
                       AuthenticatorOf(authenticator_config)) {}

  // Makes at most `steps` calls. True where it came to its end.
  bool Go(int steps, std::string_view user = "identity=alice;password=password") {
    left_ = steps;
    return Step([&] { return peer_.GetIdentity(Secret(user), identity); }) &&
           Step([&] { return peer_.Begin(identity.user_data); }) &&
           Step([&] { return authenticator_.Begin(); }) && Exchange();
  }

  method::IdentityAnswer identity;
  method::MethodResult peer_result;
  method::AuthenticatorResult authenticator_result;
  SecretBytes context;
  DWORD code = kNoError;  // of the call that failed
  int made = 0;

 private:
  static method::PeerParameters PeerOf(std::string_view config) {
    method::PeerParameters parameters;
    parameters.connection_data = Secret(config);
    parameters.max_send_packet_size = kMaxPacket;
    return parameters;
  }
  static method::AuthenticatorParameters AuthenticatorOf(std::string_view config) {
    method::AuthenticatorParameters parameters;
    parameters.identity = u"alice";
    parameters.connection_data = Secret(config);
    parameters.max_send_packet_size = kMaxPacket;
    return parameters;
  }

  template <typename Call>
  bool Step(Call&& call) {
    if (left_-- <= 0) return false;
    ++made;
    code = call().code;
    return code == kNoError;
  }

  bool Exchange() {
    for (BYTE id = 1;; ++id) {
      method::Request request;
      EapPeerMethodOutput output{};
      SecretBytes response;
      auto action = EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
      if (!Step([&] { return authenticator_.SendPacket(id, request); })) return false;
      if (!Step([&] { return peer_.ProcessRequest(request.packet, output); })) return false;
      AttributeList asked;
      if (output.action == EapPeerMethodResponseActionRespond) {
        if (!Step([&] { return peer_.GetAttributes(asked); })) return false;
        if (!Step([&] { return peer_.SetAttributes(Answer("of the peer's host"), output); })) return false;
      }
      if (output.action == EapPeerMethodResponseActionInvokeUI) {
        if (!Step([&] { return peer_.GetUiContext(context); })) return false;
        const SecretBytes yes = Secret("answer=yes");
        if (!Step([&] { return peer_.SetUiContext(yes, output); })) return false;
      }
      if (output.action != EapPeerMethodResponseActionSend) return false;
      if (!Step([&] { return peer_.GetResponse(response); })) return false;
      if (!Step([&] { return authenticator_.ReceivePacket(response, action); })) return false;
      if (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND) {
        if (!Step([&] { return authenticator_.GetAttributes(asked); })) return false;
        if (!Step([&] { return authenticator_.SetAttributes(Answer("of the server's host"), action); }))
          return false;
      }
      if (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND) continue;
      if (action != EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT) return false;
      if (!Step([&] { return authenticator_.GetResult(authenticator_result); })) return false;
      const auto reason =
          authenticator_result.is_success ? EapPeerMethodResultSuccess : EapPeerMethodResultFailure;
      return Step([&] { return peer_.GetResult(reason, peer_result); });
    }
  }

  method::PeerMethodSession peer_;
  method::AuthenticatorMethodSession authenticator_;
  int left_ = 0;
};

constexpr char kPeerAll[] = "attributes=2;ui=1;fragment=3000;save=1";
constexpr char kAuthenticatorAll[] = "attributes=2;ui=1;fragment=2500";

bool SameKeys(const Run& run) {
  const AttributeList& peer = run.peer_result.attributes;
  const AttributeList& authenticator = run.authenticator_result.attributes;
  const SecretBytes* const keys[] = {
      ValueOf(peer, eatVendorSpecific, 16), ValueOf(peer, eatVendorSpecific, 17),
      ValueOf(authenticator, eatVendorSpecific, 17), ValueOf(authenticator, eatVendorSpecific, 16)};
  for (const SecretBytes* const key : keys) {
    if (key == nullptr || key->size() != 56) return false;
  }
  const auto same = [](const SecretBytes& one, const SecretBytes& other) {
    return std::equal(one.begin() + 9, one.end(), other.begin() + 9, other.end());
  };
  return same(*keys[0], *keys[2]) && same(*keys[1], *keys[3]) && !same(*keys[0], *keys[1]);
}

}  // namespace

TEST_CASE("pair sessions: every type succeeds, with everything that the method uses") {
  BothRoles dll("pairmethod");
  for (const EAP_TYPE& type : pairmethod::kTypes) {
    CAPTURE(int(type.type));
    Run run(dll, kPeerAll, kAuthenticatorAll, {type, pairmethod::kAuthor});
    REQUIRE(run.Go(1000));
    CHECK(run.identity.identity == u"alice");
    CHECK(run.peer_result.is_success);
    CHECK(run.authenticator_result.is_success);
    CHECK(SameKeys(run));
    CHECK(Text(run.context) == std::string(kPeerAll) + ";identity=alice");
    REQUIRE(run.peer_result.connection_data);
    CHECK(Text(*run.peer_result.connection_data) == std::string(kPeerAll) + ";saved=1");
    REQUIRE(run.peer_result.user_data);
    CHECK(Text(*run.peer_result.user_data) == "identity=alice;password=password");
    const AttributeList& attributes = run.authenticator_result.attributes;
    REQUIRE(ValueOf(attributes, eatReplyMessage) != nullptr);
    CHECK(Text(*ValueOf(attributes, eatReplyMessage)) == "of the server's host");
    REQUIRE(ValueOf(attributes, eatEAPTLV) != nullptr);
    CHECK(Text(*ValueOf(attributes, eatEAPTLV)) == "of the peer's host");
  }
}

TEST_CASE("pair sessions: broken off after every step") {
  BothRoles dll("pairmethod");
  int steps = 0;
  bool done = false;
  for (; !done; ++steps) {
    REQUIRE(steps < 200);
    Run run(dll, kPeerAll, kAuthenticatorAll);
    done = run.Go(steps);
    CHECK(run.code == kNoError);
  }
  CHECK(steps > 30);
  CHECK(dll.counters().sessions_begun > 2 * 28);
}

TEST_CASE("pair sessions: failures come with their reasons and errors") {
  BothRoles dll("pairmethod");
  Run rejected(dll, "", "");
  REQUIRE(rejected.Go(1000, "identity=alice;password=guess"));
  CHECK_FALSE(rejected.authenticator_result.is_success);
  CHECK(rejected.authenticator_result.reason_code == EAP_E_USER_NAME_PASSWORD_REJECTED);
  CHECK(rejected.authenticator_result.attributes.empty());
  CHECK_FALSE(rejected.peer_result.is_success);
  CHECK(rejected.peer_result.reason_code == EAP_E_USER_NAME_PASSWORD_REJECTED);
  REQUIRE(rejected.peer_result.error);
  CHECK(rejected.peer_result.error->reason_code == EAP_E_USER_NAME_PASSWORD_REJECTED);
  CHECK(rejected.peer_result.error->root_cause == u"the pair method did not succeed");
  CHECK(dll.allocated(testdll::Owner::kPeerError) == 1);
  Run failing(dll, "", "error=SendPacket;code=4711");
  CHECK_FALSE(failing.Go(1000));
  CHECK(failing.code == 4711);
  CHECK(dll.allocated(testdll::Owner::kAuthenticatorError) == 1);
}

TEST_CASE("pair sessions: the identity dialog is wanted without credentials") {
  BothRoles dll("pairmethod");
  Run nobody(dll, "", "");
  CHECK_FALSE(nobody.Go(1, ""));
  CHECK(nobody.code == kNoError);
  CHECK(nobody.identity.invoke_ui);
  CHECK_FALSE(nobody.identity.identity);
}

TEST_CASE("pair sessions: an identity that becomes known later, and credentials that are set") {
  BothRoles dll("pairmethod");
  method::AuthenticatorParameters server;
  server.max_send_packet_size = kMaxPacket;
  server.identity = u"anonymous";
  method::AuthenticatorMethodSession authenticator(dll.authenticator, dll.AuthenticatorRoutines(kType),
                                                   server);
  method::PeerParameters client;
  client.max_send_packet_size = kMaxPacket;
  method::PeerMethodSession peer(dll.peer, dll.PeerRoutines(kType), client);
  REQUIRE(authenticator.Begin().ok());
  REQUIRE(authenticator.UpdateInnerMethodParams(0, u"b\u00f6b", {}).ok());
  REQUIRE(peer.Begin({}).ok());
  REQUIRE(peer.SetCredentials(u"bob", u"password").ok());
  auto action = EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND;
  for (BYTE id = 250; action == EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND; ++id) {
    method::Request request;
    EapPeerMethodOutput output{};
    SecretBytes response;
    REQUIRE(authenticator.SendPacket(id, request).ok());
    // There is one request for each reason to send one.
    method::Request again;
    CHECK(authenticator.SendPacket(id, again).code == kErrorInvalidState);
    REQUIRE(peer.ProcessRequest(request.packet, output).ok());
    REQUIRE(peer.GetResponse(response).ok());
    // A response to another request is none.
    SecretBytes wrong = response;
    ++wrong[1];
    REQUIRE(authenticator.ReceivePacket(wrong, action).ok());
    CHECK(action == EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD);
    REQUIRE(authenticator.ReceivePacket(response, action).ok());
  }
  REQUIRE(action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT);
  method::AuthenticatorResult result;
  REQUIRE(authenticator.GetResult(result).ok());
  REQUIRE(result.is_success);
  CHECK(Text(*ValueOf(result.attributes, eatUserName)) ==
        "b\xc3\xb6"
        "b");
  CHECK(Text(*ValueOf(result.attributes, eatPeerId)) == "bob");
}

TEST_CASE("pair sessions: 32 at once on one DLL") {
  BothRoles dll("pairmethod");
  // Made before, so that no thread asserts.
  dll.PeerRoutines(kType);
  dll.AuthenticatorRoutines(kType);
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int index = 0; index < 32; ++index) {
    threads.emplace_back([&] {
      for (int count = 0; count < 20; ++count) {
        Run run(dll, kPeerAll, kAuthenticatorAll);
        if (run.Go(1000) && run.peer_result.is_success && SameKeys(run)) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 32 * 20);
}
