// Takes what native threads have posted to the outbox, and brings a batch of it to JavaScript in one call.
// Making a promise, an object and a buffer through N-API costs more than all the rest of an exchange; so
// JavaScript makes them itself, and is told of them in numbers: four for each completion, in memory that both
// sides share, with the packets one after another behind them. lib/native/calls.ts reads both and copies the
// packets; then they are wiped here. JavaScript's thread.
//
//   ticket   which call
//   kind     what became of it
//   a, b     kPacket, kResponse, kRequest: offset and length among the packets. kAction: it, 0
//            kOutput: the action, whether notifications may be handled. kResponse has that in the upper bits
//            of its kind, kRequest the timeout. kResult: where among the packets it begins, 0; Result is in
//            the upper bits; see ResolveResult
//
// The connections of local_server.h have their numbers in the place of tickets; a server's new connection is
// in `a`. The other kinds take the next element of another array, which is there only when needed.
#pragma once

#include <node_api.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "native/abi/structs.h"
#include "native/threads/eagerness.h"
#include "native/threads/lanes.h"
#include "native/values/plain.h"

namespace eaphost::addon {

using namespace threads;

class Environment;

// A message that ends in JavaScript.
class Completion : public Message {
 public:
  virtual void Deliver(Environment& environment) = 0;
  // After Deliver. Gives the message up.
  virtual void Release(Environment& environment);
};

class Delivery {
 public:
  explicit Delivery(Environment& environment);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Makes the outbox. False where JavaScript refuses.
  bool Start();
  // Native threads post Completions to it. Closed before the environment goes.
  const std::shared_ptr<Outbox>& outbox() const { return outbox_; }
  // While calls are under way the process stays alive; open sessions alone do not keep it.
  void CallStarted();
  void CallEnded() { --pending_calls_; }

  // Remembers what to call; makes the shared memory: an array of numbers, whose ArrayBuffer has the packets
  // behind them. False with an exception pending.
  bool Attach(napi_value drain, napi_value* records);

  // While a completion is delivered. Where JavaScript cannot be called at all, the environment is going away;
  // then the rest of the batch does nothing.
  void Resolve(std::int32_t ticket);
  void ResolveAction(std::int32_t ticket, abi::EapHostPeerResponseAction action);
  void ResolvePacket(std::int32_t ticket, std::span<const std::uint8_t> packet);
  void ResolveValue(std::int32_t ticket, napi_value value) { AddValue(ticket, Kind::kValue, value); }
  void Reject(std::int32_t ticket, const values::Failure& failure);
  // The same for the steps of a method DLL's sessions.
  void ResolveStep(std::int32_t ticket, abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION action);
  void ResolveOutput(std::int32_t ticket, const abi::EapPeerMethodOutput& output);
  void ResolveResponse(std::int32_t ticket, std::span<const std::uint8_t> packet, bool allow_notifications);
  void ResolveRequest(std::int32_t ticket, std::span<const std::uint8_t> packet,
                      abi::EAP_AUTHENTICATOR_SEND_TIMEOUT timeout);
  // A result of a method with nothing but attributes. False if it is too large for the slab.
  enum class Result : std::int32_t { kPeer = 0, kAuthenticator = 1, kAuthenticatorStep = 2 };
  bool ResolveResult(std::int32_t ticket, Result form, bool is_success, abi::DWORD reason_code,
                     bool save_to_cred_man, const values::AttributeList& attributes);
  // Not the end of a call: an event of the run-time, or calls of the method DLL, with this number.
  void Notify(std::int32_t runtime, napi_value value) { AddValue(runtime, Kind::kNotification, value); }
  void Trace(std::int32_t method, napi_value calls) { AddValue(method, Kind::kCalls, calls); }
  // Nor are these: what happens to the connections of local_server.h.
  void Accept(std::int32_t server, std::int32_t connection) { Add(server, Kind::kAccepted, connection, 0); }
  void Receive(std::int32_t connection, std::span<const std::uint8_t> frame);
  void Disconnect(std::int32_t connection) { Add(connection, Kind::kDisconnected, 0, 0); }

 private:
  enum class Kind : std::int32_t {
    kNothing = 0,
    kAction = 1,
    kPacket = 2,
    kValue = 3,
    kFailure = 4,
    kNotification = 5,
    kCalls = 6,
    kOutput = 7,
    kResponse = 8,
    kRequest = 9,
    kLost = 10,  // the call is over, and what came of it cannot be told
    kAccepted = 11,
    kFrame = 12,
    kLargeFrame = 13,  // too large for the slab: a value
    kDisconnected = 14,
    kResult = 15
  };
  static constexpr int kDetailShift = 8;  // above it the kind carries a small number of its own

  using Clock = std::chrono::steady_clock;

  static void CallJs(napi_env env, napi_value function, void* context, void* data);
  void Drain();
  void Linger();

  // A batch: Begin, any number of completions, Flush. Nothing of it reaches JavaScript before Flush.
  void Begin();
  void Add(std::int32_t ticket, Kind kind, std::int32_t a, std::int32_t b, std::int32_t detail = 0);
  // False if it is too large for the slab.
  bool AddPacket(std::int32_t ticket, Kind kind, std::span<const std::uint8_t> packet,
                 std::int32_t detail = 0);
  // That many octets of the slab, which is sent on before if it has no room for them.
  std::uint8_t* Reserve(std::size_t size);
  void AddValue(std::int32_t ticket, Kind kind, napi_value value);
  void Flush();
  bool CallDrain();
  bool Check(napi_status status) { return is_whole_ = is_whole_ && status == napi_ok; }

  Environment& environment_;
  napi_env env_ = nullptr;
  std::shared_ptr<Outbox> outbox_;
  napi_threadsafe_function wake_ = nullptr;
  std::size_t pending_calls_ = 0;
  bool keeps_alive_ = false;

  // Lingering: see Linger.
  const bool may_linger_;
  Clock::time_point linger_end_;
  Eagerness eagerness_;

  napi_ref drain_ = nullptr;
  napi_ref records_ref_ = nullptr;
  std::int32_t* records_ = nullptr;
  std::uint8_t* slab_ = nullptr;
  std::size_t slab_used_ = 0;

  bool is_whole_ = false;
  std::size_t count_ = 0;
  std::uint32_t value_count_ = 0;
  napi_value values_ = nullptr;
};

}  // namespace eaphost::addon
