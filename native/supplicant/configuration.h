// The calls of the configuration library, each with its outputs preset, copied, wiped where they may be
// secrets, and freed innermost first, in one go. Every call runs on a single-threaded apartment and comes
// back on it. Nothing the run-time owns leaves.
//
// Each returns true, or false with `failure` filled.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/supplicant/runtime_table.h"
#include "native/values/plain.h"

namespace eaphost::supplicant {

class Configurator {
 public:
  explicit Configurator(const RuntimeTable& table) : table_(table) {}

  bool GetMethods(std::vector<MethodInfo>& methods, Failure& failure) const;
  bool GetMethodProperties(MethodContext& context, std::vector<MethodProperty>& properties,
                           Failure& failure) const;

  // Windows only: elsewhere there is no MSXML, and the failure is
  // METHOD_OPERATION_NOT_SUPPORTED.
  bool ConfigXmlToBlob(const SecretText& xml, MethodBlob& blob, Failure& failure) const;
  bool ConfigBlobToXml(const MethodBlob& blob, std::u16string& xml, Failure& failure) const;
  bool CredentialsXmlToBlob(const SecretText& xml, const SecretBytes& config, MethodBlob& blob,
                            Failure& failure) const;

  // The user data of the context is brought up to date; none makes a new blob.
  bool QueryCredentialInputFields(MethodContext& context, std::vector<InputField>& fields,
                                  Failure& failure) const;
  bool QueryUserBlob(MethodContext& context, std::vector<InputField>& fields, SecretBytes& blob,
                     Failure& failure) const;
  bool QueryInteractiveUiInputFields(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui,
                                     Failure& failure) const;
  bool QueryUiBlob(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui, SecretBytes& blob,
                   Failure& failure) const;

  // Dialogs: they last as long as the user takes. A cancelled dialog is ERROR_CANCELLED.
  bool InvokeConfigUi(abi::HWND parent, const MethodContext& context, SecretBytes& config,
                      Failure& failure) const;
  bool InvokeIdentityUi(abi::HWND parent, const MethodContext& context, Identity& identity,
                        Failure& failure) const;
  bool InvokeInteractiveUi(abi::HWND parent, const SecretBytes& ui_context, SecretBytes& answer,
                           Failure& failure) const;

 private:
  // Copies a blob that the run-time handed out, and frees it. A size without a block is ERROR_INVALID_DATA.
  bool TakeBlob(const char* call, abi::DWORD size, abi::BYTE* data, SecretBytes& blob,
                Failure& failure) const;
  bool TakeXmlBlob(const char* call, const abi::EAP_METHOD_TYPE& method, abi::DWORD size, abi::BYTE* data,
                   MethodBlob& blob, Failure& failure) const;

  const RuntimeTable& table_;
};

}  // namespace eaphost::supplicant
