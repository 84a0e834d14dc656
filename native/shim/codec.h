// The shim's frames: hellos and requests into octets, octets into replies. Pure functions of their arguments;
// what they decode comes from a hostile side. Any thread.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "native/abi/structs.h"
#include "native/shim/failure.h"
#include "native/shim/wire.h"
#include "native/values/attributes.h"

namespace eaphost::shim {

// The token by which the shim proves itself.
struct Token : std::array<std::uint8_t, kTokenSize> {
  ~Token() { platform::Wipe(data(), size()); }
};

struct Frame {
  std::uint32_t id = 0;
  std::uint8_t kind = 0;
  std::uint8_t call = 0;
  Octets body;  // of the octets decoded
};

// EapPeerMethodOutput with what its action makes the host fetch.
struct Step {
  abi::EapPeerMethodResponseAction action = abi::EapPeerMethodResponseActionDiscard;
  bool allow_notifications = false;
  platform::SecretBytes data;         // Send: the packet; InvokeUI: the context
  values::AttributeArray attributes;  // Respond
};

// An authenticator's action with the attributes that the host is to fetch (Respond).
struct AuthenticatorStep {
  abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION action = abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
  values::AttributeArray attributes;
};

// The output of an authenticator's SendPacket.
struct Outgoing {
  abi::EAP_AUTHENTICATOR_SEND_TIMEOUT timeout = abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE;
  platform::SecretBytes packet;
};

struct Identity {
  bool invoke_ui = false;
  platform::SecretBytes user_data;
  SecretText identity;
};

struct Result {
  bool success = false;
  abi::DWORD reason = 0;
  std::optional<platform::SecretBytes> connection_data;
  std::optional<platform::SecretBytes> user_data;
  values::AttributeArray attributes;
  Failure error;
};

// The length of the frame that starts with these 4 octets, or 0 if no frame may.
std::size_t DecodeLength(Octets start);
// Takes a whole frame apart.
bool DecodeFrame(Octets octets, Frame* frame);

Octets EncodeHello(Writer& writer, const Token& token);
// The server's answer to EncodeHello.
bool DecodeHello(Octets octets, const Token& token);

// Appends what a host passed in. False: a pointer is missing where its size is not 0.
bool WriteAttributes(Writer& writer, const abi::EAP_ATTRIBUTES* attributes);

// Each takes a whole body, whatever it holds; false: malformed.
bool DecodeEmpty(Octets body);
bool DecodeIdentity(Octets body, Identity* identity);
bool DecodeStep(Octets body, Step* step);
bool DecodeResult(Octets body, Result* result);
bool DecodeAuthenticatorStep(Octets body, AuthenticatorStep* step);
bool DecodeOutgoing(Octets body, Outgoing* outgoing);
// Of an authenticator: what a peer's has and it has not stays as it is.
bool DecodeAuthenticatorResult(Octets body, Result* result);
bool DecodeFailure(Octets body, Failure* failure);

}  // namespace eaphost::shim
