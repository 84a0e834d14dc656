#include "native/shim/ui_context.h"

namespace eaphost::shim {

namespace {

constexpr std::uint32_t kUiContextMagic = 0x43554145;  // "EAUC"
constexpr std::size_t kUiContextHead = 4 + 9;

}  // namespace

platform::SecretBytes WrapUiContext(const abi::EAP_TYPE& type, Octets context) {
  Writer writer(kUiContextHead + context.size());
  writer.U32(kUiContextMagic);
  writer.Type(type);
  writer.Raw(context);
  const Octets body = writer.body();
  return {body.begin(), body.end()};
}

bool UnwrapUiContext(Octets wrapped, abi::EAP_TYPE* type, Octets* context) {
  Reader reader(wrapped);
  const bool magic = reader.U32() == kUiContextMagic;
  *type = reader.Type();
  *context = reader.Raw(reader.rest());
  return reader.done() && magic;
}

}  // namespace eaphost::shim
