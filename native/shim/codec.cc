#include "native/shim/codec.h"

#include <algorithm>
#include <utility>

namespace eaphost::shim {

namespace {

// Least octets of an attribute: its type and the count of its value.
constexpr std::size_t kLeastAttribute = 8;
constexpr std::size_t kLeastPacket = 4;

std::optional<std::u16string> MaybeText(Reader& reader) {
  if (!reader.Bool()) return std::nullopt;
  const SecretText text = reader.Text();
  return std::u16string(text.begin(), text.end());
}

std::optional<platform::SecretBytes> MaybeBytes(Reader& reader) {
  if (!reader.Bool()) return std::nullopt;
  return reader.Blob();
}

void ReadFailure(Reader& reader, Failure* failure) {
  failure->win_error = reader.U32();
  failure->type.eapType = reader.Type();
  failure->type.dwAuthorId = reader.U32();
  failure->reason_code = reader.U32();
  failure->root_cause_guid = reader.Guid();
  failure->repair_guid = reader.Guid();
  failure->help_link_guid = reader.Guid();
  failure->root_cause = MaybeText(reader);
  failure->repair = MaybeText(reader);
  if (failure->win_error == abi::kNoError) reader.Fail();
}

bool IsPacket(Octets packet) {
  return packet.size() >= kLeastPacket && packet.size() <= kMaxPacketSize &&
         ((static_cast<std::size_t>(packet[2]) << 8) | packet[3]) == packet.size();
}

bool ReadAttributes(Reader& reader, values::AttributeArray* array) {
  const std::uint32_t count = reader.U32();
  if (count > reader.rest() / kLeastAttribute) {
    reader.Fail();
    return false;
  }
  values::AttributeList list(count);
  for (values::Attribute& attribute : list) {
    attribute.type = static_cast<abi::EAP_ATTRIBUTE_TYPE>(reader.U32());
    attribute.value = reader.Blob();
  }
  *array = values::AttributeArray(std::move(list));
  return reader.ok();
}

}  // namespace

std::size_t DecodeLength(Octets start) {
  const std::size_t length = Reader(start.first(4)).U32();
  return length >= kHeaderSize && length <= kMaxFrameSize ? length : 0;
}

bool DecodeFrame(Octets octets, Frame* frame) {
  if (octets.size() < kHeaderSize || DecodeLength(octets) != octets.size()) return false;
  Reader reader(octets.subspan(4));
  frame->id = reader.U32();
  frame->kind = reader.U8();
  frame->call = reader.U8();
  const bool zero = reader.U16() == 0;
  frame->body = octets.subspan(kHeaderSize);
  return zero;
}

Octets EncodeHello(Writer& writer, const Token& token) {
  writer.U32(kMagic);
  writer.U16(kVersion);
  writer.U16(0);
  writer.Raw(token);
  return writer.Finish(0, Kind::kHello, 0);
}

bool DecodeHello(Octets octets, const Token& token) {
  Frame frame;
  if (!DecodeFrame(octets, &frame)) return false;
  if (frame.kind != static_cast<std::uint8_t>(Kind::kHello) || frame.id != 0 || frame.call != 0) return false;
  Reader reader(frame.body);
  const bool magic = reader.U32() == kMagic;
  const std::uint16_t version = reader.U16();
  const bool zero = reader.U16() == 0;
  const Octets echo = reader.Raw(kTokenSize);
  return reader.done() && magic && zero && version >= 1 && version <= kVersion &&
         std::equal(echo.begin(), echo.end(), token.begin());
}

bool WriteAttributes(Writer& writer, const abi::EAP_ATTRIBUTES* attributes) {
  const bool none = attributes == nullptr || attributes->pAttribs == nullptr;
  const abi::DWORD count = none ? 0 : attributes->dwNumberOfAttributes;
  writer.U32(count);
  for (abi::DWORD index = 0; index < count && !writer.too_large(); ++index) {
    const abi::EAP_ATTRIBUTE& attribute = attributes->pAttribs[index];
    if (attribute.pValue == nullptr && attribute.dwLength != 0) return false;
    writer.U32(static_cast<std::uint32_t>(attribute.eaType));
    writer.Bytes({attribute.pValue, attribute.dwLength});
  }
  return true;
}

bool DecodeEmpty(Octets body) { return body.empty(); }

bool DecodeIdentity(Octets body, Identity* identity) {
  Reader reader(body);
  identity->invoke_ui = reader.Bool();
  identity->user_data = reader.Blob();
  identity->identity = reader.Text();
  const bool empty = identity->user_data.empty() && identity->identity.empty();
  return reader.done() && (!identity->invoke_ui || empty);
}

bool DecodeStep(Octets body, Step* step) {
  Reader reader(body);
  const std::uint8_t action = reader.U8();
  step->action = static_cast<abi::EapPeerMethodResponseAction>(action);
  step->allow_notifications = reader.Bool();
  switch (action) {
    case abi::EapPeerMethodResponseActionDiscard:
    case abi::EapPeerMethodResponseActionResult:
    case abi::EapPeerMethodResponseActionNone:
      break;
    case abi::EapPeerMethodResponseActionSend:
      step->data = reader.Blob();
      if (!IsPacket(step->data)) return false;
      break;
    case abi::EapPeerMethodResponseActionInvokeUI:
      step->data = reader.Blob();
      break;
    case abi::EapPeerMethodResponseActionRespond:
      if (!ReadAttributes(reader, &step->attributes)) return false;
      break;
    default:
      return false;
  }
  return reader.done();
}

bool DecodeResult(Octets body, Result* result) {
  Reader reader(body);
  result->success = reader.Bool();
  result->reason = reader.U32();
  result->connection_data = MaybeBytes(reader);
  result->user_data = MaybeBytes(reader);
  ReadAttributes(reader, &result->attributes);
  if (reader.Bool()) ReadFailure(reader, &result->error);
  return reader.done() && result->success == (result->reason == 0);
}

bool DecodeAuthenticatorStep(Octets body, AuthenticatorStep* step) {
  Reader reader(body);
  const std::uint8_t action = reader.U8();
  if (action > abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_HANDLE_IDENTITY) return false;
  step->action = static_cast<abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION>(action);
  if (action == abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND &&
      !ReadAttributes(reader, &step->attributes)) {
    return false;
  }
  return reader.done();
}

bool DecodeOutgoing(Octets body, Outgoing* outgoing) {
  Reader reader(body);
  const std::uint8_t timeout = reader.U8();
  outgoing->timeout = static_cast<abi::EAP_AUTHENTICATOR_SEND_TIMEOUT>(timeout);
  outgoing->packet = reader.Blob();
  return reader.done() && timeout <= abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE &&
         IsPacket(outgoing->packet);
}

bool DecodeAuthenticatorResult(Octets body, Result* result) {
  Reader reader(body);
  result->success = reader.Bool();
  result->reason = reader.U32();
  ReadAttributes(reader, &result->attributes);
  return reader.done() && result->success == (result->reason == 0);
}

bool DecodeFailure(Octets body, Failure* failure) {
  Reader reader(body);
  ReadFailure(reader, failure);
  return reader.done();
}

}  // namespace eaphost::shim
