// Input fields in place of dialogs. On apartments.
#include "native/abi/constants.h"
#include "native/abi/interactive_ui.h"
#include "native/platform/local_memory.h"
#include "native/supplicant/configuration.h"
#include "native/supplicant/input_fields.h"
#include "native/supplicant/owned_error.h"

namespace eaphost::host {

namespace {

using abi::BYTE;
using abi::DWORD;

constexpr DWORD kInteractiveVersion = abi::EAPHOST_PEER_API_VERSION;

}  // namespace

bool Configurator::QueryCredentialInputFields(const MethodContext& context, std::vector<InputField>& fields,
                                              Failure& failure) const {
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY array{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerQueryCredentialInputFields(
      context.user_token, context.method, context.flags, InputSize(context.connection_data),
      InputData(context.connection_data), &array, error.out());
  if (!error.Check("EapHostPeerQueryCredentialInputFields", code, failure)) return false;
  return TakeFields(table_.EapHostPeerFreeMemory, array, fields) ||
         RefuseSize("EapHostPeerQueryCredentialInputFields", failure);
}

bool Configurator::QueryUserBlob(const MethodContext& context, std::vector<InputField>& fields,
                                 SecretBytes& blob, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerQueryUserBlobFromCredentialInputFields";
  FieldArray elements(fields);
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = elements.get();
  // What is to be brought up to date stays ours: a block that comes back in its place is the run-time's.
  platform::LocalBlock old;
  if (!old.Assign(context.user_data)) {
    failure = MakeFailure(kCall, abi::kErrorNotEnoughMemory);
    return false;
  }
  auto size = static_cast<DWORD>(old.size());
  BYTE* data = old.data();
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerQueryUserBlobFromCredentialInputFields(
      context.user_token, context.method, context.flags, InputSize(context.connection_data),
      InputData(context.connection_data), &array, &size, &data, error.out());
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
  const DWORD code =
      table_.EapHostPeerQueryInteractiveUIInputFields(kInteractiveVersion, flags, InputSize(ui_context),
                                                      InputData(ui_context), &data, error.out(), &reserved);
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
      kInteractiveVersion, flags, InputSize(ui_context), InputData(ui_context), data.get(), &size, &answer,
      error.out(), &reserved);
  return error.Check(kCall, code, failure) && TakeBlob(kCall, size, answer, blob, failure);
}

}  // namespace eaphost::host
