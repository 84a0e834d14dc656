// The two calls of an exchange, made directly to a run-time library. Every benchmark uses them. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/abi/functions.h"
#include "native/platform/library.h"

namespace eaphost::bench {

class SupplicantPair {
 public:
  // Loads the library and registers the trivial method with it, for the whole process. False when that fails.
  bool Load(const std::string& runtime, const std::string& method);

  // A session behind its identity round, whose requests block for so many microseconds. 0 when it cannot
  // begin.
  abi::EAP_SESSIONID Begin(std::uint32_t block_microseconds) const;
  // One exchange: a request in, its response out. False when the run-time says no.
  bool Exchange(abi::EAP_SESSIONID session, std::uint8_t id, std::vector<std::uint8_t>& response) const;
  void End(abi::EAP_SESSIONID session) const;

 private:
  bool Process(abi::EAP_SESSIONID session, const std::uint8_t* packet, std::uint32_t size,
               std::vector<std::uint8_t>& response) const;

  platform::Library library_;
  abi::EapHostPeerInitializeFn* initialize_ = nullptr;
  abi::EapHostPeerBeginSessionFn* begin_ = nullptr;
  abi::EapHostPeerProcessReceivedPacketFn* process_ = nullptr;
  abi::EapHostPeerGetSendPacketFn* get_send_packet_ = nullptr;
  abi::EapHostPeerEndSessionFn* end_ = nullptr;
};

}  // namespace eaphost::bench
