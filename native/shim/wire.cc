#include "native/shim/wire.h"

#include <algorithm>

namespace eaphost::shim {

namespace {

void Put(std::uint8_t* at, std::uint32_t value, std::size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    at[index] = static_cast<std::uint8_t>(value >> (8 * index));
  }
}

std::uint32_t Get(Octets octets) {
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < octets.size(); ++index) {
    value |= static_cast<std::uint32_t>(octets[index]) << (8 * index);
  }
  return value;
}

}  // namespace

Writer::Writer(std::size_t expected) : frame_(kHeaderSize) {
  frame_.reserve(kHeaderSize + std::min(expected, kMaxFrameSize));
}

bool Writer::Fits(std::size_t count) {
  if (count > kMaxFrameSize - frame_.size()) too_large_ = true;
  return !too_large_;
}

void Writer::Number(std::uint32_t value, std::size_t count) {
  if (!Fits(count)) return;
  for (std::size_t index = 0; index < count; ++index) {
    frame_.push_back(static_cast<std::uint8_t>(value >> (8 * index)));
  }
}

void Writer::Raw(Octets value) {
  if (!Fits(value.size())) return;
  frame_.insert(frame_.end(), value.begin(), value.end());
}

void Writer::Bytes(Octets value) {
  U32(static_cast<std::uint32_t>(value.size()));
  Raw(value);
}

void Writer::Text(std::u16string_view value) {
  U32(static_cast<std::uint32_t>(value.size() * 2));
  if (!Fits(value.size()) || !Fits(value.size() * 2)) return;
  for (const char16_t unit : value) U16(unit);
}

void Writer::Type(const abi::EAP_TYPE& value) {
  U8(value.type);
  U32(value.dwVendorId);
  U32(value.dwVendorType);
}

void Writer::FullType(const abi::EAP_METHOD_TYPE& value) {
  Type(value.eapType);
  U32(value.dwAuthorId);
}

Octets Writer::Finish(std::uint32_t id, Kind kind, std::uint8_t call) {
  Put(frame_.data(), static_cast<std::uint32_t>(frame_.size()), 4);
  Put(frame_.data() + 4, id, 4);
  frame_[8] = static_cast<std::uint8_t>(kind);
  frame_[9] = call;
  Put(frame_.data() + 10, 0, 2);
  return frame_;
}

Octets Reader::Raw(std::size_t count) {
  if (count > rest_.size()) {
    Fail();
    return {};
  }
  const Octets taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

std::uint8_t Reader::U8() { return static_cast<std::uint8_t>(Get(Raw(1))); }
std::uint16_t Reader::U16() { return static_cast<std::uint16_t>(Get(Raw(2))); }
std::uint32_t Reader::U32() { return Get(Raw(4)); }

bool Reader::Bool() {
  const std::uint8_t value = U8();
  if (value > 1) Fail();
  return value == 1;
}

SecretText Reader::Text() {
  const Octets octets = Bytes();
  if (octets.size() % 2 != 0) Fail();
  SecretText text(octets.size() / 2);
  for (std::size_t index = 0; index < text.size(); ++index) {
    text[index] = static_cast<char16_t>(Get(octets.subspan(2 * index, 2)));
    if (text[index] == 0) Fail();
  }
  return text;
}

abi::EAP_TYPE Reader::Type() {
  abi::EAP_TYPE type{};
  type.type = U8();
  type.dwVendorId = U32();
  type.dwVendorType = U32();
  return type;
}

abi::GUID Reader::Guid() {
  abi::GUID guid{};
  guid.Data1 = U32();
  guid.Data2 = U16();
  guid.Data3 = U16();
  const Octets rest = Raw(8);
  std::copy(rest.begin(), rest.end(), guid.Data4);
  return guid;
}

}  // namespace eaphost::shim
