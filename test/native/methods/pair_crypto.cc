#include "test/native/methods/pair_crypto.h"

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <random>

namespace eaphost::pairmethod {

namespace {

constexpr std::size_t kBlock = 64;

constexpr std::array<std::uint32_t, 64> kRound = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

class Hash {
 public:
  void Add(Bytes data) {
    total_ += data.size();
    for (const abi::BYTE byte : data) Put(byte);
  }

  Digest Finish() {
    const std::uint64_t bits = total_ * 8;
    Put(0x80);
    while (used_ != kBlock - 8) Put(0);
    for (int shift = 56; shift >= 0; shift -= 8) Put(static_cast<abi::BYTE>(bits >> shift));
    Digest digest{};
    for (std::size_t at = 0; at < digest.size(); ++at) {
      digest[at] = static_cast<abi::BYTE>(state_[at / 4] >> (24 - 8 * (at % 4)));
    }
    return digest;
  }

 private:
  void Put(abi::BYTE byte) {
    block_[used_++] = byte;
    if (used_ == kBlock) Compress();
  }

  void Compress() {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t at = 0; at < 16; ++at) {
      w[at] = std::uint32_t{block_[4 * at]} << 24 | std::uint32_t{block_[4 * at + 1]} << 16 |
              std::uint32_t{block_[4 * at + 2]} << 8 | std::uint32_t{block_[4 * at + 3]};
    }
    for (std::size_t at = 16; at < 64; ++at) {
      const std::uint32_t s0 = std::rotr(w[at - 15], 7) ^ std::rotr(w[at - 15], 18) ^ (w[at - 15] >> 3);
      const std::uint32_t s1 = std::rotr(w[at - 2], 17) ^ std::rotr(w[at - 2], 19) ^ (w[at - 2] >> 10);
      w[at] = w[at - 16] + s0 + w[at - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t at = 0; at < 64; ++at) {
      const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRound[at] + w[at];
      const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> sum = {a, b, c, d, e, f, g, h};
    for (std::size_t at = 0; at < sum.size(); ++at) state_[at] += sum[at];
    used_ = 0;
  }

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<abi::BYTE, kBlock> block_{};
  std::size_t used_ = 0;
  std::uint64_t total_ = 0;
};

Bytes Of(std::string_view text) { return {reinterpret_cast<const abi::BYTE*>(text.data()), text.size()}; }

}  // namespace

Digest Sha256(Bytes data) {
  Hash hash;
  hash.Add(data);
  return hash.Finish();
}

Digest Hmac(std::string_view key, Bytes data) {
  std::array<abi::BYTE, kBlock> pad{};
  if (key.size() > kBlock) {
    const Digest short_key = Sha256(Of(key));
    std::memcpy(pad.data(), short_key.data(), short_key.size());
  } else {
    std::memcpy(pad.data(), key.data(), key.size());
  }
  for (abi::BYTE& byte : pad) byte ^= 0x36;
  Hash inner;
  inner.Add(pad);
  inner.Add(data);
  const Digest digest = inner.Finish();
  for (abi::BYTE& byte : pad) byte ^= 0x36 ^ 0x5c;
  Hash outer;
  outer.Add(pad);
  outer.Add(digest);
  platform::Wipe(pad.data(), pad.size());
  return outer.Finish();
}

Nonce MakeNonce() {
  static const std::uint32_t seed = std::random_device{}();
  static std::atomic<std::uint64_t> count{0};
  const std::uint64_t parts[] = {seed, ++count};
  const Digest digest = Sha256({reinterpret_cast<const abi::BYTE*>(parts), sizeof parts});
  Nonce nonce{};
  std::memcpy(nonce.data(), digest.data(), nonce.size());
  return nonce;
}

Digest Transcript::Derive(std::string_view label) const {
  std::string text(label);
  text.append(reinterpret_cast<const char*>(server.data()), server.size());
  text.append(reinterpret_cast<const char*>(peer.data()), peer.size());
  text += identity;
  return Hmac(password, Of(text));
}

}  // namespace eaphost::pairmethod
