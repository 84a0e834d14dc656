// The outputs of a run-time, copied into plain data that outlives the call and needs no free function. Made
// on lanes, read on the JavaScript thread; one thread at a time. What may hold a secret is wiped with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/abi/structs.h"
#include "native/abi/win32.h"
#include "native/platform/eap_error.h"
#include "native/platform/secret.h"
#include "native/platform/user_token.h"

namespace eaphost::values {

using platform::CopyError;
using platform::EapError;
using platform::SecretBytes;
using platform::SecretText;

// ERROR_INVALID_DATA: the run-time answered with something that its documentation rules out.
inline constexpr abi::DWORD kErrorInvalidData = 13;

// The largest plausible size. A larger one is an error, and the block is not read.
inline constexpr std::size_t kMostOctets = std::size_t{1} << 26;
inline constexpr std::size_t kMostElements = std::size_t{1} << 16;

// How a call ended: successfully if the code is NO_ERROR; otherwise the function that failed, and why.
struct [[nodiscard]] Failure {
  Failure() = default;
  explicit Failure(abi::DWORD win_error) : code(win_error) {}
  Failure(abi::DWORD win_error, EapError about) : code(win_error), error(std::move(about)) {}

  bool ok() const { return code == abi::kNoError; }

  const char* call = "";  // a string literal; "" where no function gave the code
  abi::DWORD code = abi::kNoError;
  std::string message;
  std::optional<EapError> error;
};

// The same as what a function returns.
using Status = Failure;

inline Failure MakeFailure(const char* call, abi::DWORD code, std::string message = {}) {
  Failure failure(code);
  failure.call = call;
  failure.message = std::move(message);
  return failure;
}

// The failure of a call whose outputs have an impossible size. False, for its caller to return.
inline bool RefuseSize(const char* call, Failure& failure) {
  failure = MakeFailure(call, kErrorInvalidData, "the run-time gave a size that cannot be right");
  return false;
}

// EAP_ATTRIBUTE.
struct Attribute {
  abi::EAP_ATTRIBUTE_TYPE type = abi::eatMinimum;
  SecretBytes value;  // attributes carry keys
};
using AttributeList = std::vector<Attribute>;

// EAP_METHOD_INFO.
struct MethodInfo {
  abi::EAP_METHOD_TYPE type{};
  std::u16string author_name;
  std::u16string friendly_name;
  abi::DWORD properties = 0;
  std::unique_ptr<MethodInfo> inner;
};

// EapHostPeerMethodResult. The blobs are present if the run-time wants them saved.
struct Result {
  bool is_success = false;
  abi::DWORD reason_code = 0;
  std::optional<SecretBytes> connection_data;
  std::optional<SecretBytes> user_data;
  AttributeList attributes;
  abi::ISOLATION_STATE isolation_state = abi::ISOLATION_STATE_UNKNOWN;
  std::unique_ptr<MethodInfo> method_info;
  std::optional<EapError> error;
};

// The output of EapHostPeerGetIdentity and EapHostPeerInvokeIdentityUI.
struct Identity {
  bool invoke_ui = false;
  std::optional<SecretBytes> user_data;
  std::optional<std::u16string> identity;
};

// The output of EapHostPeerGetDataToUnplumbCredentials.
struct UnplumbData {
  abi::GUID connection_id{};
  std::uintptr_t user_token = 0;
  bool save_to_cred_man = false;
};

// The outcome of one hop: the action, and what belongs to it.
struct Step {
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  SecretBytes bytes;               // Send: the packet. InvokeUi: the UI context
  std::unique_ptr<Result> result;  // Result
  AttributeList attributes;        // Respond
};

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

// A method, and the blobs that a call passes to it.
struct MethodContext {
  abi::EAP_METHOD_TYPE method{};
  abi::DWORD flags = 0;
  platform::UserToken user_token;
  SecretBytes connection_data;
  SecretBytes user_data;
};

// The ABI's form: NULL for nothing, because some methods read a byte of an empty block.
inline const abi::BYTE* DataOf(std::span<const abi::BYTE> bytes) {
  return bytes.empty() ? nullptr : bytes.data();
}
inline abi::BYTE* DataOf(SecretBytes& bytes) { return bytes.empty() ? nullptr : bytes.data(); }
inline abi::DWORD SizeOf(std::span<const abi::BYTE> bytes) { return static_cast<abi::DWORD>(bytes.size()); }

}  // namespace eaphost::values
