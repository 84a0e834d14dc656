// EAP packets on the wire (RFC 3748, chapter 4 and 5): reading requests, building the responses that the
// run-time gives itself. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "native/abi/structs.h"
#include "native/platform/secret.h"

namespace eaphost::embedded {

using platform::SecretBytes;
using Bytes = std::span<const std::uint8_t>;

inline constexpr abi::BYTE kTypeIdentity = 1;
inline constexpr abi::BYTE kTypeNotification = 2;
inline constexpr abi::BYTE kTypeNak = 3;
inline constexpr abi::BYTE kTypeExpanded = 254;

// A method's type on the wire. One octet types have vendor 0 and are their own vendor type, however they
// came.
struct WireType {
  abi::DWORD vendor = 0;
  abi::DWORD type = 0;
  friend bool operator==(const WireType&, const WireType&) = default;
};

WireType ToWireType(const abi::EAP_TYPE& type);

struct Packet {
  abi::BYTE code = 0;
  abi::BYTE id = 0;
  Bytes bytes;            // the whole packet, exactly as long as its length field says
  WireType type;          // of a request
  bool expanded = false;  // the type came in its expanded form
  Bytes type_data;        // what follows the type
};

// Reads a packet. Octets behind its length are the link's padding and ignored (RFC 3748, 4.1); a packet that
// is too short, or whose length or type is not possible, gives nothing.
std::optional<Packet> ParsePacket(Bytes received);

// EAP-Response/Identity or /Notification to `request`, in the form of its type.
SecretBytes MakeResponse(const Packet& request, std::string_view data);
// The Nak of the form that `request` calls for, asking for `wanted` (RFC 3748, 5.3.1 and 5.3.2).
SecretBytes MakeNak(const Packet& request, const WireType& wanted);

// A one octet type may come as expanded type of vendor 0 (RFC 3748, 5.7). Methods know the short form only:
// `request` in that form,
SecretBytes Shorten(const Packet& request);
// and a method's short `response` in the form of the request.
SecretBytes Lengthen(Bytes response);

}  // namespace eaphost::embedded
