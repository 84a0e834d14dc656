#include "native/values/input_fields.h"

#include "native/abi/constants.h"
#include "native/abi/interactive_ui.h"
#include "native/platform/text.h"

namespace eaphost::values {

InputField CopyField(const abi::EAP_CONFIG_INPUT_FIELD_DATA& from) {
  const std::u16string_view data = platform::View(from.pwszData);
  return {.type = from.Type,
          .flags = from.dwFlagProps,
          .label = std::u16string(platform::View(from.pwszLabel)),
          .data = SecretText(data.begin(), data.end()),
          .min_length = from.dwMinDataLength,
          .max_length = from.dwMaxDataLength};
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

}  // namespace eaphost::values
