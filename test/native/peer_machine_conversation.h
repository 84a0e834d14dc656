// A conversation of the EAP peer's state machine with a method that does as it is told, packet by packet.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "native/abi/enums.h"
#include "native/abi/win32.h"
#include "native/embedded/peer_machine.h"
#include "test/native/fake_peer_method.h"

namespace eaphost::embedded::test::machine {

using Octets = std::vector<std::uint8_t>;
using Log = std::vector<std::string>;

inline constexpr auto kDiscard = abi::EapHostPeerResponseDiscard;
inline constexpr auto kSend = abi::EapHostPeerResponseSend;
inline constexpr auto kResult = abi::EapHostPeerResponseResult;
inline constexpr auto kInvokeUi = abi::EapHostPeerResponseInvokeUi;
inline constexpr auto kRespond = abi::EapHostPeerResponseRespond;
inline constexpr auto kNone = abi::EapHostPeerResponseNone;

inline constexpr abi::EAP_METHOD_TYPE kMethod{{26, 0, 0}, 0};
inline constexpr abi::EAP_METHOD_TYPE kExpandedMethod{{254, 99999, 1}, 99999};

inline const Octets kIdentityRequest{1, 1, 0, 5, 1};
inline const Octets kIdentityResponse{2, 1, 0, 7, 1, 'm', 'e'};

inline Octets Request(std::uint8_t id, std::uint8_t type, const Octets& data = {}) {
  Octets packet;
  packet.reserve(64);
  const std::uint8_t header[] = {1, id, 0, static_cast<std::uint8_t>(5 + data.size()), type};
  for (const std::uint8_t octet : header) packet.push_back(octet);
  for (const std::uint8_t octet : data) packet.push_back(octet);
  return packet;
}
inline Octets Response(std::uint8_t id, std::uint8_t type, const Octets& data = {}) {
  Octets packet = Request(id, type, data);
  packet[0] = 2;
  return packet;
}
inline Octets Success(std::uint8_t id) { return {3, id, 0, 4}; }
inline Octets Failure(std::uint8_t id) { return {4, id, 0, 4}; }

// A step of a conversation: what comes, and what is to be done about it.
struct Step {
  Octets packet;
  abi::EapHostPeerResponseAction action;
  Octets response;
};

class Conversation {
 public:
  explicit Conversation(abi::EAP_METHOD_TYPE type = kMethod, abi::DWORD flags = 0,
                        bool needs_user_data = false, platform::SecretBytes user_data = {'u'})
      : Conversation(PeerMachine::Settings{type, flags, 1500, needs_user_data}, std::move(user_data)) {}
  explicit Conversation(const PeerMachine::Settings& settings, platform::SecretBytes user_data = {'u'})
      : machine(settings, method, std::move(user_data)) {
    method.result.is_success = true;
  }

  // One packet; the return code is checked, too.
  abi::EapHostPeerResponseAction Receive(const Octets& packet, abi::DWORD code = abi::kNoError) {
    abi::EapHostPeerResponseAction action = kNone;
    const values::Status status = machine.Receive(packet, action);
    CHECK(status.code == code);
    return action;
  }
  Octets response() {
    const platform::SecretBytes* bytes = machine.response();
    return bytes == nullptr ? Octets() : Octets(bytes->begin(), bytes->end());
  }
  void Run(const std::vector<Step>& steps) {
    for (std::size_t index = 0; index < steps.size(); ++index) {
      CAPTURE(index);
      CHECK(Receive(steps[index].packet) == steps[index].action);
      CHECK(response() == steps[index].response);
    }
  }
  // As far as the first answer of the method's: the last id is 2.
  void Authenticate() {
    Run({{kIdentityRequest, kSend, kIdentityResponse}, {Request(2, 26, {9}), kSend, Response(2, 26, {9})}});
    method.TakeLog();
  }
  const method::MethodResult& Conclude(
      abi::EapHostPeerMethodResultReason reason = abi::EapHostPeerMethodResultFromMethod) {
    CHECK(machine.Conclude(reason).ok());
    return machine.result();
  }

  FakePeerMethod method;
  PeerMachine machine;
};

}  // namespace eaphost::embedded::test::machine
