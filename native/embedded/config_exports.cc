// eappcfg.dll's functions but for those of the user interface. Every output is set to nothing before anything
// can fail; blocks that are handed out are freed one by one with EapHostPeerFreeMemory.

#include <utility>
#include <vector>

#include "native/embedded/config_call.h"
#include "native/embedded/exports.h"
#include "native/embedded/fields.h"

namespace {

using namespace eaphost::abi;  // the names are Windows' own
using eaphost::embedded::CallerHeap;
using eaphost::embedded::CallExport;
using eaphost::embedded::Fail;
using eaphost::embedded::Guarded;
using eaphost::embedded::HeapBlock;
using eaphost::embedded::Part;
using eaphost::embedded::Runtime;
using eaphost::method::PeerMethodDll;
using eaphost::method::Status;

// The method's functions take some inputs as writable; they get what the caller gave.
BYTE* Writable(const BYTE* data) { return const_cast<BYTE*>(data); }

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerGetMethods(EAP_METHOD_INFO_ARRAY* pEapMethodInfoArray,
                                            EAP_ERROR** ppEapError) {
  if (pEapMethodInfoArray != nullptr) *pEapMethodInfoArray = {};
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
  if (pMethodPropertyArray != nullptr) *pMethodPropertyArray = {};
  if (pMethodPropertyArray != nullptr && pbEapConnData == nullptr) {
    // Without connection data: what the registration says, and the method is not asked.
    return Guarded(ppEapError, [&] {
      const auto method = Runtime::Get().methods().Find(Runtime::scope(), eapMethodType);
      if (!method) return Fail(EAP_E_EAPHOST_METHOD_NOT_INSTALLED, eapMethodType);
      *pMethodPropertyArray = eaphost::embedded::PropertiesToHeap(method->entry().properties);
      return Status();
    });
  }
  return CallExport<EapPeerGetMethodPropertiesFn>(
      eapMethodType, Part::kMethod, "EapPeerGetMethodProperties", pMethodPropertyArray != nullptr, ppEapError,
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
  if (pEapConfigInputFieldArray != nullptr) *pEapConfigInputFieldArray = {};
  return CallExport<EapPeerQueryCredentialInputFieldsFn>(
      eapMethodType, Part::kMethod, "EapPeerQueryCredentialInputFields", pEapConfigInputFieldArray != nullptr,
      ppEapError, [&](const PeerMethodDll& dll, EapPeerQueryCredentialInputFieldsFn* function) {
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
  // new.
  const bool valid =
      pEapConfigInputFieldArray != nullptr && pdwUserBlobSize != nullptr && ppbUserBlob != nullptr;
  return CallExport<EapPeerQueryUserBlobFromCredentialInputFieldsFn>(
      eapMethodType, Part::kMethod, "EapPeerQueryUserBlobFromCredentialInputFields", valid, ppEapError,
      [&](const PeerMethodDll& dll, EapPeerQueryUserBlobFromCredentialInputFieldsFn* function) {
        return eaphost::embedded::UpdateBlob(
            dll, pdwUserBlobSize, ppbUserBlob, [&](DWORD* size, BYTE** blob, EAP_ERROR** error) {
              return function(hUserImpersonationToken, eapMethodType, dwFlags, dwEapConnDataSize,
                              Writable(pbEapConnData), pEapConfigInputFieldArray, size, blob, error);
            });
      });
}

// The three XML functions need MSXML's document objects, which the methods in the table have no use for yet:
// they answer what a method without XML support answers, and callers fall back on blobs.
DWORD EAPHOST_STDCALL EapHostPeerConfigXml2Blob(DWORD, IXMLDOMNode*, DWORD* pdwSizeOfConfigOut,
                                                BYTE** ppConfigOut, EAP_METHOD_TYPE* pEapMethodType,
                                                EAP_ERROR** ppEapError) {
  if (pdwSizeOfConfigOut != nullptr) *pdwSizeOfConfigOut = 0;
  if (ppConfigOut != nullptr) *ppConfigOut = nullptr;
  if (pEapMethodType != nullptr) *pEapMethodType = {};
  return Guarded(ppEapError, [] { return Fail(EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, {}); });
}

DWORD EAPHOST_STDCALL EapHostPeerCredentialsXml2Blob(DWORD, IXMLDOMNode*, DWORD, BYTE*,
                                                     DWORD* pdwSizeOfCredentialsOut, BYTE** ppCredentialsOut,
                                                     EAP_METHOD_TYPE* pEapMethodType,
                                                     EAP_ERROR** ppEapError) {
  if (pdwSizeOfCredentialsOut != nullptr) *pdwSizeOfCredentialsOut = 0;
  if (ppCredentialsOut != nullptr) *ppCredentialsOut = nullptr;
  if (pEapMethodType != nullptr) *pEapMethodType = {};
  return Guarded(ppEapError, [] { return Fail(EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, {}); });
}

DWORD EAPHOST_STDCALL EapHostPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE eapMethodType, DWORD, BYTE*,
                                                IXMLDOMDocument2** ppConfigDoc, EAP_ERROR** ppEapError) {
  if (ppConfigDoc != nullptr) *ppConfigDoc = nullptr;
  return Guarded(ppEapError,
                 [&] { return Fail(EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, eapMethodType); });
}

void EAPHOST_STDCALL EapHostPeerFreeMemory(BYTE* pData) {
  CallerHeap::Get().Free(CallerHeap::Kind::kMemory, pData);
}

void EAPHOST_STDCALL EapHostPeerFreeErrorMemory(EAP_ERROR* pEapError) {
  CallerHeap::Get().Free(CallerHeap::Kind::kError, pEapError);
}
