// JavaScript arguments to plain data. JavaScript's thread.
#include "native/addon/arguments.h"

#include <cstdint>
#include <cstring>

#include "native/values/guid.h"

namespace eaphost::addon {

bool ReadArguments(napi_env env, napi_callback_info info, std::span<napi_value> arguments, void** data,
                   napi_value* self) {
  std::size_t count = arguments.size();
  if (napi_get_cb_info(env, info, &count, arguments.data(), self, data) == napi_ok) return true;
  static_cast<void>(napi_throw_error(env, nullptr, "the arguments cannot be read"));
  return false;
}

std::optional<std::span<const std::uint8_t>> ViewBytes(napi_env env, napi_value value) {
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
  const napi_status status = napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr);
  if (status != napi_ok || type != napi_uint8_array) return std::nullopt;
  return std::span(static_cast<const std::uint8_t*>(data), length);
}

void ArgumentReader::Throw(decltype(&napi_throw_type_error) make, const char* name, const char* expected) {
  if (!ok_) return;
  ok_ = false;
  bool is_pending = true;
  if (napi_is_exception_pending(env_, &is_pending) != napi_ok || is_pending) return;
  const std::string message = std::string(name) + " must be " + expected;
  // A failure to throw leaves an exception, or an environment that runs no more JavaScript.
  static_cast<void>(make(env_, nullptr, message.c_str()));
}

bool ArgumentReader::Is(napi_value value, napi_valuetype type, const char* name, const char* expected) {
  if (!ok_) return false;
  napi_valuetype actual = napi_undefined;
  if (value == nullptr || napi_typeof(env_, value, &actual) != napi_ok || actual != type)
    Refuse(name, expected);
  return ok_;
}

napi_value ArgumentReader::Property(napi_value object, const char* name) {
  napi_value value = nullptr;
  if (!Is(object, napi_object, "options", "an object")) return nullptr;
  if (napi_get_named_property(env_, object, name, &value) != napi_ok) Refuse(name, "readable");
  return ok_ ? value : nullptr;
}

bool ArgumentReader::IsAbsent(napi_value value) {
  napi_valuetype type = napi_object;
  return ok_ && value != nullptr && napi_typeof(env_, value, &type) == napi_ok && type == napi_undefined;
}

std::uint32_t ArgumentReader::Number(napi_value value, const char* name) {
  std::uint32_t number = 0;
  if (!Is(value, napi_number, name, "a number")) return 0;
  if (napi_get_value_uint32(env_, value, &number) != napi_ok) Refuse(name, "a number");
  return number;
}

std::int32_t ArgumentReader::SignedNumber(napi_value value, const char* name) {
  return static_cast<std::int32_t>(Number(value, name));
}

bool ArgumentReader::Boolean(napi_value value, const char* name) {
  bool boolean = false;
  if (!Is(value, napi_boolean, name, "a boolean")) return false;
  if (napi_get_value_bool(env_, value, &boolean) != napi_ok) Refuse(name, "a boolean");
  return boolean;
}

template <typename AnyText>
AnyText ArgumentReader::TextAs(napi_value value, const char* name) {
  if (!Is(value, napi_string, name, "a string")) return {};
  std::size_t length = 0;
  if (napi_get_value_string_utf16(env_, value, nullptr, 0, &length) != napi_ok) Refuse(name, "a string");
  AnyText text(length + 1, u'\0');
  if (ok_ && napi_get_value_string_utf16(env_, value, text.data(), text.size(), &length) != napi_ok) {
    Refuse(name, "a string");
  }
  text.resize(length);
  return text;
}

std::u16string ArgumentReader::Text(napi_value value, const char* name) {
  return TextAs<std::u16string>(value, name);
}

platform::SecretText ArgumentReader::WipedText(napi_value value, const char* name) {
  if (ViewBytes(env_, value)) return SecretText(value, name);
  return TextAs<platform::SecretText>(value, name);
}

template <typename Element, typename Read>
std::vector<Element> ArgumentReader::Array(napi_value value, const char* name, const char* expected,
                                           Read read) {
  std::uint32_t length = 0;
  std::vector<Element> elements;
  if (!ok_) return elements;
  if (value == nullptr || napi_get_array_length(env_, value, &length) != napi_ok) Refuse(name, expected);
  for (std::uint32_t index = 0; index < length && ok_; ++index) {
    napi_value element = nullptr;
    if (napi_get_element(env_, value, index, &element) != napi_ok) Refuse(name, expected);
    if (ok_) elements.push_back(read(element));
  }
  return elements;
}

std::vector<std::u16string> ArgumentReader::Texts(napi_value value, const char* name) {
  return Array<std::u16string>(value, name, "an array of strings",
                               [&](napi_value element) { return Text(element, name); });
}

abi::GUID ArgumentReader::Guid(napi_value value, const char* name) {
  const std::u16string text = Text(value, name);
  if (!ok_) return {};
  // A character outside ASCII makes the GUID invalid; its low byte must not make it valid.
  std::string ascii;
  for (const char16_t unit : text) ascii.push_back(unit < 0x80 ? static_cast<char>(unit) : '?');
  const std::optional<abi::GUID> guid = ParseGuid(ascii);
  if (!guid) Refuse(name, "a GUID");
  return guid.value_or(abi::GUID{});
}

abi::HANDLE ArgumentReader::Handle(napi_value value, const char* name) {
  std::uint64_t number = 0;
  bool is_lossless = false;
  if (!Is(value, napi_bigint, name, "a bigint")) return nullptr;
  const bool is_read = napi_get_value_bigint_uint64(env_, value, &number, &is_lossless) == napi_ok;
  if (!is_read || !is_lossless || number > UINTPTR_MAX) Refuse(name, "the value of a handle");
  return reinterpret_cast<abi::HANDLE>(static_cast<std::uintptr_t>(number));
}

platform::UserToken ArgumentReader::UserToken(napi_value value, const char* name) {
  using platform::UserToken;
  napi_valuetype type = napi_undefined;
  if (!ok_ || napi_typeof(env_, value, &type) != napi_ok) return {};
  if (type == napi_number) return UserToken::OfSession(Number(value, name));
  return type == napi_string ? UserToken::OfProcess() : UserToken(Handle(value, name));
}

SecretBytes ArgumentReader::Bytes(napi_value value, const char* name) {
  if (!ok_) return {};
  const auto bytes = ViewBytes(env_, value);
  if (!bytes) {
    Refuse(name, "a Uint8Array");
    return {};
  }
  return SecretBytes(bytes->begin(), bytes->end());
}

platform::SecretText ArgumentReader::SecretText(napi_value value, const char* name) {
  const SecretBytes octets = Bytes(value, name);
  platform::SecretText text(octets.size() / sizeof(char16_t));
  if (!text.empty()) std::memcpy(text.data(), octets.data(), text.size() * sizeof(char16_t));
  return text;
}

SecretBytes ArgumentReader::OptionalBytes(napi_value value, const char* name) {
  return IsAbsent(value) ? SecretBytes() : Bytes(value, name);
}

abi::EAP_METHOD_TYPE ArgumentReader::MethodType(napi_value value, const char* name) {
  if (!Is(value, napi_object, name, "a method type")) return {};
  abi::EAP_METHOD_TYPE type{};
  type.eapType.type = static_cast<abi::BYTE>(Number(Property(value, "type"), "type"));
  type.eapType.dwVendorId = Number(Property(value, "vendorId"), "vendorId");
  type.eapType.dwVendorType = Number(Property(value, "vendorType"), "vendorType");
  type.dwAuthorId = Number(Property(value, "authorId"), "authorId");
  return type;
}

AttributeList ArgumentReader::Attributes(napi_value value, const char* name) {
  constexpr const char* kExpected = "an array of attributes";
  return Array<Attribute>(value, name, kExpected, [&](napi_value element) {
    Attribute attribute;
    if (!Is(element, napi_object, name, kExpected)) return attribute;
    attribute.type = static_cast<abi::EAP_ATTRIBUTE_TYPE>(SignedNumber(Property(element, "type"), "type"));
    attribute.value = Bytes(Property(element, "value"), "value");
    return attribute;
  });
}

std::vector<InputField> ArgumentReader::Fields(napi_value value, const char* name) {
  return Array<InputField>(value, name, "an array of input fields", [&](napi_value element) {
    InputField field;
    field.type = SignedNumber(Property(element, "type"), "type");
    field.flags = Number(Property(element, "flags"), "flags");
    field.label = Text(Property(element, "label"), "label");
    field.data = WipedText(Property(element, "data"), "data");
    field.min_length = Number(Property(element, "minLength"), "minLength");
    field.max_length = Number(Property(element, "maxLength"), "maxLength");
    return field;
  });
}

}  // namespace eaphost::addon
