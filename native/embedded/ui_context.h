// The UI context that passes from a session to a user interface, maybe in another process: it names the
// method and the interface, because EapHostPeerInvokeInteractiveUI gets no other information. Pure
// functions; any thread.
#pragma once

#include <optional>
#include <span>

#include "native/abi/structs.h"
#include "native/platform/secret.h"

namespace eaphost::embedded {

struct UiContext {
  enum class Kind : abi::DWORD {
    kIdentity = 1,     // EapPeerInvokeIdentityUI, from connection and user data
    kInteractive = 2,  // EapPeerInvokeInteractiveUI, from the method's own context
  };

  Kind kind = Kind::kIdentity;
  abi::EAP_METHOD_TYPE type{};
  abi::DWORD flags = 0;                   // EAP_FLAG_*
  platform::SecretBytes connection_data;  // of an identity
  platform::SecretBytes data;             // user data, or the method's context
};

platform::SecretBytes EncodeUiContext(const UiContext& context);

// Nothing where the bytes are not what EncodeUiContext made.
std::optional<UiContext> DecodeUiContext(std::span<const std::uint8_t> bytes);

}  // namespace eaphost::embedded
