// Input fields, interactive UI data and method properties as a method DLL filled them: readable during the
// call, freed by the DLL, innermost first, when the object dies. Any thread.
#pragma once

#include "native/abi/interactive_ui.h"
#include "native/abi/structs.h"
#include "native/method/method_dll.h"

namespace eaphost::method {

class DllFields {
 public:
  explicit DllFields(const MethodDll& dll) : dll_(dll) {}
  ~DllFields();
  DllFields(const DllFields&) = delete;
  DllFields& operator=(const DllFields&) = delete;

  abi::EAP_CONFIG_INPUT_FIELD_ARRAY* put() { return &array_; }
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& get() const { return array_; }

 private:
  const MethodDll& dll_;
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY array_{};
};

class DllUiData {
 public:
  explicit DllUiData(const MethodDll& dll) : dll_(dll) {}
  ~DllUiData();
  DllUiData(const DllUiData&) = delete;
  DllUiData& operator=(const DllUiData&) = delete;

  abi::EAP_INTERACTIVE_UI_DATA* put() { return &data_; }
  const abi::EAP_INTERACTIVE_UI_DATA& data() const { return data_; }
  bool is_expiry() const { return abi::IsExpiry(data_.dwDataType); }

 private:
  const MethodDll& dll_;
  abi::EAP_INTERACTIVE_UI_DATA data_{};
};

constexpr bool IsText(const abi::EAP_METHOD_PROPERTY& property) {
  return property.eapMethodPropertyValueType == abi::empvtString;
}

class DllProperties {
 public:
  explicit DllProperties(const MethodDll& dll) : dll_(dll) {}
  ~DllProperties();
  DllProperties(const DllProperties&) = delete;
  DllProperties& operator=(const DllProperties&) = delete;

  abi::EAP_METHOD_PROPERTY_ARRAY* put() { return &array_; }
  const abi::EAP_METHOD_PROPERTY_ARRAY& array() const { return array_; }

 private:
  const MethodDll& dll_;
  abi::EAP_METHOD_PROPERTY_ARRAY array_{};
};

}  // namespace eaphost::method
