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

}  // namespace

Session::~Session() { runtime->Leave(strand); }

void Session::Run(LaneContext& lane) {
  Failure ignored;
  try {
    if (lane.usable()) runtime->End(*this, ignored);
  } catch (const std::bad_alloc&) {
    // It has ended; its message is lost.
  }
}

RuntimeLane::RuntimeLane(Runtime& runtime) : runtime_(runtime) { ++runtime_.lane_count_; }

void RuntimeLane::Enter() {
  try {
    if (!runtime_.is_opened_) {
      const Runtime::Options& options = runtime_.options_;
      failure_ = runtime_.table_.Load(options.runtime_library, options.configuration_library, options.where);
    }
    if (usable()) Initialize();
  } catch (const std::bad_alloc&) {
    failure_ = MakeFailure("LoadLibrary", abi::kErrorNotEnoughMemory);
  }
  if (std::exchange(runtime_.is_opened_, true)) return;
  if (!usable()) runtime_.Close();
  runtime_.listener_->Opened(std::move(failure_));
}

void RuntimeLane::Initialize() {
  const supplicant::RuntimeTable& table = runtime_.table_;
  if (table.is_embedded()) {
    const abi::DWORD code = table.EapEmbeddedEnterScope(runtime_.scope_);
    if (code != abi::kNoError) failure_ = MakeFailure("EapEmbeddedEnterScope", code);
    if (!usable()) return;
  }
  const abi::DWORD code = table.EapHostPeerInitialize();
  is_initialized_ = code == abi::kNoError;
  if (!is_initialized_) failure_ = MakeFailure("EapHostPeerInitialize", code);
}

void RuntimeApartment::Enter() {
  Join(Apartment::kSingleThreaded);
  const supplicant::RuntimeTable& table = runtime_.table_;
  if (!usable() || !table.is_embedded()) return;
  const abi::DWORD code = table.EapEmbeddedEnterScope(runtime_.scope_);
  if (code != abi::kNoError) failure_ = MakeFailure("EapEmbeddedEnterScope", code);
}

RuntimeLane::~RuntimeLane() {
  // The first lane leaves only when the run-time closes and every job is done, so no other comes after the
  // last.
  const bool is_last = --runtime_.lane_count_ == 0;
  if (!is_initialized_) return;
  if (is_last) {
    try {
      for (const abi::GUID& connection_id : runtime_.connections_.All())
        runtime_.DropConnection(connection_id);
    } catch (const std::bad_alloc&) {
      // They go with the run-time.
    }
  }
  runtime_.table_.EapHostPeerUninitialize();
}

Runtime::Runtime(Options options, std::shared_ptr<Outbox> outbox, std::unique_ptr<Listener> listener)
    : SessionOwner(std::move(outbox)),
      options_(std::move(options)),
      listener_(std::move(listener)),
      scope_(NextScope()),
      connections_([this](const abi::GUID& connection_id) { listener_->Notified(connection_id); }),
      lanes_({.max_lanes = options_.max_lanes}) {}

Runtime::~Runtime() = default;

void Runtime::LastPartClosed() {
  if (table_.is_embedded()) table_.EapEmbeddedDropScope(scope_);
  listener_->Closed();
}

bool Runtime::Begin(const std::shared_ptr<Session>& session, supplicant::BeginArguments& arguments,
                    Failure& failure) {
  return BeginKept(session, "EapHostPeerBeginSession", failure, [&] {
    bool is_new_connection = false;
    if (arguments.connection_id) {
      const supplicant::Connections::Registration registration = connections_.Add(*arguments.connection_id);
      arguments.handler = registration.handler;
      arguments.handler_context = registration.context;
      is_new_connection = registration.is_new;
    }
    if (!supplicant().Begin(arguments, session->id, failure)) {
      if (is_new_connection) connections_.Remove(*arguments.connection_id);
      return false;
    }
    session->state = Session::State::kOpen;
    session->user_token = std::move(arguments.user_token);
    return true;
  });
}

bool Runtime::End(Session& session, Failure& failure) {
  if (session.state != Session::State::kOpen) return true;
  session.state = Session::State::kEnded;
  const bool is_ended = supplicant().End(session.id, failure);
  session.user_token = {};
  Forget(session);
  return is_ended;
}

void Runtime::DropConnection(const abi::GUID& connection_id) {
  Failure ignored;
  try {
    static_cast<void>(ClearConnection(connection_id, ignored));
  } catch (const std::bad_alloc&) {
    // It goes with the run-time.
  }
}

bool Runtime::ClearConnection(const abi::GUID& connection_id, Failure& failure) {
  if (!supplicant().ClearConnection(connection_id, failure)) return false;
  connections_.Remove(connection_id);
  return true;
}

}  // namespace eaphost::addon
