#include "test/native/methods/pair_common.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "test/native/methods/pair_method.h"

namespace eaphost::pairmethod {

Failure Wanted(const Options& options, std::string_view routine) {
  if (options.Find("leak") == routine) {
    static std::atomic<void*> last;
    last = std::malloc(100);
  }
  if (options.Find("error") != routine) return {};
  return {options.Number("code", abi::EAP_E_AUTHENTICATION_FAILED),
          options.Number("reason", abi::EAP_E_AUTHENTICATION_FAILED), u"the configuration wants it to fail",
          options.Has("silent")};
}

std::optional<std::size_t> IndexOf(const abi::EAP_TYPE& type) {
  for (std::size_t at = 0; at < kTypeCount; ++at) {
    const abi::EAP_TYPE& ours = kTypes[at];
    const bool expanded =
        ours.type != 254 || (ours.dwVendorId == type.dwVendorId && ours.dwVendorType == type.dwVendorType);
    if (ours.type == type.type && expanded) return at;
  }
  return std::nullopt;
}

void SessionAttributes::Clear() {
  items_.clear();
  blocks_.Clear();
  view_ = {};
}

void SessionAttributes::Add(abi::EAP_ATTRIBUTE_TYPE type, Bytes value) {
  abi::BYTE* const copy = value.empty() ? nullptr : blocks_.Add(value);
  items_.push_back({type, static_cast<abi::DWORD>(value.size()), copy});
}

void SessionAttributes::Add(abi::EAP_ATTRIBUTE_TYPE type, std::string_view value) {
  Add(type, Bytes(reinterpret_cast<const abi::BYTE*>(value.data()), value.size()));
}

void SessionAttributes::AddKeys(const Transcript& transcript, const abi::EAP_TYPE& type, bool is_peer) {
  const auto add_mppe = [this](abi::BYTE kind, const Digest& key) {
    std::array<abi::BYTE, 56> value = {0, 0, 1, 0x37, kind, 52, 0, 0, 32};
    std::copy(key.begin(), key.end(), value.begin() + 9);
    Add(abi::eatVendorSpecific, value);
  };
  constexpr abi::BYTE kSend = 16;
  constexpr abi::BYTE kReceive = 17;
  add_mppe(is_peer ? kSend : kReceive, transcript.Derive("MSK 1"));
  add_mppe(is_peer ? kReceive : kSend, transcript.Derive("MSK 2"));
  std::array<abi::BYTE, 64> emsk{};
  const Digest halves[] = {transcript.Derive("EMSK 1"), transcript.Derive("EMSK 2")};
  std::memcpy(emsk.data(), halves, sizeof halves);
  Add(abi::eatEMSK, emsk);
  std::vector<abi::BYTE> session_id = {type.type};
  if (type.type == 254) {
    for (int shift = 16; shift >= 0; shift -= 8) {
      session_id.push_back(static_cast<abi::BYTE>(type.dwVendorId >> shift));
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
      session_id.push_back(static_cast<abi::BYTE>(type.dwVendorType >> shift));
    }
  }
  session_id.insert(session_id.end(), transcript.server.begin(), transcript.server.end());
  session_id.insert(session_id.end(), transcript.peer.begin(), transcript.peer.end());
  Add(abi::eatSessionId, session_id);
}

void SessionAttributes::AddQuestions(std::string_view identity, abi::DWORD count) {
  for (abi::DWORD at = 0; at < count; ++at) {
    if (at == 0) {
      Add(abi::eatUserName, identity);
    } else {
      Add(abi::eatEAPTLV, "question " + std::to_string(at));
    }
  }
}

abi::EapAttributes* SessionAttributes::Get() {
  if (view_.pAttribs == nullptr && !items_.empty()) {
    std::vector<abi::EAP_ATTRIBUTE> array;
    array.reserve(items_.size());
    for (const Item& item : items_) array.push_back({item.type, item.size, item.value});
    abi::BYTE* const block = blocks_.Add(
        Bytes(reinterpret_cast<const abi::BYTE*>(array.data()), array.size() * sizeof(abi::EAP_ATTRIBUTE)));
    view_ = {static_cast<abi::DWORD>(array.size()), reinterpret_cast<abi::EAP_ATTRIBUTE*>(block)};
  }
  return &view_;
}

std::string AnswerIn(const abi::EapAttributes& attributes) {
  for (abi::DWORD at = 0; attributes.pAttribs != nullptr && at < attributes.dwNumberOfAttributes; ++at) {
    const abi::EAP_ATTRIBUTE& attribute = attributes.pAttribs[at];
    if (attribute.eaType == abi::eatEAPTLV && attribute.pValue != nullptr) {
      return std::string(reinterpret_cast<const char*>(attribute.pValue), attribute.dwLength);
    }
  }
  return {};
}

}  // namespace eaphost::pairmethod
