// The peer methods that Windows' registry names, read at every look: a new key is seen at once. Elsewhere
// there are none. Any thread. EAPHost's own name and password dialogs (PeerInvokeUsernameDialog,
// PeerInvokePasswordDialog) are not part of this run-time: a method that relies on them gets no
// EapPeerSetCredentials.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "native/abi/structs.h"

namespace eaphost::embedded {

// The properties of a method, wherever it was registered.
struct MethodEntry {
  abi::EAP_METHOD_TYPE type{};
  std::u16string dll_path;
  std::u16string config_ui_path;       // EapPeerInvokeConfigUI and the XML functions; empty: dll_path
  std::u16string identity_path;        // EapPeerInvokeIdentityUI; empty: dll_path
  std::u16string interactive_ui_path;  // EapPeerInvokeInteractiveUI; empty: dll_path
  std::u16string friendly_name;
  std::u16string author_name;
  std::optional<std::u16string> endpoint;  // see native/abi/shim.h
  abi::DWORD properties = 0;               // eapProp* bits
};

bool SameMethod(const abi::EAP_METHOD_TYPE& one, const abi::EAP_METHOD_TYPE& other);

std::optional<MethodEntry> FindInRegistry(const abi::EAP_METHOD_TYPE& type);

// Those without a friendly name are left out, as EAPHost does.
std::vector<MethodEntry> ListRegistry();

}  // namespace eaphost::embedded
