// An opened run-time and its sessions, without their JavaScript side: function table, lanes, what is to be
// ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "native/addon/session_owner.h"
#include "native/supplicant/configuration.h"
#include "native/supplicant/connections.h"
#include "native/supplicant/supplicant.h"

namespace eaphost::addon {

class Runtime;

// A session of the run-time. Kept alive by its JavaScript object, by calls under way, and by the run-time
// while it is open. Everything but `runtime` belongs to the strand: only its jobs touch it.
struct Session final : OwnedSession {
  enum class State { kNew, kOpen, kEnded };

  explicit Session(std::shared_ptr<Runtime> owner) : runtime(std::move(owner)) {}
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  void Run(LaneContext& lane) override;

  const std::shared_ptr<Runtime> runtime;
  State state = State::kNew;
  abi::EAP_SESSIONID id = 0;
  platform::UserToken user_token;  // while it is open
};

// On a lane: the run-time initialized on its thread.
class RuntimeLane : public CallContext {
 public:
  explicit RuntimeLane(Runtime& runtime);
  ~RuntimeLane() override;
  RuntimeLane(const RuntimeLane&) = delete;
  RuntimeLane& operator=(const RuntimeLane&) = delete;
  void Enter() override;

 private:
  void Initialize();

  Runtime& runtime_;
  bool is_initialized_ = false;
};

// On an apartment: COM as the configuration library wants it, which needs no initialization of its own.
class RuntimeApartment : public CallContext {
 public:
  explicit RuntimeApartment(Runtime& runtime) : runtime_(runtime) {}
  RuntimeApartment(const RuntimeApartment&) = delete;
  RuntimeApartment& operator=(const RuntimeApartment&) = delete;
  void Enter() override;

 private:
  Runtime& runtime_;
};

class Runtime : public SessionOwner, public LaneHost {
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
    virtual void Opened(std::optional<Failure> failure) = 0;
    virtual void Notified(const abi::GUID& connection_id) = 0;
    virtual void Closed() = 0;
  };

  // The first lane loads the libraries and initializes the run-time; then the listener hears of it.
  Runtime(Options options, std::shared_ptr<Outbox> outbox, std::unique_ptr<Listener> listener);
  ~Runtime() override;

  // Starts the first lane; once. False when the system gives no thread.
  bool Open() { return lanes_.Start(std::static_pointer_cast<Runtime>(shared_from_this())); }
  bool Submit(Strand& strand, Job* job) override { return lanes_.Submit(strand, job); }
  using LaneOwner::Submit;
  void Leave(Strand& strand) override { lanes_.Leave(strand); }
  // `pending`: calls under way or queued, on lanes and apartments.
  LanePool::Stats stats() const {
    const LanePool::Stats stats = lanes_.stats();
    return {.lanes = stats.lanes, .pending = stats.pending + pending_on_apartments()};
  }

  // Filled and constant once the run-time is open.
  const supplicant::RuntimeTable& table() const { return table_; }
  std::uint64_t scope() const { return scope_; }

  supplicant::Supplicant supplicant() const { return supplicant::Supplicant(table_); }
  supplicant::Configurator configurator() const { return supplicant::Configurator(table_); }

  // In jobs of the session's strand. End is idempotent.
  bool Begin(const std::shared_ptr<Session>& session, supplicant::BeginArguments& arguments,
             Failure& failure);
  bool End(Session& session, Failure& failure);
  bool ClearConnection(const abi::GUID& connection_id, Failure& failure);
  // Where nobody is told that it could not be cleared.
  void DropConnection(const abi::GUID& connection_id);

 private:
  friend class RuntimeLane;
  friend class RuntimeApartment;

  std::unique_ptr<LaneContext> MakeContext() override { return std::make_unique<RuntimeLane>(*this); }
  std::unique_ptr<LaneContext> MakeApartmentContext() override {
    return std::make_unique<RuntimeApartment>(*this);
  }
  void CloseLanes() override { lanes_.Close(); }
  void Closed() override { PartClosed(); }
  void LastPartClosed() override;

  const Options options_;
  const std::unique_ptr<Listener> listener_;
  const std::uint64_t scope_;
  supplicant::RuntimeTable table_;
  supplicant::Connections connections_;
  std::atomic<int> lane_count_ = 0;
  bool is_opened_ = false;  // the first lane's, which is the only one until then
  LanePool lanes_;
};

}  // namespace eaphost::addon
