#include "test/native/methods/misbehaviour.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "test/native/methods/method_platform.h"

namespace eaphost::misbehaving {

namespace {

std::string_view TakeWord(std::string_view& list) {
  const std::string_view word = list.substr(0, list.find(','));
  list.remove_prefix(std::min(list.size(), word.size() + 1));
  return word;
}

// A thread that is in here, and that alone could make the file, gives up.
void AwaitRelease() {
  using Clock = std::chrono::steady_clock;
  const std::string path = testdll::GetVariable("EAPHOST_TEST_RELEASE");
  const Clock::time_point end = Clock::now() + std::chrono::seconds(5);
  bool is_released = false;
  while (!(is_released = std::filesystem::exists(path)) && Clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::ofstream(path, std::ios::app) << (is_released ? "released" : "gave up");
}

}  // namespace

std::optional<std::size_t> IndexOf(const abi::EAP_TYPE& type) {
  if (type.type != 254 || type.dwVendorId != kVendor || type.dwVendorType < kFirstType) return std::nullopt;
  const std::size_t index = type.dwVendorType - kFirstType;
  return index < kTypes ? std::optional(index) : std::nullopt;
}

void Crash() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
  std::abort();
}

bool Call::Is(std::string_view name) const {
  std::string_view list = options_.Find(name).value_or("");
  while (!list.empty()) {
    if (TakeWord(list) == routine_) return true;
  }
  return false;
}

abi::EAP_ERROR* Call::MakeError() const {
  if (options_.Get("error") == "bare") return testdll::MakeError(errors_, {}, 0, 0, {});
  const abi::DWORD code = options_.Number("code", abi::kErrorInvalidParameter);
  return testdll::MakeError(errors_, {254, kVendor, kFirstType}, code, code + 1, u"it misbehaves");
}

std::optional<abi::DWORD> Call::Begin(abi::EAP_ERROR** error) const {
  if (Is("crash")) Crash();
  if (Is("abort")) std::abort();
  if (Is("exit")) std::_Exit(77);
  if (Is("hang")) {
    const abi::DWORD time = options_.Number("ms");
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(time == 0 ? 1000 : time));
    } while (time == 0);
  }
  if (Is("await")) AwaitRelease();
  if (Is("throw")) throw std::runtime_error("it misbehaves");
  if (Is("leave")) *error = MakeError();
  if (!Is("fail")) return std::nullopt;
  if (options_.Has("error")) *error = MakeError();
  return options_.Number("code", abi::kErrorInvalidParameter);
}

abi::EapAttributes Call::Attributes(SessionBlocks& blocks) const {
  if (Is("null")) return {3, nullptr};
  if (Is("huge")) return {0xFFFFFFFF, nullptr};
  // MS-MPPE-Send-Key and MS-MPPE-Recv-Key of a pattern, and the blank element that real lists end with.
  abi::EAP_ATTRIBUTE list[3] = {};
  for (const abi::BYTE kind : {abi::BYTE{16}, abi::BYTE{17}}) {
    abi::BYTE value[56] = {0, 0, 1, 0x37, kind, 52, 0, 0, 32};
    std::memset(value + 9, kind, 32);
    list[kind - 16] = {abi::eatVendorSpecific, sizeof value, blocks.Add(std::span<const abi::BYTE>(value))};
  }
  list[2] = {abi::eatMinimum, 7, nullptr};
  abi::BYTE* const array = blocks.Add(std::string_view(reinterpret_cast<const char*>(list), sizeof list));
  return {Is("zero") ? 0U : 3U, reinterpret_cast<abi::EAP_ATTRIBUTE*>(array)};
}

abi::DWORD Call::Packet(abi::BYTE code, abi::BYTE id, abi::DWORD* size, abi::EapPacket* packet) const {
  auto* const bytes = reinterpret_cast<abi::BYTE*>(packet);
  if (const abi::DWORD over = options_.Number("over")) std::memset(bytes, 0xEE, *size + over);
  if (options_.Has("noheader") || Is("mute")) return abi::kNoError;
  const abi::BYTE model[] = {code, id, 0, 13, 254, 1, 0x86, 0x9F, 0, 0, 0, kFirstType, 'x'};
  const abi::DWORD used = options_.Number("size", sizeof model);
  if (used > *size) return abi::kErrorInsufficientBuffer;
  std::memset(bytes, 0, used);
  std::memcpy(bytes, model, std::min<std::size_t>(used, sizeof model));
  if (options_.Has("terminated")) bytes[used] = 0;
  const abi::DWORD length = options_.Number("length", used);
  if (used >= 4) {
    bytes[0] = static_cast<abi::BYTE>(options_.Number("code", code));
    bytes[1] = static_cast<abi::BYTE>(options_.Number("id", id));
    bytes[2] = static_cast<abi::BYTE>(length >> 8);
    bytes[3] = static_cast<abi::BYTE>(length);
  }
  if (used >= 12 && options_.Has("othertype")) bytes[11] ^= 0x80;
  *size = options_.Number("claim", Is("huge") ? 0xFFFFFFFF : used);
  return abi::kNoError;
}

std::int32_t Action(const Options& options, std::size_t step, std::string_view otherwise, bool is_peer) {
  std::string_view list = options.Find("step").value_or("");
  std::string_view word = otherwise;
  for (std::size_t at = 0; !list.empty() && at <= step; ++at) {
    const std::string_view taken = TakeWord(list);
    if (at == step) word = taken;
  }
  struct Name {
    std::string_view name;
    std::int32_t peer;
    std::int32_t authenticator;
  };
  constexpr Name kNames[] = {
      {"discard", abi::EapPeerMethodResponseActionDiscard, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD},
      {"send", abi::EapPeerMethodResponseActionSend, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND},
      {"result", abi::EapPeerMethodResponseActionResult, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT},
      {"ui", abi::EapPeerMethodResponseActionInvokeUI, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD},
      {"respond", abi::EapPeerMethodResponseActionRespond, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND},
      {"none", abi::EapPeerMethodResponseActionNone, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD},
      {"authenticate", 4, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_AUTHENTICATE},
      {"identity", 5, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_HANDLE_IDENTITY},
  };
  for (const Name& each : kNames) {
    if (each.name == word) return is_peer ? each.peer : each.authenticator;
  }
  return static_cast<std::int32_t>(std::strtol(std::string(word).c_str(), nullptr, 0));
}

}  // namespace eaphost::misbehaving
