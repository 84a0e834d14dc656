// An opened run-time and its sessions, without their JavaScript side: function table, lanes, what is to be
// ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "native/addon/apartment.h"
#include "native/addon/lanes.h"
#include "native/addon/outbox.h"
#include "native/host/configuration.h"
#include "native/host/connections.h"
#include "native/host/supplicant.h"

namespace eaphost::addon {

class Runtime;

// A session of the run-time. Kept alive by its JavaScript object, by calls under way, and by the run-time
// while it is open. Everything but `runtime` belongs to the strand: only its jobs touch it.
struct Session {
  enum class State { kNew, kOpen, kEnded };

  explicit Session(std::shared_ptr<Runtime> owner) : runtime(std::move(owner)) {}
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::shared_ptr<Runtime> runtime;
  Strand strand;
  State state = State::kNew;
  abi::EAP_SESSIONID id = 0;
};

// What a thread of a run-time has: that it can make calls, or why it cannot.
class CallContext : public LaneContext {
 public:
  bool usable() const final { return !failure_; }
  const std::optional<host::Failure>& failure() const { return failure_; }

 protected:
  std::optional<host::Failure> failure_;
};

// On a lane: the run-time initialized on its thread.
class RuntimeLane : public CallContext {
 public:
  explicit RuntimeLane(Runtime& runtime);
  ~RuntimeLane() override;
  RuntimeLane(const RuntimeLane&) = delete;
  RuntimeLane& operator=(const RuntimeLane&) = delete;

 private:
  void Initialize();

  Runtime& runtime_;
  bool is_initialized_ = false;
};

// On an apartment: COM as the configuration library wants it, which needs no initialization of its own.
class RuntimeApartment : public CallContext {
 public:
  explicit RuntimeApartment(Runtime& runtime);
  ~RuntimeApartment() override;
  RuntimeApartment(const RuntimeApartment&) = delete;
  RuntimeApartment& operator=(const RuntimeApartment&) = delete;

 private:
  bool is_entered_ = false;
};

class Runtime : public LaneHost, public ApartmentHost, public std::enable_shared_from_this<Runtime> {
 public:
  struct Options {
    std::u16string runtime_library;
    std::u16string configuration_library;
    platform::Library::Where where = platform::Library::Where::kPath;
    std::size_t max_lanes = 64;
  };
  // What the outside wants to hear of; every call comes from some native thread.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void Opened(std::optional<host::Failure> failure) = 0;
    virtual void Notified(const abi::GUID& connection_id) = 0;
    virtual void Closed() = 0;
  };

  Runtime(Options options, std::shared_ptr<Outbox> outbox, std::unique_ptr<Listener> listener);
  ~Runtime() override;

  // Starts the first lane, which loads the libraries and initializes the run-time; then the listener hears of
  // it. False when the system gives no thread.
  bool Open();

  // Ends the open sessions, clears the connections, retires the lanes. Idempotent. Any thread.
  void Close();
  // The same for an environment that is gone: calls that wait are not made any more.
  void Abandon();
  bool is_abandoned() const { return is_abandoned_.load(std::memory_order_relaxed); }
  bool is_closing() const { return is_closing_.load(std::memory_order_relaxed); }

  // Ends a session that nobody waits for any more, if it has not ended. Any thread.
  void EndLater(std::shared_ptr<Session> session);

  // The threads of the configuration library: one for its quick calls, one for dialogs, which may stay open.
  enum class Part { kConfiguration, kInterface };
  // ERROR_INVALID_STATE after Close, ERROR_NOT_ENOUGH_MEMORY where the system gives no thread: then the job
  // is still the caller's. 0 otherwise.
  abi::DWORD Submit(Part part, Job* job);
  // Calls under way or queued, on lanes and apartments.
  std::size_t pending() const;

  LanePool& lanes() { return lanes_; }
  Outbox& outbox() { return *outbox_; }
  // Filled and constant once the run-time is open.
  const host::RuntimeTable& table() const { return table_; }
  std::uint64_t scope() const { return scope_; }

  host::Supplicant supplicant() const { return host::Supplicant(table_); }
  host::Configurator configurator() const { return host::Configurator(table_); }

  // In jobs of the session's strand. End is idempotent.
  bool Begin(const std::shared_ptr<Session>& session, host::BeginArguments& arguments,
             host::Failure& failure);
  bool End(Session& session, host::Failure& failure);
  bool ClearConnection(const abi::GUID& connection_id, host::Failure& failure);

 private:
  friend class RuntimeLane;
  friend class RuntimeApartment;

  std::unique_ptr<LaneContext> Enter() override;
  void Closed() override { PartClosed(); }
  std::unique_ptr<LaneContext> EnterApartment() override;
  void ApartmentClosed() override { PartClosed(); }
  void PartClosed();
  bool Keep(const std::shared_ptr<Session>& session);

  const Options options_;
  const std::shared_ptr<Outbox> outbox_;
  const std::unique_ptr<Listener> listener_;
  const std::uint64_t scope_;
  host::RuntimeTable table_;
  host::Connections connections_;
  std::atomic<bool> is_abandoned_ = false;
  std::atomic<int> lane_count_ = 0;
  bool is_opened_ = false;  // the first lane's, which is the only one until then

  std::atomic<int> parts_ = 1;  // the lanes, and each apartment that was started

  std::mutex mutex_;  // guards the next two, as far as writing goes, and the start of apartments
  std::atomic<bool> is_closing_ = false;
  std::unordered_map<Session*, std::shared_ptr<Session>> open_sessions_;

  Apartment configuration_;
  Apartment interface_;
  LanePool lanes_;
};

}  // namespace eaphost::addon
