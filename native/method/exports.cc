// The functions that method DLLs export by name.
#include "native/method/exports.h"

#include <algorithm>

#include "native/abi/constants.h"
#include "native/method/dll_fields.h"
#include "native/values/input_fields.h"
#include "native/values/xml_document.h"

namespace eaphost::method {

namespace {

void Copy(const DllMemory<abi::BYTE>& from, SecretBytes& to) {
  to.assign(from.get(), from.get() + from.size());
}

void TraceAsked(DllCall& call, const MethodContext& context) {
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("connectionData", context.connection_data.size());
}

constexpr abi::DWORD kInteractiveVersion = abi::EAPHOST_PEER_API_VERSION;

// A NULL array is empty, whatever the count says.
std::vector<InputField> CopyFields(const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  std::vector<InputField> fields;
  const abi::DWORD count = array.pFields == nullptr ? 0 : array.dwNumberOfFields;
  for (abi::DWORD index = 0; index < count; ++index) fields.push_back(CopyField(array.pFields[index]));
  return fields;
}

// A blob that a function brings up to date: the old one is an input and stays ours; the method gives a block
// of its own, or writes into ours.
class UpdatedBlob {
 public:
  UpdatedBlob(const MethodDll& dll, const SecretBytes& old)
      : old_(old), made_(dll), size_(SizeOf(old_)), data_(DataOf(old_)) {}

  abi::DWORD* put_size() { return &size_; }
  abi::BYTE** put() { return &data_; }
  // Right after the call, whether or not it failed.
  void Take() {
    if (data_ != DataOf(old_)) *made_.put() = data_, *made_.put_size() = size_;
  }
  void CopyTo(SecretBytes& blob) const {
    const std::size_t most = made_.get() == nullptr ? old_.size() : made_.size();
    const std::size_t size = std::min<std::size_t>(size_, most);
    if (data_ == nullptr) return blob.clear();
    blob.assign(data_, data_ + size);
  }

 private:
  SecretBytes old_;
  DllMemory<abi::BYTE> made_;
  abi::DWORD size_;
  abi::BYTE* data_;
};

}  // namespace

bool PeerExports::GetMethodProperties(const MethodContext& context, std::vector<MethodProperty>& properties,
                                      Failure& failure) const {
  constexpr const char* kName = "EapPeerGetMethodProperties";
  auto* const function = Use<abi::EapPeerGetMethodPropertiesFn>(kName, failure);
  if (function == nullptr) return false;
  DllProperties made(dll_);
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  call.Secret("userData", context.user_data.size());
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(0, context.flags, context.method, context.user_token.get(),
                    SizeOf(context.connection_data), DataOf(context.connection_data),
                    SizeOf(context.user_data), DataOf(context.user_data), made.put(), error);
  });
  if (!succeeded) return false;
  const abi::EAP_METHOD_PROPERTY* const all = made.array().pMethodProperty;
  const abi::DWORD count = all == nullptr ? 0 : made.array().dwNumberOfProperties;
  call.Number("properties", count);
  properties.clear();
  for (abi::DWORD index = 0; index < count; ++index) {
    const abi::EAP_METHOD_PROPERTY& from = all[index];
    MethodProperty& to = properties.emplace_back();
    to.type = from.eapMethodPropertyType;
    to.value_type = from.eapMethodPropertyValueType;
    if (IsText(from)) {
      const abi::EAP_METHOD_PROPERTY_VALUE_STRING& text = from.eapMethodPropertyValue.empvString;
      if (text.value != nullptr) to.text.assign(text.value, text.value + text.length);
    } else {
      to.number = from.eapMethodPropertyValue.empvDword.value;
    }
  }
  return true;
}

bool PeerExports::GetBlobs(const MethodContext& context, const Credential& credential,
                           SecretBytes& connection, SecretBytes& user, Failure& failure) const {
  constexpr const char* kName = "EapPeerGetConfigBlobAndUserBlob";
  auto* const function = Use<abi::EapPeerGetConfigBlobAndUserBlobFn>(kName, failure);
  if (function == nullptr) return false;
  std::u16string name = credential.name;
  SecretText password = credential.password;
  password.push_back(u'\0');
  abi::EapCredential input{};
  input.credType = credential.kind;
  switch (credential.kind) {
    case abi::EAP_USERNAME_PASSWORD_CREDENTIAL:
      input.credData.username_password = {name.data(), password.data()};
      break;
    case abi::EAP_CERTIFICATE_CREDENTIAL:
      std::copy(std::begin(credential.hash), std::end(credential.hash), input.credData.certificate.certHash);
      input.credData.certificate.password = password.data();
      break;
    case abi::EAP_SIM_CREDENTIAL:
      input.credData.sim.iccID = name.data();
      break;
    default:
      break;
  }
  DllMemory<abi::BYTE> made_connection(dll_);
  DllMemory<abi::BYTE> made_user(dll_);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Number("credentialType", static_cast<std::uint32_t>(credential.kind));
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, input, made_connection.put_size(), made_connection.put(),
                    made_user.put_size(), made_user.put(), error);
  });
  if (!succeeded) return false;
  Copy(made_connection, connection);
  Copy(made_user, user);
  call.Secret("connectionDataOut", connection.size());
  call.Secret("userDataOut", user.size());
  return true;
}

bool PeerExports::ConfigXmlToBlob(const MethodContext& context, const SecretText& xml, SecretBytes& blob,
                                  Failure& failure) const {
  constexpr const char* kName = "EapPeerConfigXml2Blob";
  auto* const function = Use<abi::EapPeerConfigXml2BlobFn>(kName, failure);
  XmlDocument document;
  if (function == nullptr || !document.Parse(kName, xml, failure)) return false;
  DllMemory<abi::BYTE> made(dll_);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("xml", xml.size() * sizeof(char16_t));
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, document.document(), made.put(), made.put_size(), error);
  });
  if (!succeeded) return false;
  Copy(made, blob);
  call.Secret("connectionDataOut", blob.size());
  return true;
}

bool PeerExports::ConfigBlobToXml(const MethodContext& context, std::u16string& xml, Failure& failure) const {
  constexpr const char* kName = "EapPeerConfigBlob2Xml";
  auto* const function = Use<abi::EapPeerConfigBlob2XmlFn>(kName, failure);
  if (function == nullptr) return false;
  abi::IXMLDOMDocument2* document = nullptr;
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, DataOf(context.connection_data),
                    SizeOf(context.connection_data), &document, error);
  });
  return succeeded && TakeXml(kName, document, xml, failure);
}

bool PeerExports::CredentialsXmlToBlob(const MethodContext& context, const SecretText& xml, SecretBytes& blob,
                                       Failure& failure) const {
  constexpr const char* kName = "EapPeerCredentialsXml2Blob";
  auto* const function = Use<abi::EapPeerCredentialsXml2BlobFn>(kName, failure);
  XmlDocument document;
  if (function == nullptr || !document.Parse(kName, xml, failure)) return false;
  DllMemory<abi::BYTE> made(dll_);
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  call.Secret("xml", xml.size() * sizeof(char16_t));
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, document.document(), DataOf(context.connection_data),
                    SizeOf(context.connection_data), made.put(), made.put_size(), error);
  });
  if (!succeeded) return false;
  Copy(made, blob);
  call.Secret("userDataOut", blob.size());
  return true;
}

bool PeerExports::InvokeConfigUi(abi::HWND parent, const MethodContext& context, SecretBytes& config,
                                 Failure& failure) const {
  constexpr const char* kName = "EapPeerInvokeConfigUI";
  auto* const function = Use<abi::EapPeerInvokeConfigUIFn>(kName, failure);
  if (function == nullptr) return false;
  abi::EAP_METHOD_TYPE type = context.method;
  SecretBytes given = context.connection_data;
  DllMemory<abi::BYTE> made(dll_);
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(&type, parent, context.flags, SizeOf(given), DataOf(given), made.put_size(), made.put(),
                    error);
  });
  if (!succeeded) return false;
  Copy(made, config);
  call.Secret("connectionDataOut", config.size());
  return true;
}

bool PeerExports::InvokeIdentityUi(abi::HWND parent, const MethodContext& context, Identity& identity,
                                   Failure& failure) const {
  constexpr const char* kName = "EapPeerInvokeIdentityUI";
  auto* const function = Use<abi::EapPeerInvokeIdentityUIFn>(kName, failure);
  if (function == nullptr) return false;
  abi::EAP_METHOD_TYPE type = context.method;
  DllMemory<abi::BYTE> user(dll_);
  DllMemory<abi::WCHAR> name(dll_);
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  call.Secret("userData", context.user_data.size());
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(&type, context.flags, parent, SizeOf(context.connection_data),
                    DataOf(context.connection_data), SizeOf(context.user_data), DataOf(context.user_data),
                    user.put_size(), user.put(), name.put(), error);
  });
  if (!succeeded) return false;
  if (name.get() != nullptr) identity.identity.emplace(name.get());
  if (user.get() != nullptr) Copy(user, identity.user_data.emplace());
  call.Text("identity", name.get());
  call.Secret("userDataOut", user.size());
  return true;
}

bool PeerExports::InvokeInteractiveUi(abi::HWND parent, const abi::EAP_METHOD_TYPE& asked,
                                      const SecretBytes& ui_context, SecretBytes& answer,
                                      Failure& failure) const {
  constexpr const char* kName = "EapPeerInvokeInteractiveUI";
  auto* const function = Use<abi::EapPeerInvokeInteractiveUIFn>(kName, failure);
  if (function == nullptr) return false;
  abi::EAP_METHOD_TYPE type = asked;
  SecretBytes given = ui_context;
  DllMemory<abi::BYTE> made(dll_);
  DllCall call(dll_, kName);
  call.Type(type);
  call.Secret("uiContext", given.size());
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(&type, parent, SizeOf(given), DataOf(given), made.put_size(), made.put(), error);
  });
  if (!succeeded) return false;
  Copy(made, answer);
  call.Secret("answer", answer.size());
  return true;
}

// --- Input fields in place of dialogs.

bool PeerExports::QueryCredentialInputFields(const MethodContext& context, std::vector<InputField>& fields,
                                             Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryCredentialInputFields";
  auto* const function = Use<abi::EapPeerQueryCredentialInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  SecretBytes connection = context.connection_data;
  DllFields made(dll_);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("connectionData", connection.size());
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(context.user_token.get(), context.method, context.flags, SizeOf(connection),
                    DataOf(connection), made.put(), error);
  });
  if (!succeeded) return false;
  fields = CopyFields(made.get());
  call.Number("fields", static_cast<std::uint32_t>(fields.size()));
  return true;
}

bool PeerExports::QueryUserBlob(const MethodContext& context, std::vector<InputField>& fields,
                                SecretBytes& blob, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryUserBlobFromCredentialInputFields";
  auto* const function = Use<abi::EapPeerQueryUserBlobFromCredentialInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  SecretBytes connection = context.connection_data;
  FieldArray elements(fields);
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = elements.get();
  UpdatedBlob updated(dll_, context.user_data);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("connectionData", connection.size());
  call.Secret("userData", context.user_data.size());
  call.Number("fields", array.dwNumberOfFields);
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    const abi::DWORD code =
        function(context.user_token.get(), context.method, context.flags, SizeOf(connection),
                 DataOf(connection), &array, updated.put_size(), updated.put(), error);
    updated.Take();
    return code;
  });
  if (!succeeded) return false;
  updated.CopyTo(blob);
  call.Secret("userDataOut", blob.size());
  return true;
}

bool PeerExports::QueryInteractiveUiInputFields(abi::DWORD flags, const SecretBytes& ui_context,
                                                InteractiveUi& ui, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryInteractiveUIInputFields";
  auto* const function = Use<abi::EapPeerQueryInteractiveUIInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  void* reserved = nullptr;
  DllUiData made(dll_);
  DllCall call(dll_, kName);
  call.Number("flags", flags);
  call.Secret("uiContext", ui_context.size());
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(kInteractiveVersion, flags, SizeOf(ui_context), DataOf(ui_context), made.put(), error,
                    &reserved);
  });
  if (!succeeded) return false;
  ui.type = made.data().dwDataType;
  const abi::EAP_UI_DATA_FORMAT& data = made.data().pbUiData;
  if (data.credData != nullptr) {
    ui.fields = CopyFields(made.is_expiry() ? data.credExpiryData->curCreds : *data.credData);
    if (made.is_expiry()) ui.new_fields = CopyFields(data.credExpiryData->newCreds);
  }
  call.Number("dataType", static_cast<std::uint32_t>(ui.type));
  call.Number("fields", static_cast<std::uint32_t>(ui.fields.size() + ui.new_fields.size()));
  return true;
}

bool PeerExports::QueryUiBlob(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui,
                              SecretBytes& blob, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryUIBlobFromInteractiveUIInputFields";
  auto* const function = Use<abi::EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  InteractiveAnswer data(ui);
  void* reserved = nullptr;
  UpdatedBlob updated(dll_, {});
  DllCall call(dll_, kName);
  call.Number("flags", flags);
  call.Secret("uiContext", ui_context.size());
  call.Number("dataType", static_cast<std::uint32_t>(data.get()->dwDataType));
  call.Number("fields", static_cast<std::uint32_t>(ui.fields.size() + ui.new_fields.size()));
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    const abi::DWORD code = function(kInteractiveVersion, flags, SizeOf(ui_context), DataOf(ui_context),
                                     data.get(), updated.put_size(), updated.put(), error, &reserved);
    updated.Take();
    return code;
  });
  if (!succeeded) return false;
  updated.CopyTo(blob);
  call.Secret("answer", blob.size());
  return true;
}

// --- The authenticator's one.

bool InvokeAuthenticatorConfigUi(const AuthenticatorMethodDll& dll,
                                 const std::optional<std::u16string>& endpoint, abi::HWND parent,
                                 const MethodContext& context, const std::optional<std::u16string>& machine,
                                 SecretBytes& config, Failure& failure) {
  constexpr const char* kName = "EapMethodAuthenticatorInvokeConfigUI";
  auto* const function = UseExport<abi::EapMethodAuthenticatorInvokeConfigUIFn>(dll, dll.has_methods(),
                                                                                endpoint, kName, failure);
  if (function == nullptr) return false;
  abi::EAP_METHOD_TYPE type = context.method;
  SecretBytes given = context.connection_data;
  DllMemory<abi::BYTE> made(dll);
  DllCall call(dll, kName);
  call.Type(type);
  call.Number("flags", context.flags);
  call.Text("machineName", machine ? machine->c_str() : nullptr);
  call.Secret("connectionData", given.size());
  const bool succeeded = call.Succeeds(failure, [&](abi::EAP_ERROR** error) {
    return function(&type, parent, context.flags, machine ? machine->c_str() : nullptr, SizeOf(given),
                    DataOf(given), made.put_size(), made.put(), error);
  });
  if (!succeeded) return false;
  config.assign(made.get(), made.get() + made.size());
  call.Secret("connectionDataOut", config.size());
  return true;
}

}  // namespace eaphost::method
