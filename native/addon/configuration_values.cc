#include "native/addon/configuration_values.h"

#include <string_view>

#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

// An array of what `convert` makes of each element. NULL when any of it fails.
template <typename Element, typename Convert>
napi_value ToArray(napi_env env, const std::vector<Element>& elements, Convert convert) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, elements.size(), &array) != napi_ok) return nullptr;
  for (std::size_t index = 0; index < elements.size(); ++index) {
    napi_value value = convert(elements[index]);
    if (value == nullptr ||
        napi_set_element(env, array, static_cast<std::uint32_t>(index), value) != napi_ok) {
      return nullptr;
    }
  }
  return array;
}

napi_value ToProperty(napi_env env, const host::MethodProperty& property) {
  ObjectWriter object(env);
  object.Number("type", static_cast<std::uint32_t>(property.type));
  switch (property.value_type) {
    case abi::empvtBool:
      object.Boolean("value", property.number != 0);
      break;
    case abi::empvtDword:
      object.Number("value", property.number);
      break;
    case abi::empvtString:
      object.Bytes("value", property.text);
      break;
  }
  return object.value();
}

napi_value ToField(napi_env env, const host::InputField& field) {
  ObjectWriter object(env);
  object.Number("type", static_cast<std::uint32_t>(field.type));
  object.Number("flags", field.flags);
  object.Text("label", field.label);
  object.Text("data", std::u16string_view(field.data.data(), field.data.size()));
  object.Number("minLength", field.min_length);
  object.Number("maxLength", field.max_length);
  return object.value();
}

host::InputField ReadField(napi_env env, ArgumentReader& reader, napi_value value) {
  host::InputField field;
  field.type = reader.SignedNumber(reader.Property(value, "type"), "type");
  field.flags = reader.Number(reader.Property(value, "flags"), "flags");
  field.label = reader.Text(reader.Property(value, "label"), "label");
  field.data = ReadSecretText(env, reader, reader.Property(value, "data"), "data");
  field.min_length = reader.Number(reader.Property(value, "minLength"), "minLength");
  field.max_length = reader.Number(reader.Property(value, "maxLength"), "maxLength");
  return field;
}

}  // namespace

napi_value ToMethods(napi_env env, const std::vector<host::MethodInfo>& methods) {
  return ToArray(env, methods, [env](const host::MethodInfo& info) { return ToMethodInfo(env, info); });
}

napi_value ToProperties(napi_env env, const std::vector<host::MethodProperty>& properties) {
  return ToArray(env, properties, [env](const host::MethodProperty& each) { return ToProperty(env, each); });
}

napi_value ToMethodBlob(napi_env env, const host::MethodBlob& blob) {
  ObjectWriter object(env);
  object.Value("method", ToMethodType(env, blob.method));
  object.Bytes("blob", blob.data);
  return object.value();
}

napi_value ToXml(napi_env env, const std::u16string& xml) {
  napi_value value = nullptr;
  return napi_create_string_utf16(env, xml.data(), xml.size(), &value) == napi_ok ? value : nullptr;
}

napi_value ToFields(napi_env env, const std::vector<host::InputField>& fields) {
  return ToArray(env, fields, [env](const host::InputField& field) { return ToField(env, field); });
}

napi_value ToInteractiveUi(napi_env env, const host::InteractiveUi& ui) {
  ObjectWriter object(env);
  object.Number("type", static_cast<std::uint32_t>(ui.type));
  object.Value("fields", ToFields(env, ui.fields));
  object.Value("newFields", ToFields(env, ui.new_fields));
  return object.value();
}

napi_value ToBlob(napi_env env, const host::SecretBytes& blob) { return ToBuffer(env, blob); }

platform::SecretText ReadSecretText(napi_env env, ArgumentReader& reader, napi_value value,
                                    const char* name) {
  std::size_t length = 0;
  if (!reader.ok()) return {};
  if (value == nullptr || napi_get_value_string_utf16(env, value, nullptr, 0, &length) != napi_ok) {
    reader.Refuse(name, "a string");
    return {};
  }
  platform::SecretText text(length + 1, u'\0');
  if (napi_get_value_string_utf16(env, value, text.data(), text.size(), &length) != napi_ok) {
    reader.Refuse(name, "a string");
  }
  text.resize(length);
  return text;
}

std::vector<host::InputField> ReadFields(napi_env env, ArgumentReader& reader, napi_value value,
                                         const char* name) {
  std::uint32_t length = 0;
  if (!reader.ok()) return {};
  if (value == nullptr || napi_get_array_length(env, value, &length) != napi_ok) {
    reader.Refuse(name, "an array of input fields");
    return {};
  }
  std::vector<host::InputField> fields;
  for (std::uint32_t index = 0; index < length && reader.ok(); ++index) {
    napi_value element = nullptr;
    if (napi_get_element(env, value, index, &element) != napi_ok)
      reader.Refuse(name, "an array of input fields");
    if (reader.ok()) fields.push_back(ReadField(env, reader, element));
  }
  return fields;
}

}  // namespace eaphost::addon
