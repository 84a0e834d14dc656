// The faulty run-time's other half: eappcfg.dll's exports. Any thread; one test at a time.

#include "native/embedded/exports.h"
#include "test/native/faulty/faulty_act.h"
#include "test/native/faulty/faulty_tokens.h"

namespace {

using namespace eaphost::abi;
using namespace eaphost::faulty;

// A function whose output is a blob.
DWORD GiveBlob(Function function, DWORD* size, BYTE** data, EAP_ERROR** error) {
  return Configuration(
      function, error, [&](DWORD count) { *size = count, *data = nullptr; },
      [&] { *size = 4, *data = AllocateBytes(Owner::kFreeMemory, "blob"); },
      [&] { *size = kAbsurd, *data = AllocateBytes(Owner::kFreeMemory, "blob"); });
}

EAP_CONFIG_INPUT_FIELD_ARRAY Fields() {
  auto* const fields = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(
      Allocate(Owner::kFreeMemory, 2 * sizeof(EAP_CONFIG_INPUT_FIELD_DATA)));
  fields[0] = {sizeof *fields,
               EapConfigInputUsername,
               0,
               AllocateText(Owner::kFreeMemory, u"label"),
               AllocateText(Owner::kFreeMemory, u"data"),
               0,
               256};
  fields[1] = {sizeof *fields, EapConfigInputPassword, 1, nullptr, nullptr, 0, 256};
  return {1, 2, fields};
}

// An array whose only field has no texts, and that is said to hold more than there can be.
EAP_CONFIG_INPUT_FIELD_ARRAY AbsurdFields() {
  auto* const field = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(
      Allocate(Owner::kFreeMemory, sizeof(EAP_CONFIG_INPUT_FIELD_DATA)));
  return {1, kAbsurd, field};
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerGetMethods(EAP_METHOD_INFO_ARRAY* array, EAP_ERROR** error) {
  return Configuration(
      kGetMethods, error,
      [&](DWORD count) {
        *array = {count, nullptr};
      },
      [&] {
        constexpr Owner kOwner = Owner::kFreeMemory;
        auto* const list = static_cast<EAP_METHOD_INFO*>(Allocate(kOwner, 2 * sizeof(EAP_METHOD_INFO)));
        MethodInfo(kOwner, list, NewMethodInfo(kOwner, NewMethodInfo(kOwner, nullptr)));
        list[1] = {{{4, 0, 0}, 0}, nullptr, nullptr, 0, nullptr};
        *array = {2, list};
      },
      [&] {
        *array = {kAbsurd,
                  static_cast<EAP_METHOD_INFO*>(Allocate(Owner::kFreeMemory, sizeof(EAP_METHOD_INFO)))};
      });
}

DWORD EAPHOST_STDCALL EapHostPeerGetMethodProperties(DWORD, DWORD, EAP_METHOD_TYPE, HANDLE token, DWORD,
                                                     const BYTE*, DWORD, const BYTE*,
                                                     EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR** error) {
  TakeToken(token, 0);
  return Configuration(
      kGetMethodProperties, error,
      [&](DWORD count) {
        *array = {count, nullptr};
      },
      [&] {
        auto* const list =
            static_cast<EAP_METHOD_PROPERTY*>(Allocate(Owner::kFreeMemory, 3 * sizeof(EAP_METHOD_PROPERTY)));
        list[0].eapMethodPropertyType = emptPropMutualAuth;
        list[0].eapMethodPropertyValueType = empvtBool;
        list[0].eapMethodPropertyValue.empvBool = {sizeof(BOOL), 1};
        list[1].eapMethodPropertyType = emptPropVendorSpecific;
        list[1].eapMethodPropertyValueType = empvtString;
        list[1].eapMethodPropertyValue.empvString = {4, AllocateBytes(Owner::kFreeMemory, "text")};
        list[2].eapMethodPropertyType = emptLegacyMethodPropertyFlag;
        list[2].eapMethodPropertyValueType = empvtDword;
        list[2].eapMethodPropertyValue.empvDword = {sizeof(DWORD), 7};
        *array = {3, list};
      },
      [&] {
        *array = {kAbsurd, static_cast<EAP_METHOD_PROPERTY*>(
                               Allocate(Owner::kFreeMemory, sizeof(EAP_METHOD_PROPERTY)))};
      });
}

// There are no documents here: even where it works it gives none.
DWORD EAPHOST_STDCALL EapHostPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE, DWORD, BYTE*,
                                                IXMLDOMDocument2** document, EAP_ERROR** error) {
  return Configuration(
      kConfigBlob2Xml, error, [&](DWORD) { *document = nullptr; }, [&] { *document = nullptr; });
}

DWORD EAPHOST_STDCALL EapHostPeerConfigXml2Blob(DWORD, IXMLDOMNode*, DWORD* size, BYTE** data,
                                                EAP_METHOD_TYPE* method, EAP_ERROR** error) {
  const DWORD code = GiveBlob(kConfigXml2Blob, size, data, error);
  if (code == kNoError && *data != nullptr) *method = {{26, 0, 0}, 0};
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerCredentialsXml2Blob(DWORD, IXMLDOMNode*, DWORD, BYTE*, DWORD* size,
                                                     BYTE** data, EAP_METHOD_TYPE* method,
                                                     EAP_ERROR** error) {
  const DWORD code = GiveBlob(kCredentialsXml2Blob, size, data, error);
  if (code == kNoError && *data != nullptr) *method = {{26, 0, 0}, 0};
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerQueryCredentialInputFields(HANDLE token, EAP_METHOD_TYPE, DWORD, DWORD,
                                                            const BYTE*, EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                            EAP_ERROR** error) {
  TakeToken(token, 0);
  return Configuration(
      kQueryCredentialInputFields, error,
      [&](DWORD count) {
        *fields = {1, count, nullptr};
      },
      [&] { *fields = Fields(); }, [&] { *fields = AbsurdFields(); });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryUserBlobFromCredentialInputFields(HANDLE token, EAP_METHOD_TYPE, DWORD,
                                                                        DWORD, const BYTE*,
                                                                        const EAP_CONFIG_INPUT_FIELD_ARRAY*,
                                                                        DWORD* size, BYTE** data,
                                                                        EAP_ERROR** error) {
  TakeToken(token, 0);
  return GiveBlob(kQueryUserBlobFromCredentialInputFields, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerQueryInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                               EAP_INTERACTIVE_UI_DATA* data,
                                                               EAP_ERROR** error, void**) {
  return Configuration(
      kQueryInteractiveUIInputFields, error,
      [&](DWORD count) {
        *data = {};
        data->cbUiData = count;
      },
      [&] {
        auto* const expiry =
            static_cast<EAP_CRED_EXPIRY_REQ*>(Allocate(Owner::kFreeMemory, sizeof(EAP_CRED_EXPIRY_REQ)));
        *expiry = {Fields(), Fields()};
        *data = {1, sizeof *data, EapCredExpiryReq, sizeof *expiry, {}};
        data->pbUiData.credExpiryData = expiry;
      },
      [&] {
        auto* const expiry =
            static_cast<EAP_CRED_EXPIRY_REQ*>(Allocate(Owner::kFreeMemory, sizeof(EAP_CRED_EXPIRY_REQ)));
        *expiry = {Fields(), AbsurdFields()};
        *data = {1, kAbsurd, EapCredExpiryReq, kAbsurd, {}};
        data->pbUiData.credExpiryData = expiry;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryUIBlobFromInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                                         const EAP_INTERACTIVE_UI_DATA*,
                                                                         DWORD* size, BYTE** data,
                                                                         EAP_ERROR** error, void**) {
  return GiveBlob(kQueryUIBlobFromInteractiveUIInputFields, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeConfigUI(HWND, DWORD, EAP_METHOD_TYPE, DWORD, const BYTE*, DWORD* size,
                                                BYTE** data, EAP_ERROR** error) {
  return GiveBlob(kInvokeConfigUI, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeIdentityUI(DWORD, EAP_METHOD_TYPE, DWORD, HWND, DWORD, const BYTE*,
                                                  DWORD, const BYTE*, DWORD* size, BYTE** data,
                                                  LPWSTR* identity, EAP_ERROR** error, void**) {
  const DWORD code = GiveBlob(kInvokeIdentityUI, size, data, error);
  if (code == kNoError && *data != nullptr) *identity = AllocateText(Owner::kFreeMemory, u"identity");
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeInteractiveUI(HWND, DWORD, const BYTE*, DWORD* size, BYTE** data,
                                                     EAP_ERROR** error) {
  return GiveBlob(kInvokeInteractiveUI, size, data, error);
}

void EAPHOST_STDCALL EapHostPeerFreeMemory(BYTE* data) {
  Enter(kFreeMemory);
  Free(Owner::kFreeMemory, data);
}

void EAPHOST_STDCALL EapHostPeerFreeErrorMemory(EAP_ERROR* error) {
  Enter(kFreeErrorMemory);
  Free(Owner::kFreeErrorMemory, error);
}
