// The routines of the scriptable method: see test_method.h. Called on the host's threads.

#include "test/native/methods/test_method.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "test/native/methods/test_method_support.h"

namespace {

using namespace eaphost::abi;
using eaphost::testmethod::Allocate;
using eaphost::testmethod::AllocateBytes;
using eaphost::testmethod::AllocateText;
using eaphost::testmethod::GlobalScript;
using eaphost::testmethod::kVendor;
using eaphost::testmethod::kVendorType;
using eaphost::testmethod::Log;
using eaphost::testmethod::MakeError;
using eaphost::testmethod::Mute;
using eaphost::testmethod::RuntimeFunctions;
using eaphost::testmethod::Script;
using eaphost::testmethod::Scripted;

struct Session {
  Script script;
  std::size_t step = 0;
  BYTE id = 0;
  DWORD max_size = 0;
  bool processed = false;
  std::string ui_context = "method context";
  std::string attribute = "attribute";
  EAP_ATTRIBUTE attributes[2] = {};
  EapAttributes list{};
  std::string saved_connection;
  std::string saved_user;
};

Session& Of(EAP_SESSION_HANDLE handle) { return *static_cast<Session*>(handle); }

std::string Text(const void* data, DWORD size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

// A whole inner conversation, with the response to every packet checked. FALSE where anything is not as it
// must be.
bool RunInner(const RuntimeFunctions& runtime, DWORD depth) {
  const std::string script = depth > 1 ? "quiet inner=" + std::to_string(depth - 1) : "quiet";
  const EAP_METHOD_TYPE type{{254, kVendor, kVendorType}, kVendor};
  EAP_SESSIONID id = 0;
  EAP_ERROR* error = nullptr;
  if (runtime.begin(0, type, nullptr, nullptr, static_cast<DWORD>(script.size()),
                    reinterpret_cast<const BYTE*>(script.data()), 0, nullptr, 1500, nullptr, nullptr, nullptr,
                    &id, &error) != kNoError) {
    return false;
  }
  const BYTE identity[] = {1, 1, 0, 5, 1};
  const BYTE request[] = {1, 2, 0, 13, 254, 1, 0x86, 0x9F, 0, 0, 0, 2, 7};
  const BYTE success[] = {3, 2, 0, 4};
  EapHostPeerResponseAction action{};
  DWORD size = 0;
  BYTE* packet = nullptr;
  EapHostPeerMethodResult result{};
  bool good = runtime.process(id, sizeof identity, identity, &action, &error) == kNoError &&
              runtime.packet(id, &size, &packet, &error) == kNoError && size == 11 &&
              runtime.process(id, sizeof request, request, &action, &error) == kNoError &&
              runtime.packet(id, &size, &packet, &error) == kNoError && size == 13 &&
              runtime.process(id, sizeof success, success, &action, &error) == kNoError &&
              action == EapHostPeerResponseResult &&
              runtime.result(id, EapHostPeerMethodResultFromMethod, &result, &error) == kNoError &&
              result.fIsSuccess != 0;
  return runtime.end(id, &error) == kNoError && good;
}

// The run-time must not let a method wait for itself.
bool RefusesItself(const RuntimeFunctions& runtime, EAP_SESSIONID id) {
  const BYTE packet[] = {1, 9, 0, 5, 1};
  EapHostPeerResponseAction action{};
  EapHostPeerMethodResult result{};
  const DWORD codes[] = {runtime.process(id, sizeof packet, packet, &action, nullptr),
                         runtime.result(id, EapHostPeerMethodResultTimeout, &result, nullptr),
                         runtime.end(id, nullptr)};
  return std::all_of(std::begin(codes), std::end(codes),
                     [](DWORD code) { return code == kErrorInvalidState; });
}

// The action of the next step.
DWORD Step(Session& session, const char* routine, EapPeerMethodOutput* output, EAP_ERROR** error) {
  if (const auto code = Scripted(session.script, routine, error)) return *code;
  if (const auto depth = session.script.number("inner")) {
    const RuntimeFunctions runtime = eaphost::testmethod::Inner();
    if (runtime.begin == nullptr || !RunInner(runtime, *depth)) return kErrorInvalidState;
  }
  if (const auto id = session.script.number("self")) {
    if (!RefusesItself(eaphost::testmethod::Inner(), *id)) return kErrorNotSupported;
  }
  if (const auto time = session.script.number("block")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(*time));
  }
  if (Mute(session.script, routine)) return kNoError;
  const std::vector<std::string> steps = session.script.list("step");
  const std::string step = session.step < steps.size() ? steps[session.step] : "send";
  ++session.step;
  constexpr std::pair<const char*, EapPeerMethodResponseAction> kActions[] = {
      {"discard", EapPeerMethodResponseActionDiscard}, {"send", EapPeerMethodResponseActionSend},
      {"result", EapPeerMethodResponseActionResult},   {"ui", EapPeerMethodResponseActionInvokeUI},
      {"respond", EapPeerMethodResponseActionRespond}, {"none", EapPeerMethodResponseActionNone},
  };
  output->action = static_cast<EapPeerMethodResponseAction>(std::atoi(step.c_str()));
  for (const auto& [name, action] : kActions) {
    if (step == name) output->action = action;
  }
  output->fAllowNotifications = session.script.has("quietpackets") ? 0 : 1;
  return kNoError;
}

DWORD EAPHOST_STDCALL Initialize(EAP_ERROR** error) {
  const Script script = GlobalScript();
  Log(script, "Initialize");
  return Scripted(script, "Initialize", error).value_or(kNoError);
}

DWORD EAPHOST_STDCALL Shutdown(EAP_ERROR** error) {
  const Script script = GlobalScript();
  Log(script, "Shutdown");
  return Scripted(script, "Shutdown", error).value_or(kNoError);
}

DWORD EAPHOST_STDCALL GetIdentity(DWORD flags, DWORD size, const BYTE* data, DWORD user_size,
                                  const BYTE* user_data, HANDLE, BOOL* invoke_ui, DWORD* user_out_size,
                                  BYTE** user_out, LPWSTR* identity, EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  const std::string user = Text(user_data, user_size);
  Log(script, "GetIdentity(flags=" + std::to_string(flags) + " user=" + user + ")");
  if (const auto code = Scripted(script, "GetIdentity", error)) return *code;
  if (Mute(script, "GetIdentity")) return kNoError;
  if (script.has("ui") && user.empty()) {
    *invoke_ui = 1;
    return kNoError;
  }
  if (const auto out = script.value("userout")) {
    *user_out = AllocateBytes(*out);
    *user_out_size = static_cast<DWORD>(out->size());
  }
  if (!script.has("noidentity")) {
    *identity = AllocateText(script.value("identity").value_or(user.empty() ? "tester" : user));
  }
  return kNoError;
}

DWORD EAPHOST_STDCALL BeginSession(DWORD flags, const EapAttributes* attributes, HANDLE, DWORD size,
                                   BYTE* data, DWORD user_size, BYTE* user_data, DWORD max_size,
                                   EAP_SESSION_HANDLE* handle, EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  Log(script, "BeginSession(flags=" + std::to_string(flags) + " user=" + Text(user_data, user_size) +
                  " max=" + std::to_string(max_size) +
                  " attributes=" + std::to_string(attributes->dwNumberOfAttributes) + ")");
  if (const auto code = Scripted(script, "BeginSession", error)) return *code;
  auto session = std::make_unique<Session>();
  session->script = script;
  session->ui_context = script.value("context").value_or(session->ui_context);
  std::replace(session->ui_context.begin(), session->ui_context.end(), ',', ' ');
  session->max_size = max_size;
  // What the host gave may be written to.
  if (size != 0) std::memset(data, 'x', size);
  if (user_size != 0) std::memset(user_data, 'x', user_size);
  *handle = session.release();
  eaphost::testmethod::CountSession(1);
  return kNoError;
}

DWORD EAPHOST_STDCALL ProcessRequestPacket(EAP_SESSION_HANDLE handle, DWORD size, EapPacket* packet,
                                           EapPeerMethodOutput* output, EAP_ERROR** error) {
  Session& session = Of(handle);
  Log(session.script,
      "ProcessRequestPacket(size=" + std::to_string(size) + " id=" + std::to_string(packet->Id) + ")");
  session.processed = true;
  session.id = packet->Id;
  return Step(session, "ProcessRequestPacket", output, error);
}

DWORD EAPHOST_STDCALL GetResponsePacket(EAP_SESSION_HANDLE handle, DWORD* size, EapPacket* packet,
                                        EAP_ERROR** error) {
  Session& session = Of(handle);
  const Script& script = session.script;
  Log(script, "GetResponsePacket(size=" + std::to_string(*size) + ")");
  auto* bytes = reinterpret_cast<BYTE*>(packet);
  // Like the methods that write before they look at the size.
  if (const auto over = script.number("over")) std::memset(bytes, 0xEE, *size + *over);
  if (const auto code = Scripted(script, "GetResponsePacket", error)) return *code;
  if (script.has("noheader")) return kNoError;
  const DWORD used = script.number("size").value_or(script.has("short") ? 6 : 13);
  const DWORD length = script.number("length").value_or(used);
  if (used > *size) return kErrorMoreData;
  if (script.has("short")) {
    const BYTE response[] = {EapCodeResponse, session.id, 0, 0, 25, 'R'};
    std::memcpy(bytes, response, sizeof response);
  } else {
    const BYTE response[] = {EapCodeResponse, session.id, 0, 0, 254, 1, 0x86, 0x9F, 0, 0, 0,
                             kVendorType,     'R'};
    std::memcpy(bytes, response, std::min<std::size_t>(used, sizeof response));
  }
  bytes[0] = static_cast<BYTE>(script.number("code").value_or(EapCodeResponse));
  bytes[1] = static_cast<BYTE>(script.number("id").value_or(session.id));
  bytes[2] = static_cast<BYTE>(length >> 8);
  bytes[3] = static_cast<BYTE>(length);
  *size = script.number("claim").value_or(used);
  return kNoError;
}

void SetAttributesOf(Session& session, EAP_ATTRIBUTE_TYPE type) {
  session.attributes[0] = {type, static_cast<DWORD>(session.attribute.size()),
                           reinterpret_cast<BYTE*>(session.attribute.data())};
  session.attributes[1] = {eatMinimum, 7,
                           nullptr};  // the blank element that real lists end with, and a wrong size
  session.list = {2, session.script.has("nullattributes") ? nullptr : session.attributes};
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason,
                                EapPeerMethodResult* result, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Script& script = session.script;
  // The tail that only newer hosts have must be there, and be zero.
  const bool zeroed = result->pNgcKerbTicket == nullptr && result->fSaveToCredMan == 0;
  Log(script, "GetResult(" + std::to_string(reason) + (zeroed ? ")" : " DIRTY)"));
  if (script.has("resulterror")) result->pEapError = MakeError(4711);
  if (const auto code = Scripted(script, "GetResult", error)) return *code;
  if (Mute(script, "GetResult")) return kNoError;
  result->fIsSuccess = script.has("lie") || (reason == EapPeerMethodResultSuccess && !script.has("refuse"));
  if (result->fIsSuccess == 0) result->dwFailureReasonCode = 4712;
  if (const auto save = script.value("savec")) {
    session.saved_connection = *save;
    result->fSaveConnectionData = 1;
    result->dwSizeofConnectionData = static_cast<DWORD>(save->size());
    result->pConnectionData = reinterpret_cast<BYTE*>(session.saved_connection.data());
  }
  if (const auto save = script.value("saveu")) {
    session.saved_user = *save;
    result->fSaveUserData = 1;
    result->dwSizeofUserData = static_cast<DWORD>(save->size());
    result->pUserData = reinterpret_cast<BYTE*>(session.saved_user.data());
  }
  SetAttributesOf(session, eatEMSK);
  result->pAttribArray = &session.list;
  return kNoError;
}

DWORD EAPHOST_STDCALL GetUIContext(EAP_SESSION_HANDLE handle, DWORD* size, BYTE** context,
                                   EAP_ERROR** error) {
  Session& session = Of(handle);
  Log(session.script, "GetUIContext");
  if (const auto code = Scripted(session.script, "GetUIContext", error)) return *code;
  if (Mute(session.script, "GetUIContext")) return kNoError;
  *size = static_cast<DWORD>(session.ui_context.size());
  *context = reinterpret_cast<BYTE*>(session.ui_context.data());
  return kNoError;
}

DWORD EAPHOST_STDCALL SetUIContext(EAP_SESSION_HANDLE handle, DWORD size, const BYTE* context,
                                   EapPeerMethodOutput* output, EAP_ERROR** error) {
  Session& session = Of(handle);
  Log(session.script, "SetUIContext(" + Text(context, size) + ")");
  return Step(session, "SetUIContext", output, error);
}

DWORD EAPHOST_STDCALL GetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EAP_ERROR** error) {
  Session& session = Of(handle);
  Log(session.script, "GetResponseAttributes");
  if (const auto code = Scripted(session.script, "GetResponseAttributes", error)) return *code;
  if (Mute(session.script, "GetResponseAttributes")) return kNoError;
  SetAttributesOf(session, eatEAPTLV);
  *attributes = session.list;
  return kNoError;
}

DWORD EAPHOST_STDCALL SetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EapPeerMethodOutput* output, EAP_ERROR** error) {
  Session& session = Of(handle);
  // Real methods dereference this without a look.
  Log(session.script, "SetResponseAttributes(" + std::to_string(attributes->dwNumberOfAttributes) + ")");
  return Step(session, "SetResponseAttributes", output, error);
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  const std::unique_ptr<Session> session(&Of(handle));
  // Real methods have been seen to crash here.
  Log(session->script, session->processed ? "EndSession" : "EndSession(TOO EARLY)");
  eaphost::testmethod::CountSession(-1);
  return Scripted(session->script, "EndSession", error).value_or(kNoError);
}

DWORD EAPHOST_STDCALL SetCredentials(EAP_SESSION_HANDLE handle, LPWSTR identity, LPWSTR password,
                                     EAP_ERROR** error) {
  Session& session = Of(handle);
  Log(session.script, "SetCredentials(" + std::to_string(std::u16string_view(identity).size()) + "," +
                          std::to_string(std::u16string_view(password).size()) + ")");
  return Scripted(session.script, "SetCredentials", error).value_or(kNoError);
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines, EAP_ERROR** error) {
  const Script script = GlobalScript();
  Log(script, "GetInfo(" + std::to_string(type->type) + ")");
  if (const auto code = Scripted(script, "GetInfo", error)) return *code;
  // 25 as well: a DLL may hold several methods.
  const bool ours = type->type == 254 && type->dwVendorId == kVendor && type->dwVendorType == kVendorType;
  if (!ours && type->type != 25) return kErrorNotSupported;
  *routines = {0,
               nullptr,
               Initialize,
               GetIdentity,
               BeginSession,
               SetCredentials,
               ProcessRequestPacket,
               GetResponsePacket,
               GetResult,
               GetUIContext,
               SetUIContext,
               GetResponseAttributes,
               SetResponseAttributes,
               EndSession,
               Shutdown};
  const std::string missing = script.value("null").value_or("");
  if (missing == "SetCredentials" || missing == "Both") routines->EapPeerSetCredentials = nullptr;
  if (missing == "GetIdentity" || missing == "Both") routines->EapPeerGetIdentity = nullptr;
  if (missing == "GetUIContext") routines->EapPeerGetUIContext = nullptr;
  if (missing == "Shutdown") routines->EapPeerShutdown = nullptr;
  if (missing == "Initialize") routines->EapPeerInitialize = nullptr;
  if (missing == "ProcessRequestPacket") routines->EapPeerProcessRequestPacket = nullptr;
  return kNoError;
}

void EAPHOST_STDCALL EapPeerFreeMemory(void* memory) { eaphost::testmethod::Release(memory); }

void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR* error) { eaphost::testmethod::Release(error); }
