// What the misbehaving method's peer half exports by name: see misbehaving_method.h. Called on the host's
// threads.

#include <string>

#include "native/abi/constants.h"
#include "native/abi/functions.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/misbehaviour.h"
#include "test/native/methods/pair_xml.h"

namespace {

using namespace eaphost::abi;
using namespace eaphost::misbehaving;
using eaphost::testdll::Allocate;
using eaphost::testdll::AllocateText;

BYTE* Copy(std::string_view text) { return eaphost::testdll::AllocateBytes(Owner::kPeerMemory, text); }

// A dialog, or anything else that makes a blob.
DWORD GiveBlob(const Options& options, std::string_view routine, DWORD* size, BYTE** data,
               EAP_ERROR** error) {
  const Call call(options, routine, Owner::kPeerError);
  if (const auto code = call.Begin(error)) return *code;
  if (!call.Is("mute")) call.Blob("blob", size, data, Copy);
  return kNoError;
}

// One field whose label is there and whose data is NULL.
DWORD GiveFields(const Call& call, EAP_CONFIG_INPUT_FIELD_ARRAY* fields) {
  if (call.Is("null") || call.Is("huge")) {
    *fields = {1, call.Is("huge") ? 0xFFFFFFFF : 3, nullptr};
    return kNoError;
  }
  auto* const field = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(
      Allocate(Owner::kPeerMemory, sizeof(EAP_CONFIG_INPUT_FIELD_DATA)));
  field->pwszLabel = call.Is("zero") ? nullptr : AllocateText(Owner::kPeerMemory, u"label");
  field->Type = static_cast<EAP_CONFIG_INPUT_FIELD_TYPE>(77);
  *fields = {0, call.Is("zero") ? 0U : 1U, field};
  return kNoError;
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerInvokeConfigUI(EAP_METHOD_TYPE*, HWND, DWORD, DWORD size, BYTE* data,
                                            DWORD* out_size, BYTE** out, EAP_ERROR** error) {
  return GiveBlob(Options::Of(data, size), "InvokeConfigUI", out_size, out, error);
}

DWORD EAPHOST_STDCALL EapPeerInvokeIdentityUI(EAP_METHOD_TYPE*, DWORD, HWND, DWORD size, const BYTE* data,
                                              DWORD, const BYTE*, DWORD* out_size, BYTE** out,
                                              LPWSTR* identity, EAP_ERROR** error) {
  const Options options = Options::Of(data, size);
  const DWORD code = GiveBlob(options, "InvokeIdentityUI", out_size, out, error);
  const Call call(options, "InvokeIdentityUI", Owner::kPeerError);
  if (code == kNoError && !call.Is("mute") && !call.Is("null"))
    *identity = AllocateText(Owner::kPeerMemory, u"x");
  return code;
}

DWORD EAPHOST_STDCALL EapPeerInvokeInteractiveUI(EAP_METHOD_TYPE*, HWND, DWORD size, BYTE* context,
                                                 DWORD* out_size, BYTE** out, EAP_ERROR** error) {
  return GiveBlob(Options::Of(context, size), "InvokeInteractiveUI", out_size, out, error);
}

DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE, EAP_METHOD_TYPE, DWORD, DWORD size,
                                                        BYTE* data, EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                        EAP_ERROR** error) {
  const Options options = Options::Of(data, size);
  const Call call(options, "QueryCredentialInputFields", Owner::kPeerError);
  if (const auto code = call.Begin(error)) return *code;
  return call.Is("mute") ? kNoError : GiveFields(call, fields);
}

DWORD EAPHOST_STDCALL EapPeerQueryUserBlobFromCredentialInputFields(HANDLE, EAP_METHOD_TYPE, DWORD,
                                                                    DWORD size, BYTE* data,
                                                                    const EAP_CONFIG_INPUT_FIELD_ARRAY*,
                                                                    DWORD* blob_size, BYTE** blob,
                                                                    EAP_ERROR** error) {
  return GiveBlob(Options::Of(data, size), "QueryUserBlobFromCredentialInputFields", blob_size, blob, error);
}

DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(DWORD, DWORD, EAP_METHOD_TYPE, HANDLE, DWORD size,
                                                 const BYTE* data, DWORD, const BYTE*,
                                                 EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR** error) {
  const Options options = Options::Of(data, size);
  const Call call(options, "GetMethodProperties", Owner::kPeerError);
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  if (call.Is("null") || call.Is("huge")) {
    *array = {call.Is("huge") ? 0xFFFFFFFF : 3, nullptr};
    return kNoError;
  }
  // A text with a length and no octets, of a type that there is not.
  auto* const property =
      static_cast<EAP_METHOD_PROPERTY*>(Allocate(Owner::kPeerMemory, sizeof(EAP_METHOD_PROPERTY)));
  property->eapMethodPropertyType = static_cast<EAP_METHOD_PROPERTY_TYPE>(77);
  property->eapMethodPropertyValueType = empvtString;
  property->eapMethodPropertyValue.empvString = {7, nullptr};
  *array = {call.Is("zero") ? 0U : 1U, property};
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerConfigXml2Blob(DWORD, EAP_METHOD_TYPE, eaphost::abi::IXMLDOMDocument2* document,
                                            BYTE** out, DWORD* out_size, EAP_ERROR**) {
  std::string text;
  const DWORD code = eaphost::pairmethod::ReadXml(
      document,
      L"//*[local-name()='Config' and namespace-uri()='http://www.microsoft.com/provisioning/EapHostConfig']",
      text);
  if (code == EAP_E_EAPHOST_XML_MALFORMED) Crash();
  if (code != kNoError) return code;
  *out = Copy(text);
  *out_size = static_cast<DWORD>(text.size());
  return kNoError;
}

// Succeeds without a document.
DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE, const BYTE* data, DWORD size,
                                            eaphost::abi::IXMLDOMDocument2**, EAP_ERROR** error) {
  const Options options = Options::Of(data, size);
  return Call(options, "ConfigBlob2Xml", Owner::kPeerError).Begin(error).value_or(kNoError);
}
