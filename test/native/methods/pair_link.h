// Messages of the pair method over EAP packets, in fragments where they are long: see pair_method.h. One half
// of one conversation; one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "native/abi/structs.h"
#include "test/native/methods/pair_crypto.h"

namespace eaphost::pairmethod {

class Link {
 public:
  static constexpr std::size_t kLeastPacket = 64;

  // `max_packet` is the greatest packet to be written, kLeastPacket at least.
  Link(const abi::EAP_TYPE& type, std::size_t max_packet) : type_(type), max_packet_(max_packet) {}

  enum class Taken {
    kInvalid,   // not a packet of this method, or not its turn: nothing has changed
    kContinue,  // a fragment or an acknowledgement: something is to be written
    kMessage,   // message() is complete
  };
  // `packet` is a whole EAP packet with code `code`; what stands behind its length is ignored.
  Taken Take(abi::BYTE code, Bytes packet);
  const std::vector<abi::BYTE>& message() const { return in_; }

  // The message to be written next.
  void Say(std::vector<abi::BYTE> message);
  // Writes the next packet. ERROR_INVALID_STATE where there is none, ERROR_MORE_DATA where it does not fit
  // into *size octets; then nothing has changed.
  abi::DWORD Write(abi::BYTE code, abi::BYTE id, abi::DWORD* size, abi::EapPacket* packet);

 private:
  abi::EAP_TYPE type_;
  std::size_t max_packet_;
  std::vector<abi::BYTE> in_;
  bool in_open_ = false;  // more fragments of in_ will come
  std::vector<abi::BYTE> out_;
  std::size_t sent_ = 0;
  bool waiting_ = false;  // for the acknowledgement of a fragment
  bool pending_ = false;  // there is something to write
};

}  // namespace eaphost::pairmethod
