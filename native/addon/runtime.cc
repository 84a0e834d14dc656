// An opened run-time. Open, Close and Abandon on JavaScript's thread, the rest on lanes.
#include "native/addon/runtime.h"

#include <new>
#include <utility>

#include "native/abi/win32.h"

namespace eaphost::addon {

namespace {

// Scope 0 is the process's own.
std::uint64_t NextScope() {
  static std::atomic<std::uint64_t> last_scope = 0;
  return ++last_scope;
}

class EndJob : public Job {
 public:
  explicit EndJob(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  void Run(LaneContext& lane) override {
    host::Failure ignored;
    try {
      if (lane.usable()) session_->runtime->End(*session_, ignored);
    } catch (const std::bad_alloc&) {
      // It has ended; what was to be told of it is lost.
    }
  }
  void Done() override { delete this; }

 private:
  const std::shared_ptr<Session> session_;
};

}  // namespace

Session::~Session() { runtime->lanes().Leave(strand); }

RuntimeLane::RuntimeLane(Runtime& runtime) : runtime_(runtime) {
  ++runtime_.lane_count_;
  try {
    if (!runtime_.is_opened_) {
      const Runtime::Options& options = runtime_.options_;
      failure_ = runtime_.table_.Load(options.runtime_library, options.configuration_library, options.where);
    }
    if (usable()) Initialize();
  } catch (const std::bad_alloc&) {
    failure_ = host::MakeFailure("LoadLibrary", abi::kErrorNotEnoughMemory);
  }
}

void RuntimeLane::Initialize() {
  const host::RuntimeTable& table = runtime_.table_;
  if (table.is_embedded()) {
    const abi::DWORD code = table.EapEmbeddedEnterScope(runtime_.scope_);
    if (code != abi::kNoError) failure_ = host::MakeFailure("EapEmbeddedEnterScope", code);
    if (!usable()) return;
  }
  const abi::DWORD code = table.EapHostPeerInitialize();
  is_initialized_ = code == abi::kNoError;
  if (!is_initialized_) failure_ = host::MakeFailure("EapHostPeerInitialize", code);
}

RuntimeApartment::RuntimeApartment(Runtime& runtime) {
  const abi::DWORD result = EnterSingleThreadedApartment();
  is_entered_ = result == abi::kNoError;
  if (!is_entered_) failure_ = host::MakeFailure("CoInitializeEx", result);
  const host::RuntimeTable& table = runtime.table_;
  if (!usable() || !table.is_embedded()) return;
  const abi::DWORD code = table.EapEmbeddedEnterScope(runtime.scope_);
  if (code != abi::kNoError) failure_ = host::MakeFailure("EapEmbeddedEnterScope", code);
}

RuntimeApartment::~RuntimeApartment() {
  if (is_entered_) LeaveApartment();
}

RuntimeLane::~RuntimeLane() {
  // The first lane leaves only when the run-time closes and every job is done, so no other comes after the
  // last.
  const bool is_last = --runtime_.lane_count_ == 0;
  if (!is_initialized_) return;
  if (is_last) {
    host::Failure ignored;
    for (const abi::GUID& connection_id : runtime_.connections_.All()) {
      runtime_.ClearConnection(connection_id, ignored);
    }
  }
  runtime_.table_.EapHostPeerUninitialize();
}

Runtime::Runtime(Options options, std::shared_ptr<Outbox> outbox, std::unique_ptr<Listener> listener)
    : LaneOwner(options.max_lanes, std::move(outbox)),
      options_(std::move(options)),
      listener_(std::move(listener)),
      scope_(NextScope()),
      connections_([this](const abi::GUID& connection_id) { listener_->Notified(connection_id); }) {}

Runtime::~Runtime() = default;

std::unique_ptr<LaneContext> Runtime::Enter() {
  auto lane = std::make_unique<RuntimeLane>(*this);
  if (!is_opened_) {
    is_opened_ = true;
    if (!lane->usable()) Close();
    listener_->Opened(lane->failure());
  }
  return lane;
}

void Runtime::EndSessions() {
  decltype(open_sessions_) sessions;
  {
    const std::lock_guard lock(mutex());
    sessions.swap(open_sessions_);
  }
  for (const auto& [key, session] : sessions) EndLater(session);
}

std::unique_ptr<LaneContext> Runtime::EnterApartment() { return std::make_unique<RuntimeApartment>(*this); }

void Runtime::EndLater(std::shared_ptr<Session> session) {
  Strand& strand = session->strand;
  // Without memory for that the session goes with the run-time.
  std::unique_ptr<EndJob> job(new (std::nothrow) EndJob(std::move(session)));
  if (job != nullptr && lanes().Submit(strand, job.get())) static_cast<void>(job.release());
}

void Runtime::LastPartClosed() {
  if (table_.is_embedded()) table_.EapEmbeddedDropScope(scope_);
  listener_->Closed();
}

bool Runtime::Keep(const std::shared_ptr<Session>& session) {
  const std::lock_guard lock(mutex());
  if (!is_closing()) open_sessions_.emplace(session.get(), session);
  return !is_closing();
}

bool Runtime::Begin(const std::shared_ptr<Session>& session, host::BeginArguments& arguments,
                    host::Failure& failure) {
  const host::Failure cancelled = host::MakeFailure("EapHostPeerBeginSession", abi::kErrorCancelled);
  if (is_closing()) {
    failure = cancelled;
    return false;
  }
  bool is_new_connection = false;
  if (arguments.connection_id) {
    const host::Connections::Registration registration = connections_.Add(*arguments.connection_id);
    arguments.handler = registration.handler;
    arguments.handler_context = registration.context;
    is_new_connection = registration.is_new;
  }
  if (!supplicant().Begin(arguments, session->id, failure)) {
    if (is_new_connection) connections_.Remove(*arguments.connection_id);
    return false;
  }
  session->state = Session::State::kOpen;
  if (Keep(session)) return true;
  // The run-time was closed while the session began: nobody would end it.
  End(*session, failure);
  failure = cancelled;
  return false;
}

bool Runtime::End(Session& session, host::Failure& failure) {
  if (session.state != Session::State::kOpen) return true;
  session.state = Session::State::kEnded;
  const bool is_ended = supplicant().End(session.id, failure);
  lanes().Leave(session.strand);
  const std::lock_guard lock(mutex());
  open_sessions_.erase(&session);
  return is_ended;
}

bool Runtime::ClearConnection(const abi::GUID& connection_id, host::Failure& failure) {
  if (!supplicant().ClearConnection(connection_id, failure)) return false;
  connections_.Remove(connection_id);
  return true;
}

}  // namespace eaphost::addon
