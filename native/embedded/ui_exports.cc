// eappcfg.dll's user interface functions: which of the method's interfaces, on the calling thread, which is
// to be a single-threaded apartment. Every output is set to nothing before anything can fail.

#include <optional>
#include <span>
#include <utility>

#include "native/embedded/config_call.h"
#include "native/embedded/exports.h"
#include "native/embedded/fields.h"
#include "native/embedded/ui_context.h"

namespace {

using namespace eaphost::abi;  // the names are Windows' own
using eaphost::embedded::CallExport;
using eaphost::embedded::Clear;
using eaphost::embedded::DecodeUiContext;
using eaphost::embedded::Given;
using eaphost::embedded::Guarded;
using eaphost::embedded::HasFields;
using eaphost::embedded::Part;
using eaphost::embedded::UiContext;
using eaphost::method::DllMemory;
using eaphost::method::PeerMethodDll;
using eaphost::values::Status;

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
        eaphost::embedded::HeapBlock<WCHAR> text;
        if (identity != nullptr && name.get() != nullptr)
          text = eaphost::embedded::CopyTextToHeap(name.get());
        eaphost::embedded::HandOut(user, size, blob);
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
  return Guarded(error, [&] {
    return eaphost::embedded::Fail(EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, context.type);
  });
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerInvokeConfigUI(HWND hwndParent, DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                DWORD dwSizeOfConfigIn, const BYTE* pConfigIn,
                                                DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut,
                                                EAP_ERROR** ppEapError) {
  Clear(pdwSizeOfConfigOut);
  Clear(ppConfigOut);
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
        if (status.ok()) eaphost::embedded::HandOut(config, pdwSizeOfConfigOut, ppConfigOut);
        return status;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeIdentityUI(DWORD, EAP_METHOD_TYPE eapMethodType, DWORD dwFlags,
                                                  HWND hwndParent, DWORD dwSizeofConnectionData,
                                                  const BYTE* pConnectionData, DWORD dwSizeofUserData,
                                                  const BYTE* pUserData, DWORD* pdwSizeOfUserDataOut,
                                                  BYTE** ppUserDataOut, LPWSTR* ppwszIdentity,
                                                  EAP_ERROR** ppEapError, void** ppvReserved) {
  Clear(pdwSizeOfUserDataOut);
  Clear(ppUserDataOut);
  Clear(ppwszIdentity);
  Clear(ppvReserved);
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
  Clear(pdwSizeOfDataFromInteractiveUI);
  Clear(ppDataFromInteractiveUI);
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
            eaphost::embedded::HandOut(answer, pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI);
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
  Clear(pEapInteractiveUIData);
  Clear(ppvReserved);
  return WithContext(dwSizeofUIContextData, pUIContextData, ppEapError, [&](const UiContext& context) {
    if (context.kind == UiContext::Kind::kIdentity) return NoFields(context, ppEapError);
    return CallExport<EapPeerQueryInteractiveUIInputFieldsFn>(
        context.type, Part::kMethod, "EapPeerQueryInteractiveUIInputFields", pEapInteractiveUIData != nullptr,
        ppEapError, [&](const PeerMethodDll& dll, EapPeerQueryInteractiveUIInputFieldsFn* function) {
          eaphost::embedded::DllUiData data(dll);
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
              return eaphost::embedded::UpdateBlob(
                  dll, pdwSizeOfDataFromInteractiveUI, ppDataFromInteractiveUI,
                  [&](DWORD* size, BYTE** blob, EAP_ERROR** error) {
                    return function(dwVersion, dwFlags, static_cast<DWORD>(context.data.size()),
                                    context.data.data(), pEapInteractiveUIData, size, blob, error, &reserved);
                  });
            });
      });
  if (code != kNoError) {
    Clear(pdwSizeOfDataFromInteractiveUI);
    Clear(ppDataFromInteractiveUI);
  }
  return code;
}
