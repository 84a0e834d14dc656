// Copies the ABI's structures into plain data. On the thread that got the structure.
#include "native/values/copy.h"

#include "native/platform/text.h"
#include "native/values/attributes.h"

namespace eaphost::values {

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

bool CopyAttributes(const abi::EAP_ATTRIBUTES* attributes, AttributeList& copy) {
  const bool is_there = attributes != nullptr && attributes->pAttribs != nullptr;
  const std::size_t count = is_there ? attributes->dwNumberOfAttributes : 0;
  if (count > kMostElements) return false;
  for (std::size_t index = 0; index < count; ++index) {
    if (attributes->pAttribs[index].pValue != nullptr && attributes->pAttribs[index].dwLength > kMostOctets) {
      return false;
    }
  }
  copy = CopyAttributes(attributes);
  return true;
}

bool CopyResult(const abi::EapHostPeerMethodResult& result, Result& copy) {
  copy.is_success = result.fIsSuccess != 0;
  copy.reason_code = result.dwFailureReasonCode;
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

}  // namespace eaphost::values
