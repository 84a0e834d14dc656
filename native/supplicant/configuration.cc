// The calls of the configuration library. On apartments.
#include "native/supplicant/configuration.h"

#include "native/abi/constants.h"
#include "native/abi/interactive_ui.h"
#include "native/platform/local_memory.h"
#include "native/platform/text.h"
#include "native/supplicant/owned_block.h"
#include "native/supplicant/supplicant.h"
#include "native/values/input_fields.h"
#include "native/values/xml_document.h"

namespace eaphost::supplicant {

namespace {

using abi::BYTE;
using abi::DWORD;

// Frees what hangs on a method, not the method: strings first, then the methods inside.
void FreeParts(FreeBlockFn* free, const abi::EAP_METHOD_INFO& info, int depth) {
  const auto author_name = OwnText(free, info.pwszAuthorName);
  const auto friendly_name = OwnText(free, info.pwszFriendlyName);
  if (info.pInnerMethodInfo == nullptr || depth == kDeepestMethod) return;
  FreeParts(free, *info.pInnerMethodInfo, depth + 1);
  free(reinterpret_cast<BYTE*>(info.pInnerMethodInfo));
}

// False if a size is impossible.
bool CopyProperty(const abi::EAP_METHOD_PROPERTY& property, MethodProperty& copy) {
  copy.type = property.eapMethodPropertyType;
  copy.value_type = property.eapMethodPropertyValueType;
  const abi::EAP_METHOD_PROPERTY_VALUE& value = property.eapMethodPropertyValue;
  switch (property.eapMethodPropertyValueType) {
    case abi::empvtBool:
      copy.number = value.empvBool.value != 0 ? 1 : 0;
      break;
    case abi::empvtDword:
      copy.number = value.empvDword.value;
      break;
    case abi::empvtString:
      return CopyBytes(value.empvString.value, value.empvString.length, copy.text);
  }
  return true;
}

// Copies the fields of an array that the run-time handed out; wipes and frees everything below the array.
// False if their number is impossible.
bool TakeFields(FreeBlockFn* free, const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array,
                std::vector<InputField>& fields) {
  const OwnedBlock list(free, array.pFields, array.dwNumberOfFields);
  if (list.is_absurd()) return false;
  fields.resize(list.count());
  for (std::size_t index = 0; index < fields.size(); ++index) {
    const abi::EAP_CONFIG_INPUT_FIELD_DATA& from = list.get()[index];
    const auto label = OwnText(free, from.pwszLabel);
    const auto data = OwnText(free, from.pwszData);
    fields[index] = CopyField(from);
  }
  return true;
}

constexpr DWORD kInteractiveVersion = abi::EAPHOST_PEER_API_VERSION;

BYTE* Writable(const BYTE* data) { return const_cast<BYTE*>(data); }

}  // namespace

bool Configurator::GetMethods(std::vector<MethodInfo>& methods, Failure& failure) const {
  FreeBlockFn* const free = table_.EapHostPeerFreeMemory;
  abi::EAP_METHOD_INFO_ARRAY array{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerGetMethods(&array, error.out());
  if (!error.Check("EapHostPeerGetMethods", code, failure)) return false;
  const OwnedBlock list(free, array.pEapMethods, array.dwNumberOfMethods);
  if (list.is_absurd()) return RefuseSize("EapHostPeerGetMethods", failure);
  methods.reserve(list.count());
  for (std::size_t index = 0; index < list.count(); ++index) {
    methods.push_back(std::move(*CopyMethodInfo(list.get() + index)));
    FreeParts(free, list.get()[index], 0);
  }
  return true;
}

bool Configurator::GetMethodProperties(MethodContext& context, std::vector<MethodProperty>& properties,
                                       Failure& failure) const {
  if (!OpenToken(context.user_token, "EapHostPeerGetMethodProperties", failure)) return false;
  FreeBlockFn* const free = table_.EapHostPeerFreeMemory;
  abi::EAP_METHOD_PROPERTY_ARRAY array{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerGetMethodProperties(
      0, context.flags, context.method, context.user_token.get(), SizeOf(context.connection_data),
      DataOf(context.connection_data), SizeOf(context.user_data), DataOf(context.user_data), &array,
      error.out());
  if (!error.Check("EapHostPeerGetMethodProperties", code, failure)) return false;
  const OwnedBlock list(free, array.pMethodProperty, array.dwNumberOfProperties);
  bool is_sound = !list.is_absurd();
  properties.resize(list.count());
  for (std::size_t index = 0; index < list.count(); ++index) {
    const abi::EAP_METHOD_PROPERTY& property = list.get()[index];
    // Unsound data is still freed.
    is_sound = CopyProperty(property, properties[index]) && is_sound;
    if (property.eapMethodPropertyValueType != abi::empvtString) continue;
    const abi::EAP_METHOD_PROPERTY_VALUE_STRING& text = property.eapMethodPropertyValue.empvString;
    const auto block = OwnBytes(free, text.value, text.length);
  }
  return is_sound || RefuseSize("EapHostPeerGetMethodProperties", failure);
}

bool Configurator::TakeBlob(const char* call, DWORD size, BYTE* data, SecretBytes& blob,
                            Failure& failure) const {
  const auto block = OwnBytes(table_.EapHostPeerFreeMemory, data, size);
  if (data == nullptr && size != 0) {
    failure = MakeFailure(call, kErrorInvalidData, "the run-time gave the size of a blob, and no blob");
    return false;
  }
  return CopyBytes(data, size, blob) || RefuseSize(call, failure);
}

bool Configurator::TakeXmlBlob(const char* call, const abi::EAP_METHOD_TYPE& method, DWORD size, BYTE* data,
                               MethodBlob& blob, Failure& failure) const {
  if (!TakeBlob(call, size, data, blob.data, failure)) return false;
  if (method.eapType.type == 0) {
    failure = MakeFailure(call, kErrorInvalidData, "the run-time did not say which method the blob is for");
    return false;
  }
  blob.method = method;
  return true;
}

// --- XML and blobs: MSXML's objects never leave their apartment.

bool Configurator::ConfigXmlToBlob(const SecretText& xml, MethodBlob& blob, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerConfigXml2Blob";
  XmlDocument document;
  if (!document.Parse(kCall, xml, failure)) return false;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE method{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerConfigXml2Blob(0, document.root(), &size, &data, &method, error.out());
  return error.Check(kCall, code, failure) && TakeXmlBlob(kCall, method, size, data, blob, failure);
}

bool Configurator::CredentialsXmlToBlob(const SecretText& xml, const SecretBytes& config, MethodBlob& blob,
                                        Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerCredentialsXml2Blob";
  XmlDocument document;
  if (!document.Parse(kCall, xml, failure)) return false;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE method{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerCredentialsXml2Blob(
      0, document.root(), SizeOf(config), Writable(DataOf(config)), &size, &data, &method, error.out());
  return error.Check(kCall, code, failure) && TakeXmlBlob(kCall, method, size, data, blob, failure);
}

bool Configurator::ConfigBlobToXml(const MethodBlob& blob, std::u16string& xml, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerConfigBlob2Xml";
  abi::IXMLDOMDocument2* document = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerConfigBlob2Xml(0, blob.method, SizeOf(blob.data),
                                                      Writable(DataOf(blob.data)), &document, error.out());
  return error.Check(kCall, code, failure) && TakeXml(kCall, document, xml, failure);
}

// --- Input fields in place of dialogs.

bool Configurator::QueryCredentialInputFields(MethodContext& context, std::vector<InputField>& fields,
                                              Failure& failure) const {
  if (!OpenToken(context.user_token, "EapHostPeerQueryCredentialInputFields", failure)) return false;
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY array{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerQueryCredentialInputFields(
      context.user_token.get(), context.method, context.flags, SizeOf(context.connection_data),
      DataOf(context.connection_data), &array, error.out());
  if (!error.Check("EapHostPeerQueryCredentialInputFields", code, failure)) return false;
  return TakeFields(table_.EapHostPeerFreeMemory, array, fields) ||
         RefuseSize("EapHostPeerQueryCredentialInputFields", failure);
}

bool Configurator::QueryUserBlob(MethodContext& context, std::vector<InputField>& fields, SecretBytes& blob,
                                 Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerQueryUserBlobFromCredentialInputFields";
  if (!OpenToken(context.user_token, kCall, failure)) return false;
  FieldArray elements(fields);
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = elements.get();
  // The blob to update stays ours: a block returned in its place is the run-time's.
  platform::LocalBlock old;
  if (!old.Assign(context.user_data)) {
    failure = MakeFailure(kCall, abi::kErrorNotEnoughMemory);
    return false;
  }
  auto size = static_cast<DWORD>(old.size());
  BYTE* data = old.data();
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerQueryUserBlobFromCredentialInputFields(
      context.user_token.get(), context.method, context.flags, SizeOf(context.connection_data),
      DataOf(context.connection_data), &array, &size, &data, error.out());
  if (!error.Check(kCall, code, failure)) return false;
  if (data == nullptr || data != old.data()) return TakeBlob(kCall, size, data, blob, failure);
  return CopyBytes(data, size < old.size() ? size : static_cast<DWORD>(old.size()), blob) ||
         RefuseSize(kCall, failure);
}

bool Configurator::QueryInteractiveUiInputFields(DWORD flags, const SecretBytes& ui_context,
                                                 InteractiveUi& ui, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerQueryInteractiveUIInputFields";
  FreeBlockFn* const free = table_.EapHostPeerFreeMemory;
  abi::EAP_INTERACTIVE_UI_DATA data{};
  void* reserved = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerQueryInteractiveUIInputFields(
      kInteractiveVersion, flags, SizeOf(ui_context), DataOf(ui_context), &data, error.out(), &reserved);
  if (!error.Check(kCall, code, failure)) return false;
  ui.type = data.dwDataType;
  // All the pointers of the union are blocks; which one it is only says what is in it.
  const OwnedBlock block(free, data.pbUiData.credData, 1);
  if (block.get() == nullptr) return true;
  if (IsExpiry(ui.type)) {
    const abi::EAP_CRED_EXPIRY_REQ& expiry = *data.pbUiData.credExpiryData;
    // Both are freed, whatever is in either.
    const bool has_current = TakeFields(free, expiry.curCreds, ui.fields);
    const bool has_new = TakeFields(free, expiry.newCreds, ui.new_fields);
    return (has_current && has_new) || RefuseSize(kCall, failure);
  }
  if (ui.type < abi::EapCredReq || ui.type > abi::EapCredLogonResp) {
    failure = MakeFailure(kCall, kErrorInvalidData, "the run-time asks for a kind of data that is unknown");
    return false;
  }
  return TakeFields(free, *data.pbUiData.credData, ui.fields) || RefuseSize(kCall, failure);
}

bool Configurator::QueryUiBlob(DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui,
                               SecretBytes& blob, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerQueryUIBlobFromInteractiveUIInputFields";
  InteractiveAnswer data(ui);
  DWORD size = 0;
  BYTE* answer = nullptr;
  void* reserved = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerQueryUIBlobFromInteractiveUIInputFields(
      kInteractiveVersion, flags, SizeOf(ui_context), DataOf(ui_context), data.get(), &size, &answer,
      error.out(), &reserved);
  return error.Check(kCall, code, failure) && TakeBlob(kCall, size, answer, blob, failure);
}

// --- The methods' own dialogs, on the apartment that is kept for them.

bool Configurator::InvokeConfigUi(abi::HWND parent, const MethodContext& context, SecretBytes& config,
                                  Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerInvokeConfigUI";
  DWORD size = 0;
  BYTE* data = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code =
      table_.EapHostPeerInvokeConfigUI(parent, context.flags, context.method, SizeOf(context.connection_data),
                                       DataOf(context.connection_data), &size, &data, error.out());
  return error.Check(kCall, code, failure) && TakeBlob(kCall, size, data, config, failure);
}

bool Configurator::InvokeIdentityUi(abi::HWND parent, const MethodContext& context, Identity& identity,
                                    Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerInvokeIdentityUI";
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::LPWSTR name = nullptr;
  void* reserved = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerInvokeIdentityUI(
      0, context.method, context.flags, parent, SizeOf(context.connection_data),
      DataOf(context.connection_data), SizeOf(context.user_data), DataOf(context.user_data), &size, &data,
      &name, error.out(), &reserved);
  if (!error.Check(kCall, code, failure)) return false;
  const auto text = OwnText(table_.EapHostPeerFreeMemory, name);
  if (text.get() != nullptr) identity.identity = platform::View(text.get());
  if (data == nullptr && size == 0) return true;
  return TakeBlob(kCall, size, data, identity.user_data.emplace(), failure);
}

bool Configurator::InvokeInteractiveUi(abi::HWND parent, const SecretBytes& ui_context, SecretBytes& answer,
                                       Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerInvokeInteractiveUI";
  DWORD size = 0;
  BYTE* data = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerInvokeInteractiveUI(parent, SizeOf(ui_context), DataOf(ui_context),
                                                           &size, &data, error.out());
  return error.Check(kCall, code, failure) && TakeBlob(kCall, size, data, answer, failure);
}

}  // namespace eaphost::supplicant
