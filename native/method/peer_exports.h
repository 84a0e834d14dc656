// The functions that a peer method DLL exports by name: configuration, credentials, user interface. Outputs
// are preset, copied, wiped where they may be secrets, and given back to the DLL. Dialogs and XML want a
// single-threaded apartment; everything else any thread.
//
// Each returns true, or false with `failure` filled: ERROR_PROC_NOT_FOUND where the DLL has no such function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "native/method/exports.h"
#include "native/method/peer_method_dll.h"
#include "native/supplicant/configuration.h"

namespace eaphost::method {

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

  bool GetMethodProperties(const host::MethodContext& context, std::vector<host::MethodProperty>& properties,
                           Failure& failure) const;
  bool GetBlobs(const host::MethodContext& context, const Credential& credential, SecretBytes& connection,
                SecretBytes& user, Failure& failure) const;

  // Windows only: elsewhere there is no MSXML, and the failure is METHOD_OPERATION_NOT_SUPPORTED.
  bool ConfigXmlToBlob(const host::MethodContext& context, const SecretText& xml, SecretBytes& blob,
                       Failure& failure) const;
  bool ConfigBlobToXml(const host::MethodContext& context, std::u16string& xml, Failure& failure) const;
  bool CredentialsXmlToBlob(const host::MethodContext& context, const SecretText& xml, SecretBytes& blob,
                            Failure& failure) const;

  // Of peer_exports_fields.cc. The user data of the context is brought up to date; none makes a new blob.
  bool QueryCredentialInputFields(const host::MethodContext& context, std::vector<host::InputField>& fields,
                                  Failure& failure) const;
  bool QueryUserBlob(const host::MethodContext& context, std::vector<host::InputField>& fields,
                     SecretBytes& blob, Failure& failure) const;
  bool QueryInteractiveUiInputFields(abi::DWORD flags, const SecretBytes& ui_context, host::InteractiveUi& ui,
                                     Failure& failure) const;
  bool QueryUiBlob(abi::DWORD flags, const SecretBytes& ui_context, host::InteractiveUi& ui,
                   SecretBytes& blob, Failure& failure) const;

  // They last as long as the user takes.
  bool InvokeConfigUi(abi::HWND parent, const host::MethodContext& context, SecretBytes& config,
                      Failure& failure) const;
  bool InvokeIdentityUi(abi::HWND parent, const host::MethodContext& context, host::Identity& identity,
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

}  // namespace eaphost::method
