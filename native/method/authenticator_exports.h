// The one function beside the free functions that an authenticator method DLL exports by name for its host: a
// dialog. It wants a single-threaded apartment.
#pragma once

#include <optional>
#include <string>

#include "native/method/authenticator_method_dll.h"
#include "native/method/exports.h"
#include "native/supplicant/configuration.h"

namespace eaphost::method {

// True, or false with `failure` filled. No machine: this one. It lasts as long as the user takes.
bool InvokeAuthenticatorConfigUi(const AuthenticatorMethodDll& dll,
                                 const std::optional<std::u16string>& endpoint, abi::HWND parent,
                                 const host::MethodContext& context,
                                 const std::optional<std::u16string>& machine, SecretBytes& config,
                                 Failure& failure);

}  // namespace eaphost::method
