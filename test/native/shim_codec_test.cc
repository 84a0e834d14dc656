// The shim's codec: requests octet by octet, replies of every shape, and every way a reply can be malformed.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "native/shim/codec.h"
#include "test/native/shim_host.h"

using namespace eaphost;
using namespace eaphost::shim;
using eaphost::test::Body;
using eaphost::test::Bytes;

namespace {

using Decode = bool (*)(Octets);

bool AsIdentity(Octets body) {
  Identity identity;
  return DecodeIdentity(body, &identity);
}
bool AsStep(Octets body) {
  Step step;
  return DecodeStep(body, &step);
}
bool AsResult(Octets body) {
  Result result;
  return DecodeResult(body, &result);
}
bool AsFailure(Octets body) {
  Failure failure;
  return DecodeFailure(body, &failure);
}

void WriteError(Writer& writer, std::uint32_t code) {
  writer.U32(code);
  writer.Type({4, 0, 0});
  writer.U32(311);
  writer.U32(0x80420112);
  for (std::uint8_t octet = 0; octet < 48; ++octet) writer.U8(octet);
  writer.Bool(true);
  writer.Text(u"cause");
  writer.Bool(false);
}

// A body with each part that a result can have.
Bytes WholeResult(bool success, std::uint32_t reason) {
  return Body([&](Writer& writer) {
    writer.Bool(success);
    writer.U32(reason);
    writer.Bool(true);
    writer.Bytes(Bytes{1, 2});
    writer.Bool(true);
    writer.Bytes(Bytes{3});
    writer.U32(2);
    writer.U32(26);
    writer.Bytes(Bytes{9, 8, 7});
    writer.U32(0xFFFFFFFF);
    writer.Bytes(Bytes{});
    writer.Bool(true);
    WriteError(writer, 5);
  });
}

Bytes WholeIdentity() {
  return Body([](Writer& writer) {
    writer.Bool(false);
    writer.Bytes(Bytes{1, 2, 3});
    writer.Text(u"bob\xD83D");  // with a lone surrogate
  });
}

Bytes Respond() {
  return Body([](Writer& writer) {
    writer.U8(4);
    writer.Bool(false);
    writer.U32(1);
    writer.U32(8103);
    writer.Bytes(Bytes{5, 6});
  });
}

Bytes UiStep() {
  return Body([](Writer& writer) {
    writer.U8(3);
    writer.Bool(true);
    writer.Bytes(Bytes{1});
  });
}

// Malformed at every length but its own, and with an octet more.
void CheckLengths(Decode decode, const Bytes& body) {
  CHECK(decode(body));
  for (std::size_t size = 0; size < body.size(); ++size) {
    CAPTURE(size);
    // In memory of its own, where a sanitizer sees a read past the end.
    const Bytes cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(decode(cut));
  }
  Bytes longer = body;
  longer.push_back(0);
  CHECK_FALSE(decode(longer));
}

}  // namespace

TEST_CASE("shim codec: a body is malformed at every other length") {
  CheckLengths(&AsIdentity, WholeIdentity());
  CheckLengths(&AsStep, test::SendStep());
  CheckLengths(&AsStep, UiStep());
  CheckLengths(&AsStep, Respond());
  CheckLengths(&AsStep, Bytes{0, 0});
  CheckLengths(&AsResult, WholeResult(true, 0));
  CheckLengths(&AsResult, WholeResult(false, 5));
  CheckLengths(&AsFailure, Body([](Writer& writer) { WriteError(writer, 1); }));
  CheckLengths(&DecodeEmpty, {});
}

TEST_CASE("shim codec: replies are read as they were written") {
  Identity identity;
  REQUIRE(DecodeIdentity(WholeIdentity(), &identity));
  CHECK_FALSE(identity.invoke_ui);
  CHECK(identity.user_data.size() == 3);
  CHECK(std::u16string(identity.identity.begin(), identity.identity.end()) == u"bob\xD83D");

  Step step;
  REQUIRE(DecodeStep(Respond(), &step));
  CHECK(step.action == abi::EapPeerMethodResponseActionRespond);
  CHECK_FALSE(step.allow_notifications);
  Step moved = std::move(step);
  const abi::EAP_ATTRIBUTES attributes = *moved.attributes.get();
  REQUIRE(attributes.dwNumberOfAttributes == 1);
  CHECK(attributes.pAttribs[0].eaType == abi::eatCredentialsChanged);
  CHECK(attributes.pAttribs[0].dwLength == 2);
  CHECK(attributes.pAttribs[0].pValue[1] == 6);

  Result result;
  REQUIRE(DecodeResult(WholeResult(false, 0x80420112), &result));
  CHECK(result.reason == 0x80420112);
  CHECK(result.connection_data->size() == 2);
  CHECK(result.user_data->size() == 1);
  const abi::EAP_ATTRIBUTES keys = *result.attributes.get();
  REQUIRE(keys.dwNumberOfAttributes == 2);
  CHECK(keys.pAttribs[0].pValue[2] == 7);
  CHECK(keys.pAttribs[1].eaType == abi::eatReserved);
  CHECK(keys.pAttribs[1].pValue == nullptr);
  CHECK(result.error.win_error == 5);
  CHECK(result.error.type.dwAuthorId == 311);
  CHECK(result.error.reason_code == 0x80420112);
  CHECK(result.error.root_cause_guid.Data1 == 0x03020100);
  CHECK(result.error.root_cause_guid.Data3 == 0x0706);
  CHECK(result.error.repair_guid.Data4[7] == 31);
  CHECK(result.error.help_link_guid.Data2 == 0x2524);
  CHECK(*result.error.root_cause == u"cause");
  CHECK_FALSE(result.error.repair);
}

TEST_CASE("shim codec: values that a field does not have") {
  for (unsigned action = 6; action < 256; ++action) {
    CHECK_FALSE(AsStep(Bytes{static_cast<std::uint8_t>(action), 0}));
  }
  CHECK_FALSE(AsStep(Bytes{0, 2}));
  // Packets whose length field is not their length, and one that is too short for a header.
  CHECK_FALSE(AsStep(test::SendStep({2, 7, 0, 8, 4, 1, 2})));
  CHECK_FALSE(AsStep(test::SendStep({2, 7, 1, 7, 4, 1, 2})));
  CHECK_FALSE(AsStep(test::SendStep({2, 7, 0})));
  CHECK_FALSE(AsStep(test::SendStep({})));
  CHECK_FALSE(AsStep(test::SendStep(Bytes(65536 + 7, 0))));

  CHECK_FALSE(AsResult(WholeResult(true, 1)));
  CHECK_FALSE(AsResult(WholeResult(false, 0)));
  CHECK_FALSE(AsFailure(Body([](Writer& writer) { WriteError(writer, 0); })));

  const auto identity_of = [](bool ui, const Bytes& data, const Bytes& text) {
    return Body([&](Writer& writer) {
      writer.Bool(ui);
      writer.Bytes(data);
      writer.Bytes(text);
    });
  };
  CHECK(AsIdentity(identity_of(true, {}, {})));
  CHECK_FALSE(AsIdentity(identity_of(true, {1}, {})));
  CHECK_FALSE(AsIdentity(identity_of(true, {}, {'a', 0})));
  CHECK_FALSE(AsIdentity(identity_of(false, {}, {'a'})));                   // half a character
  CHECK_FALSE(AsIdentity(identity_of(false, {}, {'a', 0, 0, 0, 'b', 0})));  // a zero in it

  // Counts that promise more than there is, near the ends of their range.
  for (const std::uint32_t count : {1u, 0x20000000u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
    CHECK_FALSE(AsStep(Body([count](Writer& writer) {
      writer.U8(4);
      writer.Bool(true);
      writer.U32(count);
    })));
    CHECK_FALSE(AsStep(Body([count](Writer& writer) {
      writer.U8(3);
      writer.Bool(true);
      writer.U32(count);
    })));
  }
}

TEST_CASE("shim codec: frames and hellos") {
  const Bytes good = test::FakePeer::Frame(3, Kind::kReply, 4, {1, 2});
  Frame frame;
  REQUIRE(DecodeFrame(good, &frame));
  CHECK(frame.id == 3);
  CHECK(frame.kind == 3);
  CHECK(frame.call == 4);
  CHECK(frame.body.size() == 2);
  for (const std::size_t zero : {10U, 11U}) {
    Bytes bad = good;
    bad[zero] = 1;
    CHECK_FALSE(DecodeFrame(bad, &frame));
  }
  CHECK_FALSE(DecodeFrame(Bytes(good.begin(), good.end() - 1), &frame));
  CHECK_FALSE(DecodeFrame(Bytes(good.begin(), good.begin() + 3), &frame));
  CHECK(DecodeLength(Bytes{12, 0, 0, 0}) == 12);
  CHECK(DecodeLength(Bytes{11, 0, 0, 0}) == 0);
  CHECK(DecodeLength(Bytes{0, 0, 16, 0}) == kMaxFrameSize);
  CHECK(DecodeLength(Bytes{1, 0, 16, 0}) == 0);
  CHECK(DecodeLength(Bytes{255, 255, 255, 255}) == 0);

  Token token{};
  token[31] = 5;
  Writer writer;
  const Octets encoded = EncodeHello(writer, token);
  const Bytes hello(encoded.begin(), encoded.end());
  CHECK(hello.size() == kHelloSize);
  CHECK(Bytes(hello.begin() + 12, hello.begin() + 20) == Bytes{'E', 'A', 'P', 'S', 1, 0, 0, 0});
  CHECK(DecodeHello(hello, token));
  // Every octet matters.
  for (std::size_t at = 0; at < hello.size(); ++at) {
    CAPTURE(at);
    Bytes bad = hello;
    bad[at] ^= 0x80;
    CHECK_FALSE(DecodeHello(bad, token));
  }
}

TEST_CASE("shim codec: a frame never outgrows its bound") {
  Writer writer;
  writer.Bytes(Bytes(kMaxFrameSize - kHeaderSize - 4));
  CHECK_FALSE(writer.too_large());
  writer.U8(0);
  CHECK(writer.too_large());
  writer.U8(0);
  CHECK(writer.Finish(1, Kind::kRequest, 1).size() == kMaxFrameSize);
  Writer text;
  text.Text(std::u16string(kMaxFrameSize / 2, u'x'));
  CHECK(text.too_large());
  Writer blob;
  const std::uint8_t octet = 0;
  blob.Raw({&octet, 0xFFFFFFFF});  // never read
  CHECK(blob.too_large());
}
