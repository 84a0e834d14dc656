#include "native/method/dll_fields.h"

#include <string_view>
#include <utility>

namespace eaphost::method {

namespace {

void FreeText(const MethodDll& dll, abi::LPWSTR text) {
  // The user's input may be a secret.
  if (text != nullptr) dll.Free(text, std::u16string_view(text).size() * sizeof(abi::WCHAR));
}

void FreeFields(const MethodDll& dll, abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  if (array.pFields == nullptr) return;
  for (abi::DWORD index = 0; index < array.dwNumberOfFields; ++index) {
    FreeText(dll, array.pFields[index].pwszLabel);
    FreeText(dll, array.pFields[index].pwszData);
  }
  dll.Free(std::exchange(array.pFields, nullptr));
}

}  // namespace

DllFields::~DllFields() { FreeFields(dll_, array_); }

DllUiData::~DllUiData() {
  if (data_.pbUiData.credData == nullptr) return;
  if (is_expiry()) {
    FreeFields(dll_, data_.pbUiData.credExpiryData->curCreds);
    FreeFields(dll_, data_.pbUiData.credExpiryData->newCreds);
    dll_.Free(data_.pbUiData.credExpiryData);
  } else {
    FreeFields(dll_, *data_.pbUiData.credData);
    dll_.Free(data_.pbUiData.credData);
  }
}

DllProperties::~DllProperties() {
  if (array_.pMethodProperty == nullptr) return;
  for (abi::DWORD index = 0; index < array_.dwNumberOfProperties; ++index) {
    abi::EAP_METHOD_PROPERTY& property = array_.pMethodProperty[index];
    if (IsText(property)) dll_.Free(property.eapMethodPropertyValue.empvString.value);
  }
  dll_.Free(array_.pMethodProperty);
}

}  // namespace eaphost::method
