// Records of calls. On the thread that makes them.
#include "native/method/trace.h"

#include <string_view>

#include "native/values/attributes.h"

namespace eaphost::method {

namespace {

thread_local CallRecords* current = nullptr;

// How much of a packet may be shown: not the passwords and token codes of methods that send them as they are,
// by their own type or as an expanded one (RFC 3748, 5.7). lib/eap/describe.ts has the same list.
std::size_t PublicSize(const std::uint8_t* packet, std::size_t size) {
  constexpr std::size_t kLegacyHeader = 5, kExpandedHeader = 12;
  if (size < kLegacyHeader || packet[0] != abi::EapCodeResponse) return size;
  std::size_t header = kLegacyHeader;
  std::uint32_t type = packet[4];
  if (type == 254 && size >= kExpandedHeader) {
    const bool is_standard = packet[5] == 0 && packet[6] == 0 && packet[7] == 0;
    if (!is_standard || packet[8] != 0 || packet[9] != 0 || packet[10] != 0) return size;
    type = packet[11];
    header = kExpandedHeader;
  }
  switch (type) {
    case 5:   // OTP
    case 6:   // GTC
    case 14:  // Defender Token
    case 15:  // SecurID
    case 28:  // CRYPTOCard
    case 30:  // DynamID
      return header;
    default:
      return size;
  }
}

}  // namespace

Recording::Recording(CallRecords& records) : outer_(current) { current = &records; }
Recording::~Recording() { current = outer_; }

CallTrace::CallTrace(const char* call) noexcept : records_(current) {
  if (records_ == nullptr) return;
  try {
    index_ = records_->size();
    records_->emplace_back().call = call;
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::Put(std::string name, TraceValue value) noexcept {
  if (records_ == nullptr) return;
  try {
    (*records_)[index_].values.emplace_back(std::move(name), std::move(value));
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::PutText(const char* name, const abi::WCHAR* text) noexcept {
  if (text == nullptr) return;
  try {
    Put(name, std::u16string(text));
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::PutBytes(std::string name, const void* data, std::size_t size) noexcept {
  const auto* const bytes = static_cast<const std::uint8_t*>(data);
  try {
    Put(std::move(name),
        bytes == nullptr ? platform::SecretBytes() : platform::SecretBytes(bytes, bytes + size));
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::PutPacket(const void* data, std::size_t size) noexcept {
  const auto* const bytes = static_cast<const std::uint8_t*>(data);
  if (bytes == nullptr) return PutBytes("packet", nullptr, 0);
  try {
    const std::size_t shown = PublicSize(bytes, size);
    platform::SecretBytes packet(bytes, bytes + shown);
    packet.resize(size, '*');
    Put("packet", std::move(packet));
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::PutAttributes(const abi::EapAttributes* attributes) noexcept {
  const bool is_there = attributes != nullptr && attributes->pAttribs != nullptr;
  const abi::DWORD count = is_there ? attributes->dwNumberOfAttributes : 0;
  try {
    Put("attributes", count);
    for (abi::DWORD index = 0; index < count; ++index) {
      const abi::EAP_ATTRIBUTE& attribute = attributes->pAttribs[index];
      const std::string name = "attributes[" + std::to_string(index) + "]";
      const std::size_t size = attribute.pValue == nullptr ? 0 : attribute.dwLength;
      Put(name + ".type", static_cast<std::uint32_t>(attribute.eaType));
      if (IsPublic(attribute.eaType)) {
        PutBytes(name + ".value", attribute.pValue, size);
      } else {
        Put(name + ".value", Octets{size});
      }
    }
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::Mark() noexcept { (*records_)[index_].started = CallRecord::Clock::now(); }

void CallTrace::Close(const Status& status) noexcept {
  CallRecord& record = (*records_)[index_];
  record.duration = CallRecord::Clock::now() - record.started;
  record.code = status.code;
  try {
    record.error = status.error;
  } catch (...) {
    records_ = nullptr;
  }
}

}  // namespace eaphost::method
