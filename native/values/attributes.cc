#include "native/values/attributes.h"

#include <utility>

#include "native/abi/enums.h"

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

bool IsPublic(abi::EAP_ATTRIBUTE_TYPE type) {
  switch (type) {
    case abi::eatUserPassword:
    case abi::eatMD5CHAPPassword:
    case abi::eatVendorSpecific:
    case abi::eatARAPPassword:
    case abi::eatARAPSecurityData:
    case abi::eatEAPMessage:
    case abi::eatEAPConfiguration:
    case abi::eatEAPTLV:
    case abi::eatClearTextPassword:
    case abi::eatEMSK:
      return false;
    default:
      return (type >= abi::eatMinimum && type <= abi::eatTunnelServerEndpoint) ||
             (type >= abi::eatARAPFeatures && type <= abi::eatFramedIPv6Pool) ||
             (type >= abi::eatARAPGuestLogon && type <= abi::eatInnerEapMethodType) ||
             type == abi::eatQuarantineSoH || type == abi::eatCertificateThumbprint ||
             (type >= abi::eatPeerId && type <= abi::eatSessionId);
  }
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
