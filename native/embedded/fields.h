// Input fields, interactive UI data and method properties on their way from a method DLL to a caller: copied
// into blocks that the caller frees one by one, innermost first. Any thread.
#pragma once

#include <vector>

#include "native/abi/structs.h"
#include "native/embedded/heap.h"
#include "native/method/dll_fields.h"

namespace eaphost::embedded {

// Whether the fields that an array announces are there.
inline bool HasFields(const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  return array.pFields != nullptr || array.dwNumberOfFields == 0;
}

// An array of fields, in the heap. Whoever releases it has taken it over.
class HeapFields {
 public:
  HeapFields() = default;
  explicit HeapFields(const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& from);
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY Release();

 private:
  abi::DWORD version_ = 0;
  abi::DWORD count_ = 0;
  HeapBlock<abi::EAP_CONFIG_INPUT_FIELD_DATA> fields_;
  std::vector<HeapBlock<abi::WCHAR>> texts_;
};

using DllFields = method::DllFields;

class DllUiData : public method::DllUiData {
 public:
  using method::DllUiData::DllUiData;
  // A copy for the caller.
  abi::EAP_INTERACTIVE_UI_DATA CopyToHeap() const;
};

class DllProperties : public method::DllProperties {
 public:
  using method::DllProperties::DllProperties;
  abi::EAP_METHOD_PROPERTY_ARRAY CopyToHeap() const;
};

// The eapProp* bits as properties: a boolean for each that has a name.
abi::EAP_METHOD_PROPERTY_ARRAY PropertiesToHeap(abi::DWORD bits);

}  // namespace eaphost::embedded
