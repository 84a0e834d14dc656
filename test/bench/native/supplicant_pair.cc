// The two calls of an exchange. Any thread.
#include "test/bench/native/supplicant_pair.h"

#include "native/abi/embedded.h"
#include "native/abi/win32.h"
#include "native/platform/text.h"

namespace eaphost::bench {

namespace {

constexpr abi::EAP_METHOD_TYPE kTrivialMethod{{254, 99999, 1}, 99999};
constexpr std::uint32_t kMaxPacket = 1500;

}  // namespace

bool SupplicantPair::Load(const std::string& runtime, const std::string& method) {
  library_ = platform::Library::Load(platform::ToUtf16(runtime), platform::Library::Where::kPath);
  initialize_ = library_.Find<abi::EapHostPeerInitializeFn>("EapHostPeerInitialize");
  begin_ = library_.Find<abi::EapHostPeerBeginSessionFn>("EapHostPeerBeginSession");
  process_ = library_.Find<abi::EapHostPeerProcessReceivedPacketFn>("EapHostPeerProcessReceivedPacket");
  get_send_packet_ = library_.Find<abi::EapHostPeerGetSendPacketFn>("EapHostPeerGetSendPacket");
  end_ = library_.Find<abi::EapHostPeerEndSessionFn>("EapHostPeerEndSession");
  auto* const add = library_.Find<embedded::EapEmbeddedRegisterMethodFn>("EapEmbeddedRegisterMethod");
  auto* const set = library_.Find<embedded::EapEmbeddedSetOptionFn>("EapEmbeddedSetOption");
  if (set == nullptr || initialize_ == nullptr || begin_ == nullptr || process_ == nullptr ||
      get_send_packet_ == nullptr || end_ == nullptr || add == nullptr) {
    return false;
  }
  // For the life of the process: calls may be under way at its end.
  library_.Pin();
  const std::u16string path = platform::ToUtf16(method);
  const embedded::Method trivial{kTrivialMethod, path.c_str(), nullptr, nullptr, nullptr, 0};
  // Its sessions go on as long as they are wanted.
  constexpr abi::DWORD kNoLimit = 0xFFFFFFFF;
  return initialize_() == abi::kNoError && set(0, embedded::kOptionMaxRounds, kNoLimit) == abi::kNoError &&
         add(0, &trivial) == abi::kNoError;
}

abi::EAP_SESSIONID SupplicantPair::Begin(std::uint32_t block_microseconds) const {
  const std::uint8_t identity[] = {1, 0, 0, 5, 1};
  std::uint8_t block[4];
  for (unsigned at = 0; at < 4; ++at) block[at] = static_cast<std::uint8_t>(block_microseconds >> (8 * at));
  abi::EAP_SESSIONID session = 0;
  abi::EAP_ERROR* error = nullptr;
  const abi::DWORD code = begin_(0, kTrivialMethod, nullptr, nullptr, sizeof block, block, 0, nullptr,
                                 kMaxPacket, nullptr, nullptr, nullptr, &session, &error);
  std::vector<std::uint8_t> response;
  return code == abi::kNoError && Process(session, identity, sizeof identity, response) ? session : 0;
}

bool SupplicantPair::Exchange(abi::EAP_SESSIONID session, std::uint8_t id,
                              std::vector<std::uint8_t>& response) const {
  const std::uint8_t request[] = {1, id, 0, 13, 254, 1, 0x86, 0x9f, 0, 0, 0, 1, 65};
  return Process(session, request, sizeof request, response);
}

bool SupplicantPair::Process(abi::EAP_SESSIONID session, const std::uint8_t* packet, std::uint32_t size,
                             std::vector<std::uint8_t>& response) const {
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  abi::EAP_ERROR* error = nullptr;
  if (process_(session, size, packet, &action, &error) != abi::kNoError) return false;
  if (action != abi::EapHostPeerResponseSend) return false;
  abi::DWORD length = 0;
  abi::BYTE* data = nullptr;
  if (get_send_packet_(session, &length, &data, &error) != abi::kNoError) return false;
  response.assign(data, data + length);
  return true;
}

void SupplicantPair::End(abi::EAP_SESSIONID session) const {
  abi::EAP_ERROR* error = nullptr;
  end_(session, &error);
}

}  // namespace eaphost::bench
