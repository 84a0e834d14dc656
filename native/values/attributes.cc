#include "native/values/attributes.h"

#include <utility>

namespace eaphost::values {

AttributeList CopyAttributes(const abi::EapAttributes* attributes) {
  AttributeList list;
  if (attributes == nullptr || attributes->pAttribs == nullptr) return list;
  list.reserve(attributes->dwNumberOfAttributes);
  for (abi::DWORD index = 0; index < attributes->dwNumberOfAttributes; ++index) {
    const abi::EAP_ATTRIBUTE& from = attributes->pAttribs[index];
    Attribute& to = list.emplace_back();
    to.type = from.eaType;
    if (from.pValue != nullptr) to.value.assign(from.pValue, from.pValue + from.dwLength);
  }
  return list;
}

AttributeArray::AttributeArray(AttributeList list, NoAttributes none)
    : list_(std::move(list)), is_null_(list_.empty() && none == NoAttributes::kNull) {
  items_.reserve(list_.size());
  for (Attribute& attribute : list_) {
    items_.push_back({attribute.type, SizeOf(attribute.value), DataOf(attribute.value)});
  }
  view_ = {static_cast<abi::DWORD>(items_.size()), items_.empty() ? nullptr : items_.data()};
}

}  // namespace eaphost::values
