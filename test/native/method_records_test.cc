// Records of calls, one object for each DLL in memory, and what methods are initialized: native/method apart
// from its sessions.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "native/abi/constants.h"
#include "native/method/authenticator_method_session.h"
#include "native/method/dll_cache.h"
#include "native/method/peer_method_session.h"
#include "native/method/trace.h"
#include "test/native/method_counters.h"
#include "test/native/methods/misbehaving_method.h"
#include "test/native/methods/pair_method.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using method::CallRecord;
using method::CallRecords;
using method::Octets;
using platform::SecretBytes;

namespace {

constexpr EAP_METHOD_TYPE kPair{pairmethod::kTypes[0], pairmethod::kAuthor};

method::PeerParameters Parameters(std::string_view config) {
  method::PeerParameters parameters;
  parameters.connection_data = Secret(config);
  parameters.max_send_packet_size = 1500;
  return parameters;
}

std::string Names(const CallRecords& records) {
  std::string names;
  for (const CallRecord& record : records) names += std::string(record.call) + " ";
  return names;
}

const method::TraceValue* ValueOf(const CallRecord& record, std::string_view name) {
  const auto found = std::find_if(record.values.begin(), record.values.end(),
                                  [name](const auto& value) { return value.first == name; });
  return found == record.values.end() ? nullptr : &found->second;
}

}  // namespace

TEST_CASE("method records: calls and frees in their order, and nothing without a recording") {
  CallRecords records;
  {
    BothRoles dll("pairmethod");
    const method::Recording recording(records);
    method::PeerMethodSession session(dll.peer, dll.PeerRoutines(kPair), Parameters("error=GetResult"));
    method::IdentityAnswer answer;
    REQUIRE(session.GetIdentity(Secret("identity=a;password=b"), answer).ok());
    REQUIRE(session.Begin(answer.user_data).ok());
    method::MethodResult result;
    const values::Status status = session.GetResult(EapPeerMethodResultFailure, result);
    CHECK(status.call == std::string("EapPeerGetResult"));
    CHECK_FALSE(status.ok());
    REQUIRE(session.End().ok());
  }
  CHECK(Names(records) ==
        "EapPeerGetInfo EapPeerInitialize EapPeerGetIdentity EapPeerFreeMemory EapPeerFreeMemory "
        "EapPeerBeginSession EapPeerGetResult EapPeerFreeErrorMemory EapPeerEndSession ");
  const CallRecord& identity = records[2];
  CHECK(std::get<std::u16string>(*ValueOf(identity, "identity")) == u"a");
  CHECK(std::get<Octets>(*ValueOf(identity, "userData")).count == 21);
  CHECK(std::get<std::uint32_t>(*ValueOf(identity, "invokeUi")) == 0);
  CHECK(records[5].error == std::nullopt);
  CHECK(records[6].code != kNoError);
  CHECK(records[6].error.has_value());
  for (std::size_t at = 1; at < records.size(); ++at) CHECK(records[at].started >= records[at - 1].started);
}

TEST_CASE("method records: a recording within another, and threads of their own") {
  CallRecords outer;
  CallRecords inner;
  const method::Recording recording(outer);
  {
    const method::Recording other(inner);
    method::CallTrace trace("inner");
    trace.Number("number", 7);
  }
  method::CallTrace trace("outer");
  trace.Text("none", nullptr);
  trace.Packet(nullptr, 3);
  CHECK(Names(inner) == "inner ");
  CHECK(Names(outer) == "outer ");
  CHECK(ValueOf(outer[0], "none") == nullptr);
  CHECK(std::get<SecretBytes>(*ValueOf(outer[0], "packet")).empty());
}

TEST_CASE("method records: packets show no password that a method sends as it is") {
  const struct {
    std::vector<BYTE> packet;
    std::size_t shown;
  } cases[] = {
      {{2, 1, 0, 8, 5, 'a', 'b', 'c'}, 5},
      {{2, 1, 0, 8, 6, 'a', 'b', 'c'}, 5},
      {{2, 1, 0, 4, 6, 'a', 'b', 'c'}, 5},
      {{2, 1, 0, 7, 15, 'a', 'b'}, 5},
      {{2, 1, 0, 14, 254, 0, 0, 0, 0, 0, 0, 5, 'a', 'b'}, 12},
      {{2, 1, 0, 14, 254, 0, 0, 0, 0, 0, 0, 6, 'a', 'b'}, 12},
      {{2, 1, 0, 14, 254, 0, 0, 1, 0, 0, 0, 6, 'a', 'b'}, 14},
      {{2, 1, 0, 14, 254, 0, 0, 0, 0, 0, 1, 6, 'a', 'b'}, 14},
      {{2, 1, 0, 8, 254, 0, 0, 0}, 8},
      {{1, 1, 0, 8, 6, 'a', 'b', 'c'}, 8},
      {{2, 1, 0, 8, 1, 'a', 'b', 'c'}, 8},
      {{2, 1, 0, 8, 26, 'a', 'b', 'c'}, 8},
      {{2, 1, 0, 4}, 4},
  };
  for (const auto& [packet, shown] : cases) {
    CallRecords records;
    const method::Recording recording(records);
    method::CallTrace("call").Packet(packet.data(), packet.size());
    SecretBytes expected(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(shown));
    expected.resize(packet.size(), '*');
    CAPTURE(packet[4 % packet.size()]);
    CHECK(std::get<SecretBytes>(*ValueOf(records[0], "packet")) == expected);
  }
}

TEST_CASE("method records: no call shows a password of its blobs") {
  CallRecords records;
  {
    BothRoles dll("pairmethod");
    const method::Recording recording(records);
    method::PeerMethodSession peer(dll.peer, dll.PeerRoutines(kPair), Parameters("password=tiger"));
    method::IdentityAnswer answer;
    REQUIRE(peer.GetIdentity(Secret("identity=a;password=tiger"), answer).ok());
    REQUIRE(peer.Begin(answer.user_data).ok());
    (void)peer.SetCredentials(u"a", u"tiger");
    EapPeerMethodOutput output{};
    (void)peer.SetUiContext(Secret("tiger"), output);
    (void)peer.SetAttributes({{eatClearTextPassword, Secret("tiger")}}, output);
    method::MethodResult result;
    (void)peer.GetResult(EapPeerMethodResultSuccess, result);
    method::AuthenticatorParameters parameters;
    parameters.connection_data = Secret("password=tiger");
    parameters.max_send_packet_size = 1500;
    method::AuthenticatorMethodSession server(dll.authenticator, dll.AuthenticatorRoutines(kPair),
                                              parameters);
    REQUIRE(server.Begin().ok());
    method::Request request;
    REQUIRE(server.SendPacket(1, request).ok());
    method::AuthenticatorAction action{};
    const BYTE response[] = {2, 1, 0, 17, 254, 0, 0, 0, 0, 0, 0, 6, 't', 'i', 'g', 'e', 'r'};
    (void)server.ReceivePacket(response, action);
    (void)server.SetAttributes({{eatClearTextPassword, Secret("tiger")}}, action);
  }
  std::size_t secrets = 0;
  for (const CallRecord& record : records) {
    for (const auto& [name, value] : record.values) {
      CAPTURE(record.call);
      CAPTURE(name);
      if (const auto* const text = std::get_if<std::u16string>(&value)) {
        CHECK(text->find(u"tiger") == std::u16string::npos);
      }
      if (const auto* const bytes = std::get_if<SecretBytes>(&value)) {
        CHECK(std::string(bytes->begin(), bytes->end()).find("tiger") == std::string::npos);
      }
      if (std::holds_alternative<Octets>(value)) ++secrets;
    }
  }
  CHECK(secrets >= 9);
}

TEST_CASE("method records: attributes that may be keys show their size alone") {
  BYTE value[] = {1, 2, 3};
  EAP_ATTRIBUTE items[] = {{eatVendorSpecific, 3, value},
                           {eatEMSK, 3, value},
                           {eatClearTextPassword, 3, value},
                           {static_cast<EAP_ATTRIBUTE_TYPE>(9999), 3, value},
                           {eatUserPassword, 3, value},
                           {eatMD5CHAPPassword, 3, value},
                           {static_cast<EAP_ATTRIBUTE_TYPE>(69), 3, value},  // Tunnel-Password
                           {eatEAPMessage, 3, value},
                           {eatEAPConfiguration, 3, value},
                           {eatEAPTLV, 3, value},
                           {eatUserName, 3, value},
                           {eatMinimum, 7, nullptr}};
  const EapAttributes attributes{12, items};
  const EapAttributes lie{9, nullptr};
  CallRecords records;
  const method::Recording recording(records);
  method::CallTrace trace("call");
  trace.Attributes(&attributes);
  for (const char* const index : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
    CAPTURE(index);
    const auto* const shown = ValueOf(records[0], "attributes[" + std::string(index) + "].value");
    REQUIRE(shown != nullptr);
    REQUIRE(std::holds_alternative<Octets>(*shown));
    CHECK(std::get<Octets>(*shown).count == 3);
  }
  CHECK(std::get<SecretBytes>(*ValueOf(records[0], "attributes[10].value")).size() == 3);
  CHECK(std::get<SecretBytes>(*ValueOf(records[0], "attributes[11].value")).empty());
  method::CallTrace other("other");
  other.Attributes(&lie);
  other.Attributes(nullptr);
  CHECK(std::get<std::uint32_t>(*ValueOf(records[1], "attributes")) == 0);
}

TEST_CASE("method DLLs: an error that comes in two places is freed once") {
  BothRoles dll("misbehavingmethod");
  const EAP_METHOD_TYPE type{{254, misbehaving::kVendor, misbehaving::kFirstType}, misbehaving::kVendor};
  constexpr BYTE kRequest[] = {1, 7, 0, 13, 254, 1, 0x86, 0x9F, 0, 0, 0, 100, 'x'};
  for (const char* const how : {"fail", "leave"}) {
    CAPTURE(how);
    method::PeerMethodSession session(
        dll.peer, dll.PeerRoutines(type),
        Parameters("resulterror=same;error=1;" + std::string(how) + "=GetResult"));
    REQUIRE(session.Begin({}).ok());
    EapPeerMethodOutput output{};
    REQUIRE(session.ProcessRequest(kRequest, output).ok());
    method::MethodResult result;
    const values::Status status = session.GetResult(EapPeerMethodResultSuccess, result);
    CHECK(status.ok() == (how == std::string("leave")));
    CHECK(status.error.has_value() == !status.ok());
    CHECK(result.error.has_value() == status.ok());
  }
  CHECK(dll.allocated(testdll::Owner::kPeerError) == 2);
}

TEST_CASE("method DLLs: initialized once for each load, or for each type where they are told it") {
  BothRoles dll("pairmethod");
  const testdll::Counters before = dll.counters();
  for (int round = 0; round < 2; ++round) {
    for (const EAP_TYPE& type : pairmethod::kTypes) {
      dll.PeerRoutines({type, pairmethod::kAuthor});
      dll.AuthenticatorRoutines({type, pairmethod::kAuthor});
    }
  }
  CHECK(dll.counters().initialized - before.initialized == 1 + pairmethod::kTypeCount);
}

TEST_CASE("method DLLs: one object for each file while anybody uses it") {
  method::DllCache<method::PeerMethodDll> peers;
  const std::u16string path = embedded::test::BesideProgram("pairmethod");
  std::shared_ptr<method::PeerMethodDll> one;
  std::shared_ptr<method::PeerMethodDll> other;
  REQUIRE(peers.Acquire(path, true, one).ok());
  REQUIRE(peers.Acquire(path, true, other).ok());
  CHECK(one == other);
  CHECK(peers.loaded() == 1);
  const EAP_PEER_METHOD_ROUTINES* routines = nullptr;
  REQUIRE(one->Routines(kPair.eapType, routines).ok());
  one.reset();
  CHECK(peers.loaded() == 1);
  CHECK(method::PeerMethodDll::RoutineNames(*routines).size() == 13);
  CHECK(other->Missing(*routines) == nullptr);
  other.reset();
  CHECK(peers.loaded() == 0);
  const values::Status missing = peers.Acquire(u"/nowhere/at-all", true, one);
  CHECK(missing.call == std::string("LoadLibrary"));
  CHECK(missing.code == kErrorModNotFound);
  CHECK(one == nullptr);
  CHECK(peers.loaded() == 0);
}
