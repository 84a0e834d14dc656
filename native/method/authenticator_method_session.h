// A session of an authenticator method DLL, driven through the documented call sequence. It survives what
// real methods do, as PeerMethodSession does. Any thread, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "native/method/authenticator_method_dll.h"
#include "native/method/peer_method.h"
#include "native/values/attributes.h"

namespace eaphost::method {

using AuthenticatorAction = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION;

// The options of a session.
struct AuthenticatorParameters {
  abi::DWORD flags = 0;     // EAP_FLAG_*
  std::u16string identity;  // from EAP-Response/Identity
  AttributeList attributes;
  values::NoAttributes no_attributes = values::NoAttributes::kEmpty;
  SecretBytes connection_data;
  abi::DWORD max_send_packet_size = 0;
  std::optional<std::u16string> endpoint;  // see native/abi/shim.h
};

// The output of EapMethodAuthenticatorSendPacket.
struct Request {
  SecretBytes packet;
  abi::EAP_AUTHENTICATOR_SEND_TIMEOUT timeout = abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE;
};

// EAP_METHOD_AUTHENTICATOR_RESULT.
struct AuthenticatorResult {
  bool is_success = false;
  abi::DWORD reason_code = 0;
  AttributeList attributes;
};

class AuthenticatorMethodSession {
 public:
  // `routines` are a table of `dll`'s.
  AuthenticatorMethodSession(std::shared_ptr<AuthenticatorMethodDll> dll,
                             const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES& routines,
                             AuthenticatorParameters parameters);
  ~AuthenticatorMethodSession();
  AuthenticatorMethodSession(const AuthenticatorMethodSession&) = delete;
  AuthenticatorMethodSession& operator=(const AuthenticatorMethodSession&) = delete;

  // Once. Everything below needs it.
  Status Begin();
  // ERROR_NOT_SUPPORTED if the method has none.
  Status UpdateInnerMethodParams(abi::DWORD flags, const std::u16string& identity,
                                 const AttributeList& attributes);
  // The next request. Code, identifier and length have been checked: a request, or the EAP-Success that the
  // authenticator of LEAP sends in the middle of it all.
  Status SendPacket(abi::BYTE id, Request& request) {
    return SendPacket(id, parameters_.max_send_packet_size, request);
  }
  // The same with a buffer of another size: what is written behind it is refused with an error of the method,
  // too.
  Status SendPacket(abi::BYTE id, abi::DWORD size, Request& request);
  // `response` is a whole EAP packet and nothing after it.
  Status ReceivePacket(Bytes response, AuthenticatorAction& action);
  Status GetAttributes(AttributeList& attributes);
  Status SetAttributes(const AttributeList& attributes, AuthenticatorAction& action);
  // After action RESULT; before it real methods say success.
  Status GetResult(AuthenticatorResult& result);
  // EapMethodAuthenticatorEndSession, where a session was begun. Idempotent.
  Status End();

 private:
  // ERROR_INVALID_STATE without a session of the method's.
  Status NeedSession() const;

  std::shared_ptr<AuthenticatorMethodDll> dll_;
  const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES& routines_;
  const AuthenticatorParameters parameters_;
  AttributeArray attributes_;
  bool begun_ = false;
  abi::EAP_SESSION_HANDLE handle_ = nullptr;  // NULL may be a method's handle as well as any
};

}  // namespace eaphost::method
