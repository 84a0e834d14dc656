// UI contexts come back from other processes: any octets are read safely.
#include "native/embedded/ui_context.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace eaphost;
using namespace eaphost::embedded;
using platform::SecretBytes;

namespace {

UiContext Sample() {
  UiContext context;
  context.kind = UiContext::Kind::kInteractive;
  context.type = {{254, 99999, 0x01020304}, 311};
  context.flags = 0x20002;
  context.connection_data = {1, 2, 3};
  context.data = {'e', 'n', 'd'};
  return context;
}

}  // namespace

TEST_CASE("ui context: what goes in comes out") {
  const SecretBytes bytes = EncodeUiContext(Sample());
  const auto context = DecodeUiContext(bytes);
  REQUIRE(context);
  CHECK(context->kind == UiContext::Kind::kInteractive);
  CHECK(context->type.eapType.type == 254);
  CHECK(context->type.eapType.dwVendorId == 99999);
  CHECK(context->type.eapType.dwVendorType == 0x01020304);
  CHECK(context->type.dwAuthorId == 311);
  CHECK(context->flags == 0x20002);
  CHECK(context->connection_data == SecretBytes{1, 2, 3});
  CHECK(context->data == SecretBytes{'e', 'n', 'd'});
  // The method's own bytes come last, for who has only them to go by.
  CHECK(SecretBytes(bytes.end() - 3, bytes.end()) == SecretBytes{'e', 'n', 'd'});
  CHECK(DecodeUiContext(EncodeUiContext({})).has_value());
}

TEST_CASE("ui context: cut off, lengthened, or made up") {
  const SecretBytes good = EncodeUiContext(Sample());
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(!DecodeUiContext(std::span(good.data(), size)));
  }
  SecretBytes longer = good;
  longer.push_back(0);
  CHECK(!DecodeUiContext(longer));
  for (std::size_t at = 0; at < 36; ++at) {
    for (const int bit : {0, 7}) {
      SecretBytes changed = good;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1 << bit));
      const auto context = DecodeUiContext(changed);
      // Magic, kind, the upper octets of the type, and both sizes tell; anything else is a value like
      // another.
      const bool checked = at < 8 || (at > 12 && at < 16) || (at >= 28 && at < 32);
      CAPTURE(at);
      if (checked) CHECK(!context);
    }
  }
  SecretBytes huge = good;
  for (std::size_t at = 28; at < 32; ++at) huge[at] = 0xFF;
  CHECK(!DecodeUiContext(huge));
}
