// Records of calls. On the thread that makes them.
#include "native/method/trace.h"

#include <string_view>

#include "native/abi/enums.h"

namespace eaphost::method {

namespace {

thread_local CallRecords* current = nullptr;

// Whether an attribute may be shown. Keys come as vendor attributes; what is unknown may be one.
bool IsPublic(abi::EAP_ATTRIBUTE_TYPE type) {
  switch (type) {
    case abi::eatUserPassword:
    case abi::eatMD5CHAPPassword:
    case abi::eatVendorSpecific:
    case abi::eatARAPPassword:
    case abi::eatARAPSecurityData:
    case abi::eatClearTextPassword:
    case abi::eatEMSK:
      return false;
    default:
      return type >= abi::eatMinimum && type <= abi::eatSessionId;
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

void CallTrace::PutBytes(const char* name, const void* data, std::size_t size) noexcept {
  const auto* const bytes = static_cast<const std::uint8_t*>(data);
  try {
    Put(name, bytes == nullptr ? platform::SecretBytes() : platform::SecretBytes(bytes, bytes + size));
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
        PutBytes((name + ".value").c_str(), attribute.pValue, size);
      } else {
        Secret((name + ".value").c_str(), size);
      }
    }
  } catch (...) {
    records_ = nullptr;
  }
}

void CallTrace::Mark() noexcept { (*records_)[index_].started = CallRecord::Clock::now(); }

void CallTrace::Close(abi::DWORD code, const EapError* error) noexcept {
  CallRecord& record = (*records_)[index_];
  record.duration = CallRecord::Clock::now() - record.started;
  record.code = code;
  try {
    if (error != nullptr) record.error = *error;
  } catch (...) {
    records_ = nullptr;
  }
}

}  // namespace eaphost::method
