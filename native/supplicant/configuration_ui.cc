// The methods' own dialogs. On the apartment that is kept for them.
#include "native/platform/text.h"
#include "native/supplicant/configuration.h"
#include "native/supplicant/owned_block.h"
#include "native/supplicant/owned_error.h"

namespace eaphost::host {

using abi::BYTE;
using abi::DWORD;

bool Configurator::InvokeConfigUi(abi::HWND parent, const MethodContext& context, SecretBytes& config,
                                  Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerInvokeConfigUI";
  DWORD size = 0;
  BYTE* data = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerInvokeConfigUI(
      parent, context.flags, context.method, InputSize(context.connection_data),
      InputData(context.connection_data), &size, &data, error.out());
  return error.Check(kCall, code, failure) && TakeBlob(kCall, size, data, config, failure);
}

bool Configurator::InvokeIdentityUi(abi::HWND parent, const MethodContext& context, Identity& identity,
                                    Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerInvokeIdentityUI";
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::LPWSTR name = nullptr;
  void* reserved = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerInvokeIdentityUI(
      0, context.method, context.flags, parent, InputSize(context.connection_data),
      InputData(context.connection_data), InputSize(context.user_data), InputData(context.user_data), &size,
      &data, &name, error.out(), &reserved);
  if (!error.Check(kCall, code, failure)) return false;
  const auto text = OwnText(table_.EapHostPeerFreeMemory, name);
  if (text.get() != nullptr) identity.identity = platform::View(text.get());
  if (data == nullptr && size == 0) return true;
  return TakeBlob(kCall, size, data, identity.user_data.emplace(), failure);
}

bool Configurator::InvokeInteractiveUi(abi::HWND parent, const SecretBytes& ui_context, SecretBytes& answer,
                                       Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerInvokeInteractiveUI";
  DWORD size = 0;
  BYTE* data = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerInvokeInteractiveUI(parent, InputSize(ui_context),
                                                           InputData(ui_context), &size, &data, error.out());
  return error.Check(kCall, code, failure) && TakeBlob(kCall, size, data, answer, failure);
}

}  // namespace eaphost::host
