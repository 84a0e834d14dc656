// Input fields from and into the ABI's structures. Any thread; one thread at a time.
#pragma once

#include <vector>

#include "native/values/plain.h"

namespace eaphost::values {

// A copy; NULL texts are empty.
InputField CopyField(const abi::EAP_CONFIG_INPUT_FIELD_DATA& from);

// The ABI's array, pointing into `fields`, which get a NUL behind their data. The run-time only reads it.
class FieldArray {
 public:
  explicit FieldArray(std::vector<InputField>& fields);
  FieldArray(const FieldArray&) = delete;
  FieldArray& operator=(const FieldArray&) = delete;

  abi::EAP_CONFIG_INPUT_FIELD_ARRAY get();

 private:
  std::vector<abi::EAP_CONFIG_INPUT_FIELD_DATA> elements_;
};

// The user's answer to `ui` in the form of the ABI: points into `ui`, as FieldArray does.
class InteractiveAnswer {
 public:
  explicit InteractiveAnswer(InteractiveUi& ui);
  InteractiveAnswer(const InteractiveAnswer&) = delete;
  InteractiveAnswer& operator=(const InteractiveAnswer&) = delete;

  const abi::EAP_INTERACTIVE_UI_DATA* get() const { return &data_; }

 private:
  FieldArray current_;
  FieldArray fresh_;
  abi::EAP_CRED_EXPIRY_REQ expiry_;
  abi::EAP_INTERACTIVE_UI_DATA data_{};
};

}  // namespace eaphost::values
