// Copies the ABI's structures into plain data. On the thread that got the structure.
#include "native/values/copy.h"

#include "native/platform/text.h"

namespace eaphost::host {

namespace {

std::unique_ptr<MethodInfo> CopyMethodInfo(const abi::EAP_METHOD_INFO* info, int depth) {
  if (info == nullptr || depth == kDeepestMethod) return nullptr;
  auto copy = std::make_unique<MethodInfo>();
  copy->type = info->eaptype;
  copy->author_name = platform::View(info->pwszAuthorName);
  copy->friendly_name = platform::View(info->pwszFriendlyName);
  copy->properties = info->eapProperties;
  copy->inner = CopyMethodInfo(info->pInnerMethodInfo, depth + 1);
  return copy;
}

}  // namespace

bool CopyBytes(const abi::BYTE* data, abi::DWORD size, SecretBytes& out) {
  if (data == nullptr) size = 0;
  if (size > kMostOctets) return false;
  out.assign(data, data + size);
  return true;
}

std::unique_ptr<MethodInfo> CopyMethodInfo(const abi::EAP_METHOD_INFO* info) {
  return CopyMethodInfo(info, 0);
}

bool CopyAttributes(const abi::EAP_ATTRIBUTES* attributes, std::vector<Attribute>& copy) {
  copy.clear();
  if (attributes == nullptr || attributes->pAttribs == nullptr) return true;
  if (attributes->dwNumberOfAttributes > kMostElements) return false;
  copy.resize(attributes->dwNumberOfAttributes);
  for (std::size_t index = 0; index < copy.size(); ++index) {
    const abi::EAP_ATTRIBUTE& attribute = attributes->pAttribs[index];
    copy[index].type = attribute.eaType;
    if (!CopyBytes(attribute.pValue, attribute.dwLength, copy[index].value)) return false;
  }
  return true;
}

bool CopyResult(const abi::EapHostPeerMethodResult& result, Result& copy) {
  copy.is_success = result.fIsSuccess != 0;
  copy.failure_reason_code = result.dwFailureReasonCode;
  if (result.fSaveConnectionData != 0 &&
      !CopyBytes(result.pConnectionData, result.dwSizeofConnectionData, copy.connection_data.emplace())) {
    return false;
  }
  if (result.fSaveUserData != 0 &&
      !CopyBytes(result.pUserData, result.dwSizeofUserData, copy.user_data.emplace())) {
    return false;
  }
  if (!CopyAttributes(result.pAttribArray, copy.attributes)) return false;
  copy.isolation_state = result.isolationState;
  copy.method_info = CopyMethodInfo(result.pEapMethodInfo);
  return true;
}

}  // namespace eaphost::host
