#include "native/method/authenticator_exports.h"

#include "native/method/inputs.h"

namespace eaphost::method {

bool InvokeAuthenticatorConfigUi(const AuthenticatorMethodDll& dll,
                                 const std::optional<std::u16string>& endpoint, abi::HWND parent,
                                 const host::MethodContext& context,
                                 const std::optional<std::u16string>& machine, SecretBytes& config,
                                 Failure& failure) {
  constexpr const char* kName = "EapMethodAuthenticatorInvokeConfigUI";
  auto* const function = UseExport<abi::EapMethodAuthenticatorInvokeConfigUIFn>(dll, dll.has_methods(),
                                                                                endpoint, kName, failure);
  if (function == nullptr) return false;
  abi::EAP_METHOD_TYPE type = context.method;
  SecretBytes given = context.connection_data;
  DllMemory<abi::BYTE> made(dll);
  DllCall call(dll, kName);
  call.Type(type);
  call.Number("flags", context.flags);
  call.Text("machineName", machine ? machine->c_str() : nullptr);
  call.Secret("connectionData", given.size());
  const Status status = call.Make([&](abi::EAP_ERROR** error) {
    return function(&type, parent, context.flags, machine ? machine->c_str() : nullptr, SizeOf(given),
                    DataOf(given), made.put_size(), made.put(), error);
  });
  if (!Check(status, kName, failure)) return false;
  config.assign(made.get(), made.get() + made.size());
  call.Secret("connectionDataOut", config.size());
  return true;
}

}  // namespace eaphost::method
