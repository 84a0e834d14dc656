// EAP packets: what is read, what is refused, and the responses that the run-time builds itself, octet by
// octet.
#include "native/embedded/packet.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "native/abi/enums.h"

using namespace eaphost;
using namespace eaphost::embedded;

namespace {

using Octets = std::vector<std::uint8_t>;

Octets Plain(const SecretBytes& bytes) { return Octets(bytes.begin(), bytes.end()); }

}  // namespace

TEST_CASE("packet: what is no packet is refused") {
  const struct {
    const char* why;
    Octets octets;
  } kCases[] = {
      {"nothing", {}},
      {"less than a header", {1, 0, 0}},
      {"a length below the header's", {1, 0, 0, 3, 1}},
      {"a length of zero", {1, 0, 0, 0, 1}},
      {"cut off", {1, 0, 0, 6, 1}},
      {"a length far beyond", {1, 0, 0xFF, 0xFF, 1}},
      {"a request without a type", {1, 0, 0, 4}},
      {"a response", {2, 0, 0, 5, 1}},
      {"code 0", {0, 0, 0, 5, 1}},
      {"code 5", {5, 0, 0, 5, 1}},
      {"code 255", {255, 0, 0, 5, 1}},
      {"success with data", {3, 0, 0, 5, 1}},
      {"failure with data", {4, 0, 0, 5, 1}},
      {"an expanded type cut off in the vendor", {1, 0, 0, 7, 254, 0, 0}},
      {"an expanded type one octet short", {1, 0, 0, 11, 254, 0, 0, 0, 0, 0, 0}},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.why);
    CHECK(!ParsePacket(each.octets));
  }
}

TEST_CASE("packet: requests are read with their type") {
  const Octets identity{1, 7, 0, 8, 1, 'H', 'i', '!'};
  auto packet = ParsePacket(identity);
  REQUIRE(packet);
  CHECK(packet->code == abi::EapCodeRequest);
  CHECK(packet->id == 7);
  CHECK(packet->type == WireType{0, 1});
  CHECK(!packet->expanded);
  CHECK(packet->type_data.size() == 3);

  const Octets expanded{1, 9, 0, 14, 254, 0x01, 0x86, 0x9F, 0x01, 0x02, 0x03, 0x04, 'a', 'b'};
  packet = ParsePacket(expanded);
  REQUIRE(packet);
  CHECK(packet->type == WireType{99999, 0x01020304});
  CHECK(packet->expanded);
  CHECK(Octets(packet->type_data.begin(), packet->type_data.end()) == Octets{'a', 'b'});
}

TEST_CASE("packet: octets behind the length are padding") {
  const Octets padded{1, 7, 0, 5, 1, 0, 0, 0, 0};
  const auto packet = ParsePacket(padded);
  REQUIRE(packet);
  CHECK(packet->bytes.size() == 5);
  CHECK(packet->type_data.empty());

  const Octets success{3, 7, 0, 4, 0, 0};
  REQUIRE(ParsePacket(success));
  CHECK(ParsePacket(success)->bytes.size() == 4);
}

TEST_CASE("packet: types of one octet are the same in both forms") {
  CHECK(ToWireType({4, 0, 0}) == WireType{0, 4});
  CHECK(ToWireType({4, 311, 9}) == WireType{0, 4});
  CHECK(ToWireType({254, 0, 4}) == WireType{0, 4});
  CHECK(ToWireType({254, 311, 4}) == WireType{311, 4});
  CHECK(ToWireType({254, 0xFF000137, 4}) == WireType{0x137, 4});
}

TEST_CASE("packet: responses have the form of the request") {
  const Octets plain{1, 7, 0, 5, 1};
  CHECK(Plain(MakeResponse(*ParsePacket(plain), "me")) == Octets{2, 7, 0, 7, 1, 'm', 'e'});
  const Octets expanded{1, 8, 0, 12, 254, 0, 0, 0, 0, 0, 0, 1};
  CHECK(Plain(MakeResponse(*ParsePacket(expanded), "me")) ==
        Octets{2, 8, 0, 14, 254, 0, 0, 0, 0, 0, 0, 1, 'm', 'e'});
  const Octets notification{1, 9, 0, 7, 2, 'y', 'o'};
  CHECK(Plain(MakeResponse(*ParsePacket(notification), {})) == Octets{2, 9, 0, 5, 2});
  const std::string name(300, 'n');
  const SecretBytes response = MakeResponse(*ParsePacket(plain), name);
  CHECK(response.size() == 305);
  CHECK(response[2] == 1);
  CHECK(response[3] == 49);
}

TEST_CASE("packet: each of the three Naks") {
  const Octets md5{1, 7, 0, 6, 4, 0};
  CHECK(Plain(MakeNak(*ParsePacket(md5), {0, 26})) == Octets{2, 7, 0, 6, 3, 26});
  // The wanted type has no one octet form: 254 asks the server to come again with an expanded one.
  CHECK(Plain(MakeNak(*ParsePacket(md5), {99999, 1})) == Octets{2, 7, 0, 6, 3, 254});
  CHECK(Plain(MakeNak(*ParsePacket(md5), {0, 300})) == Octets{2, 7, 0, 6, 3, 254});
  const Octets expanded{1, 8, 0, 12, 254, 0, 1, 0x37, 0, 0, 0, 9};
  CHECK(Plain(MakeNak(*ParsePacket(expanded), {99999, 0x01020304})) ==
        Octets{2, 8, 0, 20, 254, 0, 0, 0, 0, 0, 0, 3, 254, 0x01, 0x86, 0x9F, 1, 2, 3, 4});
  CHECK(Plain(MakeNak(*ParsePacket(expanded), {0, 26})) ==
        Octets{2, 8, 0, 20, 254, 0, 0, 0, 0, 0, 0, 3, 254, 0, 0, 0, 0, 0, 0, 26});
}

TEST_CASE("packet: an expanded type of vendor 0 is shortened for the method and lengthened for the wire") {
  const Octets expanded{1, 8, 0, 14, 254, 0, 0, 0, 0, 0, 0, 26, 'x', 'y'};
  CHECK(Plain(Shorten(*ParsePacket(expanded))) == Octets{1, 8, 0, 7, 26, 'x', 'y'});
  const Octets response{2, 8, 0, 7, 26, 'z', 'z'};
  CHECK(Plain(Lengthen(response)) == Octets{2, 8, 0, 14, 254, 0, 0, 0, 0, 0, 0, 26, 'z', 'z'});
  const Octets empty{2, 8, 0, 5, 26};
  CHECK(Plain(Lengthen(empty)) == Octets{2, 8, 0, 12, 254, 0, 0, 0, 0, 0, 0, 26});
}
