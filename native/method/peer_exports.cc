// What peer method DLLs export but for input fields.
#include "native/method/peer_exports.h"

#include <utility>

#include "native/method/dll_fields.h"
#include "native/method/inputs.h"
#include "native/platform/text.h"
#include "native/values/xml_document.h"

namespace eaphost::method {

namespace {

using host::MethodContext;

void Copy(const DllMemory<abi::BYTE>& from, SecretBytes& to) {
  to.assign(from.get(), from.get() + from.size());
}

void TraceAsked(DllCall& call, const MethodContext& context) {
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("connectionData", context.connection_data.size());
}

}  // namespace

bool PeerExports::GetMethodProperties(const MethodContext& context,
                                      std::vector<host::MethodProperty>& properties, Failure& failure) const {
  constexpr const char* kName = "EapPeerGetMethodProperties";
  auto* const function = Use<abi::EapPeerGetMethodPropertiesFn>(kName, failure);
  if (function == nullptr) return false;
  DllProperties made(dll_);
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  call.Secret("userData", context.user_data.size());
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(0, context.flags, context.method, context.user_token, SizeOf(context.connection_data),
                    DataOf(context.connection_data), SizeOf(context.user_data), DataOf(context.user_data),
                    made.put(), error);
  });
  if (!Check(status, kName, failure)) return false;
  const abi::EAP_METHOD_PROPERTY* const all = made.array().pMethodProperty;
  const abi::DWORD count = all == nullptr ? 0 : made.array().dwNumberOfProperties;
  call.Number("properties", count);
  properties.clear();
  for (abi::DWORD index = 0; index < count; ++index) {
    const abi::EAP_METHOD_PROPERTY& from = all[index];
    host::MethodProperty& to = properties.emplace_back();
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
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, input, made_connection.put_size(), made_connection.put(),
                    made_user.put_size(), made_user.put(), error);
  });
  if (!Check(status, kName, failure)) return false;
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
  host::XmlDocument document;
  if (function == nullptr || !document.Parse(kName, xml, failure)) return false;
  DllMemory<abi::BYTE> made(dll_);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("xml", xml.size() * sizeof(char16_t));
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, document.document(), made.put(), made.put_size(), error);
  });
  if (!Check(status, kName, failure)) return false;
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
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, DataOf(context.connection_data),
                    SizeOf(context.connection_data), &document, error);
  });
  return Check(status, kName, failure) && host::TakeXml(kName, document, xml, failure);
}

bool PeerExports::CredentialsXmlToBlob(const MethodContext& context, const SecretText& xml, SecretBytes& blob,
                                       Failure& failure) const {
  constexpr const char* kName = "EapPeerCredentialsXml2Blob";
  auto* const function = Use<abi::EapPeerCredentialsXml2BlobFn>(kName, failure);
  host::XmlDocument document;
  if (function == nullptr || !document.Parse(kName, xml, failure)) return false;
  DllMemory<abi::BYTE> made(dll_);
  DllCall call(dll_, kName);
  TraceAsked(call, context);
  call.Secret("xml", xml.size() * sizeof(char16_t));
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(context.flags, context.method, document.document(), DataOf(context.connection_data),
                    SizeOf(context.connection_data), made.put(), made.put_size(), error);
  });
  if (!Check(status, kName, failure)) return false;
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
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(&type, parent, context.flags, SizeOf(given), DataOf(given), made.put_size(), made.put(),
                    error);
  });
  if (!Check(status, kName, failure)) return false;
  Copy(made, config);
  call.Secret("connectionDataOut", config.size());
  return true;
}

bool PeerExports::InvokeIdentityUi(abi::HWND parent, const MethodContext& context, host::Identity& identity,
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
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(&type, context.flags, parent, SizeOf(context.connection_data),
                    DataOf(context.connection_data), SizeOf(context.user_data), DataOf(context.user_data),
                    user.put_size(), user.put(), name.put(), error);
  });
  if (!Check(status, kName, failure)) return false;
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
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(&type, parent, SizeOf(given), DataOf(given), made.put_size(), made.put(), error);
  });
  if (!Check(status, kName, failure)) return false;
  Copy(made, answer);
  call.Secret("answer", answer.size());
  return true;
}

}  // namespace eaphost::method
