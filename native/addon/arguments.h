// JavaScript arguments to plain data. JavaScript's thread. Whatever is passed, nothing crashes: the first
// thing that does not fit throws a TypeError that names it, and the reader says no from then on.
#pragma once

#include <node_api.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "native/values/plain.h"

namespace eaphost::addon {

using namespace values;  // what crosses the border is plain data

// The arguments of a function, its data, and its receiver; what was not passed is undefined. False with an
// exception pending.
bool ReadArguments(napi_env env, napi_callback_info info, std::span<napi_value> arguments, void** data,
                   napi_value* self = nullptr);

// The octets of a Uint8Array, in JavaScript's memory: to be copied before anything else runs.
std::optional<std::span<const std::uint8_t>> ViewBytes(napi_env env, napi_value value);

class ArgumentReader {
 public:
  explicit ArgumentReader(napi_env env) : env_(env) {}

  bool ok() const { return ok_; }

  std::uint32_t Number(napi_value value, const char* name);
  std::int32_t SignedNumber(napi_value value, const char* name);
  bool Boolean(napi_value value, const char* name);
  std::u16string Text(napi_value value, const char* name);
  std::vector<std::u16string> Texts(napi_value value, const char* name);
  abi::GUID Guid(napi_value value, const char* name);
  abi::HANDLE Handle(napi_value value, const char* name);
  // A handle's value, the number of a session of Windows, or 'self'.
  platform::UserToken UserToken(napi_value value, const char* name);
  SecretBytes Bytes(napi_value value, const char* name);
  // Of octets in UTF-16: a string of JavaScript could not be wiped.
  platform::SecretText SecretText(napi_value value, const char* name);
  // Of a string all the same, or of octets in UTF-16.
  platform::SecretText WipedText(napi_value value, const char* name);
  // Nothing for undefined.
  SecretBytes OptionalBytes(napi_value value, const char* name);
  abi::EAP_METHOD_TYPE MethodType(napi_value value, const char* name);
  AttributeList Attributes(napi_value value, const char* name);
  std::vector<InputField> Fields(napi_value value, const char* name);

  // A property of an object; `name` is the property's.
  napi_value Property(napi_value object, const char* name);
  // Whether it is undefined. False after a failure.
  bool IsAbsent(napi_value value);
  // Throws a TypeError, unless something was refused before.
  void Refuse(const char* name, const char* expected) { Throw(&napi_throw_type_error, name, expected); }
  // The same with a RangeError.
  void RefuseRange(const char* name, const char* expected) { Throw(&napi_throw_range_error, name, expected); }

 private:
  template <typename AnyText>
  AnyText TextAs(napi_value value, const char* name);
  template <typename Element, typename Read>
  std::vector<Element> Array(napi_value value, const char* name, const char* expected, Read read);
  void Throw(decltype(&napi_throw_type_error) make, const char* name, const char* expected);
  bool Is(napi_value value, napi_valuetype type, const char* name, const char* expected);

  napi_env env_;
  bool ok_ = true;
};

// The options object of a call, read property by property.
class OptionsReader {
 public:
  OptionsReader(ArgumentReader& reader, napi_value options) : reader_(reader), options_(options) {}

  bool ok() const { return reader_.ok(); }
  std::uint32_t Number(const char* name) { return reader_.Number(Option(name), name); }
  // In octets: an EAP packet has no more.
  std::uint32_t PacketSize(const char* name) {
    const std::uint32_t size = Number(name);
    if (size > 0xFFFF) reader_.Refuse(name, "at most 65535");
    return size;
  }
  // The most lanes of an owner.
  std::uint32_t Lanes(const char* name) {
    const std::uint32_t lanes = Number(name);
    if (lanes == 0 || lanes > kMostLanes) reader_.RefuseRange(name, "between 1 and 1024");
    return lanes;
  }
  std::int32_t SignedNumber(const char* name) { return reader_.SignedNumber(Option(name), name); }
  bool Boolean(const char* name) { return reader_.Boolean(Option(name), name); }
  std::u16string Text(const char* name) { return reader_.Text(Option(name), name); }
  std::optional<std::u16string> OptionalText(const char* name) {
    napi_value value = Option(name);
    if (!reader_.ok() || reader_.IsAbsent(value)) return std::nullopt;
    return reader_.Text(value, name);
  }
  platform::SecretText SecretText(const char* name) { return reader_.WipedText(Option(name), name); }
  // None for undefined.
  SecretBytes Bytes(const char* name) { return reader_.OptionalBytes(Option(name), name); }
  abi::HANDLE Handle(const char* name) { return reader_.Handle(Option(name), name); }
  platform::UserToken UserToken(const char* name) { return reader_.UserToken(Option(name), name); }
  abi::EAP_METHOD_TYPE MethodType(const char* name) { return reader_.MethodType(Option(name), name); }
  AttributeList Attributes(const char* name) { return reader_.Attributes(Option(name), name); }
  std::vector<InputField> Fields(const char* name) { return reader_.Fields(Option(name), name); }
  values::InteractiveUi InteractiveUi() {
    values::InteractiveUi ui;
    ui.type = static_cast<abi::EAP_INTERACTIVE_UI_DATA_TYPE>(SignedNumber("type"));
    ui.fields = Fields("fields");
    ui.new_fields = Fields("newFields");
    return ui;
  }
  napi_value Option(const char* name) { return reader_.Property(options_, name); }
  ArgumentReader& reader() { return reader_; }

 private:
  static constexpr std::uint32_t kMostLanes = 1024;

  ArgumentReader& reader_;
  napi_value options_;
};

}  // namespace eaphost::addon
