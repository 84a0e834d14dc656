// The options object of a call, read property by property. JavaScript's thread.
#pragma once

#include <optional>
#include <string>

#include "native/addon/arguments.h"
#include "native/addon/configuration_values.h"
#include "native/addon/method_values.h"
#include "native/supplicant/configuration.h"

namespace eaphost::addon {

class OptionsReader {
 public:
  OptionsReader(napi_env env, ArgumentReader& reader, napi_value options)
      : env_(env), reader_(reader), options_(options) {}

  bool ok() const { return reader_.ok(); }
  std::uint32_t Number(const char* name) { return reader_.Number(Option(name), name); }
  // In octets: an EAP packet has no more.
  std::uint32_t PacketSize(const char* name) {
    const std::uint32_t size = Number(name);
    if (size > 0xFFFF) reader_.Refuse(name, "at most 65535");
    return size;
  }
  // How many lanes an owner may have.
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
  platform::SecretText SecretText(const char* name) {
    return ReadSecretText(env_, reader_, Option(name), name);
  }
  // None for undefined.
  host::SecretBytes Bytes(const char* name) { return reader_.OptionalBytes(Option(name), name); }
  abi::HANDLE Handle(const char* name) { return reader_.Handle(Option(name), name); }
  abi::EAP_METHOD_TYPE MethodType(const char* name) { return reader_.MethodType(Option(name), name); }
  method::AttributeList MethodAttributes(const char* name) {
    return ReadMethodAttributes(reader_, Option(name), name);
  }
  std::vector<host::Attribute> Attributes(const char* name) { return reader_.Attributes(Option(name), name); }
  std::vector<host::InputField> Fields(const char* name) {
    return ReadFields(env_, reader_, Option(name), name);
  }
  host::InteractiveUi InteractiveUi() {
    host::InteractiveUi ui;
    ui.type = static_cast<abi::EAP_INTERACTIVE_UI_DATA_TYPE>(SignedNumber("type"));
    ui.fields = Fields("fields");
    ui.new_fields = Fields("newFields");
    return ui;
  }
  napi_value Option(const char* name) { return reader_.Property(options_, name); }
  ArgumentReader& reader() { return reader_; }
  napi_env env() const { return env_; }

 private:
  static constexpr std::uint32_t kMostLanes = 1024;

  napi_env env_;
  ArgumentReader& reader_;
  napi_value options_;
};

}  // namespace eaphost::addon
