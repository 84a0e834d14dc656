// The four messages of the pair method, in and out: see pair_method.h. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "test/native/methods/pair_crypto.h"

namespace eaphost::pairmethod {

using Message = std::vector<abi::BYTE>;

struct Challenge {
  Nonce nonce{};
};
struct Response {
  Nonce nonce{};
  Digest proof{};
  std::string identity;
  std::string answer;
};
struct Verdict {
  bool good = false;
  abi::DWORD reason = 0;
  Digest proof{};
};
struct Done {
  bool good = false;
};

// Padded with zeroes to `least` octets.
Message Encode(const Challenge& challenge, std::size_t least);
Message Encode(const Response& response, std::size_t least);
Message Encode(const Verdict& verdict);
Message Encode(const Done& done);

// Nothing where the message is another one, or too short.
std::optional<Challenge> DecodeChallenge(Bytes message);
std::optional<Response> DecodeResponse(Bytes message);
std::optional<Verdict> DecodeVerdict(Bytes message);
std::optional<Done> DecodeDone(Bytes message);

}  // namespace eaphost::pairmethod
