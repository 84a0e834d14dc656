// Records the calls that a thread makes of method DLLs, without secrets, if it was told to. Otherwise a
// call costs one check of a pointer. Each thread has its own recorder; a finished record may move to any
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "native/values/plain.h"

namespace eaphost::method {

using namespace values;

// The visible part of a secret.
struct Octets {
  std::size_t count = 0;
};

using TraceValue = std::variant<std::uint32_t, std::u16string, SecretBytes, Octets>;

// One call of a function of a DLL's.
struct CallRecord {
  using Clock = std::chrono::steady_clock;

  const char* call = "";
  Clock::time_point started;
  Clock::duration duration{0};
  abi::DWORD code = abi::kNoError;
  std::vector<std::pair<std::string, TraceValue>> values;  // what went in, then what came out
  std::optional<EapError> error;
};

using CallRecords = std::vector<CallRecord>;

// The calls that this thread makes while this object lives go to `records`.
class Recording {
 public:
  explicit Recording(CallRecords& records);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  CallRecords* const outer_;
};

// The record of one call. Memory that runs out costs the rest of the record, and never the call.
class CallTrace {
 public:
  explicit CallTrace(const char* call) noexcept;
  CallTrace(const CallTrace&) = delete;
  CallTrace& operator=(const CallTrace&) = delete;

  void Number(const char* name, std::uint32_t number) {
    if (records_ != nullptr) Put(name, number);
  }
  void Text(const char* name, const abi::WCHAR* text) {
    if (records_ != nullptr) PutText(name, text);
  }
  // An EAP packet; a password in it is masked.
  void Packet(const void* data, std::size_t size) {
    if (records_ != nullptr) PutPacket(data, size);
  }
  // Its size alone. Every blob is one: a server's connection data has its users' passwords.
  void Secret(const char* name, std::size_t size) {
    if (records_ != nullptr) Put(name, Octets{size});
  }
  void Attributes(const abi::EapAttributes* attributes) {
    if (records_ != nullptr) PutAttributes(attributes);
  }
  void Type(const abi::EAP_TYPE& type) {
    Number("type", type.type);
    Number("vendorId", type.dwVendorId);
    Number("vendorType", type.dwVendorType);
  }
  // What a table says of its method; NULL where it says nothing.
  void Claims(const abi::EAP_TYPE* type) {
    if (records_ == nullptr || type == nullptr) return;
    Number("claimedType", type->type);
    Number("claimedVendorId", type->dwVendorId);
    Number("claimedVendorType", type->dwVendorType);
  }
  void Claims(const abi::EAP_METHOD_TYPE* type) {
    if (records_ == nullptr || type == nullptr) return;
    Claims(&type->eapType);
    Number("claimedAuthorId", type->dwAuthorId);
  }
  void Type(const abi::EAP_METHOD_TYPE& type) {
    Type(type.eapType);
    Number("authorId", type.dwAuthorId);
  }

  // Around the call.
  void Start() {
    if (records_ != nullptr) Mark();
  }
  void Finish(const Status& status) {
    if (records_ != nullptr) Close(status);
  }

 private:
  void Put(std::string name, TraceValue value) noexcept;
  void PutText(const char* name, const abi::WCHAR* text) noexcept;
  void PutBytes(std::string name, const void* data, std::size_t size) noexcept;
  void PutPacket(const void* data, std::size_t size) noexcept;
  void PutAttributes(const abi::EapAttributes* attributes) noexcept;
  void Mark() noexcept;
  void Close(const Status& status) noexcept;

  CallRecords* records_;
  std::size_t index_ = 0;  // other calls may be recorded before this one is complete
};

}  // namespace eaphost::method
