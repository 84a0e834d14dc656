#include "native/shim/field_memory.h"

#include <new>

#include "native/abi/constants.h"
#include "native/shim/call.h"

namespace eaphost::shim {

namespace {

// Blocks on their way to a host: freed together unless all are released.
class Blocks {
 public:
  template <typename T>
  T* Add(Block block) {
    T* data = static_cast<T*>(block.get());
    blocks_.push_back(std::move(block));
    return data;
  }
  template <typename T>
  T* AddArray(std::size_t count) {
    if (count == 0) return nullptr;
    T* const array = Add<T>(Block(Allocate(count * sizeof(T))));
    for (std::size_t index = 0; index < count; ++index) ::new (array + index) T{};
    return array;
  }
  void Release() {
    for (Block& block : blocks_) static_cast<void>(block.release());
  }

 private:
  std::vector<Block> blocks_;
};

abi::EAP_CONFIG_INPUT_FIELD_ARRAY Lay(Blocks& blocks, const InputFields& fields) {
  auto* const array = blocks.AddArray<abi::EAP_CONFIG_INPUT_FIELD_DATA>(fields.size());
  for (std::size_t index = 0; index < fields.size(); ++index) {
    const InputField& from = fields[index];
    array[index] = {.dwSize = sizeof(abi::EAP_CONFIG_INPUT_FIELD_DATA),
                    .Type = static_cast<abi::EAP_CONFIG_INPUT_FIELD_TYPE>(from.type),
                    .dwFlagProps = from.flags,
                    .pwszLabel = blocks.Add<abi::WCHAR>(CopyOf(from.label)),
                    .pwszData = blocks.Add<abi::WCHAR>(CopyOf(from.data)),
                    .dwMinDataLength = from.min_length,
                    .dwMaxDataLength = from.max_length};
  }
  return {abi::EAP_CREDENTIAL_VERSION, static_cast<abi::DWORD>(fields.size()), array};
}

}  // namespace

void HandOutFields(const InputFields& fields, abi::EAP_CONFIG_INPUT_FIELD_ARRAY* array) {
  Blocks blocks;
  *array = Lay(blocks, fields);
  blocks.Release();
}

void HandOutInteractiveUi(const InteractiveUi& ui, abi::EAP_INTERACTIVE_UI_DATA* data) {
  Blocks blocks;
  abi::EAP_INTERACTIVE_UI_DATA filled{};
  filled.dwVersion = abi::EAP_INTERACTIVE_UI_DATA_VERSION;
  filled.dwSize = sizeof(filled);
  filled.dwDataType = ui.type;
  if (IsExpiry(ui.type)) {
    auto* const expiry = blocks.AddArray<abi::EAP_CRED_EXPIRY_REQ>(1);
    expiry->curCreds = Lay(blocks, ui.fields);
    expiry->newCreds = Lay(blocks, ui.new_fields);
    filled.cbUiData = sizeof(*expiry);
    filled.pbUiData.credExpiryData = expiry;
  } else {
    auto* const fields = blocks.AddArray<abi::EAP_CONFIG_INPUT_FIELD_ARRAY>(1);
    *fields = Lay(blocks, ui.fields);
    filled.cbUiData = sizeof(*fields);
    filled.pbUiData.credData = fields;
  }
  *data = filled;
  blocks.Release();
}

void HandOutProperties(const std::vector<MethodProperty>& properties, abi::EAP_METHOD_PROPERTY_ARRAY* array) {
  Blocks blocks;
  auto* const list = blocks.AddArray<abi::EAP_METHOD_PROPERTY>(properties.size());
  for (std::size_t index = 0; index < properties.size(); ++index) {
    const MethodProperty& from = properties[index];
    abi::EAP_METHOD_PROPERTY& property = list[index];
    property.eapMethodPropertyType = static_cast<abi::EAP_METHOD_PROPERTY_TYPE>(from.type);
    property.eapMethodPropertyValueType = from.value_type;
    abi::EAP_METHOD_PROPERTY_VALUE& value = property.eapMethodPropertyValue;
    if (from.value_type == abi::empvtBool) {
      value.empvBool = {sizeof(abi::BOOL), static_cast<abi::BOOL>(from.number)};
    } else if (from.value_type == abi::empvtDword) {
      value.empvDword = {sizeof(abi::DWORD), from.number};
    } else {
      value.empvString = {static_cast<abi::DWORD>(from.text.size()),
                          from.text.empty() ? nullptr : blocks.Add<abi::BYTE>(CopyOf(from.text))};
    }
  }
  *array = {static_cast<abi::DWORD>(properties.size()), list};
  blocks.Release();
}

}  // namespace eaphost::shim
