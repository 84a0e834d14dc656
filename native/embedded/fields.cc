#include "native/embedded/fields.h"

#include <string_view>
#include <utility>

namespace eaphost::embedded {

HeapFields::HeapFields(const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& from) : version_(from.dwVersion) {
  if (from.pFields == nullptr || from.dwNumberOfFields == 0) return;
  count_ = from.dwNumberOfFields;
  fields_ = HeapBlock<abi::EAP_CONFIG_INPUT_FIELD_DATA>(count_);
  texts_.resize(std::size_t{2} * count_);
  const auto copy = [](abi::LPCWSTR text, HeapBlock<abi::WCHAR>& block) -> abi::LPWSTR {
    if (text != nullptr) block = CopyTextToHeap(text);
    return block.get();
  };
  for (abi::DWORD index = 0; index < count_; ++index) {
    const std::size_t at = std::size_t{2} * index;
    abi::EAP_CONFIG_INPUT_FIELD_DATA& field = fields_[index];
    field = from.pFields[index];
    field.dwSize = sizeof field;
    field.pwszLabel = copy(from.pFields[index].pwszLabel, texts_[at]);
    field.pwszData = copy(from.pFields[index].pwszData, texts_[at + 1]);
  }
}

abi::EAP_CONFIG_INPUT_FIELD_ARRAY HeapFields::Release() {
  for (HeapBlock<abi::WCHAR>& text : texts_) text.release();
  return {version_, count_, fields_.release()};
}

abi::EAP_INTERACTIVE_UI_DATA DllUiData::CopyToHeap() const {
  abi::EAP_INTERACTIVE_UI_DATA copy = data();
  copy.pbUiData.credData = nullptr;
  if (data().pbUiData.credData == nullptr) return copy;
  if (is_expiry()) {
    HeapBlock<abi::EAP_CRED_EXPIRY_REQ> outer(1);
    HeapFields current(data().pbUiData.credExpiryData->curCreds);
    HeapFields fresh(data().pbUiData.credExpiryData->newCreds);
    outer[0] = {current.Release(), fresh.Release()};
    copy.pbUiData.credExpiryData = outer.release();
  } else {
    HeapBlock<abi::EAP_CONFIG_INPUT_FIELD_ARRAY> outer(1);
    HeapFields fields(*data().pbUiData.credData);
    outer[0] = fields.Release();
    copy.pbUiData.credData = outer.release();
  }
  return copy;
}

abi::EAP_METHOD_PROPERTY_ARRAY DllProperties::CopyToHeap() const {
  if (array().pMethodProperty == nullptr || array().dwNumberOfProperties == 0) return {};
  const abi::DWORD count = array().dwNumberOfProperties;
  HeapBlock<abi::EAP_METHOD_PROPERTY> properties(count);
  std::vector<HeapBlock<abi::BYTE>> texts(count);
  for (abi::DWORD index = 0; index < count; ++index) {
    properties[index] = array().pMethodProperty[index];
    if (!method::IsText(properties[index])) continue;
    abi::EAP_METHOD_PROPERTY_VALUE_STRING& text = properties[index].eapMethodPropertyValue.empvString;
    texts[index] = embedded::CopyToHeap(text.value, text.length);
    text.value = texts[index].get();
  }
  for (HeapBlock<abi::BYTE>& text : texts) text.release();
  return {count, properties.release()};
}

abi::EAP_METHOD_PROPERTY_ARRAY PropertiesToHeap(abi::DWORD bits) {
  constexpr abi::DWORD kCount = abi::emptPropSharedStateEquivalence + 1;
  HeapBlock<abi::EAP_METHOD_PROPERTY> properties(kCount);
  for (abi::DWORD bit = 0; bit < kCount; ++bit) {
    properties[bit].eapMethodPropertyType = static_cast<abi::EAP_METHOD_PROPERTY_TYPE>(bit);
    properties[bit].eapMethodPropertyValueType = abi::empvtBool;
    properties[bit].eapMethodPropertyValue.empvBool = {sizeof(abi::BOOL), (bits >> bit & 1) != 0 ? 1 : 0};
  }
  return {kCount, properties.release()};
}

}  // namespace eaphost::embedded
