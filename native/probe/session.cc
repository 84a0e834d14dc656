// Calls of the run-time, with what they leave behind freed or remembered. See session.h.

#include "native/probe/session.h"

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/probe/memory.h"

namespace eaphost::probe {

supplicant::RuntimeTable functions;

namespace {

using namespace abi;

const BYTE* Data(const std::string& text) { return reinterpret_cast<const BYTE*>(text.data()); }
DWORD Size(const std::string& text) { return static_cast<DWORD>(text.size()); }

Given Remember(const char* what, const void* address, DWORD size) {
  return {what, address, address == nullptr ? Octets() : Readable(address, size)};
}

const char* ActionName(int action) {
  static constexpr const char* kNames[] = {
      "discard", "send", "result", "ui", "respond", "startAuthentication", "none"};
  return action >= 0 && action < 7 ? kNames[action] : "unknown";
}

}  // namespace

Octets IdentityRequest() { return {1, 1, 0, 5, 1}; }
Octets Request(BYTE id) { return {1, id, 0, 13, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 5, 7}; }
Octets Success(BYTE id) { return {3, id, 0, 4}; }
Octets Failure(BYTE id) { return {4, id, 0, 4}; }

std::string Outcome::json() const {
  return Json().Number("code", code).Number("reason", reason).Boolean("hasError", has_error).Object();
}

Outcome Call(const std::function<DWORD(EAP_ERROR**)>& call) {
  EAP_ERROR* error = nullptr;
  Outcome outcome;
  outcome.code = call(&error);
  if (error != nullptr) {
    outcome.has_error = true;
    outcome.reason = error->dwReasonCode;
    functions.EapHostPeerFreeEapError(error);
  }
  return outcome;
}

Entered::Entered() : code_(functions.EapHostPeerInitialize()) {}

Entered::~Entered() {
  if (code_ == kNoError) functions.EapHostPeerUninitialize();
}

const char* Given::Now() const {
  const Octets now = Readable(address, copy.size());
  if (now.size() != copy.size()) return "unreadable";
  return now == copy ? "same" : "changed";
}

Session::~Session() {
  if (is_open_) End();
}

Outcome Session::Begin(const Options& options) {
  const Outcome outcome = Call([&](EAP_ERROR** error) {
    return functions.EapHostPeerBeginSession(
        options.flags, options.method, nullptr, options.token, Size(options.script), Data(options.script),
        Size(options.user), options.user.empty() ? nullptr : Data(options.user), options.max_packet,
        options.connection, options.handler, options.context, &id_, error);
  });
  is_open_ = outcome.code == kNoError;
  return outcome;
}

Outcome Session::Process(const Octets& packet, int* action) {
  EapHostPeerResponseAction taken = EapHostPeerResponseDiscard;
  const Outcome outcome = Call([&](EAP_ERROR** error) {
    return functions.EapHostPeerProcessReceivedPacket(id_, static_cast<DWORD>(packet.size()), packet.data(),
                                                      &taken, error);
  });
  *action = outcome.code == kNoError ? static_cast<int>(taken) : -1;
  return outcome;
}

Outcome Session::SendPacket(Given* given) {
  DWORD size = 0;
  BYTE* data = nullptr;
  const Outcome outcome =
      Call([&](EAP_ERROR** error) { return functions.EapHostPeerGetSendPacket(id_, &size, &data, error); });
  *given = Remember("EapHostPeerGetSendPacket", data, size);
  return outcome;
}

Outcome Session::UiContext(Given* given) {
  DWORD size = 0;
  BYTE* data = nullptr;
  const Outcome outcome =
      Call([&](EAP_ERROR** error) { return functions.EapHostPeerGetUIContext(id_, &size, &data, error); });
  *given = Remember("EapHostPeerGetUIContext", data, size);
  return outcome;
}

Outcome Session::SetUiContext(const std::string& answer, int* action) {
  EapHostPeerResponseAction taken = EapHostPeerResponseDiscard;
  const Outcome outcome = Call([&](EAP_ERROR** error) {
    return functions.EapHostPeerSetUIContext(id_, Size(answer), Data(answer), &taken, error);
  });
  *action = outcome.code == kNoError ? static_cast<int>(taken) : -1;
  return outcome;
}

Outcome Session::Attributes(Given* given) {
  EapAttributes attributes{};
  const Outcome outcome = Call(
      [&](EAP_ERROR** error) { return functions.EapHostPeerGetResponseAttributes(id_, &attributes, error); });
  const auto size = static_cast<DWORD>(attributes.dwNumberOfAttributes * sizeof(EAP_ATTRIBUTE));
  *given = Remember("EapHostPeerGetResponseAttributes", attributes.pAttribs, size);
  return outcome;
}

Outcome Session::SetAttributes(int* action) {
  const EapAttributes none{};
  EapHostPeerResponseAction taken = EapHostPeerResponseDiscard;
  const Outcome outcome = Call([&](EAP_ERROR** error) {
    return functions.EapHostPeerSetResponseAttributes(id_, &none, &taken, error);
  });
  *action = outcome.code == kNoError ? static_cast<int>(taken) : -1;
  return outcome;
}

Outcome Session::Result(EapHostPeerMethodResultReason reason, EapHostPeerMethodResult* result) {
  *result = {};
  const Outcome outcome =
      Call([&](EAP_ERROR** error) { return functions.EapHostPeerGetResult(id_, reason, result, error); });
  if (result->pEapError != nullptr) functions.EapHostPeerFreeEapError(result->pEapError);
  result->pEapError = nullptr;
  return outcome;
}

Outcome Session::Status(Given* given) {
  DWORD size = 0;
  BYTE* data = nullptr;
  const Outcome outcome = Call([&](EAP_ERROR** error) {
    return functions.EapHostPeerGetAuthStatus(id_, EapHostPeerAuthStatus, &size, &data, error);
  });
  *given = Remember("EapHostPeerGetAuthStatus", data, size);
  return outcome;
}

Outcome Session::End() {
  is_open_ = false;
  return Call([&](EAP_ERROR** error) { return functions.EapHostPeerEndSession(id_, error); });
}

std::string StepJson(const Outcome& outcome, int action) {
  Json json;
  json.Number("code", outcome.code).Number("reason", outcome.reason);
  if (action >= 0) json.Text("action", ActionName(action));
  return json.Object();
}

std::string ResultJson(const Outcome& outcome, const EapHostPeerMethodResult& result) {
  Json json;
  json.Number("code", outcome.code);
  if (outcome.code == kNoError) {
    json.Boolean("isSuccess", result.fIsSuccess != 0)
        .Number("failureReasonCode", result.dwFailureReasonCode)
        .Boolean("savesConnectionData", result.fSaveConnectionData != 0);
  }
  return json.Object();
}

}  // namespace eaphost::probe
