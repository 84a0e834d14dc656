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

namespace eaphost::host {

using platform::SecretText;

// EAP_METHOD_PROPERTY. A boolean and a number are in `number`, a string's octets in `text`.
struct MethodProperty {
  std::int32_t type = 0;
  abi::EAP_METHOD_PROPERTY_VALUE_TYPE value_type = abi::empvtBool;
  abi::DWORD number = 0;
  SecretBytes text;
};

// EAP_CONFIG_INPUT_FIELD_DATA.
struct InputField {
  std::int32_t type = 0;
  abi::DWORD flags = 0;
  std::u16string label;
  SecretText data;
  abi::DWORD min_length = 0;
  abi::DWORD max_length = 0;
};

// EAP_INTERACTIVE_UI_DATA: `new_fields` where a password has expired, beside the current ones.
struct InteractiveUi {
  abi::EAP_INTERACTIVE_UI_DATA_TYPE type = abi::EapCredReq;
  std::vector<InputField> fields;
  std::vector<InputField> new_fields;
};

// A method's configuration or a user's credentials, and whose they are.
struct MethodBlob {
  abi::EAP_METHOD_TYPE method{};
  SecretBytes data;
};

// Which method is asked, and with what.
struct MethodContext {
  abi::EAP_METHOD_TYPE method{};
  abi::DWORD flags = 0;
  abi::HANDLE user_token = nullptr;
  SecretBytes connection_data;
  SecretBytes user_data;
};

class Configurator {
 public:
  explicit Configurator(const RuntimeTable& table) : table_(table) {}

  bool GetMethods(std::vector<MethodInfo>& methods, Failure& failure) const;
  bool GetMethodProperties(const MethodContext& context, std::vector<MethodProperty>& properties,
                           Failure& failure) const;

  // Of configuration_xml.cc. Windows only: elsewhere there is no MSXML, and the failure is
  // METHOD_OPERATION_NOT_SUPPORTED.
  bool ConfigXmlToBlob(const SecretText& xml, MethodBlob& blob, Failure& failure) const;
  bool ConfigBlobToXml(const MethodBlob& blob, std::u16string& xml, Failure& failure) const;
  bool CredentialsXmlToBlob(const SecretText& xml, const SecretBytes& config, MethodBlob& blob,
                            Failure& failure) const;

  // Of configuration_fields.cc. The user data of the context is brought up to date; none makes a new blob.
  bool QueryCredentialInputFields(const MethodContext& context, std::vector<InputField>& fields,
                                  Failure& failure) const;
  bool QueryUserBlob(const MethodContext& context, std::vector<InputField>& fields, SecretBytes& blob,
                     Failure& failure) const;
  bool QueryInteractiveUiInputFields(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui,
                                     Failure& failure) const;
  bool QueryUiBlob(abi::DWORD flags, const SecretBytes& ui_context, InteractiveUi& ui, SecretBytes& blob,
                   Failure& failure) const;

  // Of configuration_ui.cc. They last as long as the user takes. A cancelled dialog is ERROR_CANCELLED.
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

// The input that the ABI wants: NULL for nothing, since methods have been seen to read a byte of an empty
// block.
inline const abi::BYTE* InputData(const SecretBytes& bytes) { return bytes.empty() ? nullptr : bytes.data(); }
inline abi::DWORD InputSize(const SecretBytes& bytes) { return static_cast<abi::DWORD>(bytes.size()); }

}  // namespace eaphost::host
