// What a run-time hands out, copied into plain data that outlives the call and needs no free function.
// Made on lanes, read on the JavaScript thread; one thread at a time. What may hold a secret is wiped with
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/abi/structs.h"
#include "native/platform/eap_error.h"
#include "native/platform/secret.h"

namespace eaphost::host {

using platform::EapError;
using platform::SecretBytes;

// ERROR_INVALID_DATA: the run-time answered with something that its documentation rules out.
inline constexpr abi::DWORD kErrorInvalidData = 13;

// What a run-time can mean. More than that is a size gone wrong, and what it measures is not read.
inline constexpr std::size_t kMostOctets = std::size_t{1} << 26;
inline constexpr std::size_t kMostElements = std::size_t{1} << 16;

// A call that failed. `call` is a string literal.
struct Failure {
  const char* call = "";
  abi::DWORD code = 0;
  std::string message;
  std::optional<EapError> error;
};

inline Failure MakeFailure(const char* call, abi::DWORD code, std::string message = {}) {
  return {.call = call, .code = code, .message = std::move(message), .error = std::nullopt};
}

// The failure of a call whose outputs have a size that cannot be. False, for its caller to return.
inline bool RefuseSize(const char* call, Failure& failure) {
  failure = MakeFailure(call, kErrorInvalidData, "the run-time gave a size that cannot be right");
  return false;
}

// EAP_ATTRIBUTE.
struct Attribute {
  std::int32_t type = 0;
  SecretBytes value;
};

// EAP_METHOD_INFO.
struct MethodInfo {
  abi::EAP_METHOD_TYPE type{};
  std::u16string author_name;
  std::u16string friendly_name;
  abi::DWORD properties = 0;
  std::unique_ptr<MethodInfo> inner;
};

// EapHostPeerMethodResult. The blobs are there where the run-time wants them saved.
struct Result {
  bool is_success = false;
  abi::DWORD failure_reason_code = 0;
  std::optional<SecretBytes> connection_data;
  std::optional<SecretBytes> user_data;
  std::vector<Attribute> attributes;
  abi::ISOLATION_STATE isolation_state = abi::ISOLATION_STATE_UNKNOWN;
  std::unique_ptr<MethodInfo> method_info;
  std::optional<EapError> error;
};

// What EapHostPeerGetIdentity and EapHostPeerInvokeIdentityUI give.
struct Identity {
  bool invoke_ui = false;
  std::optional<SecretBytes> user_data;
  std::optional<std::u16string> identity;
};

// What EapHostPeerGetDataToUnplumbCredentials gives.
struct UnplumbData {
  abi::GUID connection_id{};
  std::uintptr_t user_token = 0;
  bool save_to_cred_man = false;
};

// The outcome of one hop: the action, and what belongs to it.
struct Step {
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  SecretBytes bytes;                  // Send: the packet. InvokeUi: the UI context
  std::unique_ptr<Result> result;     // Result
  std::vector<Attribute> attributes;  // Respond
};

}  // namespace eaphost::host
