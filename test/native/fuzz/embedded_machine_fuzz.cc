// The peer state machine under packets that an attacker chooses. Input: pieces of one length octet and that
// many octets, each a packet. Whatever comes, what it sends is a well-formed response to the packet's id, and
// it does not end but on Success or Failure.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "native/embedded/peer_machine.h"
#include "test/native/fake_peer_method.h"

namespace {

using eaphost::embedded::PeerMachine;
using eaphost::embedded::test::FakePeerMethod;
namespace abi = eaphost::abi;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FakePeerMethod method;
  PeerMachine machine({.type = {{26, 0, 0}, 0}, .max_send_packet_size = 1020}, method, {'u'});
  std::span<const std::uint8_t> left(data, size);
  while (!left.empty()) {
    const std::size_t length = std::min<std::size_t>(left[0], left.size() - 1);
    const auto packet = left.subspan(1, length);
    left = left.subspan(1 + length);
    abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
    const auto status = machine.Receive(packet, action);
    const auto* response = machine.response();
    if (status.ok() && action == abi::EapHostPeerResponseSend) {
      Require(response != nullptr && response->size() >= 5 && packet.size() >= 5);
      Require((*response)[0] == abi::EapCodeResponse && (*response)[1] == packet[1]);
      Require(static_cast<std::size_t>((*response)[2] << 8 | (*response)[3]) == response->size());
    }
    if (status.ok() && action == abi::EapHostPeerResponseResult) {
      Require(packet[0] == abi::EapCodeSuccess || packet[0] == abi::EapCodeFailure);
    }
  }
  return 0;
}
