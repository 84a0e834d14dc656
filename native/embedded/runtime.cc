#include "native/embedded/runtime.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "native/embedded/heap.h"

namespace eaphost::embedded {

using values::Status;

namespace {

thread_local std::uint64_t thread_scope = 0;

// RFC 3748, 3.1: every link carries packets of that size. EAPHost's own default is not documented.
constexpr abi::DWORD kDefaultPacketSize = 1020;
constexpr abi::DWORD kLargestPacketSize = 0xFFFF;

// A connection that is being taken, given back unless it was kept.
class Claimed {
 public:
  explicit Claimed(ConnectionTable& table) : table_(table) {}
  ~Claimed() {
    if (id_) table_.Release(*id_);
  }
  Claimed(const Claimed&) = delete;
  Claimed& operator=(const Claimed&) = delete;

  abi::DWORD Take(const abi::GUID& id) {
    const abi::DWORD code = table_.Claim(id);
    if (code == abi::kNoError) id_ = id;
    return code;
  }
  void Keep() { id_.reset(); }
  const std::optional<abi::GUID>& id() const { return id_; }

 private:
  ConnectionTable& table_;
  std::optional<abi::GUID> id_;
};

}  // namespace

Runtime& Runtime::Get() {
  static Runtime* const runtime = new Runtime;
  return *runtime;
}

std::uint64_t Runtime::scope() { return thread_scope; }
void Runtime::EnterScope(std::uint64_t number) { thread_scope = number; }

Status Runtime::OpenMethod(const abi::EAP_METHOD_TYPE& type, std::shared_ptr<Registration>& registration,
                           std::shared_ptr<method::PeerMethodDll>& dll,
                           const abi::EAP_PEER_METHOD_ROUTINES*& routines) {
  registration = methods_.Find(scope(), type);
  if (!registration) return Fail(abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED, type);
  Status status = registration->Dll(dll);
  if (status.ok()) status = dll->Routines(type.eapType, routines);
  return Describe(std::move(status), type);
}

Status Runtime::BeginSession(BeginRequest request, abi::EAP_SESSIONID& id) {
  Claimed connection(connections_);
  if (request.connection != nullptr) {
    const abi::DWORD code = connection.Take(*request.connection);
    if (code != abi::kNoError) return Fail(code, request.type);
  }
  std::shared_ptr<Registration> registration;
  std::shared_ptr<method::PeerMethodDll> dll;
  const abi::EAP_PEER_METHOD_ROUTINES* routines = nullptr;
  if (Status status = OpenMethod(request.type, registration, dll, routines); !status.ok()) return status;

  method::PeerParameters& parameters = request.parameters;
  if (const abi::DWORD code = parameters.user_token.Keep(); code != abi::kNoError) {
    return Fail(code, request.type);
  }
  parameters.endpoint = registration->entry().endpoint;
  if (parameters.max_send_packet_size == 0) parameters.max_send_packet_size = kDefaultPacketSize;
  parameters.max_send_packet_size = std::min(parameters.max_send_packet_size, kLargestPacketSize);

  PeerMachine::Settings settings;
  settings.type = request.type;
  settings.flags = parameters.flags;
  settings.max_send_packet_size = parameters.max_send_packet_size;
  settings.identity_needs_user_data = methods_.option(scope(), kOptionIdentityNeedsUserData) != 0;
  settings.max_rounds = methods_.option(scope(), kOptionMaxRounds);
  auto session =
      std::make_shared<Session>(settings, std::move(registration), std::move(dll), *routines,
                                std::move(parameters), connection.id(), std::move(request.user_data));
  {
    const std::lock_guard lock(mutex_);
    abi::EAP_SESSIONID fresh = last_id_;
    // Numbers come back after four thousand million sessions, and then only those that are free.
    do ++fresh;
    while (fresh == 0 || sessions_.contains(fresh));
    sessions_.emplace(fresh, std::move(session));
    id = last_id_ = fresh;
  }
  if (connection.id()) connections_.Register(*connection.id(), request.handler, request.handler_context);
  connection.Keep();
  return {};
}

std::shared_ptr<Session> Runtime::FindSession(abi::EAP_SESSIONID id) const {
  const std::shared_lock lock(mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second;
}

Status Runtime::EndSession(abi::EAP_SESSIONID id) {
  const std::shared_ptr<Session> session = FindSession(id);
  if (!session) return Status(abi::kErrorInvalidParameter);
  // Ended before it is forgotten, so that the counters tell what methods still hold.
  Status status;
  try {
    status = session->End();
  } catch (...) {
    status = Status(abi::kErrorNotEnoughMemory);
  }
  // A method that would end its own session from inside is refused, and the session lives.
  if (!session->ended()) return status;
  {
    const std::lock_guard lock(mutex_);
    if (sessions_.erase(id) == 0) return status;
  }
  if (session->connection()) connections_.Release(*session->connection());
  return status;
}

Counters Runtime::counters() const {
  Counters counters{};
  counters.dwOutstandingBlocks = CallerHeap::Get().outstanding();
  {
    const std::shared_lock lock(mutex_);
    counters.dwSessions = static_cast<abi::DWORD>(sessions_.size());
  }
  counters.dwLoadedMethods = dlls_.loaded();
  return counters;
}

}  // namespace eaphost::embedded
