// A run-time that fails on demand: the exports of the embedded one, each of which works, or fails in a way
// that a test chose for it. Any thread; one test at a time.
//
// EapEmbeddedSetOption(scope, function, fault) chooses: the function's number in `Function`, a number of
// `Fault`; option 100 is the action that the next steps return. EapEmbeddedGetCounters tells the blocks that
// are not freed, the sessions that are not ended, and, in place of loaded methods, how often memory came back
// through the wrong function.

#include <atomic>
#include <chrono>
#include <thread>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/embedded/exports.h"
#include "test/native/faulty/faulty_heap.h"

namespace {

using namespace eaphost::abi;
using eaphost::faulty::Allocate;
using eaphost::faulty::AllocateBytes;
using eaphost::faulty::AllocateError;
using eaphost::faulty::AllocateText;
using eaphost::faulty::Owner;

// test/facade/faulty.test.ts has the same list.
enum Function : DWORD {
  kBeginSession,
  kProcessReceivedPacket,
  kGetSendPacket,
  kGetResult,
  kGetUIContext,
  kSetUIContext,
  kGetResponseAttributes,
  kSetResponseAttributes,
  kGetAuthStatus,
  kEndSession,
  kClearConnection,
  kGetIdentity,
  kGetDataToUnplumbCredentials,
  kGetEncryptedPassword,
  kGetMethods,
  kGetMethodProperties,
  kConfigBlob2Xml,
  kConfigXml2Blob,
  kCredentialsXml2Blob,
  kQueryCredentialInputFields,
  kQueryUserBlobFromCredentialInputFields,
  kQueryInteractiveUIInputFields,
  kQueryUIBlobFromInteractiveUIInputFields,
  kInvokeConfigUI,
  kInvokeIdentityUI,
  kInvokeInteractiveUI,
  kFunctionCount
};
constexpr DWORD kOptionAction = 100;

enum Fault : DWORD {
  kWorks,
  kCode,            // an error code, no EAP_ERROR
  kError,           // a code with a full EAP_ERROR
  kErrorNoStrings,  // a code with an EAP_ERROR whose strings are NULL
  kNullOutputs,     // success, outputs set to nothing
  kUnwritten,       // success, outputs left as they were
  kCountOfNothing,  // success, pointers NULL with sizes that are absurd
  kBlocks           // a second, then it works
};
constexpr DWORD kFaultCode = 1317;
constexpr DWORD kAbsurd = 0xFFFFFFFF;

std::atomic<DWORD> faults[kFunctionCount];
std::atomic<DWORD> action;
std::atomic<DWORD> sessions;
std::atomic<DWORD> last_session;

// Does what was chosen for the function: `clear(count)` sets its outputs to nothing, with that count, `write`
// makes it work.
template <typename Clear, typename Write>
DWORD Act(Function function, Owner error_owner, EAP_ERROR** error, Clear clear, Write write) {
  switch (faults[function].load()) {
    case kCode:
      return kFaultCode;
    case kError:
    case kErrorNoStrings:
      if (error != nullptr) *error = AllocateError(error_owner, faults[function] == kError);
      return kFaultCode;
    case kNullOutputs:
      clear(0);
      return kNoError;
    case kUnwritten:
      return kNoError;
    case kCountOfNothing:
      clear(kAbsurd);
      return kNoError;
    case kBlocks:
      std::this_thread::sleep_for(std::chrono::seconds(1));
      break;
    default:
      break;
  }
  write();
  return kNoError;
}

template <typename Clear, typename Write>
DWORD Runtime(Function function, EAP_ERROR** error, Clear clear, Write write) {
  return Act(function, Owner::kFreeEapError, error, clear, write);
}

template <typename Clear, typename Write>
DWORD Configuration(Function function, EAP_ERROR** error, Clear clear, Write write) {
  return Act(function, Owner::kFreeErrorMemory, error, clear, write);
}

// A function whose output is a blob.
DWORD GiveBlob(Function function, DWORD* size, BYTE** data, EAP_ERROR** error) {
  return Configuration(
      function, error, [&](DWORD count) { *size = count, *data = nullptr; },
      [&] { *size = 4, *data = AllocateBytes(Owner::kFreeMemory, "blob"); });
}

DWORD GiveAction(Function function, EapHostPeerResponseAction* output, EAP_ERROR** error) {
  return Runtime(
      function, error, [&](DWORD) { *output = EapHostPeerResponseDiscard; },
      [&] { *output = static_cast<EapHostPeerResponseAction>(action.load()); });
}

DWORD GiveSessionBytes(Function function, DWORD* size, BYTE** data, EAP_ERROR** error) {
  return Runtime(
      function, error, [&](DWORD count) { *size = count, *data = nullptr; },
      [&] { *size = 4, *data = AllocateBytes(Owner::kEndSession, "data"); });
}

EAP_METHOD_INFO* MethodInfo(Owner owner, EAP_METHOD_INFO* place, EAP_METHOD_INFO* inner) {
  *place = {{{26, 0, 0}, 0}, AllocateText(owner, u"author"), AllocateText(owner, u"name"), 2, inner};
  return place;
}

EAP_METHOD_INFO* NewMethodInfo(Owner owner, EAP_METHOD_INFO* inner) {
  return MethodInfo(owner, static_cast<EAP_METHOD_INFO*>(Allocate(owner, sizeof(EAP_METHOD_INFO))), inner);
}

EAP_CONFIG_INPUT_FIELD_ARRAY Fields() {
  auto* const fields = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(
      Allocate(Owner::kFreeMemory, 2 * sizeof(EAP_CONFIG_INPUT_FIELD_DATA)));
  fields[0] = {sizeof *fields,
               EapConfigInputUsername,
               0,
               AllocateText(Owner::kFreeMemory, u"label"),
               AllocateText(Owner::kFreeMemory, u"data"),
               0,
               256};
  fields[1] = {sizeof *fields, EapConfigInputPassword, 1, nullptr, nullptr, 0, 256};
  return {1, 2, fields};
}

EapAttributes* Attributes() {
  auto* const list = static_cast<EapAttributes*>(Allocate(Owner::kEndSession, sizeof(EapAttributes)));
  auto* const attribute = static_cast<EAP_ATTRIBUTE*>(Allocate(Owner::kEndSession, sizeof(EAP_ATTRIBUTE)));
  *attribute = {eatEAPTLV, 4, AllocateBytes(Owner::kEndSession, "text")};
  *list = {1, attribute};
  return list;
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerInitialize() { return kNoError; }
void EAPHOST_STDCALL EapHostPeerUninitialize() {}

DWORD EAPHOST_STDCALL EapHostPeerBeginSession(DWORD, EAP_METHOD_TYPE, const EapAttributes*, HANDLE, DWORD,
                                              const BYTE*, DWORD, const BYTE*, DWORD, const GUID*,
                                              NotificationHandler, void*, EAP_SESSIONID* id,
                                              EAP_ERROR** error) {
  return Runtime(
      kBeginSession, error, [&](DWORD) { *id = 0; }, [&] { *id = ++last_session, ++sessions; });
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
      [&] { *attributes = *Attributes(); });
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
DWORD EAPHOST_STDCALL EapHostPeerEndSession(EAP_SESSIONID, EAP_ERROR** error) {
  eaphost::faulty::FreeAll(Owner::kEndSession);
  --sessions;
  return Runtime(
      kEndSession, error, [](DWORD) {}, [] {});
}

DWORD EAPHOST_STDCALL EapHostPeerClearConnection(GUID*, EAP_ERROR** error) {
  return Runtime(
      kClearConnection, error, [](DWORD) {}, [] {});
}

DWORD EAPHOST_STDCALL EapHostPeerGetIdentity(DWORD, DWORD, EAP_METHOD_TYPE, DWORD, const BYTE*, DWORD,
                                             const BYTE*, HANDLE, BOOL* invoke_ui, DWORD* size, BYTE** data,
                                             LPWSTR* identity, EAP_ERROR** error, BYTE** reserved) {
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
      });
}

DWORD EAPHOST_STDCALL EapHostPeerGetDataToUnplumbCredentials(GUID* connection_id, std::intptr_t* token,
                                                             EAP_SESSIONID, EAP_ERROR** error, BOOL* save) {
  return Runtime(
      kGetDataToUnplumbCredentials, error, [&](DWORD) { *connection_id = {}, *token = 0, *save = 0; },
      [&] {
        *connection_id = {1, 2, 3, {}}, *token = 5, *save = 1;
      });
}

// It has no EAP_ERROR, and nobody frees what it gives.
DWORD EAPHOST_STDCALL EapHostPeerGetEncryptedPassword(DWORD, LPWSTR, LPWSTR* encrypted) {
  static WCHAR text[] = u"encrypted";
  return Runtime(
      kGetEncryptedPassword, nullptr, [&](DWORD) { *encrypted = nullptr; }, [&] { *encrypted = text; });
}

void EAPHOST_STDCALL EapHostPeerFreeEapError(EAP_ERROR* error) {
  eaphost::faulty::Free(Owner::kFreeEapError, error);
}

void EAPHOST_STDCALL EapHostPeerFreeRuntimeMemory(BYTE* data) {
  eaphost::faulty::Free(Owner::kFreeRuntimeMemory, data);
}

DWORD EAPHOST_STDCALL EapHostPeerGetMethods(EAP_METHOD_INFO_ARRAY* array, EAP_ERROR** error) {
  return Configuration(
      kGetMethods, error,
      [&](DWORD count) {
        *array = {count, nullptr};
      },
      [&] {
        constexpr Owner kOwner = Owner::kFreeMemory;
        auto* const list = static_cast<EAP_METHOD_INFO*>(Allocate(kOwner, 2 * sizeof(EAP_METHOD_INFO)));
        MethodInfo(kOwner, list, NewMethodInfo(kOwner, NewMethodInfo(kOwner, nullptr)));
        list[1] = {{{4, 0, 0}, 0}, nullptr, nullptr, 0, nullptr};
        *array = {2, list};
      });
}

DWORD EAPHOST_STDCALL EapHostPeerGetMethodProperties(DWORD, DWORD, EAP_METHOD_TYPE, HANDLE, DWORD,
                                                     const BYTE*, DWORD, const BYTE*,
                                                     EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR** error) {
  return Configuration(
      kGetMethodProperties, error,
      [&](DWORD count) {
        *array = {count, nullptr};
      },
      [&] {
        auto* const list =
            static_cast<EAP_METHOD_PROPERTY*>(Allocate(Owner::kFreeMemory, 3 * sizeof(EAP_METHOD_PROPERTY)));
        list[0].eapMethodPropertyType = emptPropMutualAuth;
        list[0].eapMethodPropertyValueType = empvtBool;
        list[0].eapMethodPropertyValue.empvBool = {sizeof(BOOL), 1};
        list[1].eapMethodPropertyType = emptPropVendorSpecific;
        list[1].eapMethodPropertyValueType = empvtString;
        list[1].eapMethodPropertyValue.empvString = {4, AllocateBytes(Owner::kFreeMemory, "text")};
        list[2].eapMethodPropertyType = emptLegacyMethodPropertyFlag;
        list[2].eapMethodPropertyValueType = empvtDword;
        list[2].eapMethodPropertyValue.empvDword = {sizeof(DWORD), 7};
        *array = {3, list};
      });
}

// There are no documents here: even where it works it gives none.
DWORD EAPHOST_STDCALL EapHostPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE, DWORD, BYTE*,
                                                IXMLDOMDocument2** document, EAP_ERROR** error) {
  return Configuration(
      kConfigBlob2Xml, error, [&](DWORD) { *document = nullptr; }, [&] { *document = nullptr; });
}

DWORD EAPHOST_STDCALL EapHostPeerConfigXml2Blob(DWORD, IXMLDOMNode*, DWORD* size, BYTE** data,
                                                EAP_METHOD_TYPE* method, EAP_ERROR** error) {
  const DWORD code = GiveBlob(kConfigXml2Blob, size, data, error);
  if (code == kNoError && *data != nullptr) *method = {{26, 0, 0}, 0};
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerCredentialsXml2Blob(DWORD, IXMLDOMNode*, DWORD, BYTE*, DWORD* size,
                                                     BYTE** data, EAP_METHOD_TYPE* method,
                                                     EAP_ERROR** error) {
  const DWORD code = GiveBlob(kCredentialsXml2Blob, size, data, error);
  if (code == kNoError && *data != nullptr) *method = {{26, 0, 0}, 0};
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerQueryCredentialInputFields(HANDLE, EAP_METHOD_TYPE, DWORD, DWORD,
                                                            const BYTE*, EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                            EAP_ERROR** error) {
  return Configuration(
      kQueryCredentialInputFields, error,
      [&](DWORD count) {
        *fields = {1, count, nullptr};
      },
      [&] { *fields = Fields(); });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryUserBlobFromCredentialInputFields(HANDLE, EAP_METHOD_TYPE, DWORD, DWORD,
                                                                        const BYTE*,
                                                                        const EAP_CONFIG_INPUT_FIELD_ARRAY*,
                                                                        DWORD* size, BYTE** data,
                                                                        EAP_ERROR** error) {
  return GiveBlob(kQueryUserBlobFromCredentialInputFields, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerQueryInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                               EAP_INTERACTIVE_UI_DATA* data,
                                                               EAP_ERROR** error, void**) {
  return Configuration(
      kQueryInteractiveUIInputFields, error,
      [&](DWORD count) {
        *data = {};
        data->cbUiData = count;
      },
      [&] {
        auto* const expiry =
            static_cast<EAP_CRED_EXPIRY_REQ*>(Allocate(Owner::kFreeMemory, sizeof(EAP_CRED_EXPIRY_REQ)));
        *expiry = {Fields(), Fields()};
        *data = {1, sizeof *data, EapCredExpiryReq, sizeof *expiry, {}};
        data->pbUiData.credExpiryData = expiry;
      });
}

DWORD EAPHOST_STDCALL EapHostPeerQueryUIBlobFromInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                                         const EAP_INTERACTIVE_UI_DATA*,
                                                                         DWORD* size, BYTE** data,
                                                                         EAP_ERROR** error, void**) {
  return GiveBlob(kQueryUIBlobFromInteractiveUIInputFields, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeConfigUI(HWND, DWORD, EAP_METHOD_TYPE, DWORD, const BYTE*, DWORD* size,
                                                BYTE** data, EAP_ERROR** error) {
  return GiveBlob(kInvokeConfigUI, size, data, error);
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeIdentityUI(DWORD, EAP_METHOD_TYPE, DWORD, HWND, DWORD, const BYTE*,
                                                  DWORD, const BYTE*, DWORD* size, BYTE** data,
                                                  LPWSTR* identity, EAP_ERROR** error, void**) {
  const DWORD code = GiveBlob(kInvokeIdentityUI, size, data, error);
  if (code == kNoError && *data != nullptr) *identity = AllocateText(Owner::kFreeMemory, u"identity");
  return code;
}

DWORD EAPHOST_STDCALL EapHostPeerInvokeInteractiveUI(HWND, DWORD, const BYTE*, DWORD* size, BYTE** data,
                                                     EAP_ERROR** error) {
  return GiveBlob(kInvokeInteractiveUI, size, data, error);
}

void EAPHOST_STDCALL EapHostPeerFreeMemory(BYTE* data) { eaphost::faulty::Free(Owner::kFreeMemory, data); }

void EAPHOST_STDCALL EapHostPeerFreeErrorMemory(EAP_ERROR* error) {
  eaphost::faulty::Free(Owner::kFreeErrorMemory, error);
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
  } else if (option < kFunctionCount) {
    faults[option] = value;
  } else {
    return kErrorInvalidParameter;
  }
  return kNoError;
}

DWORD EAPHOST_STDCALL EapEmbeddedGetCounters(eaphost::embedded::Counters* counters) {
  *counters = {eaphost::faulty::Outstanding(), sessions, eaphost::faulty::BadFrees()};
  return kNoError;
}
