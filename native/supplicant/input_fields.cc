#include "native/supplicant/input_fields.h"

#include "native/abi/constants.h"
#include "native/abi/interactive_ui.h"
#include "native/platform/text.h"

namespace eaphost::host {

bool TakeFields(FreeBlockFn* free, const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array,
                std::vector<InputField>& fields) {
  const OwnedBlock list(free, array.pFields, array.dwNumberOfFields);
  if (list.is_absurd()) return false;
  fields.resize(list.count());
  for (std::size_t index = 0; index < fields.size(); ++index) {
    const abi::EAP_CONFIG_INPUT_FIELD_DATA& from = list.get()[index];
    const auto label = OwnText(free, from.pwszLabel);
    const auto data = OwnText(free, from.pwszData);
    InputField& field = fields[index];
    field.type = from.Type;
    field.flags = from.dwFlagProps;
    field.label = platform::View(label.get());
    field.data.assign(data.get(), data.get() + data.count());
    field.min_length = from.dwMinDataLength;
    field.max_length = from.dwMaxDataLength;
  }
  return true;
}

FieldArray::FieldArray(std::vector<InputField>& fields) {
  elements_.reserve(fields.size());
  for (InputField& field : fields) {
    field.data.push_back(u'\0');
    elements_.push_back({.dwSize = sizeof(abi::EAP_CONFIG_INPUT_FIELD_DATA),
                         .Type = static_cast<abi::EAP_CONFIG_INPUT_FIELD_TYPE>(field.type),
                         .dwFlagProps = field.flags,
                         .pwszLabel = field.label.data(),
                         .pwszData = field.data.data(),
                         .dwMinDataLength = field.min_length,
                         .dwMaxDataLength = field.max_length});
  }
}

abi::EAP_CONFIG_INPUT_FIELD_ARRAY FieldArray::get() {
  return {.dwVersion = abi::EAP_CREDENTIAL_VERSION,
          .dwNumberOfFields = static_cast<abi::DWORD>(elements_.size()),
          .pFields = elements_.empty() ? nullptr : elements_.data()};
}

InteractiveAnswer::InteractiveAnswer(InteractiveUi& ui)
    : current_(ui.fields),
      fresh_(ui.new_fields),
      expiry_{.curCreds = current_.get(), .newCreds = fresh_.get()} {
  data_.dwVersion = abi::EAP_INTERACTIVE_UI_DATA_VERSION;
  data_.dwSize = sizeof data_;
  data_.dwDataType = AnswerTo(ui.type);
  if (IsExpiry(ui.type)) {
    data_.cbUiData = sizeof expiry_;
    data_.pbUiData.credExpiryData = &expiry_;
  } else {
    data_.cbUiData = sizeof expiry_.curCreds;
    data_.pbUiData.credData = &expiry_.curCreds;
  }
}

}  // namespace eaphost::host
