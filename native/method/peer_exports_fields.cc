// Input fields in place of dialogs.
#include "native/abi/constants.h"
#include "native/method/dll_fields.h"
#include "native/method/inputs.h"
#include "native/method/peer_exports.h"
#include "native/platform/text.h"
#include "native/supplicant/input_fields.h"

namespace eaphost::method {

namespace {

using host::InputField;

constexpr abi::DWORD kInteractiveVersion = abi::EAPHOST_PEER_API_VERSION;

// A NULL array is empty, whatever the count says.
std::vector<InputField> CopyFields(const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  std::vector<InputField> fields;
  const abi::DWORD count = array.pFields == nullptr ? 0 : array.dwNumberOfFields;
  for (abi::DWORD index = 0; index < count; ++index) {
    const abi::EAP_CONFIG_INPUT_FIELD_DATA& from = array.pFields[index];
    const std::u16string_view data = platform::View(from.pwszData);
    InputField& field = fields.emplace_back();
    field.type = from.Type;
    field.flags = from.dwFlagProps;
    field.label = platform::View(from.pwszLabel);
    field.data.assign(data.begin(), data.end());
    field.min_length = from.dwMinDataLength;
    field.max_length = from.dwMaxDataLength;
  }
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

bool PeerExports::QueryCredentialInputFields(const host::MethodContext& context,
                                             std::vector<InputField>& fields, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryCredentialInputFields";
  auto* const function = Use<abi::EapPeerQueryCredentialInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  SecretBytes connection = context.connection_data;
  DllFields made(dll_);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("connectionData", connection.size());
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(context.user_token, context.method, context.flags, SizeOf(connection), DataOf(connection),
                    made.put(), error);
  });
  if (!Check(status, kName, failure)) return false;
  fields = CopyFields(made.get());
  call.Number("fields", static_cast<std::uint32_t>(fields.size()));
  return true;
}

bool PeerExports::QueryUserBlob(const host::MethodContext& context, std::vector<InputField>& fields,
                                SecretBytes& blob, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryUserBlobFromCredentialInputFields";
  auto* const function = Use<abi::EapPeerQueryUserBlobFromCredentialInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  SecretBytes connection = context.connection_data;
  host::FieldArray elements(fields);
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = elements.get();
  UpdatedBlob updated(dll_, context.user_data);
  DllCall call(dll_, kName);
  call.Type(context.method);
  call.Number("flags", context.flags);
  call.Secret("connectionData", connection.size());
  call.Secret("userData", context.user_data.size());
  call.Number("fields", array.dwNumberOfFields);
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = function(context.user_token, context.method, context.flags, SizeOf(connection),
                                     DataOf(connection), &array, updated.put_size(), updated.put(), error);
    updated.Take();
    return code;
  });
  if (!Check(status, kName, failure)) return false;
  updated.CopyTo(blob);
  call.Secret("userDataOut", blob.size());
  return true;
}

bool PeerExports::QueryInteractiveUiInputFields(abi::DWORD flags, const SecretBytes& ui_context,
                                                host::InteractiveUi& ui, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryInteractiveUIInputFields";
  auto* const function = Use<abi::EapPeerQueryInteractiveUIInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  void* reserved = nullptr;
  DllUiData made(dll_);
  DllCall call(dll_, kName);
  call.Number("flags", flags);
  call.Secret("uiContext", ui_context.size());
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(kInteractiveVersion, flags, SizeOf(ui_context), DataOf(ui_context), made.put(), error,
                    &reserved);
  });
  if (!Check(status, kName, failure)) return false;
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

bool PeerExports::QueryUiBlob(abi::DWORD flags, const SecretBytes& ui_context, host::InteractiveUi& ui,
                              SecretBytes& blob, Failure& failure) const {
  constexpr const char* kName = "EapPeerQueryUIBlobFromInteractiveUIInputFields";
  auto* const function = Use<abi::EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn>(kName, failure);
  if (function == nullptr) return false;
  host::InteractiveAnswer data(ui);
  void* reserved = nullptr;
  UpdatedBlob updated(dll_, {});
  DllCall call(dll_, kName);
  call.Number("flags", flags);
  call.Secret("uiContext", ui_context.size());
  call.Number("dataType", static_cast<std::uint32_t>(data.get()->dwDataType));
  call.Number("fields", static_cast<std::uint32_t>(ui.fields.size() + ui.new_fields.size()));
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = function(kInteractiveVersion, flags, SizeOf(ui_context), DataOf(ui_context),
                                     data.get(), updated.put_size(), updated.put(), error, &reserved);
    updated.Take();
    return code;
  });
  if (!Check(status, kName, failure)) return false;
  updated.CopyTo(blob);
  call.Secret("answer", blob.size());
  return true;
}

}  // namespace eaphost::method
