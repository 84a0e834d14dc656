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

// Calls that end no call of JavaScript's. Lost where there is no memory.
void Tell(MethodHost& host, MethodTrace trace) {
  if (trace.empty()) return;
  if (auto* const message =
          new (std::nothrow) TraceMessage(host.number(), host.opened_at(), std::move(trace)))
    host.outbox().Post(message);
}

}  // namespace

MethodSession::MethodSession(std::shared_ptr<MethodHost> owner)
    : host(std::move(owner)), number(host->NextSession()) {}

MethodSession::~MethodSession() { host->Leave(strand); }

void MethodSession::Done() {
  host->EndJob([this] { OwnedSession::Done(); });
}

void MethodSession::Run(LaneContext& lane) {
  Failure ignored;
  MethodTrace trace;
  trace.lane = static_cast<const MethodLane&>(lane).number();
  trace.session = number;
  {
    std::optional<method::Recording> recording;
    if (host->options().trace) recording.emplace(trace.records);
    try {
      host->End(*this, ignored);
    } catch (const std::bad_alloc&) {
      // It has ended; its message is lost.
    }
  }
  Tell(*host, std::move(trace));
}

std::shared_ptr<MethodLanes> MethodLanes::Open(std::size_t max_lanes) {
  auto lanes = std::make_shared<MethodLanes>(max_lanes);
  if (!lanes->pool.Start(lanes)) return nullptr;
  // The lanes' threads hold them, too: so not their end closes them, but that of this.
  MethodLanes* const address = lanes.get();
  return {address, [held = std::move(lanes)](MethodLanes*) { held->pool.Close(); }};
}

MethodHost::MethodHost(std::int32_t number, Options options, std::shared_ptr<MethodLanes> lanes,
                       std::shared_ptr<Outbox> outbox, std::unique_ptr<Message> closed)
    : SessionOwner(std::move(outbox)),
      number_(number),
      options_(std::move(options)),
      closed_(std::move(closed)),
      opened_at_(std::chrono::steady_clock::now()),
      lanes_(std::move(lanes)) {}

bool MethodHost::Submit(Strand& strand, Job* job) {
  if (!takes_jobs_) return false;
  ++jobs_;
  return lanes_->pool.Submit(strand, job);
}

abi::DWORD MethodHost::Submit(Part part, Job* job) {
  ++jobs_;
  const abi::DWORD code = LaneOwner::Submit(part, job);
  if (code != abi::kNoError) --jobs_;
  return code;
}

void MethodHost::CloseLanes() {
  takes_jobs_ = false;
  if (--jobs_ == 0) SayFarewell();
}

void MethodHost::SayFarewell() {
  farewell_.host = std::static_pointer_cast<MethodHost>(shared_from_this());
  static_cast<void>(lanes_->pool.Submit(farewell_.strand, &farewell_));
}

LanePool::Stats MethodHost::stats() const {
  return {.lanes = lanes_->pool.stats().lanes, .pending = jobs_ - (takes_jobs_ ? 1 : 0)};
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
  return BeginKept(session, call, failure, [&] {
    auto native = make();
    if (!method::Check(begin(*native), call, failure)) return false;
    session->native = std::move(native);
    return true;
  });
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

void MethodHost::LastPartClosed() {
  MethodTrace trace;
  {
    // Not on the heap: what closes must not fail.
    MethodLane thread(lanes_->NextThread(), MethodLane::Apartment::kMultiThreaded);
    thread.Enter();
    std::optional<method::Recording> recording;
    if (options_.trace) recording.emplace(trace.records);
    trace.lane = thread.number();
    peer_ = {};
    authenticator_ = {};
  }
  Tell(*this, std::move(trace));
  outbox().Post(closed_.release());
}

}  // namespace eaphost::addon
