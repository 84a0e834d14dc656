// HMAC-SHA-256 (RFC 2104, FIPS 180-4) for the pair method, and its keys. Any thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "native/abi/base.h"
#include "native/platform/secret.h"

namespace eaphost::pairmethod {

using Bytes = std::span<const abi::BYTE>;
using Digest = std::array<abi::BYTE, 32>;
using Nonce = std::array<abi::BYTE, 16>;

Digest Sha256(Bytes data);
Digest Hmac(std::string_view key, Bytes data);

// Not for secrets: the process' seed and a count.
Nonce MakeNonce();

// What both sides know of a conversation.
struct Transcript {
  Nonce server{};
  Nonce peer{};
  std::string identity;
  std::string password;

  Digest Derive(std::string_view label) const;
};

}  // namespace eaphost::pairmethod
