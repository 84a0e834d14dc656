// Input fields, interactive UI data and method properties on their way from a method DLL to a caller: taken
// from the DLL, which gets its own memory back, and copied into blocks that the caller frees one by one,
// innermost first. Any thread.
#pragma once

#include <vector>

#include "native/abi/structs.h"
#include "native/embedded/heap.h"
#include "native/method/peer_method_dll.h"

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

// An array of fields as a method DLL filled it, given back when this object dies.
class DllFields {
 public:
  explicit DllFields(const method::PeerMethodDll& dll) : dll_(dll) {}
  ~DllFields();
  DllFields(const DllFields&) = delete;
  DllFields& operator=(const DllFields&) = delete;
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY* put() { return &array_; }
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& get() const { return array_; }

 private:
  const method::PeerMethodDll& dll_;
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY array_{};
};

// Gives the fields of an array back to the DLL: texts, then the array.
void FreeDllFields(const method::PeerMethodDll& dll, abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array);

// Interactive UI data as a method DLL filled it, given back when this object dies.
class DllUiData {
 public:
  explicit DllUiData(const method::PeerMethodDll& dll) : dll_(dll) {}
  ~DllUiData();
  DllUiData(const DllUiData&) = delete;
  DllUiData& operator=(const DllUiData&) = delete;
  abi::EAP_INTERACTIVE_UI_DATA* put() { return &data_; }
  // A copy for the caller.
  abi::EAP_INTERACTIVE_UI_DATA CopyToHeap() const;

 private:
  bool expiry() const {
    return data_.dwDataType == abi::EapCredExpiryReq || data_.dwDataType == abi::EapCredExpiryResp;
  }

  const method::PeerMethodDll& dll_;
  abi::EAP_INTERACTIVE_UI_DATA data_{};
};

// Properties as a method DLL filled them, given back when this object dies.
class DllProperties {
 public:
  explicit DllProperties(const method::PeerMethodDll& dll) : dll_(dll) {}
  ~DllProperties();
  DllProperties(const DllProperties&) = delete;
  DllProperties& operator=(const DllProperties&) = delete;
  abi::EAP_METHOD_PROPERTY_ARRAY* put() { return &array_; }
  abi::EAP_METHOD_PROPERTY_ARRAY CopyToHeap() const;

 private:
  const method::PeerMethodDll& dll_;
  abi::EAP_METHOD_PROPERTY_ARRAY array_{};
};

// The eapProp* bits as properties: a boolean for each that has a name.
abi::EAP_METHOD_PROPERTY_ARRAY PropertiesToHeap(abi::DWORD bits);

}  // namespace eaphost::embedded
