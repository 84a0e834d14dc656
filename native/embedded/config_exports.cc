// eappcfg.dll's functions. Every output is set to nothing before anything can fail; blocks that are handed
// out are freed one by one with EapHostPeerFreeMemory. User interface and XML run on the calling thread,
// which is to be a single-threaded apartment.

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "native/embedded/config_call.h"
#include "native/embedded/exports.h"
#include "native/embedded/fields.h"
#include "native/embedded/method_xml.h"
#include "native/embedded/ui_context.h"

using namespace eaphost::abi;  // the names are Windows' own
using namespace eaphost::embedded;
using eaphost::method::DllMemory;
using eaphost::method::PeerMethodDll;
using eaphost::values::Status;

namespace {

// The method's functions take some inputs as writable; they get what the caller gave.
BYTE* Writable(const BYTE* data) { return const_cast<BYTE*>(data); }

// Raises the identity interface. `identity` may be NULL: who answers a UI context wants the user's blob only.
DWORD IdentityUI(const EAP_METHOD_TYPE& type, DWORD flags, HWND parent, std::span<const BYTE> connection_data,
                 std::span<const BYTE> user_data, DWORD* size, BYTE** blob, LPWSTR* identity, bool valid,
                 EAP_ERROR** ppEapError) {
  return CallExport<EapPeerInvokeIdentityUIFn>(
      type, Part::kIdentity, "EapPeerInvokeIdentityUI", valid, ppEapError,
      [&](const PeerMethodDll& dll, EapPeerInvokeIdentityUIFn* function) {
        DllMemory<BYTE> user(dll);
        DllMemory<WCHAR> name(dll);
        EAP_METHOD_TYPE method = type;
        Status status = dll.Invoke([&](EAP_ERROR** error) {
          return function(&method, flags, parent, static_cast<DWORD>(connection_data.size()),
                          connection_data.data(), static_cast<DWORD>(user_data.size()), user_data.data(),
                          user.put_size(), user.put(), name.put(), error);
        });
        if (!status.ok()) return status;
        HeapBlock<WCHAR> text;
        if (identity != nullptr && name.get() != nullptr) text = CopyTextToHeap(name.get());
        HandOut(user, size, blob);
        if (identity != nullptr) *identity = text.release();
        return status;
      });
}

// Runs `body` with the UI context. ERROR_INVALID_PARAMETER for bytes that no session of this run-time gave.
template <typename Body>
DWORD WithContext(DWORD size, const BYTE* bytes, EAP_ERROR** error, Body&& body) noexcept {
  std::optional<UiContext> context;
  const DWORD code = Guarded(error, [&] {
    if (bytes != nullptr) context = DecodeUiContext(std::span(bytes, size));
    return Status(context ? kNoError : kErrorInvalidParameter);
  });
  return code != kNoError ? code : body(*context);
}

// Whether the fields of an answer are there. Both pointers of the union are the same.
bool HasAnswer(const EAP_INTERACTIVE_UI_DATA& data) {
  if (data.pbUiData.credData == nullptr) return false;
  if (data.dwDataType != EapCredExpiryReq && data.dwDataType != EapCredExpiryResp) {
    return HasFields(*data.pbUiData.credData);
  }
  const EAP_CRED_EXPIRY_REQ& expiry = *data.pbUiData.credExpiryData;
  return HasFields(expiry.curCreds) && HasFields(expiry.newCreds);
}

// A method that has only an identity interface, or a context of one, has no fields to show in its place.
DWORD NoFields(const UiContext& context, EAP_ERROR** error) {
  return Guarded(error, [&] { return Fail(EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, context.type); });
}

// Where the blob of a document goes, and whose it is.
struct BlobOut {
  DWORD* size;
  BYTE** data;
  EAP_METHOD_TYPE* type;

  bool valid() const { return size != nullptr && data != nullptr && type != nullptr; }
  void Nothing() const { Clear(size, data, type); }
};

// Reads the document, and has the method's `export_name` convert it: `call(function, xml, data, size,
// error)`.
template <typename Function, typename Call>
Status Convert(XmlKind kind, IXMLDOMNode* node, Part part, const char* export_name, const BlobOut& out,
               Call&& call) {
  if (Status status = XmlAvailable(); !status.ok()) return status;
  MethodXml xml;
  if (Status status = xml.Read(kind, node); !status.ok()) return status;
  if (xml.blob()) {
    auto copy = CopyToHeap(xml.blob()->data(), xml.blob()->size());
    *out.size = static_cast<DWORD>(xml.blob()->size());
    *out.data = copy.release();
    *out.type = xml.type();
    return {};
  }
  return CallMethod<Function>(
      xml.type(), part, export_name, [&](const PeerMethodDll& dll, Function* function) {
        DllMemory<BYTE> blob(dll);
        Status status = dll.Invoke(
            [&](EAP_ERROR** error) { return call(function, xml, blob.put(), blob.put_size(), error); });
        if (!status.ok()) return status;
        HandOut(blob, out.size, out.data);
        *out.type = xml.type();
        return status;
      });
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerGetMethods(EAP_METHOD_INFO_ARRAY* pEapMethodInfoArray,
                                            EAP_ERROR** ppEapError) {
  Clear(pEapMethodInfoArray);
  return Guarded(ppEapError, [&] {
    if (pEapMethodInfoArray == nullptr) return Status(kErrorInvalidParameter);
    const std::vector<MethodEntry> list = Runtime::Get().methods().List(Runtime::scope());
    if (list.empty()) return Status();
    HeapBlock<EAP_METHOD_INFO> methods(list.size());
    std::vector<HeapBlock<WCHAR>> texts;
    texts.reserve(2 * list.size());
    for (std::size_t index = 0; index < list.size(); ++index) {
      EAP_METHOD_INFO& info = methods[index];
      info.eaptype = list[index].type;
      info.pwszAuthorName = texts.emplace_back(CopyTextToHeap(list[index].author_name)).get();
      info.pwszFriendlyName = texts.emplace_back(CopyTextToHeap(list[index].friendly_name)).get();
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
      *pMethodPropertyArray = PropertiesToHeap(method->entry().properties);
      return Status();
    });
  }
  return CallExport<EapPeerGetMethodPropertiesFn>(
      eapMethodType, Part::kMethod, "EapPeerGetMethodProperties", valid, ppEapError,
      [&](const PeerMethodDll& dll, EapPeerGetMethodPropertiesFn* function) {
        DllProperties properties(dll);
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
        DllFields fields(dll);
        Status status = dll.Invoke([&](EAP_ERROR** error) {
          return function(hUserImpersonationToken, eapMethodType, dwFlags, dwEapConnDataSize,
                          Writable(pbEapConnData), fields.put(), error);
        });
        if (status.ok()) *pEapConfigInputFieldArray = HeapFields(fields.get()).Release();
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
        return UpdateBlob(
            dll, pdwUserBlobSize, ppbUserBlob, [&](DWORD* size, BYTE** blob, EAP_ERROR** error) {
              return function(hUserImpersonationToken, eapMethodType, dwFlags, dwEapConnDataSize,
                              Writable(pbEapConnData), pEapConfigInputFieldArray, size, blob, error);
            });
      });
  if (code != kNoError) {
    Clear(pdwUserBlobSize, ppbUserBlob);
  }
  return code;
}

void EAPHOST_STDCALL EapHostPeerFreeMemory(BYTE* pData) {
  CallerHeap::Get().Free(CallerHeap::Kind::kMemory, pData);
}

void EAPHOST_STDCALL EapHostPeerFreeErrorMemory(EAP_ERROR* pEapError) {
  CallerHeap::Get().Free(CallerHeap::Kind::kError, pEapError);
}

// --- User interface: which of the method's interfaces it is.

DWORD EAPHOST_STDCALL EapHostPeerInvokeConfigUI(HWND hwndParent, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                DWORD dwSizeOfConfigIn, const BYTE* pConfigIn,
                                                DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut,
                                                EAP_ERROR** ppEapError) {
  Clear(pdwSizeOfConfigOut, ppConfigOut);
  return CallExport<EapPeerInvokeConfigUIFn>(
      eapMethodType, Part::kConfiguration, "EapPeerInvokeConfigUI",
      pdwSizeOfConfigOut != nullptr && ppConfigOut != nullptr && Given(pConfigIn, dwSizeOfConfigIn),
      ppEapError, [&](const PeerMethodDll& dll, EapPeerInvokeConfigUIFn* function) {
        DllMemory<BYTE> config(dll);
        EAP_METHOD_TYPE method = eapMethodType;
        Status status = dll.Invoke([&](EAP_ERROR** error) {
          return function(&method, hwndParent, dwFlags, dwSizeOfConfigIn, Writable(pConfigIn),
                          config.put_size(), config.put(), error);
        });
        if (status.ok()) HandOut(config, pdwSizeOfConfigOut, ppConfigOut);
        return status;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeIdentityUI(DWORD, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags,
                                                  HWND hwndParent, DWORD dwSizeofConnectionData,
                                                  const BYTE* pConnectionData, DWORD dwSizeofUserData,
                                                  const BYTE* pUserData, DWORD* pdwSizeOfUserDataOut,
                                                  BYTE** ppUserDataOut, LPWSTR* ppwszIdentity,
                                                  EAP_ERROR** ppEapError, void** ppvReserved) {
  Clear(pdwSizeOfUserDataOut, ppUserDataOut, ppwszIdentity, ppvReserved);
  const bool valid = pdwSizeOfUserDataOut != nullptr && ppUserDataOut != nullptr &&
                     ppwszIdentity != nullptr && Given(pConnectionData, dwSizeofConnectionData) &&
                     Given(pUserData, dwSizeofUserData);
  const auto bytes = [](const BYTE* data, DWORD size) { return std::span(data, data == nullptr ? 0 : size); };
  return IdentityUI(eapMethodType, dwFlags, hwndParent, bytes(pConnectionData, dwSizeofConnectionData),
                    bytes(pUserData, dwSizeofUserData), pdwSizeOfUserDataOut, ppUserDataOut, ppwszIdentity,
                    valid, ppEapError);
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeInteractiveUI(HWND hwndParent, DWORD dwSizeofUIContextData,
                                                     const BYTE* pUIContextData,
                                                     DWORD* pdwSizeOfDataFromInteractiveUI,
                                                     BYTE** ppDataFromInteractiveUI, EAP_ERROR** ppEapError) {
  Clear(pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI);
  const bool valid = pdwSizeOfDataFromInteractiveUI != nullptr && ppDataFromInteractiveUI != nullptr;
  return WithContext(dwSizeofUIContextData, pUIContextData, ppEapError, [&](const UiContext& context) {
    if (context.kind == UiContext::Kind::kIdentity) {
      return IdentityUI(context.type, context.flags, hwndParent, context.connection_data, context.data,
                        pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI, nullptr, valid, ppEapError);
    }
    return CallExport<EapPeerInvokeInteractiveUIFn>(
        context.type, Part::kInteractive, "EapPeerInvokeInteractiveUI", valid, ppEapError,
        [&](const PeerMethodDll& dll, EapPeerInvokeInteractiveUIFn* function) {
          DllMemory<BYTE> answer(dll);
          EAP_METHOD_TYPE method = context.type;
          Status status = dll.Invoke([&](EAP_ERROR** error) {
            return function(&method, hwndParent, static_cast<DWORD>(context.data.size()),
                            Writable(context.data.data()), answer.put_size(), answer.put(), error);
          });
          if (status.ok()) {
            HandOut(answer, pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI);
          }
          return status;
        });
  });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryInteractiveUIInputFields(DWORD dwVersion, DWORD dwFlags,
                                                               DWORD dwSizeofUIContextData,
                                                               const BYTE* pUIContextData,
                                                               EAP_INTERACTIVE_UI_DATA* pEapInteractiveUIData,
                                                               EAP_ERROR** ppEapError, void** ppvReserved) {
  Clear(pEapInteractiveUIData, ppvReserved);
  return WithContext(dwSizeofUIContextData, pUIContextData, ppEapError, [&](const UiContext& context) {
    if (context.kind == UiContext::Kind::kIdentity) return NoFields(context, ppEapError);
    return CallExport<EapPeerQueryInteractiveUIInputFieldsFn>(
        context.type, Part::kMethod, "EapPeerQueryInteractiveUIInputFields", pEapInteractiveUIData != nullptr,
        ppEapError, [&](const PeerMethodDll& dll, EapPeerQueryInteractiveUIInputFieldsFn* function) {
          DllUiData data(dll);
          void* reserved = nullptr;
          Status status = dll.Invoke([&](EAP_ERROR** error) {
            return function(dwVersion, dwFlags, static_cast<DWORD>(context.data.size()), context.data.data(),
                            data.put(), error, &reserved);
          });
          if (status.ok()) *pEapInteractiveUIData = data.CopyToHeap();
          return status;
        });
  });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryUIBlobFromInteractiveUIInputFields(
    DWORD dwVersion, DWORD dwFlags, DWORD dwSizeofUIContextData, const BYTE* pUIContextData,
    const EAP_INTERACTIVE_UI_DATA* pEapInteractiveUIData, DWORD* pdwSizeOfDataFromInteractiveUI,
    BYTE** ppDataFromInteractiveUI, EAP_ERROR** ppEapError, void** ppvReserved) {
  Clear(ppvReserved);
  const bool valid = pEapInteractiveUIData != nullptr && HasAnswer(*pEapInteractiveUIData) &&
                     pdwSizeOfDataFromInteractiveUI != nullptr && ppDataFromInteractiveUI != nullptr;
  const DWORD code =
      WithContext(dwSizeofUIContextData, pUIContextData, ppEapError, [&](const UiContext& context) {
        if (context.kind == UiContext::Kind::kIdentity) return NoFields(context, ppEapError);
        return CallExport<EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn>(
            context.type, Part::kMethod, "EapPeerQueryUIBlobFromInteractiveUIInputFields", valid, ppEapError,
            [&](const PeerMethodDll& dll, EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn* function) {
              void* reserved = nullptr;
              return UpdateBlob(dll, pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI,
                                [&](DWORD* size, BYTE** blob, EAP_ERROR** error) {
                                  return function(dwVersion, dwFlags, static_cast<DWORD>(context.data.size()),
                                                  context.data.data(), pEapInteractiveUIData, size, blob,
                                                  error, &reserved);
                                });
            });
      });
  if (code != kNoError) {
    Clear(pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI);
  }
  return code;
}

// --- XML: documents from and to blobs, by the method that a document names, or without it where the document
// holds the blob itself.

DWORD EAPHOST_STDCALL EapHostPeerConfigXml2Blob(DWORD dwFlags, IXMLDOMNode* pConfigDoc,
                                                DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut,
                                                EAP_METHOD_TYPE* pEapMethodType, EAP_ERROR** ppEapError) {
  const BlobOut out{pdwSizeOfConfigOut, ppConfigOut, pEapMethodType};
  out.Nothing();
  return Guarded(ppEapError, [&] {
    if (!out.valid() || pConfigDoc == nullptr) return Fail(kErrorInvalidParameter, {});
    return Convert<EapPeerConfigXml2BlobFn>(
        XmlKind::kConfig, pConfigDoc, Part::kConfiguration, "EapPeerConfigXml2Blob", out,
        [&](EapPeerConfigXml2BlobFn* function, const MethodXml& xml, BYTE** data, DWORD* size,
            EAP_ERROR** error) { return function(dwFlags, xml.type(), xml.document(), data, size, error); });
  });
}

DWORD EAPHOST_STDCALL EapHostPeerCredentialsXml2Blob(DWORD dwFlags, IXMLDOMNode* pCredentialsDoc,
                                                     DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                                                     DWORD* pdwSizeOfCredentialsOut, BYTE** ppCredentialsOut,
                                                     EAP_METHOD_TYPE* pEapMethodType,
                                                     EAP_ERROR** ppEapError) {
  const BlobOut out{pdwSizeOfCredentialsOut, ppCredentialsOut, pEapMethodType};
  out.Nothing();
  return Guarded(ppEapError, [&] {
    if (!out.valid() || pCredentialsDoc == nullptr || !Given(pConfigIn, dwSizeOfConfigIn)) {
      return Fail(kErrorInvalidParameter, {});
    }
    return Convert<EapPeerCredentialsXml2BlobFn>(
        XmlKind::kCredentials, pCredentialsDoc, Part::kMethod, "EapPeerCredentialsXml2Blob", out,
        [&](EapPeerCredentialsXml2BlobFn* function, const MethodXml& xml, BYTE** data, DWORD* size,
            EAP_ERROR** error) {
          return function(dwFlags, xml.type(), xml.document(), pConfigIn, dwSizeOfConfigIn, data, size,
                          error);
        });
  });
}

// The document is the caller's to release.
DWORD EAPHOST_STDCALL EapHostPeerConfigBlob2Xml(DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                                                IXMLDOMDocument2** ppConfigDoc, EAP_ERROR** ppEapError) {
  Clear(ppConfigDoc);
  return Guarded(ppEapError, [&] {
    if (ppConfigDoc == nullptr || !Given(pConfigIn, dwSizeOfConfigIn)) {
      return Fail(kErrorInvalidParameter, eapMethodType);
    }
    if (Status status = XmlAvailable(); !status.ok()) return status;
    return CallMethod<EapPeerConfigBlob2XmlFn>(
        eapMethodType, Part::kConfiguration, "EapPeerConfigBlob2Xml",
        [&](const PeerMethodDll& dll, EapPeerConfigBlob2XmlFn* function) {
          OwnedXml made;
          Status status = dll.Invoke([&](EAP_ERROR** error) {
            return function(dwFlags, eapMethodType, pConfigIn, dwSizeOfConfigIn, made.put(), error);
          });
          if (!status.ok()) return status;
          return WrapConfig(eapMethodType, made.get(), *ppConfigDoc);
        });
  });
}
