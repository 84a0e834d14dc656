// The protocol's numbers and strings in octets, both ways. Pure: no input, no output. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "native/abi/structs.h"
#include "native/platform/secret.h"
#include "native/shim/protocol.h"

namespace eaphost::shim {

using Octets = std::span<const std::uint8_t>;
using platform::SecretText;

// Builds one frame. What would make it larger than a frame may be is left out and remembered.
class Writer {
 public:
  // `expected` octets of body are made room for at once.
  explicit Writer(std::size_t expected = 0);

  void U8(std::uint8_t value) { Number(value, 1); }
  void U16(std::uint16_t value) { Number(value, 2); }
  void U32(std::uint32_t value) { Number(value, 4); }
  void Bool(bool value) { U8(value ? 1 : 0); }
  void Raw(Octets value);
  void Bytes(Octets value);
  void Text(std::u16string_view value);
  void Type(const abi::EAP_TYPE& value);
  void FullType(const abi::EAP_METHOD_TYPE& value);

  // The octets written so far.
  Octets body() const { return Octets(frame_).subspan(kHeaderSize); }
  bool too_large() const { return too_large_; }
  // Completes the frame's header. May be called once.
  Octets Finish(std::uint32_t id, Kind kind, std::uint8_t call);

 private:
  bool Fits(std::size_t count);
  void Number(std::uint32_t value, std::size_t count);

  platform::SecretBytes frame_;
  bool too_large_ = false;
};

// Reads a body from front to back. After the first read that does not fit, everything is zero and ok() is
// false.
class Reader {
 public:
  explicit Reader(Octets body) : rest_(body) {}

  std::uint8_t U8();
  std::uint16_t U16();
  std::uint32_t U32();
  bool Bool();
  Octets Raw(std::size_t count);
  Octets Bytes() { return Raw(U32()); }
  platform::SecretBytes Blob() {
    const Octets octets = Bytes();
    return {octets.begin(), octets.end()};
  }
  // Without a terminator.
  SecretText Text();
  abi::EAP_TYPE Type();
  abi::GUID Guid();

  void Fail() {
    ok_ = false;
    rest_ = {};
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  std::size_t rest() const { return rest_.size(); }

 private:
  Octets rest_;
  bool ok_ = true;
};

}  // namespace eaphost::shim
