// Completions on their way to JavaScript. Its thread.
#include "native/addon/delivery.h"

#include <cstring>
#include <new>
#include <utility>

#include "native/addon/environment.h"
#include "native/addon/values.h"
#include "native/threads/thread.h"
#include "native/values/attributes.h"

namespace eaphost::addon {

namespace {

constexpr std::size_t kRecords = 256;  // completions in one call; what is more takes another
constexpr std::size_t kNumbers = 4;    // in a record
constexpr std::size_t kRecordsSize = kRecords * kNumbers * sizeof(std::int32_t);
constexpr std::size_t kSlabSize = 8'192;
constexpr std::size_t kLargestInSlab = kSlabSize / 4;

// How long to linger for one completion, and in one turn of the event loop.
struct Patience {
  std::chrono::microseconds once;
  std::chrono::microseconds in_one_turn;
};
constexpr Patience kPatience{.once = std::chrono::microseconds(10),
                             .in_one_turn = std::chrono::microseconds(200)};
// While there are methods, in DLLs that are driven or in JavaScript: a step of theirs has cryptography in it.
constexpr Patience kMethodPatience{.once = std::chrono::microseconds(40),
                                   .in_one_turn = std::chrono::microseconds(1000)};
constexpr std::size_t kLargestLingerBatch = 16;  // for more, one turn of the loop costs next to nothing

}  // namespace

// The patience of an environment.
static const Patience& PatienceOf(const Environment& environment) {
  return environment.has_methods() ? kMethodPatience : kPatience;
}

void Completion::Release(Environment&) { delete this; }

Delivery::Delivery(Environment& environment) : environment_(environment), may_linger_(ProcessorCount() > 1) {}

Delivery::~Delivery() {
  for (napi_ref reference : {drain_, records_ref_}) {
    // The environment is on its way out; a reference that it does not take back goes with it.
    if (reference != nullptr) static_cast<void>(napi_delete_reference(env_, reference));
  }
}

bool Delivery::Start() {
  env_ = environment_.env();
  napi_value name = nullptr;
  if (napi_create_string_latin1(env_, "eaphost", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, &CallJs,
                                      &wake_) != napi_ok ||
      napi_unref_threadsafe_function(env_, wake_) != napi_ok) {
    return false;
  }
  outbox_ = std::make_shared<Outbox>([wake = wake_] {
    // Refused only by an environment that is closing, which wants nothing any more.
    static_cast<void>(napi_call_threadsafe_function(wake, nullptr, napi_tsfn_nonblocking));
  });
  return true;
}

bool Delivery::Attach(napi_value drain, napi_value* records) {
  napi_value buffer = nullptr;
  void* data = nullptr;
  is_whole_ = true;
  if (!Check(napi_create_arraybuffer(env_, kRecordsSize + kSlabSize, &data, &buffer)) ||
      !Check(napi_create_typedarray(env_, napi_int32_array, kRecords * kNumbers, buffer, 0, records)) ||
      !Check(napi_create_reference(env_, *records, 1, &records_ref_)) ||
      !Check(napi_create_reference(env_, drain, 1, &drain_))) {
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

void Delivery::Receive(std::int32_t connection, std::span<const std::uint8_t> frame) {
  if (!AddPacket(connection, Kind::kFrame, frame)) {
    AddValue(connection, Kind::kLargeFrame, ToBuffer(env_, frame));
  }
}

bool Delivery::AddPacket(std::int32_t ticket, Kind kind, std::span<const std::uint8_t> packet,
                         std::int32_t detail) {
  if (packet.size() > kLargestInSlab) return false;
  std::uint8_t* const copy = Reserve(packet.size());
  if (!is_whole_) return true;
  if (!packet.empty()) std::memcpy(copy, packet.data(), packet.size());
  const auto offset = static_cast<std::int32_t>(copy - slab_);
  Add(ticket, kind, offset, static_cast<std::int32_t>(packet.size()), detail);
  return true;
}

std::uint8_t* Delivery::Reserve(std::size_t size) {
  if (size > kSlabSize - slab_used_) Flush();
  if (!is_whole_) return slab_;
  return slab_ + std::exchange(slab_used_, slab_used_ + size);
}

// In words: 1 for success and 2 for saving to the credential manager, the reason, how many attributes; of
// each its type, its length, with kPublic where it is no secret, and its octets, up to whole words.
bool Delivery::ResolveResult(std::int32_t ticket, Result form, bool is_success, abi::DWORD reason_code,
                             bool save_to_cred_man, const values::AttributeList& attributes) {
  constexpr std::size_t kWord = sizeof(std::int32_t);
  constexpr std::uint32_t kPublic = 1U << 31;
  const auto whole_words = [](std::size_t size) { return (size + kWord - 1) / kWord * kWord; };
  std::size_t size = 3 * kWord;
  for (const values::Attribute& attribute : attributes) {
    if (attribute.value.size() > kLargestInSlab) return false;
    size += 2 * kWord + whole_words(attribute.value.size());
    if (size > kLargestInSlab) return false;
  }
  // What precedes it may have any length.
  static_cast<void>(Reserve(whole_words(slab_used_) - slab_used_));
  std::uint8_t* const begin = Reserve(size);
  if (!is_whole_) return true;
  std::uint8_t* at = begin;
  const auto put = [&at](std::uint32_t word) {
    std::memcpy(at, &word, kWord);
    at += kWord;
  };
  put((is_success ? 1U : 0U) | (save_to_cred_man ? 2U : 0U));
  put(reason_code);
  put(static_cast<std::uint32_t>(attributes.size()));
  for (const values::Attribute& attribute : attributes) {
    put(static_cast<std::uint32_t>(attribute.type));
    put(static_cast<std::uint32_t>(attribute.value.size()) |
        (values::IsPublic(attribute.type) ? kPublic : 0));
    if (!attribute.value.empty()) std::memcpy(at, attribute.value.data(), attribute.value.size());
    at += whole_words(attribute.value.size());
  }
  Add(ticket, Kind::kResult, static_cast<std::int32_t>(begin - slab_), 0, static_cast<std::int32_t>(form));
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
  // Nobody is left waiting for an answer.
  if (kind == Kind::kLargeFrame) Disconnect(ticket);
}

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

void Delivery::CallStarted() {
  ++pending_calls_;
  if (keeps_alive_) return;
  keeps_alive_ = napi_ref_threadsafe_function(env_, wake_) == napi_ok;
}

void Delivery::CallJs(napi_env env, napi_value, void* context, void* data) {
  // NULL: the environment is closing, and the outbox is closed.
  if (env == nullptr) return;
  auto& self = *static_cast<Delivery*>(context);
  if (data == nullptr) {
    self.linger_end_ = Clock::now() + PatienceOf(self.environment_).in_one_turn;
    self.Drain();
  } else {
    self.Linger();
  }
}

void Delivery::Drain() {
  std::size_t count = 0;
  Begin();
  outbox_->TakeAll([this, &count](Message* message) {
    auto* const completion = static_cast<Completion*>(message);
    try {
      completion->Deliver(environment_);
    } catch (const std::bad_alloc&) {
      // Calls see to theirs; this was an event.
    }
    completion->Release(environment_);
    ++count;
  });
  Flush();
  if (pending_calls_ == 0 && keeps_alive_)
    keeps_alive_ = napi_unref_threadsafe_function(env_, wake_) != napi_ok;

  // What JavaScript makes of these completions, the next calls as a rule, it does when this function has
  // returned: so lingering is a message to ourselves.
  if (!may_linger_ || count == 0 || count > kLargestLingerBatch || !eagerness_.IsWorthATry()) return;
  static_cast<void>(napi_call_threadsafe_function(wake_, this, napi_tsfn_nonblocking));
}

// A quick call is back before this thread has gone to sleep and been woken, which costs several times the
// call. So where calls have been quick, wait for the next completion a moment before going back to the event
// loop; but not so long or so often that the loop's other business would notice.
void Delivery::Linger() {
  if (pending_calls_ == 0 || Clock::now() > linger_end_) return;
  const bool is_posted = outbox_->Watch(PatienceOf(environment_).once);
  eagerness_.Tried(is_posted);
  if (is_posted) Drain();
}

}  // namespace eaphost::addon
