// An opened method DLL. Open, Close and Abandon on JavaScript's thread, the rest on lanes.
#include "native/addon/method_host.h"

#include <new>

#include "native/addon/method_calls.h"
#include "native/method/exports.h"

namespace eaphost::addon {

namespace {

// The DLLs in memory, for all the environments of the process: a DLL is initialized once per load. Never
// destroyed, since threads may be inside a DLL while the process exits.
template <typename Dll>
method::DllCache<Dll>& Cache() {
  static auto* const cache = new method::DllCache<Dll>;
  return *cache;
}

class EndJob : public Job {
 public:
  explicit EndJob(std::shared_ptr<MethodSession> session) : session_(std::move(session)) {}

  void Run(LaneContext& lane) override {
    Failure ignored;
    std::optional<method::Recording> recording;
    if (session_->host->options().trace) recording.emplace(trace_.records);
    trace_.lane = static_cast<const MethodLane&>(lane).number();
    trace_.session = session_->number;
    try {
      session_->host->End(*session_, ignored);
    } catch (const std::bad_alloc&) {
      // It has ended; its message is lost.
    }
  }
  void Done() override {
    const std::unique_ptr<EndJob> self(this);
    MethodHost& host = *session_->host;
    if (trace_.empty()) return;
    if (auto* const message =
            new (std::nothrow) TraceMessage(host.number(), host.opened_at(), std::move(trace_)))
      host.outbox().Post(message);
  }

 private:
  const std::shared_ptr<MethodSession> session_;
  MethodTrace trace_;
};

}  // namespace

MethodSession::MethodSession(std::shared_ptr<MethodHost> owner)
    : host(std::move(owner)), number(host->NextSession()) {}

MethodSession::~MethodSession() { host->lanes().Leave(strand); }

MethodHost::MethodHost(std::int32_t number, Options options, std::shared_ptr<Outbox> outbox,
                       std::function<void()> closed)
    : SessionOwner(options.max_lanes, std::move(outbox)),
      number_(number),
      options_(std::move(options)),
      closed_(std::move(closed)),
      opened_at_(std::chrono::steady_clock::now()) {}

std::unique_ptr<LaneContext> MethodHost::Enter() {
  return std::make_unique<MethodLane>(++last_lane_, MethodLane::Apartment::kMultiThreaded);
}

std::unique_ptr<LaneContext> MethodHost::EnterApartment() {
  return std::make_unique<MethodLane>(++last_lane_, MethodLane::Apartment::kSingleThreaded);
}

template <typename Dll, typename Type>
bool MethodHost::LoadInto(LoadedMethod<Dll>& loaded, const Type& type, Failure& failure) {
  const method::Status status = Cache<Dll>().Acquire(options_.path, false, loaded.dll);
  if (!method::Check(status, "LoadLibrary", failure)) return false;
  exports_ = loaded.dll->exports();
  if (exports_.empty()) {
    failure = MakeFailure("GetProcAddress", abi::kErrorProcNotFound,
                          "the DLL exports no function of an EAP method of this role");
    return false;
  }
  if (!loaded.dll->has_methods()) return true;
  if (!method::Check(loaded.dll->UseEndpoint(options_.endpoint), "EapShimUseEndpoint", failure) ||
      !method::Check(loaded.dll->Routines(type, loaded.routines), "GetInfo", failure)) {
    return false;
  }
  routines_ = Dll::RoutineNames(*loaded.routines);
  const char* const missing = loaded.dll->Missing(*loaded.routines);
  if (missing == nullptr) return true;
  failure = MakeFailure(missing, abi::kErrorProcNotFound, "the method needs it and does not have it");
  return false;
}

bool MethodHost::Load(Failure& failure) {
  return options_.role == Role::kPeer ? LoadInto(peer_, options_.type.eapType, failure)
                                      : LoadInto(authenticator_, options_.type, failure);
}

template <typename Session, typename Make, typename BeginIt>
bool MethodHost::BeginOpen(const std::shared_ptr<Session>& session, const char* call, Make make,
                           BeginIt begin, Failure& failure) {
  const Failure cancelled = MakeFailure(call, abi::kErrorCancelled);
  if (is_closing()) {
    failure = cancelled;
    return false;
  }
  auto native = make();
  if (!method::Check(begin(*native), call, failure)) return false;
  session->native = std::move(native);
  if (Keep(session)) return true;
  // The method was closed while the session began, so it must be ended here.
  End(*session, failure);
  failure = cancelled;
  return false;
}

bool MethodHost::Begin(const std::shared_ptr<PeerSession>& session, method::PeerParameters parameters,
                       const SecretBytes& user_data, Failure& failure) {
  constexpr const char* kCall = "EapPeerBeginSession";
  if (peer_.routines == nullptr) {
    failure = MakeFailure(kCall, abi::kErrorProcNotFound, "the DLL holds user interface only");
    return false;
  }
  return BeginOpen(
      session, kCall,
      [&] {
        return std::make_unique<method::PeerMethodSession>(peer_.dll, *peer_.routines, std::move(parameters));
      },
      [&](method::PeerMethodSession& native) { return native.Begin(user_data); }, failure);
}

bool MethodHost::Begin(const std::shared_ptr<AuthenticatorSession>& session,
                       method::AuthenticatorParameters parameters, Failure& failure) {
  constexpr const char* kCall = "EapMethodAuthenticatorBeginSession";
  if (authenticator_.routines == nullptr) {
    failure = MakeFailure(kCall, abi::kErrorProcNotFound, "the DLL holds user interface only");
    return false;
  }
  return BeginOpen(
      session, kCall,
      [&] {
        return std::make_unique<method::AuthenticatorMethodSession>(
            authenticator_.dll, *authenticator_.routines, std::move(parameters));
      },
      [](method::AuthenticatorMethodSession& native) { return native.Begin(); }, failure);
}

bool MethodHost::End(MethodSession& session, Failure& failure) {
  const bool is_ended = method::Check(session.End(), end_name(), failure);
  Forget(session);
  return is_ended;
}

std::unique_ptr<Job> MethodHost::NewEndJob(std::shared_ptr<MethodSession> session) {
  return std::unique_ptr<Job>(new (std::nothrow) EndJob(std::move(session)));
}

void MethodHost::LastPartClosed() {
  MethodTrace trace;
  {
    const MethodLane lane(++last_lane_, MethodLane::Apartment::kMultiThreaded);
    std::optional<method::Recording> recording;
    if (options_.trace) recording.emplace(trace.records);
    trace.lane = lane.number();
    peer_ = {};
    authenticator_ = {};
  }
  if (!trace.empty()) outbox().Post(new TraceMessage(number_, opened_at_, std::move(trace)));
  closed_();
}

}  // namespace eaphost::addon
