// The pair method's authenticator half: see pair_method.h. Called on the host's threads, one session on one
// at a time.

#include <memory>
#include <utility>

#include "native/abi/functions.h"
#include "native/platform/text.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/pair_common.h"
#include "test/native/methods/pair_link.h"
#include "test/native/methods/pair_messages.h"
#include "test/native/methods/pair_method.h"

namespace eaphost::pairmethod {
namespace {

using namespace eaphost::abi;
using Action = EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION;

enum class State {
  kBegin,     // the challenge is to be sent, or is being sent
  kAskHost,   // GetAttributes, SetAttributes
  kVerdict,   // the verdict is to be sent
  kFinished,  // GetResult tells
};

struct Session {
  Session(const EAP_TYPE& which, std::string name, Options configuration, DWORD max_packet)
      : type(which), identity(std::move(name)), options(std::move(configuration)), link(which, max_packet) {}

  EAP_TYPE type;
  std::string identity;  // as the host knows it
  Options options;
  Link link;
  State state = State::kBegin;
  BYTE id = 0;
  bool sent = false;  // a request is out
  Transcript transcript;
  std::string peer_answer;
  std::string answer;  // the host's
  Verdict verdict{false, EAP_E_AUTHENTICATION_FAILED, {}};
  bool good = false;
  SessionAttributes questions;
  SessionAttributes result;
};

void Judge(Session& session, const Response& response) {
  Transcript& transcript = session.transcript;
  transcript.peer = response.nonce;
  transcript.identity = response.identity;
  transcript.password = session.options.Get("password", "password");
  session.peer_answer = response.answer;
  Verdict& verdict = session.verdict;
  verdict.good = response.proof == transcript.Derive("peer");
  verdict.reason = verdict.good ? kNoError : EAP_E_USER_NAME_PASSWORD_REJECTED;
  if (verdict.good && session.options.Get("fail") == "account") {
    verdict.good = false;
    verdict.reason = session.options.Number("reason", EAP_E_USER_CREDENTIALS_REJECTED);
  }
  verdict.proof = transcript.Derive("server");
  if (session.options.Get("fail") == "server") verdict.proof[0] ^= 1;
}

void SayVerdict(Session& session, Action& action) {
  session.state = State::kVerdict;
  session.link.Say(Encode(session.verdict));
  action = EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND;
}

void TakeMessage(Session& session, Action& action) {
  const Message& message = session.link.message();
  if (session.state == State::kBegin) {
    const std::optional<Response> response = DecodeResponse(message);
    if (!response) return;  // discard
    Judge(session, *response);
    if (session.options.Has("attributes")) {
      session.state = State::kAskHost;
      action = EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND;
    } else {
      SayVerdict(session, action);
    }
    return;
  }
  const std::optional<Done> done = DecodeDone(message);
  if (!done || session.state != State::kVerdict) return;  // discard
  session.state = State::kFinished;
  session.good = session.verdict.good && done->good;
  if (session.verdict.good && !done->good) session.verdict.reason = EAP_E_AUTHENTICATION_FAILED;
  action = EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT;
}

EAP_AUTHENTICATOR_SEND_TIMEOUT TimeoutOf(const Session& session) {
  const std::string wanted = session.options.Get("timeout");
  if (wanted == "none") return EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE;
  if (wanted == "basic") return EAP_AUTHENTICATOR_SEND_TIMEOUT_BASIC;
  if (wanted == "interactive") return EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE;
  return session.state == State::kBegin && session.options.Has("ui")
             ? EAP_AUTHENTICATOR_SEND_TIMEOUT_INTERACTIVE
             : EAP_AUTHENTICATOR_SEND_TIMEOUT_BASIC;
}

// Runs `body` on the session as the body of a routine; error= can make it fail.
template <typename Body>
DWORD OnSession(EAP_SESSION_HANDLE handle, std::string_view routine, EAP_ERROR** error,
                Body&& body) noexcept {
  auto* const session = static_cast<Session*>(handle);
  return Guarded(Owner::kAuthenticatorError, session == nullptr ? EAP_TYPE{} : session->type, error,
                 [&]() -> Failure {
                   if (session == nullptr) return {kErrorInvalidParameter};
                   const Failure wanted = Wanted(session->options, routine);
                   return wanted.failed() ? wanted : body(*session);
                 });
}

DWORD EAPHOST_STDCALL Initialize(EAP_METHOD_TYPE*, EAP_ERROR** error) {
  Zero(error);
  testdll::CountInitialize();
  return kNoError;
}

DWORD EAPHOST_STDCALL Shutdown(EAP_METHOD_TYPE*, EAP_ERROR** error) {
  Zero(error);
  testdll::CountShutdown();
  return kNoError;
}

template <std::size_t kType>
DWORD EAPHOST_STDCALL BeginSession(DWORD, LPCWSTR identity, const EapAttributes*, DWORD size,
                                   const BYTE* connection, DWORD max_packet, EAP_SESSION_HANDLE* handle,
                                   EAP_ERROR** error) {
  Zero(handle);
  return Guarded(Owner::kAuthenticatorError, kTypes[kType], error, [&]() -> Failure {
    if (handle == nullptr || max_packet < Link::kLeastPacket) return {kErrorInvalidParameter};
    Options options = Options::Of(connection, size);
    if (const Failure wanted = Wanted(options, "BeginSession"); wanted.failed()) return wanted;
    auto session = std::make_unique<Session>(kTypes[kType], platform::ToUtf8(platform::View(identity)),
                                             std::move(options), max_packet);
    session->transcript.server = MakeNonce();
    session->link.Say(Encode(Challenge{session->transcript.server}, session->options.Number("fragment")));
    testdll::AddSession(session.get());
    *handle = session.release();
    return {};
  });
}

DWORD EAPHOST_STDCALL UpdateInnerMethodParams(EAP_SESSION_HANDLE handle, DWORD, LPCWSTR identity,
                                              const EapAttributes*, EAP_ERROR** error) {
  return OnSession(handle, "UpdateInnerMethodParams", error, [&](Session& session) -> Failure {
    if (identity == nullptr) return {kErrorInvalidParameter};
    session.identity = platform::ToUtf8(identity);
    return {};
  });
}

DWORD EAPHOST_STDCALL ReceivePacket(EAP_SESSION_HANDLE handle, DWORD size, const EapPacket* packet,
                                    Action* action, EAP_ERROR** error) {
  Zero(action);
  return OnSession(handle, "ReceivePacket", error, [&](Session& session) -> Failure {
    if (packet == nullptr || action == nullptr) return {kErrorInvalidParameter};
    // To nothing, or to an older request.
    if (size < 2 || !session.sent || packet->Id != session.id) return {};
    switch (session.link.Take(EapCodeResponse, Bytes(reinterpret_cast<const BYTE*>(packet), size))) {
      case Link::Taken::kInvalid:
        break;  // discard
      case Link::Taken::kContinue:
        *action = EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND;
        break;
      case Link::Taken::kMessage:
        TakeMessage(session, *action);
        break;
    }
    return {};
  });
}

DWORD EAPHOST_STDCALL SendPacket(EAP_SESSION_HANDLE handle, BYTE id, DWORD* size, EapPacket* packet,
                                 EAP_AUTHENTICATOR_SEND_TIMEOUT* timeout, EAP_ERROR** error) {
  Zero(timeout);
  return OnSession(handle, "SendPacket", error, [&](Session& session) -> Failure {
    if (size == nullptr || timeout == nullptr) return {kErrorInvalidParameter};
    const Failure failure{session.link.Write(EapCodeRequest, id, size, packet)};
    if (failure.failed()) return failure;
    session.id = id;
    session.sent = true;
    *timeout = TimeoutOf(session);
    return {};
  });
}

DWORD EAPHOST_STDCALL GetAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes, EAP_ERROR** error) {
  Zero(attributes);
  return OnSession(handle, "GetAttributes", error, [&](Session& session) -> Failure {
    if (attributes == nullptr) return {kErrorInvalidParameter};
    if (session.state != State::kAskHost) return {kErrorInvalidState};
    session.questions.Clear();
    session.questions.AddQuestions(session.transcript.identity, session.options.Number("attributes"));
    *attributes = *session.questions.Get();
    return {};
  });
}

DWORD EAPHOST_STDCALL SetAttributes(EAP_SESSION_HANDLE handle, const EapAttributes* attributes,
                                    Action* action, EAP_ERROR** error) {
  Zero(action);
  return OnSession(handle, "SetAttributes", error, [&](Session& session) -> Failure {
    if (attributes == nullptr || action == nullptr) return {kErrorInvalidParameter};
    if (session.state != State::kAskHost) return {kErrorInvalidState};
    session.answer = AnswerIn(*attributes);
    SayVerdict(session, *action);
    return {};
  });
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EAP_METHOD_AUTHENTICATOR_RESULT* result,
                                EAP_ERROR** error) {
  Zero(result);
  return OnSession(handle, "GetResult", error, [&](Session& session) -> Failure {
    if (result == nullptr) return {kErrorInvalidParameter};
    session.result.Clear();
    if (!session.good) {
      result->dwFailureReason =
          session.verdict.reason != kNoError ? session.verdict.reason : EAP_E_AUTHENTICATION_FAILED;
      return {};
    }
    const Transcript& transcript = session.transcript;
    session.result.AddKeys(transcript, session.type, false);
    session.result.Add(eatUserName, session.identity);
    session.result.Add(eatPeerId, transcript.identity);
    session.result.Add(eatServerId, platform::ToUtf8(kServerId));
    if (!session.answer.empty()) session.result.Add(eatReplyMessage, session.answer);
    if (!session.peer_answer.empty()) session.result.Add(eatEAPTLV, session.peer_answer);
    result->pAuthAttribs = session.result.Get();
    result->fIsSuccess = 1;
    return {};
  });
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  if (!testdll::RemoveSession(handle)) {
    Zero(error);
    return kErrorInvalidParameter;
  }
  const std::unique_ptr<Session> session(static_cast<Session*>(handle));
  return Guarded(Owner::kAuthenticatorError, session->type, error,
                 [&] { return Wanted(session->options, "EndSession"); });
}

template <std::size_t kType>
EAP_AUTHENTICATOR_METHOD_ROUTINES Table() {
  static EAP_METHOD_TYPE type{kTypes[kType], kAuthor};
  return {sizeof(EAP_AUTHENTICATOR_METHOD_ROUTINES),
          &type,
          Initialize,
          BeginSession<kType>,
          UpdateInnerMethodParams,
          ReceivePacket,
          SendPacket,
          GetAttributes,
          SetAttributes,
          GetResult,
          EndSession,
          Shutdown};
}

}  // namespace
}  // namespace eaphost::pairmethod

using namespace eaphost::abi;
using namespace eaphost::pairmethod;

DWORD EapMethodAuthenticatorGetInfo(EAP_METHOD_TYPE* type, EAP_AUTHENTICATOR_METHOD_ROUTINES* routines,
                                    EAP_ERROR** error) {
  Zero(routines);
  return Guarded(
      Owner::kAuthenticatorError, type == nullptr ? EAP_TYPE{} : type->eapType, error, [&]() -> Failure {
        if (type == nullptr || routines == nullptr) return {kErrorInvalidParameter};
        const std::optional<std::size_t> index = IndexOf(type->eapType);
        if (!index) return {kErrorNotSupported, kErrorNotSupported, u"not a type of the pair method"};
        static_assert(kTypeCount == 4);
        constexpr EAP_AUTHENTICATOR_METHOD_ROUTINES (*kTables[])() = {Table<0>, Table<1>, Table<2>, Table<3>};
        *routines = kTables[*index]();
        return {};
      });
}

DWORD EAPHOST_STDCALL EapMethodAuthenticatorInvokeConfigUI(EAP_METHOD_TYPE* type, HWND, DWORD, LPCWSTR,
                                                           DWORD size, BYTE* data, DWORD* out_size,
                                                           BYTE** out, EAP_ERROR** error) {
  Zero(out_size);
  Zero(out);
  return Guarded(Owner::kAuthenticatorError, type == nullptr ? EAP_TYPE{} : type->eapType, error,
                 [&]() -> Failure {
                   if (out_size == nullptr || out == nullptr) return {kErrorInvalidParameter};
                   Options options = Options::Of(data, size);
                   if (options.Has("cancel")) return {kErrorCancelled, 0, {}, true};
                   options.Set("configured", "1");
                   const std::string text = options.Text();
                   *out = eaphost::testdll::AllocateBytes(Owner::kAuthenticatorMemory, text);
                   *out_size = static_cast<DWORD>(text.size());
                   return {};
                 });
}
