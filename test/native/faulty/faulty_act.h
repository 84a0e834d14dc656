// What the faulty run-time does when it is called: works, or fails in the way that a test chose for the
// function. Any thread.
#pragma once

#include "native/abi/win32.h"
#include "test/native/faulty/faulty_heap.h"

namespace eaphost::faulty {

// test/faulty/functions.ts has the same list.
enum Function : abi::DWORD {
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
  kInitialize,
  kUninitialize,
  kFreeEapError,
  kFreeRuntimeMemory,
  kFreeMemory,
  kFreeErrorMemory,
  kFunctionCount
};

enum Fault : abi::DWORD {
  kWorks,
  kCode,            // an error code, no EAP_ERROR
  kError,           // a code with a full EAP_ERROR
  kErrorNoStrings,  // a code with an EAP_ERROR whose strings are NULL
  kNullOutputs,     // success, outputs set to nothing
  kUnwritten,       // success, outputs left as they were
  kCountOfNothing,  // success, pointers NULL with sizes that are absurd
  kBlocks,          // a second, then it works
  kAbsurdSize,      // success, blocks with sizes that are absurd
  kForever,         // the next call blocks until Release, then it works; those after it work
};
inline constexpr abi::DWORD kFaultCode = 1317;
inline constexpr abi::DWORD kAbsurd = 0xFFFFFFFF;

void Choose(Function function, Fault fault);
// Lets go of every call that blocks for ever.
void Release();
// Whether there is one.
bool IsHeld();

// The fault of this call. Where it blocks it has done so, and works.
Fault Enter(Function function);

// Does what was chosen for the function: `clear(count)` sets its outputs to nothing, with that count, `write`
// makes it work, `absurd` too, but for its sizes.
template <typename Clear, typename Write, typename Absurd>
abi::DWORD Act(Function function, Owner error_owner, abi::EAP_ERROR** error, Clear clear, Write write,
               Absurd absurd) {
  switch (const Fault fault = Enter(function)) {
    case kCode:
      return kFaultCode;
    case kError:
    case kErrorNoStrings:
      if (error != nullptr) *error = AllocateError(error_owner, fault == kError);
      return kFaultCode;
    case kNullOutputs:
      clear(0);
      return abi::kNoError;
    case kUnwritten:
      return abi::kNoError;
    case kCountOfNothing:
      clear(kAbsurd);
      return abi::kNoError;
    case kAbsurdSize:
      absurd();
      return abi::kNoError;
    default:
      write();
      return abi::kNoError;
  }
}

inline constexpr auto kNothing = [](auto...) {};

template <typename Clear, typename Write, typename Absurd = decltype(kNothing)>
abi::DWORD Runtime(Function function, abi::EAP_ERROR** error, Clear clear, Write write,
                   Absurd absurd = kNothing) {
  return Act(function, Owner::kFreeEapError, error, clear, write, absurd);
}

template <typename Clear, typename Write, typename Absurd = decltype(kNothing)>
abi::DWORD Configuration(Function function, abi::EAP_ERROR** error, Clear clear, Write write,
                         Absurd absurd = kNothing) {
  return Act(function, Owner::kFreeErrorMemory, error, clear, write, absurd);
}

// EAP_METHOD_INFO with texts of its own, in `place` or in a block of its own.
abi::EAP_METHOD_INFO* MethodInfo(Owner owner, abi::EAP_METHOD_INFO* place, abi::EAP_METHOD_INFO* inner);
abi::EAP_METHOD_INFO* NewMethodInfo(Owner owner, abi::EAP_METHOD_INFO* inner);

}  // namespace eaphost::faulty
