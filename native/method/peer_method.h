// One conversation with a peer method, step by step: what the EAP state machine needs of a method, whatever
// it is. Any thread, one at a time; every function may block for as long as the method likes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "native/abi/structs.h"
#include "native/values/attributes.h"

namespace eaphost::method {

using namespace values;

using Bytes = std::span<const std::uint8_t>;

// The output of EapPeerGetIdentity.
struct IdentityAnswer {
  bool invoke_ui = false;                  // the identity user interface must be raised first
  std::optional<std::u16string> identity;  // none: the method knows none
  SecretBytes user_data;                   // for Begin; empty: the method gave none
};

// EapPeerMethodResult.
struct MethodResult {
  bool is_success = false;
  abi::DWORD reason_code = 0;
  std::optional<SecretBytes> connection_data;  // to be saved
  std::optional<SecretBytes> user_data;        // to be saved
  AttributeList attributes;
  std::optional<EapError> error;
  bool save_to_cred_man = false;
};

class PeerMethod {
 public:
  virtual ~PeerMethod() = default;

  // EapPeerGetIdentity. Needs no Begin; may come any number of times.
  virtual Status GetIdentity(const SecretBytes& user_data, IdentityAnswer& answer) = 0;
  // EapPeerBeginSession, once. Everything below needs it.
  virtual Status Begin(const SecretBytes& user_data) = 0;
  // EapPeerProcessRequestPacket. `request` is a whole EAP packet and nothing after it.
  virtual Status ProcessRequest(Bytes request, abi::EapPeerMethodOutput& output) = 0;
  // EapPeerGetResponsePacket. `response` is a whole EAP-Response; code and length have been checked.
  virtual Status GetResponse(SecretBytes& response) = 0;
  virtual Status GetUiContext(SecretBytes& context) = 0;
  virtual Status SetUiContext(Bytes context, abi::EapPeerMethodOutput& output) = 0;
  virtual Status GetAttributes(AttributeList& attributes) = 0;
  virtual Status SetAttributes(const AttributeList& attributes, abi::EapPeerMethodOutput& output) = 0;
  virtual Status GetResult(abi::EapPeerMethodResultReason reason, MethodResult& result) = 0;
  // EapPeerEndSession, where a session was begun. Idempotent.
  virtual Status End() = 0;
};

}  // namespace eaphost::method
