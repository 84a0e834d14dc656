// Methods and their properties, and what the other configuration calls share. On apartments.
#include "native/supplicant/configuration.h"

#include "native/supplicant/owned_block.h"
#include "native/supplicant/owned_error.h"
#include "native/values/copy.h"

namespace eaphost::host {

namespace {

using abi::BYTE;
using abi::DWORD;

// Frees what hangs on a method, not the method: strings first, then the methods inside.
void FreeParts(FreeBlockFn* free, const abi::EAP_METHOD_INFO& info, int depth) {
  const auto author_name = OwnText(free, info.pwszAuthorName);
  const auto friendly_name = OwnText(free, info.pwszFriendlyName);
  if (info.pInnerMethodInfo == nullptr || depth == kDeepestMethod) return;
  FreeParts(free, *info.pInnerMethodInfo, depth + 1);
  free(reinterpret_cast<BYTE*>(info.pInnerMethodInfo));
}

// False where a size cannot be.
bool CopyProperty(const abi::EAP_METHOD_PROPERTY& property, MethodProperty& copy) {
  copy.type = property.eapMethodPropertyType;
  copy.value_type = property.eapMethodPropertyValueType;
  const abi::EAP_METHOD_PROPERTY_VALUE& value = property.eapMethodPropertyValue;
  switch (property.eapMethodPropertyValueType) {
    case abi::empvtBool:
      copy.number = value.empvBool.value != 0 ? 1 : 0;
      break;
    case abi::empvtDword:
      copy.number = value.empvDword.value;
      break;
    case abi::empvtString:
      return CopyBytes(value.empvString.value, value.empvString.length, copy.text);
  }
  return true;
}

}  // namespace

bool Configurator::GetMethods(std::vector<MethodInfo>& methods, Failure& failure) const {
  FreeBlockFn* const free = table_.EapHostPeerFreeMemory;
  abi::EAP_METHOD_INFO_ARRAY array{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerGetMethods(&array, error.out());
  if (!error.Check("EapHostPeerGetMethods", code, failure)) return false;
  const OwnedBlock list(free, array.pEapMethods, array.dwNumberOfMethods);
  if (list.is_absurd()) return RefuseSize("EapHostPeerGetMethods", failure);
  methods.reserve(list.count());
  for (std::size_t index = 0; index < list.count(); ++index) {
    methods.push_back(std::move(*CopyMethodInfo(list.get() + index)));
    FreeParts(free, list.get()[index], 0);
  }
  return true;
}

bool Configurator::GetMethodProperties(const MethodContext& context, std::vector<MethodProperty>& properties,
                                       Failure& failure) const {
  FreeBlockFn* const free = table_.EapHostPeerFreeMemory;
  abi::EAP_METHOD_PROPERTY_ARRAY array{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerGetMethodProperties(
      0, context.flags, context.method, context.user_token, InputSize(context.connection_data),
      InputData(context.connection_data), InputSize(context.user_data), InputData(context.user_data), &array,
      error.out());
  if (!error.Check("EapHostPeerGetMethodProperties", code, failure)) return false;
  const OwnedBlock list(free, array.pMethodProperty, array.dwNumberOfProperties);
  bool is_sound = !list.is_absurd();
  properties.resize(list.count());
  for (std::size_t index = 0; index < list.count(); ++index) {
    const abi::EAP_METHOD_PROPERTY& property = list.get()[index];
    // What is not sound is freed all the same.
    is_sound = CopyProperty(property, properties[index]) && is_sound;
    if (property.eapMethodPropertyValueType != abi::empvtString) continue;
    const abi::EAP_METHOD_PROPERTY_VALUE_STRING& text = property.eapMethodPropertyValue.empvString;
    const auto block = OwnBytes(free, text.value, text.length);
  }
  return is_sound || RefuseSize("EapHostPeerGetMethodProperties", failure);
}

bool Configurator::TakeBlob(const char* call, DWORD size, BYTE* data, SecretBytes& blob,
                            Failure& failure) const {
  const auto block = OwnBytes(table_.EapHostPeerFreeMemory, data, size);
  if (data == nullptr && size != 0) {
    failure = MakeFailure(call, kErrorInvalidData, "the run-time gave the size of a blob, and no blob");
    return false;
  }
  return CopyBytes(data, size, blob) || RefuseSize(call, failure);
}

bool Configurator::TakeXmlBlob(const char* call, const abi::EAP_METHOD_TYPE& method, DWORD size, BYTE* data,
                               MethodBlob& blob, Failure& failure) const {
  if (!TakeBlob(call, size, data, blob.data, failure)) return false;
  if (method.eapType.type == 0) {
    failure = MakeFailure(call, kErrorInvalidData, "the run-time did not say which method the blob is for");
    return false;
  }
  blob.method = method;
  return true;
}

}  // namespace eaphost::host
