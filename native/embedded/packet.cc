#include "native/embedded/packet.h"

#include <initializer_list>

#include "native/abi/enums.h"

namespace eaphost::embedded {

namespace {

constexpr std::size_t kHeader = 4;
constexpr std::size_t kExpandedType = 8;  // 254, vendor (3 octets), vendor type (4)

void AppendExpandedType(SecretBytes& packet, const WireType& type) {
  packet.push_back(kTypeExpanded);
  for (const int shift : {16, 8, 0}) packet.push_back(static_cast<std::uint8_t>(type.vendor >> shift));
  for (const int shift : {24, 16, 8, 0}) packet.push_back(static_cast<std::uint8_t>(type.type >> shift));
}

SecretBytes StartResponse(abi::BYTE id) { return {abi::EapCodeResponse, id, 0, 0}; }

SecretBytes Finished(SecretBytes packet) {
  packet[2] = static_cast<std::uint8_t>(packet.size() >> 8);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  return packet;
}

}  // namespace

WireType ToWireType(const abi::EAP_TYPE& type) {
  if (type.type == kTypeExpanded) return {type.dwVendorId & 0xFFFFFF, type.dwVendorType};
  return {0, type.type};
}

std::optional<Packet> ParsePacket(Bytes received) {
  if (received.size() < kHeader) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(received[2]) << 8 | received[3];
  if (length < kHeader || length > received.size()) return std::nullopt;
  Packet packet;
  packet.code = received[0];
  packet.id = received[1];
  packet.bytes = received.first(length);
  if (packet.code == abi::EapCodeSuccess || packet.code == abi::EapCodeFailure) {
    if (length != kHeader) return std::nullopt;
    return packet;
  }
  if (packet.code != abi::EapCodeRequest || length == kHeader) return std::nullopt;
  const Bytes body = packet.bytes.subspan(kHeader);
  if (body[0] != kTypeExpanded) {
    packet.type = {0, body[0]};
    packet.type_data = body.subspan(1);
    return packet;
  }
  if (body.size() < kExpandedType) return std::nullopt;
  packet.expanded = true;
  for (std::size_t at = 1; at < 4; ++at) packet.type.vendor = packet.type.vendor << 8 | body[at];
  for (std::size_t at = 4; at < 8; ++at) packet.type.type = packet.type.type << 8 | body[at];
  packet.type_data = body.subspan(kExpandedType);
  return packet;
}

SecretBytes MakeResponse(const Packet& request, std::string_view data) {
  SecretBytes response = StartResponse(request.id);
  if (request.expanded) {
    AppendExpandedType(response, request.type);
  } else {
    response.push_back(static_cast<std::uint8_t>(request.type.type));
  }
  response.insert(response.end(), data.begin(), data.end());
  return Finished(std::move(response));
}

SecretBytes MakeNak(const Packet& request, const WireType& wanted) {
  SecretBytes response = StartResponse(request.id);
  if (request.expanded) {
    AppendExpandedType(response, {0, kTypeNak});
    AppendExpandedType(response, wanted);
  } else {
    // 254 says that the wanted type is an expanded one; the server then asks again in expanded form.
    const bool fits = wanted.vendor == 0 && wanted.type < kTypeExpanded;
    response.push_back(kTypeNak);
    response.push_back(fits ? static_cast<std::uint8_t>(wanted.type) : kTypeExpanded);
  }
  return Finished(std::move(response));
}

SecretBytes Shorten(const Packet& request) {
  SecretBytes packet = {request.code, request.id, 0, 0, static_cast<std::uint8_t>(request.type.type)};
  packet.insert(packet.end(), request.type_data.begin(), request.type_data.end());
  return Finished(std::move(packet));
}

SecretBytes Lengthen(Bytes response) {
  SecretBytes packet = StartResponse(response[1]);
  AppendExpandedType(packet, {0, response[4]});
  packet.insert(packet.end(), response.begin() + 5, response.end());
  return Finished(std::move(packet));
}

}  // namespace eaphost::embedded
