// Every allocation of every call of a method DLL fails once, recorded and not: whatever fails, nothing of the
// DLL's is left behind or freed wrongly, and its sessions are ended.
#include <doctest/doctest.h>

#include <functional>
#include <new>
#include <optional>
#include <string>

#include "native/abi/constants.h"
#include "native/method/authenticator_method_session.h"
#include "native/method/exports.h"
#include "native/method/peer_method_session.h"
#include "native/method/trace.h"
#include "test/native/method_counters.h"
#include "test/native/methods/pair_method.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using embedded::test::FailingAllocations;
using embedded::test::RuntimeCall;
using platform::SecretBytes;

namespace {

constexpr EAP_METHOD_TYPE kPair{pairmethod::kTypes[0], pairmethod::kAuthor};
const std::optional<std::u16string> kNoEndpoint;

// Runs what may fail for want of memory, in whatever way. Whether it came to its end.
bool Try(const std::function<bool()>& work) {
  try {
    const RuntimeCall mark;
    return work();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

values::AttributeList Answer() { return {{eatEAPTLV, Secret("answer")}}; }

// Everything that the two sequences have, as far as it goes.
bool Converse(BothRoles& dll) {
  const EAP_PEER_METHOD_ROUTINES* peer_routines = nullptr;
  const EAP_AUTHENTICATOR_METHOD_ROUTINES* authenticator_routines = nullptr;
  if (!dll.peer->Routines(kPair.eapType, peer_routines).ok()) return false;
  if (!dll.authenticator->Routines(kPair, authenticator_routines).ok()) return false;
  method::PeerParameters peer_parameters;
  peer_parameters.connection_data = Secret("attributes=1;ui=1;save=1");
  peer_parameters.attributes = Answer();
  peer_parameters.max_send_packet_size = 1020;
  method::AuthenticatorParameters authenticator_parameters;
  authenticator_parameters.identity = u"alice";
  authenticator_parameters.connection_data = Secret("attributes=1;ui=1");
  authenticator_parameters.max_send_packet_size = 1020;
  method::PeerMethodSession peer(dll.peer, *peer_routines, std::move(peer_parameters));
  method::AuthenticatorMethodSession authenticator(dll.authenticator, *authenticator_routines,
                                                   std::move(authenticator_parameters));
  method::IdentityAnswer identity;
  if (!peer.GetIdentity(Secret("identity=alice;password=password"), identity).ok()) return false;
  if (!peer.Begin(identity.user_data).ok() || !authenticator.Begin().ok()) return false;
  if (!peer.SetCredentials(u"alice", u"password").ok()) return false;
  if (!authenticator.UpdateInnerMethodParams(0, u"alice", Answer()).ok()) return false;
  for (BYTE id = 1;; ++id) {
    method::Request request;
    EapPeerMethodOutput output{};
    SecretBytes bytes;
    values::AttributeList asked;
    auto action = EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
    if (!authenticator.SendPacket(id, request).ok()) return false;
    if (!peer.ProcessRequest(request.packet, output).ok()) return false;
    if (output.action == EapPeerMethodResponseActionRespond) {
      if (!peer.GetAttributes(asked).ok() || !peer.SetAttributes(Answer(), output).ok()) return false;
    }
    if (output.action == EapPeerMethodResponseActionInvokeUI) {
      if (!peer.GetUiContext(bytes).ok() || !peer.SetUiContext(Secret("answer=yes"), output).ok())
        return false;
    }
    if (!peer.GetResponse(bytes).ok() || !authenticator.ReceivePacket(bytes, action).ok()) return false;
    if (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND) {
      if (!authenticator.GetAttributes(asked).ok()) return false;
      if (!authenticator.SetAttributes(Answer(), action).ok()) return false;
    }
    if (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND) continue;
    method::AuthenticatorResult authenticator_result;
    method::MethodResult peer_result;
    return authenticator.GetResult(authenticator_result).ok() &&
           peer.GetResult(EapPeerMethodResultSuccess, peer_result).ok() && authenticator_result.is_success &&
           peer_result.is_success && authenticator.End().ok() && peer.End().ok();
  }
}

// Every function that is exported by name.
bool UseExports(BothRoles& dll) {
  const method::PeerExports peer(*dll.peer, kNoEndpoint);
  values::MethodContext context;
  context.method = kPair;
  context.user_data = Secret("identity=someone;password=longer than that");
  values::Failure failure;
  std::vector<values::InputField> fields;
  std::vector<values::MethodProperty> properties;
  values::InteractiveUi ui;
  values::Identity identity;
  SecretBytes blob;
  SecretBytes other;
  method::Credential credential;
  credential.kind = EAP_USERNAME_PASSWORD_CREDENTIAL;
  credential.name = u"bob";
  return peer.QueryCredentialInputFields(context, fields, failure) &&
         peer.QueryUserBlob(context, fields, blob, failure) &&
         peer.QueryInteractiveUiInputFields(0, Secret("identity=a"), ui, failure) &&
         peer.QueryUiBlob(0, Secret("identity=a"), ui, blob, failure) &&
         peer.GetMethodProperties(context, properties, failure) &&
         peer.GetBlobs(context, credential, blob, other, failure) &&
         peer.InvokeConfigUi(nullptr, context, blob, failure) &&
         peer.InvokeIdentityUi(nullptr, context, identity, failure) &&
         peer.InvokeInteractiveUi(nullptr, kPair, Secret("identity=a"), blob, failure) &&
         method::InvokeAuthenticatorConfigUi(*dll.authenticator, kNoEndpoint, nullptr, context, u"machine",
                                             blob, failure);
}

void FailEach(bool (*work)(BothRoles&), bool is_recorded) {
  bool has_failed = true;
  long index = 0;
  for (; has_failed && index < 5000; ++index) {
    CAPTURE(index);
    method::CallRecords records;
    BothRoles dll("pairmethod");
    const FailingAllocations failing(index);
    std::optional<method::Recording> recording;
    if (is_recorded) recording.emplace(records);
    const bool is_done = Try([&] { return work(dll); });
    has_failed = failing.happened();
    if (!has_failed) CHECK(is_done);
  }
  CHECK_FALSE(has_failed);
  CHECK(index > 20);
}

}  // namespace

TEST_CASE("method memory: each allocation of a conversation fails") { FailEach(&Converse, false); }
TEST_CASE("method memory: each allocation of a recorded conversation fails") { FailEach(&Converse, true); }
TEST_CASE("method memory: each allocation of the functions by name fails") { FailEach(&UseExports, false); }
TEST_CASE("method memory: each allocation of the functions by name, recorded, fails") {
  FailEach(&UseExports, true);
}
