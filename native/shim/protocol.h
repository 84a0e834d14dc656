// Numbers of the protocol between the shim and its server, as PROTOCOL.md has them. Constants only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace eaphost::shim {

inline constexpr std::size_t kHeaderSize = 12;
inline constexpr std::size_t kMaxFrameSize = std::size_t{1} << 20;
inline constexpr std::size_t kTokenSize = 32;
inline constexpr std::size_t kHelloSize = kHeaderSize + 8 + kTokenSize;
inline constexpr std::uint32_t kMagic = 0x53504145;  // "EAPS"
inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::size_t kMaxPacketSize = 65535;

enum class Kind : std::uint8_t { kHello = 1, kRequest = 2, kReply = 3, kFailure = 4 };

enum class Call : std::uint8_t {
  kGetIdentity = 1,
  kBeginSession = 2,
  kSetCredentials = 3,
  kProcessRequestPacket = 4,
  kSetUIContext = 5,
  kSetResponseAttributes = 6,
  kGetResult = 7,
  kEndSession = 8,

  kConfigXmlToBlob = 9,
  kConfigBlobToXml = 10,
  kCredentialsXmlToBlob = 11,
  kQueryCredentialInputFields = 12,
  kQueryUserBlobFromCredentialInputFields = 13,
  kQueryInteractiveUIInputFields = 14,
  kQueryUIBlobFromInteractiveUIInputFields = 15,
  kGetMethodProperties = 16,
  kInvokeConfigUI = 17,
  kInvokeIdentityUI = 18,
  kInvokeInteractiveUI = 19,
  kGetConfigBlobAndUserBlob = 20,

  kAuthenticatorBeginSession = 32,
  kAuthenticatorUpdateInnerMethodParams = 33,
  kAuthenticatorReceivePacket = 34,
  kAuthenticatorSendPacket = 35,
  kAuthenticatorSetAttributes = 36,
  kAuthenticatorGetResult = 37,
  kAuthenticatorEndSession = 38,
  kAuthenticatorInvokeConfigUI = 39,
};

}  // namespace eaphost::shim
