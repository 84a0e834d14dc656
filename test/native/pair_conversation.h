// The pair method's two halves run against each other through their routines alone, in a plain loop: what a
// host has to do at the least, without any of ours around it. One DLL may be used on many threads; a
// conversation is one thread's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/abi/functions.h"
#include "native/platform/library.h"
#include "test/native/methods/test_counters.h"

namespace eaphost::pairtest {

// The exports and tables of one DLL that holds both halves, initialized; shut down when it goes.
class PairDll {
 public:
  // ERROR_* where something is missing or fails.
  abi::DWORD Load(const std::u16string& path, const abi::EAP_METHOD_TYPE& type);
  PairDll() = default;
  PairDll(const PairDll&) = delete;
  PairDll& operator=(const PairDll&) = delete;
  ~PairDll();

  testdll::Counters ReadCounters() const;

  abi::EAP_PEER_METHOD_ROUTINES peer{};
  abi::EAP_AUTHENTICATOR_METHOD_ROUTINES authenticator{};
  abi::EapPeerFreeMemoryFn* free_peer_memory = nullptr;
  abi::EapPeerFreeErrorMemoryFn* free_peer_error = nullptr;
  abi::EapMethodAuthenticatorFreeErrorMemoryFn* free_authenticator_error = nullptr;
  abi::EapPeerInvokeInteractiveUIFn* interactive_ui = nullptr;
  abi::EAP_METHOD_TYPE type{};

 private:
  platform::Library library_;
  testdll::TestMethodCountersFn* counters_ = nullptr;
  bool peer_initialized_ = false;
  bool authenticator_initialized_ = false;
};

struct Request {
  std::string peer_config;
  std::string user;
  std::string authenticator_config;
  abi::DWORD flags = 0;
  abi::DWORD max_packet = 1500;
  std::string peer_attribute;           // what the host answers the peer's action respond with (eatEAPTLV)
  std::string authenticator_attribute;  // and the authenticator's
  bool record = false;                  // the calls
};

struct Half {
  bool success = false;
  abi::DWORD reason = 0;
  std::vector<std::uint8_t> send_key;  // MS-MPPE-Send-Key as it stands in the attribute
  std::vector<std::uint8_t> receive_key;
  std::vector<std::uint8_t> emsk;
  std::vector<std::uint8_t> session_id;
  std::string reply;      // eatReplyMessage
  std::string tlv;        // eatEAPTLV
  std::string user_name;  // eatUserName
};

struct Outcome {
  std::string failed_call;  // the first call that failed, or ""
  abi::DWORD code = 0;      // and how
  std::u16string identity;
  Half peer;
  Half authenticator;
  std::string saved_connection;
  std::string saved_user;
  unsigned requests = 0;
  std::size_t greatest_packet = 0;
  abi::EAP_AUTHENTICATOR_SEND_TIMEOUT first_timeout = abi::EAP_AUTHENTICATOR_SEND_TIMEOUT_NONE;
  std::vector<std::string> calls;
};

Outcome Converse(const PairDll& dll, const Request& request);

}  // namespace eaphost::pairtest
