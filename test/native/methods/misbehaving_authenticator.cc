// The misbehaving method's authenticator half: see misbehaving_method.h. Called on the host's threads, one
// session on one at a time.

#include <memory>
#include <utility>

#include "native/abi/functions.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/misbehaviour.h"

namespace eaphost::misbehaving {
namespace {

using namespace eaphost::abi;
using ResponseAction = EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION;

struct Session {
  Options options;
  std::size_t responses = 0;
  std::size_t steps = 0;
  bool may_send = true;
  SessionBlocks blocks;
  SessionBlocks result;
};

Session& Of(EAP_SESSION_HANDLE handle) { return *static_cast<Session*>(handle); }

Call Authenticator(const Options& options, std::string_view routine) {
  return {options, routine, Owner::kAuthenticatorError};
}

DWORD EAPHOST_STDCALL Initialize(EAP_METHOD_TYPE* type, EAP_ERROR** error) {
  const Options options(kBehaviours[IndexOf(type->eapType).value_or(0)]);
  if (const auto code = Authenticator(options, "Initialize").Begin(error)) return *code;
  testdll::CountInitialize();
  return kNoError;
}

DWORD EAPHOST_STDCALL Shutdown(EAP_METHOD_TYPE* type, EAP_ERROR** error) {
  testdll::CountShutdown();
  const Options options(kBehaviours[IndexOf(type->eapType).value_or(0)]);
  return Authenticator(options, "Shutdown").Begin(error).value_or(kNoError);
}

DWORD EAPHOST_STDCALL BeginSession(DWORD, LPCWSTR, const EapAttributes*, DWORD size, const BYTE* data, DWORD,
                                   EAP_SESSION_HANDLE* handle, EAP_ERROR** error) {
  auto session = std::make_unique<Session>();
  session->options = Options::Of(data, size);
  const Call call = Authenticator(session->options, "BeginSession");
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  testdll::AddSession(session.get());
  *handle = session.release();
  return kNoError;
}

DWORD EAPHOST_STDCALL UpdateInnerMethodParams(EAP_SESSION_HANDLE handle, DWORD, LPCWSTR, const EapAttributes*,
                                              EAP_ERROR** error) {
  return Authenticator(Of(handle).options, "UpdateInnerMethodParams").Begin(error).value_or(kNoError);
}

DWORD Step(Session& session, const Call& call, ResponseAction* action) {
  if (call.Is("mute")) return kNoError;
  *action = static_cast<ResponseAction>(Action(session.options, session.steps++, "result", false));
  if (*action == EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND) session.may_send = true;
  return kNoError;
}

DWORD EAPHOST_STDCALL ReceivePacket(EAP_SESSION_HANDLE handle, DWORD, const EapPacket*,
                                    ResponseAction* action, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Authenticator(session.options, "ReceivePacket");
  ++session.responses;
  if (const auto code = call.Begin(error)) return *code;
  return Step(session, call, action);
}

DWORD EAPHOST_STDCALL SendPacket(EAP_SESSION_HANDLE handle, BYTE id, DWORD* size, EapPacket* packet,
                                 EAP_AUTHENTICATOR_SEND_TIMEOUT* timeout, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Authenticator(session.options, "SendPacket");
  if (const auto code = call.Begin(error)) return *code;
  if (!session.may_send) return kErrorInvalidState;
  session.may_send = false;
  if (session.options.Has("timeout")) {
    *timeout = static_cast<EAP_AUTHENTICATOR_SEND_TIMEOUT>(session.options.Number("timeout"));
  }
  return call.Packet(EapCodeRequest, id, size, packet);
}

DWORD EAPHOST_STDCALL GetAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Authenticator(session.options, "GetAttributes");
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  *attributes = session.responses == 0 ? EapAttributes{1, nullptr} : call.Attributes(session.blocks);
  return kNoError;
}

DWORD EAPHOST_STDCALL SetAttributes(EAP_SESSION_HANDLE handle, const EapAttributes* attributes,
                                    ResponseAction* action, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Authenticator(session.options, "SetAttributes");
  if (attributes == nullptr) Crash();
  if (const auto code = call.Begin(error)) return *code;
  return Step(session, call, action);
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EAP_METHOD_AUTHENTICATOR_RESULT* result,
                                EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Authenticator(session.options, "GetResult");
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  session.result.Clear();
  result->fIsSuccess = static_cast<BOOL>(session.options.Number("bool", 1));
  result->dwFailureReason = session.options.Number("reason");
  const EapAttributes list = call.Attributes(session.result);
  result->pAuthAttribs = reinterpret_cast<EapAttributes*>(
      session.result.Add(std::string_view(reinterpret_cast<const char*>(&list), sizeof list)));
  return kNoError;
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  if (!testdll::RemoveSession(handle)) return kErrorInvalidParameter;
  const std::unique_ptr<Session> session(static_cast<Session*>(handle));
  if (session->options.Has("earlycrash") && session->responses == 0) Crash();
  return Authenticator(session->options, "EndSession").Begin(error).value_or(kNoError);
}

}  // namespace
}  // namespace eaphost::misbehaving

using namespace eaphost::abi;
using namespace eaphost::misbehaving;

DWORD EapMethodAuthenticatorGetInfo(EAP_METHOD_TYPE* type, EAP_AUTHENTICATOR_METHOD_ROUTINES* routines,
                                    EAP_ERROR** error) {
  const std::optional<std::size_t> index = IndexOf(type->eapType);
  if (!index) return kErrorNotSupported;
  const Options options(kBehaviours[*index]);
  const Call call(options, "GetInfo", Owner::kAuthenticatorError);
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  *routines = {0,
               nullptr,
               Initialize,
               BeginSession,
               UpdateInnerMethodParams,
               ReceivePacket,
               SendPacket,
               GetAttributes,
               SetAttributes,
               GetResult,
               EndSession,
               Shutdown};
  const auto absent = [&options](std::string_view routine) {
    return Call(options, routine, Owner::kAuthenticatorError).Is("absent");
  };
  if (absent("Initialize")) routines->EapMethodAuthenticatorInitialize = nullptr;
  if (absent("UpdateInnerMethodParams")) routines->EapMethodAuthenticatorUpdateInnerMethodParams = nullptr;
  if (absent("ReceivePacket")) routines->EapMethodAuthenticatorReceivePacket = nullptr;
  if (absent("EndSession")) routines->EapMethodAuthenticatorEndSession = nullptr;
  if (absent("Shutdown")) routines->EapMethodAuthenticatorShutdown = nullptr;
  return kNoError;
}

DWORD EAPHOST_STDCALL EapMethodAuthenticatorInvokeConfigUI(EAP_METHOD_TYPE*, HWND, DWORD, LPCWSTR, DWORD size,
                                                           BYTE* data, DWORD* out_size, BYTE** out,
                                                           EAP_ERROR** error) {
  const Options options = Options::Of(data, size);
  const Call call(options, "InvokeConfigUI", Owner::kAuthenticatorError);
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  call.Blob("configured", out_size, out, [](std::string_view text) {
    return eaphost::testdll::AllocateBytes(Owner::kAuthenticatorMemory, text);
  });
  return kNoError;
}
