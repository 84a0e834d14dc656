// What the scriptable method exports by name for configuration and user interface: see test_method.h. The
// script is the connection data, or the UI context.

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>

#include "native/abi/constants.h"
#include "native/abi/shim.h"
#include "native/abi/win32.h"
#include "test/native/methods/test_method_dialog.h"
#include "test/native/methods/test_method_support.h"

namespace {

using namespace eaphost::abi;
using eaphost::testmethod::Allocate;
using eaphost::testmethod::AllocateBytes;
using eaphost::testmethod::AllocateText;
using eaphost::testmethod::Log;
using eaphost::testmethod::Script;
using eaphost::testmethod::Scripted;

std::string Text(const void* data, DWORD size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

std::string Narrow(LPCWSTR text) {
  std::string narrow;
  for (; text != nullptr && *text != 0; ++text) narrow.push_back(static_cast<char>(*text));
  return narrow;
}

void Give(const std::string& bytes, DWORD* size, BYTE** data) {
  *size = static_cast<DWORD>(bytes.size());
  *data = AllocateBytes(bytes);
}

// A name and a password to be typed in. What is there is in the array at once: should an allocation fail, the
// host finds what to free.
void FillFields(EAP_CONFIG_INPUT_FIELD_ARRAY* array) {
  auto* fields = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(Allocate(2 * sizeof(EAP_CONFIG_INPUT_FIELD_DATA)));
  *array = {1, 2, fields};
  fields[0].dwSize = sizeof *fields;
  fields[0].Type = EapConfigInputUsername;
  fields[0].pwszLabel = AllocateText("Name");
  fields[0].pwszData = AllocateText("someone");
  fields[0].dwMinDataLength = 1;
  fields[0].dwMaxDataLength = 256;
  fields[1].dwSize = sizeof *fields;
  fields[1].Type = EapConfigInputPassword;
  fields[1].dwFlagProps = EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE;
  fields[1].pwszLabel = AllocateText("Secret");
  fields[1].dwMaxDataLength = 256;
}

// The values that were typed in, as a blob.
std::string Typed(const EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  std::string typed;
  for (DWORD index = 0; index < array.dwNumberOfFields; ++index)
    typed += Narrow(array.pFields[index].pwszData) + "|";
  return typed;
}

// Raises the dialog that the script wants, for as long as the user takes. `answer` stays what it is where it
// wants none.
DWORD Raise(const Script& script, HWND parent, std::string& answer) {
  if (script.has("parent")) answer = "parent:" + std::to_string(reinterpret_cast<std::uintptr_t>(parent));
  if (const auto time = script.number("open")) std::this_thread::sleep_for(std::chrono::milliseconds(*time));
  const auto title = script.value("dialog");
  return title ? eaphost::testmethod::ShowDialog(parent, *title, answer) : kNoError;
}

// Updates a blob as methods do: in place where it fits, else a new block.
void Update(const std::string& value, DWORD* size, BYTE** blob) {
  if (*blob != nullptr && *size >= value.size()) {
    std::memcpy(*blob, value.data(), value.size());
    *size = static_cast<DWORD>(value.size());
  } else {
    Give(value, size, blob);
  }
}

}  // namespace

extern "C" METHOD_EXPORT eaphost::shim::EapShimUseEndpointFn EapShimUseEndpoint;

DWORD EAPHOST_STDCALL EapPeerInvokeConfigUI(EAP_METHOD_TYPE*, HWND parent, DWORD flags, DWORD size,
                                            BYTE* data, DWORD* out_size, BYTE** out, EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  Log(script, "InvokeConfigUI(flags=" + std::to_string(flags) + ")");
  if (const auto code = Scripted(script, "InvokeConfigUI", error)) return *code;
  if (const auto title = script.value("window")) {
    if (const DWORD code = eaphost::testmethod::LeaveWindow(*title); code != kNoError) return code;
  }
  std::string answer = "configured:" + Text(data, size);
  if (const DWORD code = Raise(script, parent, answer); code != kNoError) return code;
  Give(answer, out_size, out);
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerInvokeIdentityUI(EAP_METHOD_TYPE*, DWORD flags, HWND parent, DWORD size,
                                              const BYTE* data, DWORD user_size, const BYTE* user,
                                              DWORD* out_size, BYTE** out, LPWSTR* identity,
                                              EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  Log(script, "InvokeIdentityUI(flags=" + std::to_string(flags) + " user=" + Text(user, user_size) + ")");
  if (const auto code = Scripted(script, "InvokeIdentityUI", error)) return *code;
  std::string answer = "typed";
  if (const DWORD code = Raise(script, parent, answer); code != kNoError) return code;
  Give(answer, out_size, out);
  *identity = AllocateText("typed");
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerInvokeInteractiveUI(EAP_METHOD_TYPE*, HWND parent, DWORD size, BYTE* context,
                                                 DWORD* out_size, BYTE** out, EAP_ERROR** error) {
  const Script script = Script::Of(context, size);
  Log(script, "InvokeInteractiveUI(" + Text(context, size) + ")");
  if (const auto code = Scripted(script, "InvokeInteractiveUI", error)) return *code;
  std::string answer = "answer";
  if (const DWORD code = Raise(script, parent, answer); code != kNoError) return code;
  Give(answer, out_size, out);
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE, EAP_METHOD_TYPE, DWORD, DWORD size,
                                                        BYTE* data, EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                        EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  if (const auto code = Scripted(script, "QueryCredentialInputFields", error)) return *code;
  FillFields(fields);
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerQueryUserBlobFromCredentialInputFields(
    HANDLE, EAP_METHOD_TYPE, DWORD, DWORD size, BYTE* data, const EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
    DWORD* blob_size, BYTE** blob, EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  if (const auto code = Scripted(script, "QueryUserBlobFromCredentialInputFields", error)) return *code;
  Update(Typed(*fields), blob_size, blob);
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerQueryInteractiveUIInputFields(DWORD, DWORD flags, DWORD size,
                                                           const BYTE* context, EAP_INTERACTIVE_UI_DATA* data,
                                                           EAP_ERROR** error, void**) {
  const Script script = Script::Of(context, size);
  if (script.has("nofields")) return EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED;
  // The flags can say what is asked for, too.
  if (flags == 99) {
    *error = eaphost::testmethod::MakeError(4713);
    return 4713;
  }
  data->dwVersion = 1;
  data->dwSize = sizeof *data;
  if (flags == 1 || script.has("expired")) {
    auto* expiry = static_cast<EAP_CRED_EXPIRY_REQ*>(Allocate(sizeof(EAP_CRED_EXPIRY_REQ)));
    data->dwDataType = EapCredExpiryReq;
    data->cbUiData = sizeof *expiry;
    data->pbUiData.credExpiryData = expiry;
    FillFields(&expiry->curCreds);
    FillFields(&expiry->newCreds);
  } else {
    auto* fields = static_cast<EAP_CRED_REQ*>(Allocate(sizeof(EAP_CRED_REQ)));
    data->dwDataType = script.has("logon") ? EapCredLogonReq : EapCredReq;
    data->cbUiData = sizeof *fields;
    data->pbUiData.credData = fields;
    FillFields(fields);
  }
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerQueryUIBlobFromInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                                     const EAP_INTERACTIVE_UI_DATA* data,
                                                                     DWORD* blob_size, BYTE** blob,
                                                                     EAP_ERROR**, void**) {
  if (data->dwDataType == EapCredExpiryResp) {
    const EAP_CRED_EXPIRY_REQ& expiry = *data->pbUiData.credExpiryData;
    Update(Typed(expiry.curCreds) + "->" + Typed(expiry.newCreds), blob_size, blob);
  } else {
    Update(Typed(*data->pbUiData.credData), blob_size, blob);
  }
  return kNoError;
}

DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(DWORD, DWORD, EAP_METHOD_TYPE, HANDLE, DWORD size,
                                                 const BYTE* data, DWORD, const BYTE*,
                                                 EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  if (const auto code = Scripted(script, "GetMethodProperties", error)) return *code;
  auto* properties = static_cast<EAP_METHOD_PROPERTY*>(Allocate(2 * sizeof(EAP_METHOD_PROPERTY)));
  properties[0].eapMethodPropertyType = emptPropMutualAuth;
  properties[0].eapMethodPropertyValueType = empvtBool;
  properties[0].eapMethodPropertyValue.empvBool = {sizeof(BOOL), 1};
  properties[1].eapMethodPropertyType = emptPropVendorSpecific;
  properties[1].eapMethodPropertyValueType = empvtString;
  properties[1].eapMethodPropertyValue.empvString = {4, AllocateBytes("text")};
  *array = {2, properties};
  return kNoError;
}

DWORD EAPHOST_STDCALL EapShimUseEndpoint(LPCWSTR endpoint) {
  const std::string name = Narrow(endpoint);
  if (name == "bad") return kErrorConnectionRefused;
  if (endpoint != nullptr) Log({}, "UseEndpoint(" + name + ")");
  return kNoError;
}
