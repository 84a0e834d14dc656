// Batches of completions. JavaScript's thread.
#include "native/addon/delivery.h"

#include <cstring>
#include <new>
#include <utility>

#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

constexpr std::size_t kRecords = 256;  // completions in one call; what is more takes another
constexpr std::size_t kNumbers = 4;    // in a record
constexpr std::size_t kRecordsSize = kRecords * kNumbers * sizeof(std::int32_t);
constexpr std::size_t kSlabSize = 8'192;
constexpr std::size_t kLargestInSlab = kSlabSize / 4;

}  // namespace

Delivery::~Delivery() {
  for (napi_ref reference : {drain_, records_ref_}) {
    // The environment is on its way out; a reference that it does not take back goes with it.
    if (reference != nullptr) static_cast<void>(napi_delete_reference(env_, reference));
  }
}

bool Delivery::Attach(napi_env env, napi_value drain, napi_value* records) {
  napi_value buffer = nullptr;
  void* data = nullptr;
  env_ = env;
  is_whole_ = true;
  if (!Check(napi_create_arraybuffer(env, kRecordsSize + kSlabSize, &data, &buffer)) ||
      !Check(napi_create_typedarray(env, napi_int32_array, kRecords * kNumbers, buffer, 0, records)) ||
      !Check(napi_create_reference(env, *records, 1, &records_ref_)) ||
      !Check(napi_create_reference(env, drain, 1, &drain_))) {
    return false;
  }
  records_ = static_cast<std::int32_t*>(data);
  slab_ = static_cast<std::uint8_t*>(data) + kRecordsSize;
  return true;
}

void Delivery::Begin() {
  is_whole_ = records_ != nullptr;
  count_ = 0;
  value_count_ = 0;
  values_ = nullptr;
  slab_used_ = 0;
}

void Delivery::Add(std::int32_t ticket, Kind kind, std::int32_t a, std::int32_t b, std::int32_t detail) {
  if (!is_whole_) return;
  std::int32_t* const record = records_ + count_++ * kNumbers;
  record[0] = ticket;
  record[1] = static_cast<std::int32_t>(kind) | detail << kDetailShift;
  record[2] = a;
  record[3] = b;
  if (count_ == kRecords) Flush();
}

void Delivery::Resolve(std::int32_t ticket) { Add(ticket, Kind::kNothing, 0, 0); }

void Delivery::ResolveAction(std::int32_t ticket, abi::EapHostPeerResponseAction action) {
  Add(ticket, Kind::kAction, action, 0);
}

void Delivery::ResolvePacket(std::int32_t ticket, std::span<const std::uint8_t> packet) {
  if (AddPacket(ticket, Kind::kPacket, packet)) return;
  ObjectWriter step(env_);
  step.Number("action", abi::EapHostPeerResponseSend);
  step.Bytes("packet", packet);
  ResolveValue(ticket, step.value());
}

void Delivery::ResolveStep(std::int32_t ticket, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION action) {
  Add(ticket, Kind::kAction, action, 0);
}

void Delivery::ResolveOutput(std::int32_t ticket, const abi::EapPeerMethodOutput& output) {
  Add(ticket, Kind::kOutput, output.action, output.fAllowNotifications);
}

void Delivery::ResolveResponse(std::int32_t ticket, std::span<const std::uint8_t> packet,
                               bool allow_notifications) {
  if (AddPacket(ticket, Kind::kResponse, packet, allow_notifications ? 1 : 0)) return;
  ObjectWriter step(env_);
  step.Number("action", abi::EapPeerMethodResponseActionSend);
  step.Boolean("allowNotifications", allow_notifications);
  step.Bytes("packet", packet);
  ResolveValue(ticket, step.value());
}

void Delivery::ResolveRequest(std::int32_t ticket, std::span<const std::uint8_t> packet,
                              abi::EAP_AUTHENTICATOR_SEND_TIMEOUT timeout) {
  if (AddPacket(ticket, Kind::kRequest, packet, timeout)) return;
  ObjectWriter step(env_);
  step.Number("action", abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND);
  step.Bytes("packet", packet);
  step.Number("timeout", static_cast<std::uint32_t>(timeout));
  ResolveValue(ticket, step.value());
}

bool Delivery::AddPacket(std::int32_t ticket, Kind kind, std::span<const std::uint8_t> packet,
                         std::int32_t detail) {
  if (packet.size() > kLargestInSlab) return false;
  if (packet.size() > kSlabSize - slab_used_) Flush();
  if (!is_whole_) return true;
  if (!packet.empty()) std::memcpy(slab_ + slab_used_, packet.data(), packet.size());
  const auto offset = static_cast<std::int32_t>(slab_used_);
  slab_used_ += packet.size();
  Add(ticket, kind, offset, static_cast<std::int32_t>(packet.size()), detail);
  return true;
}

void Delivery::Reject(std::int32_t ticket, const Failure& failure) {
  napi_value value = nullptr;
  try {
    value = ToFailure(env_, failure);
  } catch (const std::bad_alloc&) {
    // That the call is over can still be told.
  }
  AddValue(ticket, Kind::kFailure, value);
}

void Delivery::AddValue(std::int32_t ticket, Kind kind, napi_value value) {
  if (!is_whole_) return;
  const bool has_array = values_ != nullptr || napi_create_array(env_, &values_) == napi_ok;
  if (value != nullptr && has_array && napi_set_element(env_, values_, value_count_, value) == napi_ok) {
    ++value_count_;
    return Add(ticket, kind, 0, 0);
  }
  // JavaScript has no room for it, or is going away; only in the former case this comes to anything.
  napi_value exception = nullptr;
  bool is_pending = false;
  if (!has_array) values_ = nullptr;
  if (!Check(napi_is_exception_pending(env_, &is_pending))) return;
  if (is_pending && !Check(napi_get_and_clear_last_exception(env_, &exception))) return;
  if (kind == Kind::kValue || kind == Kind::kFailure) Add(ticket, Kind::kLost, 0, 0);
}

void Delivery::End() { Flush(); }

bool Delivery::CallDrain() {
  napi_value drain = nullptr;
  napi_value arguments[2] = {nullptr, values_};
  if (napi_get_reference_value(env_, drain_, &drain) != napi_ok ||
      napi_create_uint32(env_, static_cast<std::uint32_t>(count_), &arguments[0]) != napi_ok) {
    return false;
  }
  const napi_status status =
      napi_call_function(env_, drain, drain, values_ != nullptr ? 2 : 1, arguments, nullptr);
  // An exception is of a drain that was called.
  return status == napi_ok || status == napi_pending_exception;
}

void Delivery::Flush() {
  if (!is_whole_ || count_ == 0) return;
  // What fails twice is an environment that is going away.
  is_whole_ = CallDrain() || CallDrain();
  count_ = 0;
  value_count_ = 0;
  values_ = nullptr;
  // JavaScript has its copies. What it can read is not a dead store.
  std::memset(slab_, 0, std::exchange(slab_used_, 0));
}

}  // namespace eaphost::addon
