// eappcfg.dll's functions but for those of XML and of the user interface. Every output is set to nothing
// before anything can fail; blocks that are handed out are freed one by one with EapHostPeerFreeMemory.

#include <utility>
#include <vector>

#include "native/embedded/config_call.h"
#include "native/embedded/exports.h"
#include "native/embedded/fields.h"

namespace {

using namespace eaphost::abi;  // the names are Windows' own
using eaphost::embedded::CallerHeap;
using eaphost::embedded::CallExport;
using eaphost::embedded::Clear;
using eaphost::embedded::Fail;
using eaphost::embedded::Given;
using eaphost::embedded::Guarded;
using eaphost::embedded::HasFields;
using eaphost::embedded::HeapBlock;
using eaphost::embedded::Part;
using eaphost::embedded::Runtime;
using eaphost::method::PeerMethodDll;
using eaphost::values::Status;

// The method's functions take some inputs as writable; they get what the caller gave.
BYTE* Writable(const BYTE* data) { return const_cast<BYTE*>(data); }

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerGetMethods(EAP_METHOD_INFO_ARRAY* pEapMethodInfoArray,
                                            EAP_ERROR** ppEapError) {
  Clear(pEapMethodInfoArray);
  return Guarded(ppEapError, [&] {
    if (pEapMethodInfoArray == nullptr) return Status(kErrorInvalidParameter);
    const std::vector<eaphost::embedded::MethodEntry> list = Runtime::Get().methods().List(Runtime::scope());
    if (list.empty()) return Status();
    HeapBlock<EAP_METHOD_INFO> methods(list.size());
    std::vector<HeapBlock<WCHAR>> texts;
    texts.reserve(2 * list.size());
    for (std::size_t index = 0; index < list.size(); ++index) {
      EAP_METHOD_INFO& info = methods[index];
      info.eaptype = list[index].type;
      info.pwszAuthorName =
          texts.emplace_back(eaphost::embedded::CopyTextToHeap(list[index].author_name)).get();
      info.pwszFriendlyName =
          texts.emplace_back(eaphost::embedded::CopyTextToHeap(list[index].friendly_name)).get();
      info.eapProperties = list[index].properties;
    }
    for (HeapBlock<WCHAR>& text : texts) text.release();
    *pEapMethodInfoArray = {static_cast<DWORD>(list.size()), methods.release()};
    return Status();
  });
}

DWORD EAPHOST_STDCALL EapHostPeerGetMethodProperties(
    DWORD dwVersion, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType, HANDLE hUserImpersonationToken,
    DWORD dwEapConnDataSize, const BYTE* pbEapConnData, DWORD dwUserDataSize, const BYTE* pbUserData,
    EAP_METHOD_PROPERTY_ARRAY* pMethodPropertyArray, EAP_ERROR** ppEapError) {
  Clear(pMethodPropertyArray);
  const bool valid = pMethodPropertyArray != nullptr && Given(pbEapConnData, dwEapConnDataSize) &&
                     Given(pbUserData, dwUserDataSize);
  if (valid && pbEapConnData == nullptr) {
    // Without connection data: what the registration says, and the method is not asked.
    return Guarded(ppEapError, [&] {
      const auto method = Runtime::Get().methods().Find(Runtime::scope(), eapMethodType);
      if (!method) return Fail(EAP_E_EAPHOST_METHOD_NOT_INSTALLED, eapMethodType);
      *pMethodPropertyArray = eaphost::embedded::PropertiesToHeap(method->entry().properties);
      return Status();
    });
  }
  return CallExport<EapPeerGetMethodPropertiesFn>(
      eapMethodType, Part::kMethod, "EapPeerGetMethodProperties", valid, ppEapError,
      [&](const PeerMethodDll& dll, EapPeerGetMethodPropertiesFn* function) {
        eaphost::embedded::DllProperties properties(dll);
        Status status = dll.Invoke([&](EAP_ERROR** error) {
          return function(dwVersion, dwFlags, eapMethodType, hUserImpersonationToken, dwEapConnDataSize,
                          pbEapConnData, dwUserDataSize, pbUserData, properties.put(), error);
        });
        if (status.ok()) *pMethodPropertyArray = properties.CopyToHeap();
        return status;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryCredentialInputFields(
    HANDLE hUserImpersonationToken, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags, DWORD dwEapConnDataSize,
    const BYTE* pbEapConnData, EAP_CONFIG_INPUT_FIELD_ARRAY* pEapConfigInputFieldArray,
    EAP_ERROR** ppEapError) {
  Clear(pEapConfigInputFieldArray);
  const bool valid = pEapConfigInputFieldArray != nullptr && Given(pbEapConnData, dwEapConnDataSize);
  return CallExport<EapPeerQueryCredentialInputFieldsFn>(
      eapMethodType, Part::kMethod, "EapPeerQueryCredentialInputFields", valid, ppEapError,
      [&](const PeerMethodDll& dll, EapPeerQueryCredentialInputFieldsFn* function) {
        eaphost::embedded::DllFields fields(dll);
        Status status = dll.Invoke([&](EAP_ERROR** error) {
          return function(hUserImpersonationToken, eapMethodType, dwFlags, dwEapConnDataSize,
                          Writable(pbEapConnData), fields.put(), error);
        });
        if (status.ok()) *pEapConfigInputFieldArray = eaphost::embedded::HeapFields(fields.get()).Release();
        return status;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryUserBlobFromCredentialInputFields(
    HANDLE hUserImpersonationToken, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags, DWORD dwEapConnDataSize,
    const BYTE* pbEapConnData, const EAP_CONFIG_INPUT_FIELD_ARRAY* pEapConfigInputFieldArray,
    DWORD* pdwUserBlobSize, BYTE** ppbUserBlob, EAP_ERROR** ppEapError) {
  // An input too: a blob to be brought up to date. The caller's block stays the caller's; what comes out is
  // new, or nothing.
  const bool valid = pEapConfigInputFieldArray != nullptr && HasFields(*pEapConfigInputFieldArray) &&
                     pdwUserBlobSize != nullptr && ppbUserBlob != nullptr &&
                     Given(pbEapConnData, dwEapConnDataSize);
  const DWORD code = CallExport<EapPeerQueryUserBlobFromCredentialInputFieldsFn>(
      eapMethodType, Part::kMethod, "EapPeerQueryUserBlobFromCredentialInputFields", valid, ppEapError,
      [&](const PeerMethodDll& dll, EapPeerQueryUserBlobFromCredentialInputFieldsFn* function) {
        return eaphost::embedded::UpdateBlob(
            dll, pdwUserBlobSize, ppbUserBlob, [&](DWORD* size, BYTE** blob, EAP_ERROR** error) {
              return function(hUserImpersonationToken, eapMethodType, dwFlags, dwEapConnDataSize,
                              Writable(pbEapConnData), pEapConfigInputFieldArray, size, blob, error);
            });
      });
  if (code != kNoError) {
    Clear(pdwUserBlobSize);
    Clear(ppbUserBlob);
  }
  return code;
}

void EAPHOST_STDCALL EapHostPeerFreeMemory(BYTE* pData) {
  CallerHeap::Get().Free(CallerHeap::Kind::kMemory, pData);
}

void EAPHOST_STDCALL EapHostPeerFreeErrorMemory(EAP_ERROR* pEapError) {
  CallerHeap::Get().Free(CallerHeap::Kind::kError, pEapError);
}
