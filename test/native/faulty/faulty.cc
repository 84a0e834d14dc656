// A run-time that fails on demand: eappprxy.dll's exports and the embedded run-time's own. Any thread; one
// test at a time.
//
// EapEmbeddedSetOption(scope, function, fault) chooses a fault for a function (faulty_act.h); option 100 is
// the action that the next steps return, 101 lets go of the calls that block for ever, 103 succeeds if so
// many tokens were given. EapEmbeddedGetCounters tells the blocks that are not freed, the sessions that are
// not ended, and, in place of loaded methods, how often memory came back through the wrong function, and how
// many tokens are open without their session or closed before it.

#include <atomic>

#include "native/abi/constants.h"
#include "native/embedded/exports.h"
#include "test/native/faulty/faulty_act.h"
#include "test/native/faulty/faulty_tokens.h"

namespace {

using namespace eaphost::abi;
using namespace eaphost::faulty;

constexpr DWORD kOptionAction = 100;
constexpr DWORD kOptionRelease = 101;
constexpr DWORD kOptionIsHeld = 102;
constexpr DWORD kOptionTokensGiven = 103;

std::atomic<DWORD> action;
std::atomic<DWORD> sessions;
std::atomic<DWORD> last_session;

DWORD GiveAction(Function function, EapHostPeerResponseAction* output, EAP_ERROR** error) {
  return Runtime(
      function, error, [&](DWORD) { *output = EapHostPeerResponseDiscard; },
      [&] { *output = static_cast<EapHostPeerResponseAction>(action.load()); });
}

DWORD GiveSessionBytes(Function function, DWORD* size, BYTE** data, EAP_ERROR** error) {
  return Runtime(
      function, error, [&](DWORD count) { *size = count, *data = nullptr; },
      [&] { *size = 4, *data = AllocateBytes(Owner::kEndSession, "data"); },
      [&] { *size = kAbsurd, *data = AllocateBytes(Owner::kEndSession, "data"); });
}

EapAttributes* Attributes() {
  auto* const list = static_cast<EapAttributes*>(Allocate(Owner::kEndSession, sizeof(EapAttributes)));
  auto* const attribute = static_cast<EAP_ATTRIBUTE*>(Allocate(Owner::kEndSession, sizeof(EAP_ATTRIBUTE)));
  *attribute = {eatEAPTLV, 4, AllocateBytes(Owner::kEndSession, "text")};
  *list = {1, attribute};
  return list;
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerInitialize() { return Runtime(kInitialize, nullptr, kNothing, kNothing); }
void EAPHOST_STDCALL EapHostPeerUninitialize() { Enter(kUninitialize); }

DWORD EAPHOST_STDCALL EapHostPeerBeginSession(DWORD, EAP_METHOD_TYPE, const EapAttributes*, HANDLE token,
                                              DWORD, const BYTE*, DWORD, const BYTE*, DWORD, const GUID*,
                                              NotificationHandler, void*, EAP_SESSIONID* id,
                                              EAP_ERROR** error) {
  EAP_SESSIONID session = 0;
  const DWORD code = Runtime(
      kBeginSession, error, [&](DWORD) { *id = 0; }, [&] { *id = session = ++last_session, ++sessions; });
  TakeToken(token, session);
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerProcessReceivedPacket(EAP_SESSIONID, DWORD, const BYTE*,
                                                       EapHostPeerResponseAction* output, EAP_ERROR** error) {
  return GiveAction(kProcessReceivedPacket, output, error);
}

DWORD EAPHOST_STDCALL EapHostPeerGetSendPacket(EAP_SESSIONID, DWORD* size, BYTE** data, EAP_ERROR** error) {
  return GiveSessionBytes(kGetSendPacket, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerGetResult(EAP_SESSIONID, EapHostPeerMethodResultReason,
                                           EapHostPeerMethodResult* result, EAP_ERROR** error) {
  return Runtime(
      kGetResult, error,
      [&](DWORD count) {
        *result = {};
        if (count == 0) return;
        result->fSaveConnectionData = result->fSaveUserData = 1;
        result->dwSizeofConnectionData = result->dwSizeofUserData = count;
        result->pAttribArray =
            static_cast<EapAttributes*>(Allocate(Owner::kEndSession, sizeof(EapAttributes)));
        result->pAttribArray->dwNumberOfAttributes = count;
      },
      [&] {
        *result = {};
        result->dwFailureReasonCode = 1326;
        result->pAttribArray = Attributes();
        result->pEapMethodInfo =
            NewMethodInfo(Owner::kEndSession, NewMethodInfo(Owner::kEndSession, nullptr));
        result->pEapError = AllocateError(Owner::kFreeEapError, true);
      },
      [&] {
        *result = {};
        result->fSaveConnectionData = 1;
        result->dwSizeofConnectionData = kAbsurd;
        result->pConnectionData = AllocateBytes(Owner::kEndSession, "data");
        result->pAttribArray = Attributes();
        result->pAttribArray->dwNumberOfAttributes = kAbsurd;
        result->pEapError = AllocateError(Owner::kFreeEapError, true);
      });
}

DWORD EAPHOST_STDCALL EapHostPeerGetUIContext(EAP_SESSIONID, DWORD* size, BYTE** data, EAP_ERROR** error) {
  return GiveSessionBytes(kGetUIContext, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerSetUIContext(EAP_SESSIONID, DWORD, const BYTE*,
                                              EapHostPeerResponseAction* output, EAP_ERROR** error) {
  return GiveAction(kSetUIContext, output, error);
}

DWORD EAPHOST_STDCALL EapHostPeerGetResponseAttributes(EAP_SESSIONID, EapAttributes* attributes,
                                                       EAP_ERROR** error) {
  return Runtime(
      kGetResponseAttributes, error,
      [&](DWORD count) {
        *attributes = {count, nullptr};
      },
      [&] { *attributes = *Attributes(); },
      [&] {
        *attributes = *Attributes();
        attributes->dwNumberOfAttributes = kAbsurd;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerSetResponseAttributes(EAP_SESSIONID, const EapAttributes*,
                                                       EapHostPeerResponseAction* output, EAP_ERROR** error) {
  return GiveAction(kSetResponseAttributes, output, error);
}

DWORD EAPHOST_STDCALL EapHostPeerGetAuthStatus(EAP_SESSIONID, EapHostPeerAuthParams, DWORD* size, BYTE** data,
                                               EAP_ERROR** error) {
  return GiveSessionBytes(kGetAuthStatus, size, data, error);
}

// Whatever it says, the session is gone.
DWORD EAPHOST_STDCALL EapHostPeerEndSession(EAP_SESSIONID id, EAP_ERROR** error) {
  LeaveToken(id);
  FreeAll(Owner::kEndSession);
  --sessions;
  return Runtime(
      kEndSession, error, [](DWORD) {}, [] {});
}

DWORD EAPHOST_STDCALL EapHostPeerClearConnection(GUID*, EAP_ERROR** error) {
  return Runtime(
      kClearConnection, error, [](DWORD) {}, [] {});
}

DWORD EAPHOST_STDCALL EapHostPeerGetIdentity(DWORD, DWORD, EAP_METHOD_TYPE, DWORD, const BYTE*, DWORD,
                                             const BYTE*, HANDLE token, BOOL* invoke_ui, DWORD* size,
                                             BYTE** data, LPWSTR* identity, EAP_ERROR** error,
                                             BYTE** reserved) {
  TakeToken(token, 0);
  return Runtime(
      kGetIdentity, error,
      [&](DWORD count) {
        *invoke_ui = 0;
        *size = count;
        *data = nullptr;
        *identity = nullptr;
        *reserved = nullptr;
      },
      [&] {
        *size = 4;
        *data = AllocateBytes(Owner::kFreeRuntimeMemory, "user");
        *identity = AllocateText(Owner::kFreeRuntimeMemory, u"identity");
      },
      [&] {
        *size = kAbsurd;
        *data = AllocateBytes(Owner::kFreeRuntimeMemory, "user");
      });
}

DWORD EAPHOST_STDCALL EapHostPeerGetDataToUnplumbCredentials(GUID* connection_id, std::intptr_t* token,
                                                             EAP_SESSIONID id, EAP_ERROR** error,
                                                             BOOL* save) {
  return Runtime(
      kGetDataToUnplumbCredentials, error, [&](DWORD) { *connection_id = {}, *token = 0, *save = 0; },
      [&] {
        *connection_id = {1, 2, 3, {}}, *token = reinterpret_cast<std::intptr_t>(TokenOf(id)), *save = 1;
      });
}

// It has no EAP_ERROR, and nobody frees what it gives.
DWORD EAPHOST_STDCALL EapHostPeerGetEncryptedPassword(DWORD, LPWSTR, LPWSTR* encrypted) {
  static WCHAR text[] = u"encrypted";
  return Runtime(
      kGetEncryptedPassword, nullptr, [&](DWORD) { *encrypted = nullptr; }, [&] { *encrypted = text; });
}

void EAPHOST_STDCALL EapHostPeerFreeEapError(EAP_ERROR* error) {
  Enter(kFreeEapError);
  Free(Owner::kFreeEapError, error);
}

void EAPHOST_STDCALL EapHostPeerFreeRuntimeMemory(BYTE* data) {
  Enter(kFreeRuntimeMemory);
  Free(Owner::kFreeRuntimeMemory, data);
}

DWORD EAPHOST_STDCALL EapEmbeddedEnterScope(std::uint64_t) { return kNoError; }
DWORD EAPHOST_STDCALL EapEmbeddedDropScope(std::uint64_t) { return kNoError; }
DWORD EAPHOST_STDCALL EapEmbeddedNotify(const GUID*) { return kErrorNotFound; }
DWORD EAPHOST_STDCALL EapEmbeddedRegisterMethod(std::uint64_t, const eaphost::embedded::Method*) {
  return kNoError;
}
DWORD EAPHOST_STDCALL EapEmbeddedUnregisterMethod(std::uint64_t, const EAP_METHOD_TYPE*) { return kNoError; }

DWORD EAPHOST_STDCALL EapEmbeddedSetOption(std::uint64_t, DWORD option, DWORD value) {
  if (option == kOptionAction) {
    action = value;
  } else if (option == kOptionRelease) {
    Release();
  } else if (option == kOptionIsHeld) {
    return IsHeld() ? kNoError : kErrorNotFound;
  } else if (option == kOptionTokensGiven) {
    return TokensGiven() == value ? kNoError : kErrorNotFound;
  } else if (option < kFunctionCount) {
    Choose(static_cast<Function>(option), static_cast<Fault>(value));
  } else {
    return kErrorInvalidParameter;
  }
  return kNoError;
}

DWORD EAPHOST_STDCALL EapEmbeddedGetCounters(eaphost::embedded::Counters* counters) {
  *counters = {Outstanding(), sessions, BadFrees() + WrongTokens()};
  return kNoError;
}
