#include "test/native/methods/pair_link.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "native/abi/win32.h"

namespace eaphost::pairmethod {

namespace {

constexpr abi::BYTE kHasLength = 0x80;
constexpr abi::BYTE kMore = 0x40;
constexpr std::size_t kGreatestMessage = 1 << 20;

// EAP header and type, in network order.
std::size_t Header(const abi::EAP_TYPE& type, std::array<abi::BYTE, 12>& header) {
  header = {};
  header[4] = type.type;
  if (type.type != 254) return 5;
  for (unsigned at = 0; at < 3; ++at) {
    header[5 + at] = static_cast<abi::BYTE>(type.dwVendorId >> (16 - 8 * at));
  }
  for (unsigned at = 0; at < 4; ++at) {
    header[8 + at] = static_cast<abi::BYTE>(type.dwVendorType >> (24 - 8 * at));
  }
  return 12;
}

}  // namespace

Link::Taken Link::Take(abi::BYTE code, Bytes packet) {
  std::array<abi::BYTE, 12> header{};
  const std::size_t start = Header(type_, header);
  if (packet.size() < start + 1 || packet[0] != code) return Taken::kInvalid;
  const std::size_t length = std::size_t{packet[2]} << 8 | packet[3];
  if (length < start + 1 || length > packet.size()) return Taken::kInvalid;
  if (std::memcmp(packet.data() + 4, header.data() + 4, start - 4) != 0) return Taken::kInvalid;
  const abi::BYTE flags = packet[start];
  Bytes piece = packet.subspan(start + 1, length - start - 1);
  if (waiting_) {
    if (flags != 0 || !piece.empty()) return Taken::kInvalid;
    waiting_ = false;
    pending_ = true;
    return Taken::kContinue;
  }
  if (pending_) return Taken::kInvalid;
  if ((flags & kHasLength) != 0) {
    if (piece.size() < 4) return Taken::kInvalid;
    piece = piece.subspan(4);
  }
  const std::size_t before = in_open_ ? in_.size() : 0;
  if (piece.empty() || before + piece.size() > kGreatestMessage) return Taken::kInvalid;
  in_.resize(before);
  in_.insert(in_.end(), piece.begin(), piece.end());
  in_open_ = (flags & kMore) != 0;
  if (!in_open_) return Taken::kMessage;
  pending_ = true;
  return Taken::kContinue;
}

void Link::Say(std::vector<abi::BYTE> message) {
  out_ = std::move(message);
  sent_ = 0;
  pending_ = true;
}

abi::DWORD Link::Write(abi::BYTE code, abi::BYTE id, abi::DWORD* size, abi::EapPacket* packet) {
  if (!pending_) return abi::kErrorInvalidState;
  std::array<abi::BYTE, 12> header{};
  const std::size_t start = Header(type_, header);
  const std::size_t left = in_open_ ? 0 : out_.size() - sent_;  // an acknowledgement carries nothing
  const bool whole = start + 1 + left <= max_packet_;
  const bool has_length = !whole && sent_ == 0;
  const std::size_t prefix = start + 1 + (has_length ? 4 : 0);
  const std::size_t piece = whole ? left : max_packet_ - prefix;
  const std::size_t length = prefix + piece;
  if (packet == nullptr || length > *size) return abi::kErrorMoreData;
  header[0] = code;
  header[1] = id;
  header[2] = static_cast<abi::BYTE>(length >> 8);
  header[3] = static_cast<abi::BYTE>(length);
  auto* to = reinterpret_cast<abi::BYTE*>(packet);
  std::memcpy(to, header.data(), start);
  to[start] = static_cast<abi::BYTE>((has_length ? kHasLength : 0) | (whole ? 0 : kMore));
  for (unsigned at = 0; has_length && at < 4; ++at) {
    to[start + 1 + at] = static_cast<abi::BYTE>(out_.size() >> (24 - 8 * at));
  }
  if (piece != 0) std::memcpy(to + prefix, out_.data() + sent_, piece);
  sent_ += piece;
  waiting_ = !whole;
  pending_ = false;
  *size = static_cast<abi::DWORD>(length);
  return abi::kNoError;
}

}  // namespace eaphost::pairmethod
