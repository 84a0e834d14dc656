// Plain data to JavaScript values. JavaScript's thread.
#include "native/addon/values.h"

#include "native/values/guid.h"

namespace eaphost::addon {

ObjectWriter::ObjectWriter(napi_env env) : env_(env) {
  if (napi_create_object(env_, &object_) != napi_ok) object_ = nullptr;
}

void ObjectWriter::Set(const char* name, napi_status status, napi_value value) {
  if (object_ == nullptr) return;
  const bool is_set =
      status == napi_ok && value != nullptr && napi_set_named_property(env_, object_, name, value) == napi_ok;
  if (!is_set) object_ = nullptr;
}

void ObjectWriter::Number(const char* name, std::uint32_t number) {
  napi_value value = nullptr;
  const napi_status status = napi_create_uint32(env_, number, &value);
  Set(name, status, value);
}

void ObjectWriter::Double(const char* name, double number) {
  napi_value value = nullptr;
  const napi_status status = napi_create_double(env_, number, &value);
  Set(name, status, value);
}

void ObjectWriter::Boolean(const char* name, bool boolean) {
  napi_value value = nullptr;
  const napi_status status = napi_get_boolean(env_, boolean, &value);
  Set(name, status, value);
}

void ObjectWriter::Text(const char* name, std::string_view text) {
  napi_value value = nullptr;
  const napi_status status = napi_create_string_utf8(env_, text.data(), text.size(), &value);
  Set(name, status, value);
}

void ObjectWriter::Text(const char* name, std::u16string_view text) {
  napi_value value = nullptr;
  const napi_status status = napi_create_string_utf16(env_, text.data(), text.size(), &value);
  Set(name, status, value);
}

void ObjectWriter::Bytes(const char* name, std::span<const std::uint8_t> bytes) {
  Set(name, napi_ok, ToBuffer(env_, bytes));
}

void ObjectWriter::Guid(const char* name, const abi::GUID& guid) { Text(name, FormatGuid(guid)); }

void ObjectWriter::Value(const char* name, napi_value value) { Set(name, napi_ok, value); }

napi_value ToMethodType(napi_env env, const abi::EAP_METHOD_TYPE& type) {
  ObjectWriter object(env);
  object.Number("type", type.eapType.type);
  object.Number("vendorId", type.eapType.dwVendorId);
  object.Number("vendorType", type.eapType.dwVendorType);
  object.Number("authorId", type.dwAuthorId);
  return object.value();
}

napi_value ToMethodInfo(napi_env env, const MethodInfo& info) {
  ObjectWriter object(env);
  object.Value("type", ToMethodType(env, info.type));
  object.Text("authorName", info.author_name);
  object.Text("friendlyName", info.friendly_name);
  object.Number("properties", info.properties);
  if (info.inner != nullptr) object.Value("inner", ToMethodInfo(env, *info.inner));
  return object.value();
}

napi_value ToError(napi_env env, const EapError& error) {
  ObjectWriter object(env);
  object.Number("winError", error.win_error);
  object.Value("type", ToMethodType(env, error.type));
  object.Number("reasonCode", error.reason_code);
  object.Guid("rootCauseGuid", error.root_cause_guid);
  object.Guid("repairGuid", error.repair_guid);
  object.Guid("helpLinkGuid", error.help_link_guid);
  if (error.root_cause) object.Text("rootCause", *error.root_cause);
  if (error.repair) object.Text("repair", *error.repair);
  return object.value();
}

napi_value ToUndefined(napi_env env, const Nothing&) {
  napi_value value = nullptr;
  return napi_get_undefined(env, &value) == napi_ok ? value : nullptr;
}

napi_value ToText(napi_env env, const std::u16string& text) {
  napi_value value = nullptr;
  return napi_create_string_utf16(env, text.data(), text.size(), &value) == napi_ok ? value : nullptr;
}

napi_value ToAttributes(napi_env env, const AttributeList& attributes) {
  return ToArray(env, attributes, [](napi_env in, const Attribute& attribute) -> napi_value {
    ObjectWriter object(in);
    napi_value type = nullptr;
    if (napi_create_int32(in, attribute.type, &type) != napi_ok) return nullptr;
    object.Value("type", type);
    object.Bytes("value", attribute.value);
    return object.value();
  });
}

napi_value ToBuffer(napi_env env, std::span<const std::uint8_t> bytes) {
  napi_value value = nullptr;
  void* data = nullptr;
  if (napi_create_buffer_copy(env, bytes.size(), bytes.data(), &data, &value) != napi_ok) return nullptr;
  return value;
}

napi_value ToFailure(napi_env env, const Failure& failure) {
  ObjectWriter object(env);
  object.Text("call", std::string_view(failure.call));
  object.Number("winError", failure.code);
  if (!failure.message.empty()) object.Text("message", std::string_view(failure.message));
  if (failure.error) object.Value("error", ToError(env, *failure.error));
  return object.value();
}

void ThrowFailure(napi_env env, const char* call, abi::DWORD code) {
  if (napi_value value = ToFailure(env, MakeFailure(call, code))) static_cast<void>(napi_throw(env, value));
}

// Shared by the results of a run-time and of a method.
template <typename AnyResult>
static void WriteOutcome(ObjectWriter& object, napi_env env, const AnyResult& result) {
  object.Boolean("isSuccess", result.is_success);
  object.Number("failureReasonCode", result.reason_code);
  if (result.connection_data) object.Bytes("connectionData", *result.connection_data);
  if (result.user_data) object.Bytes("userData", *result.user_data);
  object.Value("attributes", ToAttributes(env, result.attributes));
  if (result.error) object.Value("error", ToError(env, *result.error));
}

napi_value ToStep(napi_env env, const Step& step) {
  ObjectWriter object(env);
  object.Number("action", static_cast<std::uint32_t>(step.action));
  switch (step.action) {
    case abi::EapHostPeerResponseSend:
      object.Bytes("packet", step.bytes);
      break;
    case abi::EapHostPeerResponseResult:
      object.Value("result", ToResult(env, *step.result));
      break;
    case abi::EapHostPeerResponseInvokeUi:
      object.Bytes("uiContext", step.bytes);
      break;
    case abi::EapHostPeerResponseRespond:
      object.Value("attributes", ToAttributes(env, step.attributes));
      break;
    case abi::EapHostPeerResponseDiscard:
    case abi::EapHostPeerResponseStartAuthentication:
    case abi::EapHostPeerResponseNone:
      break;
  }
  return object.value();
}

napi_value ToResult(napi_env env, const Result& result) {
  ObjectWriter object(env);
  WriteOutcome(object, env, result);
  object.Number("isolationState", static_cast<std::uint32_t>(result.isolation_state));
  if (result.method_info != nullptr) object.Value("methodInfo", ToMethodInfo(env, *result.method_info));
  return object.value();
}

napi_value ToIdentity(napi_env env, const Identity& identity) {
  ObjectWriter object(env);
  object.Boolean("invokeUi", identity.invoke_ui);
  if (identity.user_data) object.Bytes("userData", *identity.user_data);
  if (identity.identity) object.Text("identity", *identity.identity);
  return object.value();
}

namespace {

napi_value ToProperty(napi_env env, const MethodProperty& property) {
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

napi_value ToField(napi_env env, const InputField& field) {
  ObjectWriter object(env);
  object.Number("type", static_cast<std::uint32_t>(field.type));
  object.Number("flags", field.flags);
  object.Text("label", field.label);
  object.Text("data", std::u16string_view(field.data.data(), field.data.size()));
  object.Number("minLength", field.min_length);
  object.Number("maxLength", field.max_length);
  return object.value();
}

}  // namespace

napi_value ToMethods(napi_env env, const std::vector<MethodInfo>& methods) {
  return ToArray(env, methods, &ToMethodInfo);
}

napi_value ToProperties(napi_env env, const std::vector<MethodProperty>& properties) {
  return ToArray(env, properties, &ToProperty);
}

napi_value ToMethodBlob(napi_env env, const MethodBlob& blob) {
  ObjectWriter object(env);
  object.Value("method", ToMethodType(env, blob.method));
  object.Bytes("blob", blob.data);
  return object.value();
}

napi_value ToFields(napi_env env, const std::vector<InputField>& fields) {
  return ToArray(env, fields, &ToField);
}

napi_value ToInteractiveUi(napi_env env, const InteractiveUi& ui) {
  ObjectWriter object(env);
  object.Number("type", static_cast<std::uint32_t>(ui.type));
  object.Value("fields", ToFields(env, ui.fields));
  object.Value("newFields", ToFields(env, ui.new_fields));
  return object.value();
}

napi_value ToBlob(napi_env env, const SecretBytes& blob) { return ToBuffer(env, blob); }

napi_value ToPeerResult(napi_env env, const method::MethodResult& result) {
  ObjectWriter object(env);
  WriteOutcome(object, env, result);
  object.Boolean("saveToCredMan", result.save_to_cred_man);
  return object.value();
}

napi_value ToAuthenticatorResult(napi_env env, const method::AuthenticatorResult& result) {
  ObjectWriter object(env);
  object.Boolean("isSuccess", result.is_success);
  object.Number("failureReasonCode", result.reason_code);
  object.Value("attributes", ToAttributes(env, result.attributes));
  return object.value();
}

napi_value ToNames(napi_env env, const std::vector<const char*>& names) {
  return ToArray(env, names, [](napi_env in, const char* name) {
    napi_value value = nullptr;
    return napi_create_string_latin1(in, name, NAPI_AUTO_LENGTH, &value) == napi_ok ? value : nullptr;
  });
}

}  // namespace eaphost::addon
