// A method DLL that writes down how its host calls it: a line of JSON for each call, in probe-calls.jsonl
// beside it. It proves nothing and has no keys: what it does is in the script of its connection data, words
// with a space between:
//   step=A,B,…         the action of each step in turn: send, result, ui, respond, none; then send
//   fail=identity      EapPeerGetIdentity fails with an EAP_ERROR
//   block=N            every step takes N milliseconds
//   save=TEXT          the result has connection data to save
//   lie, refuse        the result is success, or failure, whatever the final packet was
// What the table of routines is to be is in probe-table.txt beside the DLL: without=ROUTINE, version=N, and
// both for EapPeerSetCredentials beside EapPeerGetIdentity.
// Called on the host's threads.

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "native/abi/constants.h"
#include "native/abi/functions.h"
#include "native/abi/win32.h"
#include "native/probe/call_log.h"
#include "native/probe/json.h"
#include "native/probe/memory.h"

extern "C" {

#define EXPORTED(name) eaphost::abi::name##Fn name;
EXPORTED(EapPeerGetInfo)
EXPORTED(EapPeerFreeMemory)
EXPORTED(EapPeerFreeErrorMemory)
EXPORTED(EapPeerGetMethodProperties)
EXPORTED(EapPeerInvokeConfigUI)
EXPORTED(EapPeerInvokeIdentityUI)
EXPORTED(EapPeerInvokeInteractiveUI)
EXPORTED(EapPeerQueryCredentialInputFields)
EXPORTED(EapPeerQueryUserBlobFromCredentialInputFields)
EXPORTED(EapPeerQueryInteractiveUIInputFields)
EXPORTED(EapPeerQueryUIBlobFromInteractiveUIInputFields)
EXPORTED(EapPeerConfigXml2Blob)
EXPORTED(EapPeerConfigBlob2Xml)
EXPORTED(EapPeerCredentialsXml2Blob)
#undef EXPORTED

}  // extern "C"

namespace {

using namespace eaphost::abi;
using eaphost::probe::Json;

std::string Text(const void* data, DWORD size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

// The words of a script, one after the other.
class Script {
 public:
  explicit Script(const std::string& text) { text_.append(text).append(" "); }
  bool has(const std::string& word) const { return text_.find(" " + word + " ") != std::string::npos; }
  // What stands after "name=", or empty.
  std::string value(const std::string& name) const {
    const std::size_t at = text_.find(" " + name + "=");
    if (at == std::string::npos) return {};
    const std::size_t start = at + name.size() + 2;
    return text_.substr(start, text_.find(' ', start) - start);
  }
  DWORD number(const std::string& name) const {
    return static_cast<DWORD>(std::strtoul(value(name).c_str(), nullptr, 0));
  }

 private:
  std::string text_ = " ";
};

struct Session {
  Script script;
  std::string steps;
  BYTE id = 0;
  std::string context = "method context";
  std::string saved{};
  EAP_ATTRIBUTE attribute{eatMinimum, 0, nullptr};
  EapAttributes attributes{};
};

Session& Of(EAP_SESSION_HANDLE handle) { return *static_cast<Session*>(handle); }

// Every function of the method: written down, done, and no exception leaves it.
template <typename Details, typename Work>
DWORD Logged(const char* call, Details details, Work work) {
  try {
    eaphost::probe::Log(call, details());
    return work();
  } catch (...) {
    return kErrorNotEnoughMemory;
  }
}
template <typename Work>
DWORD Logged(const char* call, Work work) {
  return Logged(
      call, [] { return Json(); }, work);
}

// What EapPeerFreeMemory frees.
BYTE* Allocate(std::string_view octets) {
  auto* const copy = static_cast<BYTE*>(std::calloc(1, octets.size() + 1));
  if (copy != nullptr) std::memcpy(copy, octets.data(), octets.size());
  return copy;
}

LPWSTR AllocateText(std::string_view text) {
  auto* const copy = static_cast<WCHAR*>(std::calloc(text.size() + 1, sizeof(WCHAR)));
  for (std::size_t at = 0; copy != nullptr && at < text.size(); ++at) {
    copy[at] = static_cast<unsigned char>(text[at]);
  }
  return copy;
}

DWORD Give(std::string_view octets, DWORD* size, BYTE** data) {
  *data = Allocate(octets);
  *size = *data == nullptr ? 0 : static_cast<DWORD>(octets.size());
  return *data == nullptr ? kErrorNotEnoughMemory : kNoError;
}

DWORD GiveFields(EAP_CONFIG_INPUT_FIELD_ARRAY* array) {
  auto* const field = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(std::calloc(1, sizeof *array->pFields));
  if (field == nullptr) return kErrorNotEnoughMemory;
  field->dwSize = sizeof *field;
  field->Type = EapConfigInputUsername;
  field->pwszLabel = AllocateText("Name");
  field->dwMaxDataLength = 256;
  *array = {1, 1, field};
  return kNoError;
}

DWORD Step(Session& session, EapPeerMethodOutput* output) {
  std::this_thread::sleep_for(std::chrono::milliseconds(session.script.number("block")));
  const std::size_t comma = session.steps.find(',');
  const std::string step = session.steps.substr(0, comma);
  session.steps = comma == std::string::npos ? "" : session.steps.substr(comma + 1);
  constexpr std::pair<std::string_view, EapPeerMethodResponseAction> kActions[] = {
      {"result", EapPeerMethodResponseActionResult},
      {"ui", EapPeerMethodResponseActionInvokeUI},
      {"respond", EapPeerMethodResponseActionRespond},
      {"none", EapPeerMethodResponseActionNone},
  };
  output->action = EapPeerMethodResponseActionSend;
  for (const auto& [name, action] : kActions) {
    if (step == name) output->action = action;
  }
  output->fAllowNotifications = 1;
  return kNoError;
}

DWORD EAPHOST_STDCALL Initialize(EAP_ERROR**) {
  return Logged("EapPeerInitialize", &eaphost::probe::ProcessFacts, [] { return kNoError; });
}

DWORD EAPHOST_STDCALL Shutdown(EAP_ERROR**) {
  return Logged("EapPeerShutdown", [] { return kNoError; });
}

DWORD EAPHOST_STDCALL GetIdentity(DWORD flags, DWORD connection_size, const BYTE* connection, DWORD user_size,
                                  const BYTE* user, HANDLE token, BOOL* invoke_ui, DWORD* user_out_size,
                                  BYTE** user_out, LPWSTR* identity, EAP_ERROR** error) {
  const auto details = [&] {
    return Json()
        .Number("flags", flags)
        .Number("connectionSize", connection_size)
        .Number("userSize", user_size)
        .Raw("token", eaphost::probe::TokenFacts(token));
  };
  return Logged("EapPeerGetIdentity", details, [&]() -> DWORD {
    if (Script(Text(connection, connection_size)).value("fail") == "identity") {
      constexpr DWORD kLogonFailure = 1326;  // ERROR_LOGON_FAILURE
      *error = static_cast<EAP_ERROR*>(std::calloc(1, sizeof(EAP_ERROR)));
      if (*error != nullptr) (*error)->dwWinError = kLogonFailure;
      return kLogonFailure;
    }
    *invoke_ui = 0;
    *user_out_size = 0;
    *user_out = nullptr;
    *identity = AllocateText(user_size == 0 ? "tester" : Text(user, user_size));
    return *identity == nullptr ? kErrorNotEnoughMemory : kNoError;
  });
}

DWORD EAPHOST_STDCALL BeginSession(DWORD flags, const EapAttributes* attributes, HANDLE token,
                                   DWORD connection_size, BYTE* connection, DWORD user_size, BYTE*,
                                   DWORD max_packet, EAP_SESSION_HANDLE* handle, EAP_ERROR**) {
  const auto details = [&] {
    Json json;
    json.Number("flags", flags)
        .Number("maxPacket", max_packet)
        .Number("connectionSize", connection_size)
        .Number("userSize", user_size)
        .Raw("token", eaphost::probe::TokenFacts(token));
    if (attributes == nullptr) return json.Text("attributes", "NULL");
    return json.Number("attributes", attributes->dwNumberOfAttributes);
  };
  return Logged("EapPeerBeginSession", details, [&] {
    const Script script(Text(connection, connection_size));
    *handle = new Session{script, script.value("step")};
    return kNoError;
  });
}

DWORD EAPHOST_STDCALL SetCredentials(EAP_SESSION_HANDLE, LPWSTR, LPWSTR, EAP_ERROR**) {
  return Logged("EapPeerSetCredentials", [] { return kNoError; });
}

DWORD EAPHOST_STDCALL ProcessRequestPacket(EAP_SESSION_HANDLE handle, DWORD, EapPacket* packet,
                                           EapPeerMethodOutput* output, EAP_ERROR**) {
  return Logged("EapPeerProcessRequestPacket", [&] {
    Of(handle).id = packet->Id;
    return Step(Of(handle), output);
  });
}

DWORD EAPHOST_STDCALL GetResponsePacket(EAP_SESSION_HANDLE handle, DWORD* size, EapPacket* packet,
                                        EAP_ERROR**) {
  return Logged("EapPeerGetResponsePacket", [&]() -> DWORD {
    const BYTE response[] = {
        EapCodeResponse, Of(handle).id, 0, 13, 254, 1, 0x86, 0x9F, 0, 0, 0, eaphost::probe::kVendorType, 'R'};
    if (*size < sizeof response) return kErrorMoreData;
    std::memcpy(packet, response, sizeof response);
    *size = sizeof response;
    return kNoError;
  });
}

// The octets from the first field that only newer hosts have, as far as they can be read.
std::string Tail(const EapPeerMethodResult* result) {
  constexpr std::size_t kTail = 64;
  constexpr std::size_t kStart = offsetof(EapPeerMethodResult, pNgcKerbTicket);
  return eaphost::probe::Hex(eaphost::probe::Readable(reinterpret_cast<const BYTE*>(result) + kStart, kTail));
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason,
                                EapPeerMethodResult* result, EAP_ERROR**) {
  const auto details = [&] {
    return Json().Number("reason", static_cast<DWORD>(reason)).Text("afterErrorField", Tail(result));
  };
  return Logged("EapPeerGetResult", details, [&] {
    Session& session = Of(handle);
    const bool is_success = reason == EapPeerMethodResultSuccess && !session.script.has("refuse");
    result->fIsSuccess = session.script.has("lie") || is_success;
    if (result->fIsSuccess == 0) result->dwFailureReasonCode = 4712;
    session.saved = session.script.value("save");
    result->fSaveConnectionData = !session.saved.empty();
    result->dwSizeofConnectionData = static_cast<DWORD>(session.saved.size());
    result->pConnectionData = reinterpret_cast<BYTE*>(session.saved.data());
    session.attributes = {1, &session.attribute};
    result->pAttribArray = &session.attributes;
    return kNoError;
  });
}

DWORD EAPHOST_STDCALL GetUIContext(EAP_SESSION_HANDLE handle, DWORD* size, BYTE** context, EAP_ERROR**) {
  return Logged("EapPeerGetUIContext", [&] {
    *size = static_cast<DWORD>(Of(handle).context.size());
    *context = reinterpret_cast<BYTE*>(Of(handle).context.data());
    return kNoError;
  });
}

DWORD EAPHOST_STDCALL SetUIContext(EAP_SESSION_HANDLE handle, DWORD, const BYTE*, EapPeerMethodOutput* output,
                                   EAP_ERROR**) {
  return Logged("EapPeerSetUIContext", [&] { return Step(Of(handle), output); });
}

DWORD EAPHOST_STDCALL GetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EAP_ERROR**) {
  return Logged("EapPeerGetResponseAttributes", [&] {
    *attributes = {1, &Of(handle).attribute};
    return kNoError;
  });
}

DWORD EAPHOST_STDCALL SetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes*,
                                            EapPeerMethodOutput* output, EAP_ERROR**) {
  return Logged("EapPeerSetResponseAttributes", [&] { return Step(Of(handle), output); });
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR**) {
  const std::unique_ptr<Session> session(&Of(handle));
  return Logged("EapPeerEndSession", [] { return kNoError; });
}

// What the file beside the DLL says of the table.
Script TableScript() {
  const std::u16string name = eaphost::probe::Beside(u"probe-table.txt");
  std::ifstream file(reinterpret_cast<const wchar_t*>(name.c_str()), std::ios::binary);
  return Script(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines, EAP_ERROR**) {
  const auto details = [&] {
    return Json().Number("routinesVersion", routines == nullptr ? 0 : routines->dwVersion);
  };
  return Logged("EapPeerGetInfo", details, [&]() -> DWORD {
    if (routines == nullptr) return kErrorInvalidParameter;
    const Script script = TableScript();
    static EAP_TYPE own = *type;
    const DWORD version = script.value("version").empty() ? 1 : script.number("version");
    *routines = {version,
                 &own,
                 &Initialize,
                 &GetIdentity,
                 &BeginSession,
                 &SetCredentials,
                 &ProcessRequestPacket,
                 &GetResponsePacket,
                 &GetResult,
                 &GetUIContext,
                 &SetUIContext,
                 &GetResponseAttributes,
                 &SetResponseAttributes,
                 &EndSession,
                 &Shutdown};
    // A host asks one of two functions for the identity. With both there, one is reported to drop the DLL.
    const std::string without = script.value("without");
    if (!script.has("both") && without != "EapPeerGetIdentity") routines->EapPeerSetCredentials = nullptr;
#define WITHOUT(routine) \
  if (without == #routine) routines->routine = nullptr;
    WITHOUT(EapPeerInitialize)
    WITHOUT(EapPeerGetIdentity)
    WITHOUT(EapPeerBeginSession)
    WITHOUT(EapPeerProcessRequestPacket)
    WITHOUT(EapPeerGetResponsePacket)
    WITHOUT(EapPeerGetResult)
    WITHOUT(EapPeerGetUIContext)
    WITHOUT(EapPeerSetUIContext)
    WITHOUT(EapPeerGetResponseAttributes)
    WITHOUT(EapPeerSetResponseAttributes)
    WITHOUT(EapPeerEndSession)
    WITHOUT(EapPeerShutdown)
#undef WITHOUT
    return kNoError;
  });
}

void EAPHOST_STDCALL EapPeerFreeMemory(void* memory) {
  Logged("EapPeerFreeMemory", [] { return kNoError; });
  std::free(memory);
}

void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR* error) {
  Logged("EapPeerFreeErrorMemory", [] { return kNoError; });
  std::free(error);
}

DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(DWORD version, DWORD flags, EAP_METHOD_TYPE, HANDLE token,
                                                 DWORD, const BYTE*, DWORD, const BYTE*,
                                                 EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR**) {
  const auto details = [&] {
    return Json()
        .Number("version", version)
        .Number("flags", flags)
        .Raw("token", eaphost::probe::TokenFacts(token));
  };
  return Logged("EapPeerGetMethodProperties", details, [&]() -> DWORD {
    auto* const property = static_cast<EAP_METHOD_PROPERTY*>(std::calloc(1, sizeof(EAP_METHOD_PROPERTY)));
    if (property == nullptr) return kErrorNotEnoughMemory;
    property->eapMethodPropertyType = emptPropMutualAuth;
    property->eapMethodPropertyValueType = empvtBool;
    property->eapMethodPropertyValue.empvBool = {sizeof(BOOL), 1};
    *array = {1, property};
    return kNoError;
  });
}

DWORD EAPHOST_STDCALL EapPeerInvokeConfigUI(EAP_METHOD_TYPE*, HWND, DWORD, DWORD, BYTE*, DWORD* size,
                                            BYTE** data, EAP_ERROR**) {
  return Logged("EapPeerInvokeConfigUI", [&] { return Give("configured", size, data); });
}

DWORD EAPHOST_STDCALL EapPeerInvokeIdentityUI(EAP_METHOD_TYPE*, DWORD, HWND, DWORD, const BYTE*, DWORD,
                                              const BYTE*, DWORD* size, BYTE** data, LPWSTR* identity,
                                              EAP_ERROR**) {
  return Logged("EapPeerInvokeIdentityUI", [&] {
    *identity = AllocateText("typed");
    return Give("typed", size, data);
  });
}

DWORD EAPHOST_STDCALL EapPeerInvokeInteractiveUI(EAP_METHOD_TYPE*, HWND, DWORD, BYTE*, DWORD* size,
                                                 BYTE** data, EAP_ERROR**) {
  return Logged("EapPeerInvokeInteractiveUI", [&] { return Give("answer", size, data); });
}

DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE token, EAP_METHOD_TYPE, DWORD flags, DWORD,
                                                        BYTE*, EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                        EAP_ERROR**) {
  const auto details = [&] {
    return Json()
        .Number("version", fields->dwVersion)
        .Number("flags", flags)
        .Raw("token", eaphost::probe::TokenFacts(token));
  };
  return Logged("EapPeerQueryCredentialInputFields", details, [&] { return GiveFields(fields); });
}

DWORD EAPHOST_STDCALL EapPeerQueryUserBlobFromCredentialInputFields(HANDLE, EAP_METHOD_TYPE, DWORD, DWORD,
                                                                    BYTE*,
                                                                    const EAP_CONFIG_INPUT_FIELD_ARRAY*,
                                                                    DWORD* size, BYTE** blob, EAP_ERROR**) {
  return Logged("EapPeerQueryUserBlobFromCredentialInputFields", [&] { return Give("typed", size, blob); });
}

DWORD EAPHOST_STDCALL EapPeerQueryInteractiveUIInputFields(DWORD version, DWORD, DWORD, const BYTE*,
                                                           EAP_INTERACTIVE_UI_DATA* data, EAP_ERROR**,
                                                           void**) {
  const auto details = [&] {
    return Json().Number("version", version).Number("dataVersion", data->dwVersion);
  };
  return Logged("EapPeerQueryInteractiveUIInputFields", details, [&]() -> DWORD {
    auto* const fields = static_cast<EAP_CRED_REQ*>(std::calloc(1, sizeof(EAP_CRED_REQ)));
    if (fields == nullptr) return kErrorNotEnoughMemory;
    data->dwVersion = 1;
    data->dwSize = sizeof *data;
    data->dwDataType = EapCredReq;
    data->cbUiData = sizeof *fields;
    data->pbUiData.credData = fields;
    return GiveFields(fields);
  });
}

DWORD EAPHOST_STDCALL EapPeerQueryUIBlobFromInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                                     const EAP_INTERACTIVE_UI_DATA*,
                                                                     DWORD* size, BYTE** blob, EAP_ERROR**,
                                                                     void**) {
  return Logged("EapPeerQueryUIBlobFromInteractiveUIInputFields", [&] { return Give("answer", size, blob); });
}

// Who calls these is what counts; of XML it makes nothing.

DWORD EAPHOST_STDCALL EapPeerConfigXml2Blob(DWORD, EAP_METHOD_TYPE, IXMLDOMDocument2*, BYTE** blob,
                                            DWORD* size, EAP_ERROR**) {
  return Logged("EapPeerConfigXml2Blob", [&] { return Give("configured", size, blob); });
}

DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE, const BYTE*, DWORD, IXMLDOMDocument2**,
                                            EAP_ERROR**) {
  return Logged("EapPeerConfigBlob2Xml", [] { return kErrorNotSupported; });
}

DWORD EAPHOST_STDCALL EapPeerCredentialsXml2Blob(DWORD, EAP_METHOD_TYPE, IXMLDOMDocument2*, const BYTE*,
                                                 DWORD, BYTE** blob, DWORD* size, EAP_ERROR**) {
  return Logged("EapPeerCredentialsXml2Blob", [&] { return Give("alice", size, blob); });
}
