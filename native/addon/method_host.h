// A method DLL that JavaScript has opened, and its sessions, without their JavaScript side: what is loaded,
// on which threads it is called, what is to be ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/addon/session_owner.h"
#include "native/method/authenticator_method_session.h"
#include "native/method/dll_cache.h"
#include "native/method/peer_method_session.h"

namespace eaphost::addon {

class MethodHost;

// A session of the method. Kept alive by its JavaScript object, by calls under way, and by the host while it
// is open. Everything but `host` and `number` belongs to the strand: only its jobs touch it.
struct MethodSession : OwnedSession {
  explicit MethodSession(std::shared_ptr<MethodHost> owner);
  ~MethodSession() override;
  MethodSession(const MethodSession&) = delete;
  MethodSession& operator=(const MethodSession&) = delete;
  void Run(LaneContext& lane) final;
  void Done() final;

  // Ends the method's session, if there is one, and releases it.
  virtual method::Status End() = 0;

  const std::shared_ptr<MethodHost> host;
  const std::uint32_t number;  // from 1, for people
};

// `Native` is one of native/method's sessions: there while it is open.
template <typename Native>
struct NativeSession : MethodSession {
  using MethodSession::MethodSession;

  method::Status End() override {
    if (native == nullptr) return {};
    const std::unique_ptr<Native> ending = std::move(native);
    return ending->End();
  }

  std::unique_ptr<Native> native;
};

using PeerSession = NativeSession<method::PeerMethodSession>;
using AuthenticatorSession = NativeSession<method::AuthenticatorMethodSession>;

// On each thread that calls the method: the COM apartment that it finds itself in.
class MethodLane : public CallContext {
 public:
  using CallContext::Apartment;

  MethodLane(std::uint32_t number, Apartment apartment) : number_(number), apartment_(apartment) {}
  MethodLane(const MethodLane&) = delete;
  MethodLane& operator=(const MethodLane&) = delete;
  void Enter() override { Join(apartment_); }

  std::uint32_t number() const { return number_; }

 private:
  const std::uint32_t number_;  // from 1, for people
  const Apartment apartment_;
};

// The lanes that the method DLLs of one environment share, as sessions of a run-time do: a peer and an
// authenticator that talk to each other take turns, and a thread that has just run the one is awake for the
// other.
class MethodLanes : public LaneHost {
 public:
  // Closed when all that hold them have let them go. NULL when the system gives no thread.
  static std::shared_ptr<MethodLanes> Open(std::size_t max_lanes);

  explicit MethodLanes(std::size_t max_lanes) : pool({.max_lanes = max_lanes, .spin = kSpin}) {}
  // For a thread of a method's, on a lane or beside them.
  std::unique_ptr<LaneContext> MakeThread(MethodLane::Apartment apartment) {
    return std::make_unique<MethodLane>(NextThread(), apartment);
  }
  // The number of another one.
  std::uint32_t NextThread() { return ++last_thread_; }

  LanePool pool;

 private:
  // What JavaScript makes of a step, up to the next one, takes longer than with an exchange of a run-time.
  static constexpr std::chrono::microseconds kSpin{100};

  std::unique_ptr<LaneContext> MakeContext() override {
    return MakeThread(MethodLane::Apartment::kMultiThreaded);
  }
  void Closed() override {}

  std::atomic<std::uint32_t> last_thread_ = 0;
};

// A DLL of a role, and the routines of the method. No routines: the DLL holds user interface only.
template <typename Dll>
struct LoadedMethod {
  std::shared_ptr<Dll> dll;
  const typename Dll::RoutineTable* routines = nullptr;
};

class MethodHost : public SessionOwner {
 public:
  enum class Role { kPeer, kAuthenticator };
  struct Options {
    Role role = Role::kPeer;
    std::u16string path;
    abi::EAP_METHOD_TYPE type{};
    std::optional<std::u16string> endpoint;
    std::size_t max_lanes = 64;
    bool trace = false;
  };

  // `closed` is posted by the thread that was the last to make calls.
  MethodHost(std::int32_t number, Options options, std::shared_ptr<MethodLanes> lanes,
             std::shared_ptr<Outbox> outbox, std::unique_ptr<Message> closed);

  bool Submit(Strand& strand, Job* job) override;
  abi::DWORD Submit(Part part, Job* job) override;
  void Leave(Strand& strand) override { lanes_->pool.Leave(strand); }
  // On the thread of a job that was submitted: takes it back.
  template <typename TakeBack>
  void EndJob(TakeBack take_back) {
    const std::shared_ptr<LaneOwner> self = shared_from_this();
    const bool is_last = --jobs_ == 0;
    take_back();
    if (is_last) SayFarewell();
  }
  // `pending`: its calls under way or queued, on lanes and apartments. The lanes are those that it shares.
  LanePool::Stats stats() const;

  const Options& options() const { return options_; }
  std::int32_t number() const { return number_; }
  std::chrono::steady_clock::time_point opened_at() const { return opened_at_; }
  std::uint32_t NextSession() { return ++last_session_; }

  // Of the first job; the others come when it went well. Loads the DLL and initializes the method.
  bool Load(Failure& failure);
  const LoadedMethod<method::PeerMethodDll>& peer() const { return peer_; }
  const LoadedMethod<method::AuthenticatorMethodDll>& authenticator() const { return authenticator_; }
  // The DLL's exports and the table's routines that are there.
  const std::vector<const char*>& exports() const { return exports_; }
  const std::vector<const char*>& routines() const { return routines_; }

  // In jobs of the session's strand. End is idempotent.
  bool Begin(const std::shared_ptr<PeerSession>& session, method::PeerParameters parameters,
             const SecretBytes& user_data, Failure& failure);
  bool Begin(const std::shared_ptr<AuthenticatorSession>& session, method::AuthenticatorParameters parameters,
             Failure& failure);
  bool End(MethodSession& session, Failure& failure);

  // The function that ends a session.
  const char* end_name() const {
    return options_.role == Role::kPeer ? "EapPeerEndSession" : "EapMethodAuthenticatorEndSession";
  }

 private:
  // The job after the last one of a host that closes: the end of its lanes' part, which may call the method.
  struct Farewell : Job {
    void Run(LaneContext&) override { host->PartClosed(); }
    void Done() override {
      const std::shared_ptr<MethodHost> last = std::move(host);
      last->Leave(strand);
    }

    Strand strand;
    std::shared_ptr<MethodHost> host;
  };

  std::unique_ptr<LaneContext> MakeApartmentContext() override {
    return lanes_->MakeThread(MethodLane::Apartment::kSingleThreaded);
  }
  void CloseLanes() override;
  void SayFarewell();
  void LastPartClosed() override;

  template <typename Dll, typename Type>
  bool LoadInto(LoadedMethod<Dll>& loaded, const Type& type, Failure& failure);
  template <typename Session, typename Make, typename Begin>
  bool BeginOpen(const std::shared_ptr<Session>& session, const char* call, Make make, Begin begin,
                 Failure& failure);

  const std::int32_t number_;
  const Options options_;
  std::unique_ptr<Message> closed_;
  const std::chrono::steady_clock::time_point opened_at_;
  std::atomic<std::uint32_t> last_session_ = 0;

  const std::shared_ptr<MethodLanes> lanes_;
  std::atomic<std::size_t> jobs_ = 1;  // that are not done; and one until the lanes' part is to close
  std::atomic<bool> takes_jobs_ = true;
  Farewell farewell_;

  // Filled by Load, constant until the last thread is done.
  LoadedMethod<method::PeerMethodDll> peer_;
  LoadedMethod<method::AuthenticatorMethodDll> authenticator_;
  std::vector<const char*> exports_;
  std::vector<const char*> routines_;
};

}  // namespace eaphost::addon
