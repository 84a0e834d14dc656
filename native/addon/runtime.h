// An opened run-time and its sessions, without their JavaScript side: function table, lanes, what is to be
// ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "native/supplicant/configuration.h"
#include "native/supplicant/connections.h"
#include "native/supplicant/supplicant.h"
#include "native/threads/lane_owner.h"

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

class Runtime : public LaneOwner {
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

  // The first lane loads the libraries and initializes the run-time; then the listener hears of it.
  Runtime(Options options, std::shared_ptr<Outbox> outbox, std::unique_ptr<Listener> listener);
  ~Runtime() override;

  // Ends a session that nobody waits for any more, if it has not ended. Any thread.
  void EndLater(std::shared_ptr<Session> session);

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
  std::unique_ptr<LaneContext> EnterApartment() override;
  void EndSessions() override;
  void LastPartClosed() override;
  bool Keep(const std::shared_ptr<Session>& session);

  const Options options_;
  const std::unique_ptr<Listener> listener_;
  const std::uint64_t scope_;
  host::RuntimeTable table_;
  host::Connections connections_;
  std::atomic<int> lane_count_ = 0;
  bool is_opened_ = false;  // the first lane's, which is the only one until then

  std::unordered_map<Session*, std::shared_ptr<Session>> open_sessions_;  // under the mutex
};

}  // namespace eaphost::addon
