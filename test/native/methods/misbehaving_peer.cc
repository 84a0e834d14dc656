// The routines of the misbehaving method's peer half: see misbehaving_method.h. Called on the host's threads,
// one session on one at a time.

#include <cstring>
#include <memory>
#include <utility>

#include "native/abi/functions.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/misbehaviour.h"

const char eaphost::testdll::kCountersVariable[] = "EAPHOST_MISBEHAVING_COUNTERS";

namespace eaphost::misbehaving {
namespace {

using namespace eaphost::abi;
using testdll::AllocateBytes;
using testdll::AllocateText;

struct Session {
  Options options;
  BYTE id = 0;
  std::size_t requests = 0;
  std::size_t steps = 0;
  SessionBlocks blocks;
  SessionBlocks result;
};

Session& Of(EAP_SESSION_HANDLE handle) { return *static_cast<Session*>(handle); }

Call Peer(const Options& options, std::string_view routine) { return {options, routine, Owner::kPeerError}; }

template <std::size_t kType>
DWORD EAPHOST_STDCALL Initialize(EAP_ERROR** error) {
  const Options options(kBehaviours[kType]);
  if (const auto code = Peer(options, "Initialize").Begin(error)) return *code;
  testdll::CountInitialize();
  return kNoError;
}

template <std::size_t kType>
DWORD EAPHOST_STDCALL Shutdown(EAP_ERROR** error) {
  testdll::CountShutdown();
  const Options options(kBehaviours[kType]);
  return Peer(options, "Shutdown").Begin(error).value_or(kNoError);
}

DWORD EAPHOST_STDCALL GetIdentity(DWORD, DWORD size, const BYTE* data, DWORD, const BYTE*, HANDLE,
                                  BOOL* invoke_ui, DWORD* user_size, BYTE** user, LPWSTR* identity,
                                  EAP_ERROR** error) {
  const Options options = Options::Of(data, size);
  const Call call = Peer(options, "GetIdentity");
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  // Otherwise left unwritten.
  if (options.Has("ui")) *invoke_ui = 2;
  call.Blob("user", user_size, user,
            [](std::string_view text) { return AllocateBytes(Owner::kPeerMemory, text); });
  if (!call.Is("null") && !call.Is("huge")) {
    *identity = AllocateText(Owner::kPeerMemory, call.Is("zero") ? u"" : u"misbehaver");
  }
  return kNoError;
}

DWORD EAPHOST_STDCALL BeginSession(DWORD, const EapAttributes*, HANDLE, DWORD size, BYTE* data, DWORD, BYTE*,
                                   DWORD, EAP_SESSION_HANDLE* handle, EAP_ERROR** error) {
  auto session = std::make_unique<Session>();
  session->options = Options::Of(data, size);
  const Call call = Peer(session->options, "BeginSession");
  if (const auto code = call.Begin(error)) return *code;
  // What the host gave may be written to.
  if (size != 0) std::memset(data, 'x', size);
  if (call.Is("mute")) return kNoError;
  testdll::AddSession(session.get());
  *handle = session.release();
  return kNoError;
}

DWORD EAPHOST_STDCALL SetCredentials(EAP_SESSION_HANDLE handle, WCHAR*, WCHAR*, EAP_ERROR** error) {
  return Peer(Of(handle).options, "SetCredentials").Begin(error).value_or(kNoError);
}

DWORD Step(Session& session, const Call& call, EapPeerMethodOutput* output) {
  if (call.Is("mute")) return kNoError;
  output->action =
      static_cast<EapPeerMethodResponseAction>(Action(session.options, session.steps++, "send", true));
  return kNoError;
}

DWORD EAPHOST_STDCALL ProcessRequestPacket(EAP_SESSION_HANDLE handle, DWORD, EapPacket* packet,
                                           EapPeerMethodOutput* output, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Peer(session.options, "ProcessRequestPacket");
  ++session.requests;
  session.id = packet->Id;
  if (const auto code = call.Begin(error)) return *code;
  return Step(session, call, output);
}

DWORD EAPHOST_STDCALL GetResponsePacket(EAP_SESSION_HANDLE handle, DWORD* size, EapPacket* packet,
                                        EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Peer(session.options, "GetResponsePacket");
  if (const auto code = call.Begin(error)) return *code;
  return call.Packet(EapCodeResponse, session.id, size, packet);
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason,
                                EapPeerMethodResult* result, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Options& options = session.options;
  const Call call = Peer(options, "GetResult");
  const auto code = call.Begin(error);
  const std::string wanted = options.Get("resulterror");
  if (!wanted.empty()) result->pEapError = wanted == "same" ? *error : call.MakeError();
  if (code) return *code;
  if (call.Is("mute")) return kNoError;
  session.result.Clear();
  const auto boolean = static_cast<BOOL>(options.Number("bool", 1));
  result->fIsSuccess = reason == EapPeerMethodResultSuccess ? boolean : 0;
  result->dwFailureReasonCode = options.Number("reason");
  const auto keep = [&session](std::string_view text) { return session.result.Add(text); };
  if (options.Has("save")) {
    result->fSaveConnectionData = boolean;
    call.Blob("connection", &result->dwSizeofConnectionData, &result->pConnectionData, keep);
    result->fSaveUserData = boolean;
    call.Blob("user", &result->dwSizeofUserData, &result->pUserData, keep);
  }
  const EapAttributes list = call.Attributes(session.result);
  result->pAttribArray = reinterpret_cast<EapAttributes*>(
      session.result.Add(std::string_view(reinterpret_cast<const char*>(&list), sizeof list)));
  return kNoError;
}

DWORD EAPHOST_STDCALL GetUIContext(EAP_SESSION_HANDLE handle, DWORD* size, BYTE** context,
                                   EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Peer(session.options, "GetUIContext");
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  call.Blob(session.options.Text(), size, context,
            [&session](std::string_view text) { return session.blocks.Add(text); });
  return kNoError;
}

DWORD EAPHOST_STDCALL SetUIContext(EAP_SESSION_HANDLE handle, DWORD, const BYTE*, EapPeerMethodOutput* output,
                                   EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Peer(session.options, "SetUIContext");
  if (const auto code = call.Begin(error)) return *code;
  return Step(session, call, output);
}

DWORD EAPHOST_STDCALL GetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Peer(session.options, "GetResponseAttributes");
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  *attributes = session.requests == 0 ? EapAttributes{1, nullptr} : call.Attributes(session.blocks);
  return kNoError;
}

DWORD EAPHOST_STDCALL SetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EapPeerMethodOutput* output, EAP_ERROR** error) {
  Session& session = Of(handle);
  const Call call = Peer(session.options, "SetResponseAttributes");
  if (attributes == nullptr) Crash();
  if (const auto code = call.Begin(error)) return *code;
  return Step(session, call, output);
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  if (!testdll::RemoveSession(handle)) return kErrorInvalidParameter;
  const std::unique_ptr<Session> session(static_cast<Session*>(handle));
  if (session->options.Has("earlycrash") && session->requests == 0) Crash();
  return Peer(session->options, "EndSession").Begin(error).value_or(kNoError);
}

template <std::size_t kType>
void Fill(EAP_PEER_METHOD_ROUTINES* routines) {
  *routines = {0,
               nullptr,
               Initialize<kType>,
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
               Shutdown<kType>};
}

template <std::size_t... kIndices>
void FillOne(std::size_t index, EAP_PEER_METHOD_ROUTINES* routines, std::index_sequence<kIndices...>) {
  ((kIndices == index ? Fill<kIndices>(routines) : void()), ...);
}

}  // namespace
}  // namespace eaphost::misbehaving

using namespace eaphost::abi;
using namespace eaphost::misbehaving;

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines, EAP_ERROR** error) {
  const std::optional<std::size_t> index = IndexOf(*type);
  if (!index) return kErrorNotSupported;
  const Options options(kBehaviours[*index]);
  const Call call(options, "GetInfo", Owner::kPeerError);
  if (const auto code = call.Begin(error)) return *code;
  if (call.Is("mute")) return kNoError;
  FillOne(*index, routines, std::make_index_sequence<kTypes>());
  const auto absent = [&options](std::string_view routine) {
    return Call(options, routine, Owner::kPeerError).Is("absent");
  };
  if (absent("Initialize")) routines->EapPeerInitialize = nullptr;
  if (absent("SetCredentials")) routines->EapPeerSetCredentials = nullptr;
  if (absent("ProcessRequestPacket")) routines->EapPeerProcessRequestPacket = nullptr;
  if (absent("EndSession")) routines->EapPeerEndSession = nullptr;
  if (absent("Shutdown")) routines->EapPeerShutdown = nullptr;
  return kNoError;
}
