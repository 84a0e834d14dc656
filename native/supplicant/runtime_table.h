// The functions of a run-time, by address: those of eappprxy.dll and eappcfg.dll, or of the embedded
// run-time, which exports both. A loaded table never changes; any thread may read it. Its libraries stay in
// the process for good, since a lane may be inside their code whenever the table goes.
#pragma once

#include <optional>
#include <string_view>

#include "native/abi/embedded.h"
#include "native/abi/functions.h"
#include "native/platform/library.h"
#include "native/values/plain.h"

// Function(name) for each that every Windows has, Optional(name) for each that came with Windows 10.
#define EAPHOST_RUNTIME_FUNCTIONS(Function, Optional)                                                        \
  Function(EapHostPeerInitialize) Function(EapHostPeerUninitialize) Function(EapHostPeerBeginSession)        \
      Function(EapHostPeerProcessReceivedPacket) Function(EapHostPeerGetSendPacket)                          \
          Function(EapHostPeerGetResult) Function(EapHostPeerGetUIContext) Function(EapHostPeerSetUIContext) \
              Function(EapHostPeerGetResponseAttributes) Function(EapHostPeerSetResponseAttributes)          \
                  Function(EapHostPeerGetAuthStatus) Function(EapHostPeerEndSession)                         \
                      Function(EapHostPeerClearConnection) Function(EapHostPeerGetIdentity)                  \
                          Function(EapHostPeerFreeEapError) Function(EapHostPeerFreeRuntimeMemory)           \
                              Optional(EapHostPeerGetDataToUnplumbCredentials)                               \
                                  Optional(EapHostPeerGetEncryptedPassword)

#define EAPHOST_CONFIGURATION_FUNCTIONS(Function)                                          \
  Function(EapHostPeerGetMethods) Function(EapHostPeerGetMethodProperties)                 \
      Function(EapHostPeerInvokeConfigUI) Function(EapHostPeerInvokeInteractiveUI)         \
          Function(EapHostPeerInvokeIdentityUI) Function(EapHostPeerConfigXml2Blob)        \
              Function(EapHostPeerConfigBlob2Xml) Function(EapHostPeerCredentialsXml2Blob) \
                  Function(EapHostPeerQueryCredentialInputFields)                          \
                      Function(EapHostPeerQueryUserBlobFromCredentialInputFields)          \
                          Function(EapHostPeerQueryInteractiveUIInputFields)               \
                              Function(EapHostPeerQueryUIBlobFromInteractiveUIInputFields) \
                                  Function(EapHostPeerFreeMemory) Function(EapHostPeerFreeErrorMemory)

// The embedded run-time's further exports (native/abi/embedded.h); all NULL in Windows' own.
#define EAPHOST_EMBEDDED_FUNCTIONS(Function)                                                         \
  Function(EapEmbeddedEnterScope) Function(EapEmbeddedDropScope) Function(EapEmbeddedRegisterMethod) \
      Function(EapEmbeddedUnregisterMethod) Function(EapEmbeddedSetOption) Function(EapEmbeddedGetCounters)

namespace eaphost::supplicant {

using namespace values;  // what goes in and out is plain data

struct RuntimeTable {
#define EAPHOST_MEMBER(name) abi::name##Fn* name = nullptr;
  EAPHOST_RUNTIME_FUNCTIONS(EAPHOST_MEMBER, EAPHOST_MEMBER)
  EAPHOST_CONFIGURATION_FUNCTIONS(EAPHOST_MEMBER)
#undef EAPHOST_MEMBER
#define EAPHOST_MEMBER(name) embedded::name##Fn* name = nullptr;
  EAPHOST_EMBEDDED_FUNCTIONS(EAPHOST_MEMBER)
#undef EAPHOST_MEMBER

  // Fills the table. kSystem32 takes plain file names only. On failure the table stays as it was; the failure
  // says which file cannot be loaded or which functions it lacks.
  std::optional<Failure> Load(std::u16string_view runtime, std::u16string_view configuration,
                              platform::Library::Where where);

  bool is_embedded() const { return EapEmbeddedEnterScope != nullptr; }
};

}  // namespace eaphost::supplicant
