// Input fields: from the ABI's arrays, which are freed, and into them. On the thread that got them.
#pragma once

#include <vector>

#include "native/host/configuration.h"
#include "native/host/owned_block.h"

namespace eaphost::host {

// Copies the fields of an array that the run-time handed out; wipes and frees everything below the array.
// False where their number cannot be.
[[nodiscard]] bool TakeFields(FreeBlockFn* free, const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array,
                              std::vector<InputField>& fields);

// The array that the ABI wants, pointing into `fields`, which get a NUL behind their data. The run-time only
// reads it.
class FieldArray {
 public:
  explicit FieldArray(std::vector<InputField>& fields);
  FieldArray(const FieldArray&) = delete;
  FieldArray& operator=(const FieldArray&) = delete;

  abi::EAP_CONFIG_INPUT_FIELD_ARRAY get();

 private:
  std::vector<abi::EAP_CONFIG_INPUT_FIELD_DATA> elements_;
};

}  // namespace eaphost::host
