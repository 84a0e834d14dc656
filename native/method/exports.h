// The functions that method DLLs export by name: configuration, credentials, user interface. Outputs are
// preset, copied, wiped where they may be secrets, and given back to the DLL. Dialogs and XML want a
// single-threaded apartment; everything else any thread.
//
// Each returns true, or false with `failure` filled: ERROR_PROC_NOT_FOUND if the DLL has no such function.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/method/authenticator_method_dll.h"
#include "native/method/peer_method_dll.h"

namespace eaphost::method {

// Whether `status` is good; if not, `failure` is that of the function that it names, else of `call`.
inline bool Check(Status status, const char* call, Failure& failure) {
  if (status.ok()) return true;
  failure = std::move(status);
  if (failure.call[0] == '\0') failure.call = call;
  return false;
}

// The function `name`, with the endpoint set for it; nullptr with `failure` filled. A DLL that holds user
// interface only is never shut down, and so would never give an endpoint back.
template <typename Function>
Function* UseExport(const MethodDll& dll, bool has_methods, const std::optional<std::u16string>& endpoint,
                    const char* name, Failure& failure) {
  Function* const function = dll.Find<Function>(name);
  if (function == nullptr) {
    failure = MakeFailure(name, abi::kErrorProcNotFound, "the DLL does not export it");
    return nullptr;
  }
  return !has_methods || Check(dll.UseEndpoint(endpoint), name, failure) ? function : nullptr;
}

// EapCredential. What the kind does not have stays empty.
struct Credential {
  abi::EapCredentialType kind = abi::EAP_EMPTY_CREDENTIAL;
  std::u16string name;  // user name, or the SIM's ICC-ID
  SecretText password;
  abi::BYTE hash[20] = {};
};

class PeerExports {
 public:
  // `context` says which method is asked, and with what.
  PeerExports(const PeerMethodDll& dll, const std::optional<std::u16string>& endpoint)
      : dll_(dll), endpoint_(endpoint) {}

  bool GetMethodProperties(const MethodContext& context, std::vector<MethodProperty>& properties,
                           Failure& failure) const;
  bool GetBlobs(const MethodContext& context, const Credential& credential, SecretBytes& connection,
                SecretBytes& user, Failure& failure) const;

  // Windows only: elsewhere there is no MSXML, and the failure is METHOD_OPERATION_NOT_SUPPORTED.
  bool ConfigXmlToBlob(const MethodContext& context, const SecretText& xml, SecretBytes& blob,
                       Failure& failure) const;
  bool ConfigBlobToXml(const MethodContext& context, std::u16string& xml, Failure& failure) const;
  bool CredentialsXmlToBlob(const MethodContext& context, const SecretText& xml, SecretBytes& blob,
                            Failure& failure) const;

  // The user data of the context is brought up to date; none makes a new blob.
  bool QueryCredentialInputFields(const MethodContext& context, std::vector<InputField>& fields,
                                  Failure& failure) const;
  bool QueryUserBlob(const MethodContext& context, std::vector<InputField>& fields, SecretBytes& blob,
                     Failure& failure) const;
  bool QueryInteractiveUiInputFields(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui,
                                     Failure& failure) const;
  bool QueryUiBlob(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui, SecretBytes& blob,
                   Failure& failure) const;

  // They last as long as the user takes.
  bool InvokeConfigUi(abi::HWND parent, const MethodContext& context, SecretBytes& config,
                      Failure& failure) const;
  bool InvokeIdentityUi(abi::HWND parent, const MethodContext& context, Identity& identity,
                        Failure& failure) const;
  bool InvokeInteractiveUi(abi::HWND parent, const abi::EAP_METHOD_TYPE& type, const SecretBytes& ui_context,
                           SecretBytes& answer, Failure& failure) const;

 private:
  template <typename Function>
  Function* Use(const char* name, Failure& failure) const {
    return UseExport<Function>(dll_, dll_.has_methods(), endpoint_, name, failure);
  }

  const PeerMethodDll& dll_;
  const std::optional<std::u16string>& endpoint_;
};

// The one function beside the free functions that an authenticator method DLL exports by name for its host: a
// dialog, on a single-threaded apartment. No machine: this one. It lasts as long as the user takes.
bool InvokeAuthenticatorConfigUi(const AuthenticatorMethodDll& dll,
                                 const std::optional<std::u16string>& endpoint, abi::HWND parent,
                                 const MethodContext& context, const std::optional<std::u16string>& machine,
                                 SecretBytes& config, Failure& failure);

}  // namespace eaphost::method
