// The routines of the pair method's peer half: see pair_method.h. Called on the host's threads, one session
// on one at a time.

#include "test/native/methods/pair_peer.h"

#include <cstring>
#include <memory>
#include <utility>

#include "native/abi/functions.h"
#include "native/platform/text.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/pair_link.h"
#include "test/native/methods/pair_messages.h"
#include "test/native/methods/pair_method.h"

namespace eaphost::pairmethod {

Options MakeUser(std::string_view identity, std::string_view password) {
  Options user;
  user.Set("identity", identity);
  user.Set("password", password);
  return user;
}

Options UserOf(const Options& configuration, const abi::BYTE* user, abi::DWORD size) {
  const Options given = Options::Of(user, size);
  const std::string identity = given.Get("identity", configuration.Get("identity"));
  if (identity.empty()) return {};
  return MakeUser(identity, given.Get("password", configuration.Get("password", "password")));
}

namespace {

using namespace eaphost::abi;
using testdll::AllocateBytes;
using testdll::AllocateText;

enum class State {
  kWaitChallenge,
  kAskHost,   // GetResponseAttributes, SetResponseAttributes
  kAskUser,   // GetUIContext, SetUIContext
  kAnswer,    // the response is on its way
  kFinished,  // the verdict is in, or there will be none
};

struct Session {
  Session(const EAP_TYPE& which, DWORD begin_flags, Options configuration, Options credentials,
          DWORD max_packet)
      : type(which),
        flags(begin_flags),
        options(std::move(configuration)),
        user(std::move(credentials)),
        link(which, max_packet) {}

  EAP_TYPE type;
  DWORD flags;
  Options options;
  Options user;
  Link link;
  State state = State::kWaitChallenge;
  BYTE id = 0;
  Transcript transcript;
  std::string answer;
  bool good = false;
  DWORD reason = EAP_E_AUTHENTICATION_FAILED;
  SessionBlocks context;
  SessionAttributes questions;
  SessionBlocks saved;
  SessionAttributes result;
};

// What the session does next on its way to the response.
Failure Advance(Session& session, EapPeerMethodOutput& output) {
  const Options& options = session.options;
  if (session.state == State::kWaitChallenge) {
    session.state = State::kAskHost;
    if (options.Has("attributes")) {
      output.action = EapPeerMethodResponseActionRespond;
      return {};
    }
  }
  if (session.state == State::kAskHost) {
    session.state = State::kAskUser;
    if (options.Has("ui") && (session.flags & EAP_FLAG_SUPRESS_UI) == 0) {
      output.action = EapPeerMethodResponseActionInvokeUI;
      return {};
    }
  }
  session.state = State::kAnswer;
  Transcript& transcript = session.transcript;
  transcript.peer = MakeNonce();
  transcript.identity = session.user.Get("identity");
  transcript.password = session.user.Get("password", options.Get("password", "password"));
  const bool wrong = options.Get("fail") == "password";
  if (wrong) transcript.password += " that is wrong";
  session.link.Say(
      Encode(Response{transcript.peer, transcript.Derive("peer"), transcript.identity, session.answer},
             options.Number("fragment")));
  output.action = EapPeerMethodResponseActionSend;
  return {};
}

Failure TakeMessage(Session& session, EapPeerMethodOutput& output) {
  const Message& message = session.link.message();
  if (session.state == State::kWaitChallenge) {
    const std::optional<Challenge> challenge = DecodeChallenge(message);
    if (!challenge) return {EAP_METHOD_INVALID_PACKET, EAP_METHOD_INVALID_PACKET, u"not a challenge"};
    session.transcript.server = challenge->nonce;
    return Advance(session, output);
  }
  const std::optional<Verdict> verdict = DecodeVerdict(message);
  if (!verdict || session.state != State::kAnswer) return {};  // discard
  session.state = State::kFinished;
  session.good = verdict->good && verdict->proof == session.transcript.Derive("server");
  session.reason = session.good ? kNoError : verdict->good ? EAP_E_AUTHENTICATION_FAILED : verdict->reason;
  session.link.Say(Encode(Done{session.good}));
  output.action = EapPeerMethodResponseActionSend;
  return {};
}

// Runs `body` on the session as the body of a routine; error= can make it fail.
template <typename Body>
DWORD OnSession(EAP_SESSION_HANDLE handle, std::string_view routine, EAP_ERROR** error,
                Body&& body) noexcept {
  auto* const session = static_cast<Session*>(handle);
  return Guarded(Owner::kPeerError, session == nullptr ? EAP_TYPE{} : session->type, error, [&]() -> Failure {
    if (session == nullptr) return {kErrorInvalidParameter};
    if (const Failure wanted = Wanted(session->options, routine); wanted.failed()) return wanted;
    return body(*session);
  });
}

DWORD EAPHOST_STDCALL Initialize(EAP_ERROR** error) {
  Zero(error);
  testdll::CountInitialize();
  return kNoError;
}

DWORD EAPHOST_STDCALL Shutdown(EAP_ERROR** error) {
  Zero(error);
  testdll::CountShutdown();
  return kNoError;
}

template <std::size_t kType>
DWORD EAPHOST_STDCALL GetIdentity(DWORD flags, DWORD connection_size, const BYTE* connection, DWORD user_size,
                                  const BYTE* user, HANDLE, BOOL* invoke_ui, DWORD* user_out_size,
                                  BYTE** user_out, LPWSTR* identity, EAP_ERROR** error) {
  Zero(invoke_ui);
  Zero(user_out_size);
  Zero(user_out);
  Zero(identity);
  return Guarded(Owner::kPeerError, kTypes[kType], error, [&]() -> Failure {
    if (invoke_ui == nullptr || user_out_size == nullptr || user_out == nullptr || identity == nullptr) {
      return {kErrorInvalidParameter};
    }
    const Options options = Options::Of(connection, connection_size);
    if (const Failure wanted = Wanted(options, "GetIdentity"); wanted.failed()) return wanted;
    const Options known = UserOf(options, user, user_size);
    if (known.empty()) {
      if ((flags & (EAP_FLAG_MACHINE_AUTH | EAP_FLAG_NON_INTERACTIVE)) != 0) {
        return {kErrorNoSuchUser, EAP_E_USER_CREDENTIALS_REJECTED, u"no credentials, and nobody to ask"};
      }
      *invoke_ui = 1;
      return {};
    }
    const std::string blob = known.Text();
    LPWSTR const name = AllocateText(Owner::kPeerMemory, platform::ToUtf16(known.Get("identity")));
    try {
      *user_out = AllocateBytes(Owner::kPeerMemory, blob);
    } catch (...) {
      testdll::FreeByHost(Owner::kPeerMemory, name);
      throw;
    }
    *user_out_size = static_cast<DWORD>(blob.size());
    *identity = name;
    return {};
  });
}

template <std::size_t kType>
DWORD EAPHOST_STDCALL BeginSession(DWORD flags, const EapAttributes*, HANDLE, DWORD connection_size,
                                   BYTE* connection, DWORD user_size, BYTE* user, DWORD max_packet,
                                   EAP_SESSION_HANDLE* handle, EAP_ERROR** error) {
  Zero(handle);
  return Guarded(Owner::kPeerError, kTypes[kType], error, [&]() -> Failure {
    if (handle == nullptr || max_packet < Link::kLeastPacket) return {kErrorInvalidParameter};
    Options options = Options::Of(connection, connection_size);
    if (const Failure wanted = Wanted(options, "BeginSession"); wanted.failed()) return wanted;
    Options credentials = UserOf(options, user, user_size);
    auto session = std::make_unique<Session>(kTypes[kType], flags, std::move(options), std::move(credentials),
                                             max_packet);
    testdll::AddSession(session.get());
    *handle = session.release();
    return {};
  });
}

DWORD EAPHOST_STDCALL SetCredentials(EAP_SESSION_HANDLE handle, WCHAR* identity, WCHAR* password,
                                     EAP_ERROR** error) {
  return OnSession(handle, "SetCredentials", error, [&](Session& session) -> Failure {
    if (identity == nullptr || password == nullptr) return {kErrorInvalidParameter};
    session.user = MakeUser(platform::ToUtf8(identity), platform::ToUtf8(password));
    return {};
  });
}

DWORD EAPHOST_STDCALL ProcessRequestPacket(EAP_SESSION_HANDLE handle, DWORD size, EapPacket* packet,
                                           EapPeerMethodOutput* output, EAP_ERROR** error) {
  Zero(output);
  return OnSession(handle, "ProcessRequestPacket", error, [&](Session& session) -> Failure {
    if (packet == nullptr || output == nullptr) return {kErrorInvalidParameter};
    output->fAllowNotifications = 1;
    const Bytes bytes(reinterpret_cast<const BYTE*>(packet), size);
    switch (session.link.Take(EapCodeRequest, bytes)) {
      case Link::Taken::kInvalid:
        return {};  // discard
      case Link::Taken::kContinue:
        session.id = packet->Id;
        output->action = EapPeerMethodResponseActionSend;
        return {};
      case Link::Taken::kMessage:
        session.id = packet->Id;
        return TakeMessage(session, *output);
    }
    return {};
  });
}

DWORD EAPHOST_STDCALL GetResponsePacket(EAP_SESSION_HANDLE handle, DWORD* size, EapPacket* packet,
                                        EAP_ERROR** error) {
  return OnSession(handle, "GetResponsePacket", error, [&](Session& session) -> Failure {
    if (size == nullptr) return {kErrorInvalidParameter};
    return {session.link.Write(EapCodeResponse, session.id, size, packet)};
  });
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason,
                                EapPeerMethodResult* result, EAP_ERROR** error) {
  // Not the tail that only newer hosts have.
  if (result != nullptr) std::memset(result, 0, offsetof(EapPeerMethodResult, pNgcKerbTicket));
  return OnSession(handle, "GetResult", error, [&](Session& session) -> Failure {
    if (result == nullptr) return {kErrorInvalidParameter};
    session.result.Clear();
    session.saved.Clear();
    if (reason != EapPeerMethodResultSuccess || !session.good) {
      // A failure that the peer knows no reason for is the final packet's.
      result->dwFailureReasonCode = session.reason != kNoError ? session.reason : EAP_E_AUTHENTICATION_FAILED;
      result->pEapError = testdll::MakeError(Owner::kPeerError, session.type, result->dwFailureReasonCode,
                                             result->dwFailureReasonCode, u"the pair method did not succeed");
      return {};
    }
    const Transcript& transcript = session.transcript;
    session.result.AddKeys(transcript, session.type, true);
    session.result.Add(eatPeerId, transcript.identity);
    session.result.Add(eatServerId, platform::ToUtf8(kServerId));
    EapAttributes* const attributes = session.result.Get();
    if (session.options.Has("save")) {
      Options connection = session.options;
      connection.Set("saved", std::to_string(connection.Number("saved") + 1));
      const std::string text = connection.Text();
      const std::string user = session.user.Text();
      BYTE* const connection_data = session.saved.Add(text);
      BYTE* const user_data = session.saved.Add(user);
      result->fSaveConnectionData = 1;
      result->dwSizeofConnectionData = static_cast<DWORD>(text.size());
      result->pConnectionData = connection_data;
      result->fSaveUserData = 1;
      result->dwSizeofUserData = static_cast<DWORD>(user.size());
      result->pUserData = user_data;
    }
    result->fIsSuccess = 1;
    result->pAttribArray = attributes;
    return {};
  });
}

DWORD EAPHOST_STDCALL GetUIContext(EAP_SESSION_HANDLE handle, DWORD* size, BYTE** context,
                                   EAP_ERROR** error) {
  Zero(size);
  Zero(context);
  return OnSession(handle, "GetUIContext", error, [&](Session& session) -> Failure {
    if (size == nullptr || context == nullptr) return {kErrorInvalidParameter};
    if (session.state != State::kAskUser) return {kErrorInvalidState};
    Options options = session.options;
    options.Set("identity", session.user.Get("identity"));
    const std::string text = options.Text();
    session.context.Clear();
    *context = session.context.Add(text);
    *size = static_cast<DWORD>(text.size());
    return {};
  });
}

DWORD EAPHOST_STDCALL SetUIContext(EAP_SESSION_HANDLE handle, DWORD size, const BYTE* context,
                                   EapPeerMethodOutput* output, EAP_ERROR** error) {
  Zero(output);
  return OnSession(handle, "SetUIContext", error, [&](Session& session) -> Failure {
    if (output == nullptr) return {kErrorInvalidParameter};
    output->fAllowNotifications = 1;
    if (session.state != State::kAskUser) return {kErrorInvalidState};
    const Options answer = Options::Of(context, size);
    if (answer.Get("answer") != "yes") {
      session.state = State::kFinished;
      session.reason = kErrorCancelled;
      output->action = EapPeerMethodResponseActionResult;
      return {};
    }
    if (const auto password = answer.Find("password")) session.user.Set("password", *password);
    return Advance(session, *output);
  });
}

DWORD EAPHOST_STDCALL GetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EAP_ERROR** error) {
  Zero(attributes);
  return OnSession(handle, "GetResponseAttributes", error, [&](Session& session) -> Failure {
    if (attributes == nullptr) return {kErrorInvalidParameter};
    if (session.state != State::kAskHost) return {kErrorInvalidState};
    session.questions.Clear();
    session.questions.AddQuestions(session.user.Get("identity"), session.options.Number("attributes"));
    *attributes = *session.questions.Get();
    return {};
  });
}

DWORD EAPHOST_STDCALL SetResponseAttributes(EAP_SESSION_HANDLE handle, EapAttributes* attributes,
                                            EapPeerMethodOutput* output, EAP_ERROR** error) {
  Zero(output);
  return OnSession(handle, "SetResponseAttributes", error, [&](Session& session) -> Failure {
    if (attributes == nullptr || output == nullptr) return {kErrorInvalidParameter};
    output->fAllowNotifications = 1;
    if (session.state != State::kAskHost) return {kErrorInvalidState};
    session.answer = AnswerIn(*attributes);
    return Advance(session, *output);
  });
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR** error) {
  if (!testdll::RemoveSession(handle)) {
    Zero(error);
    return kErrorInvalidParameter;
  }
  const std::unique_ptr<Session> session(static_cast<Session*>(handle));
  return Guarded(Owner::kPeerError, session->type, error,
                 [&] { return Wanted(session->options, "EndSession"); });
}

template <std::size_t kType>
EAP_PEER_METHOD_ROUTINES Table() {
  static EAP_TYPE type = kTypes[kType];
  return {1,
          &type,
          Initialize,
          GetIdentity<kType>,
          BeginSession<kType>,
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
}

}  // namespace
}  // namespace eaphost::pairmethod

using namespace eaphost::abi;
using namespace eaphost::pairmethod;

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines, EAP_ERROR** error) {
  Zero(routines);
  return Guarded(Owner::kPeerError, type == nullptr ? EAP_TYPE{} : *type, error, [&]() -> Failure {
    if (type == nullptr || routines == nullptr) return {kErrorInvalidParameter};
    const std::optional<std::size_t> index = IndexOf(*type);
    if (!index) return {kErrorNotSupported, kErrorNotSupported, u"not a type of the pair method"};
    static_assert(kTypeCount == 4);
    constexpr EAP_PEER_METHOD_ROUTINES (*kTables[])() = {Table<0>, Table<1>, Table<2>, Table<3>};
    *routines = kTables[*index]();
    return {};
  });
}

const char eaphost::testdll::kCountersVariable[] = "EAPHOST_PAIR_COUNTERS";
