// What one JavaScript environment has of this addon. Its thread, except for what listeners do.
#include "native/addon/environment.h"

#include <algorithm>
#include <new>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/calls.h"
#include "native/addon/method_calls.h"
#include "native/addon/method_object.h"
#include "native/addon/method_session_object.h"
#include "native/addon/runtime_object.h"
#include "native/addon/session_object.h"
#include "native/values/guid.h"

namespace eaphost::addon {

namespace {

constexpr std::size_t kSpareExchanges = 1024;

// Resolves a call that no lane has a part in.
class Resolved : public Completion {
 public:
  explicit Resolved(std::int32_t ticket) : ticket_(ticket) {}
  void Deliver(Environment& environment) override {
    environment.delivery().CallEnded();
    environment.delivery().Resolve(ticket_);
  }

 private:
  const std::int32_t ticket_;
};

class Opened : public Completion {
 public:
  Opened(std::int32_t number, std::int32_t ticket) : number_(number), ticket_(ticket) {}
  void Fail(std::optional<Failure> failure) { failure_ = std::move(failure); }
  void Deliver(Environment& environment) override {
    environment.delivery().CallEnded();
    if (failure_) {
      environment.Forget(number_);
      environment.delivery().Reject(ticket_, *failure_);
    } else {
      environment.delivery().ResolveValue(ticket_, RuntimeObject::Wrap(environment, number_));
    }
  }

 private:
  const std::int32_t number_;
  const std::int32_t ticket_;
  std::optional<Failure> failure_;
};

class Notified : public Completion {
 public:
  Notified(std::int32_t number, const abi::GUID& connection_id)
      : number_(number), connection_id_(connection_id) {}
  void Deliver(Environment& environment) override {
    const std::string text = FormatGuid(connection_id_);
    napi_value value = nullptr;
    if (napi_create_string_latin1(environment.env(), text.data(), text.size(), &value) != napi_ok)
      value = nullptr;
    environment.delivery().Notify(number_, value);
  }

 private:
  const std::int32_t number_;
  const abi::GUID connection_id_;
};

class Closed : public Completion {
 public:
  explicit Closed(std::int32_t number) : number_(number) {}
  void Deliver(Environment& environment) override {
    if (const Environment::OpenOwner* const open = environment.Find(number_)) {
      for (const std::int32_t ticket : open->closers) {
        environment.delivery().CallEnded();
        environment.delivery().Resolve(ticket);
      }
    }
    environment.Forget(number_);
  }

 private:
  const std::int32_t number_;
};

// Posts what a run-time tells. On native threads, where nobody could be told of an allocation that fails; so
// what ends calls is there from the start.
class Poster : public Runtime::Listener {
 public:
  Poster(std::shared_ptr<Outbox> outbox, std::int32_t number, std::int32_t ticket)
      : outbox_(std::move(outbox)),
        number_(number),
        opened_(std::make_unique<addon::Opened>(number, ticket)),
        closed_(std::make_unique<addon::Closed>(number)) {}
  void Opened(std::optional<Failure> failure) override {
    opened_->Fail(std::move(failure));
    outbox_->Post(opened_.release());
  }
  void Notified(const abi::GUID& connection_id) override {
    if (auto* const message = new (std::nothrow) addon::Notified(number_, connection_id))
      outbox_->Post(message);
  }
  void Closed() override { outbox_->Post(closed_.release()); }

 private:
  const std::shared_ptr<Outbox> outbox_;
  const std::int32_t number_;
  std::unique_ptr<addon::Opened> opened_;
  std::unique_ptr<addon::Closed> closed_;
};

}  // namespace

Environment::Environment(napi_env env) : env_(env), delivery_(*this) {}

Environment::~Environment() = default;

Environment* Environment::Of(napi_env env) {
  void* data = nullptr;
  return napi_get_instance_data(env, &data) == napi_ok ? static_cast<Environment*>(data) : nullptr;
}

Environment* Environment::Create(napi_env env) {
  std::unique_ptr<Environment> environment(new Environment(env));
  const auto destroy = [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); };
  if (napi_set_instance_data(env, environment.get(), destroy, nullptr) != napi_ok) return nullptr;
  Environment* const owned = environment.release();
  return owned->Start() ? owned : nullptr;
}

bool Environment::Start() {
  // So that putting one back needs no memory.
  spare_exchanges_.reserve(kSpareExchanges);
  // Leave is added after the thread-safe function, so called before that goes.
  return delivery_.Start() && napi_add_env_cleanup_hook(env_, &Leave, this) == napi_ok &&
         SessionObject::Define(*this) && RuntimeObject::Define(*this) && MethodObject::Define(*this) &&
         MethodSessionObject<PeerSession>::Define(*this) &&
         MethodSessionObject<AuthenticatorSession>::Define(*this);
}

// From here on no native thread touches the environment. They end what is open by themselves; no caller
// waits for them.
void Environment::Leave(void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  self.delivery_.outbox()->Close();
  self.local_servers_.Leave();
  for (const auto& [number, open] : std::exchange(self.owners_, {})) open.owner->Abandon();
}

void Environment::ResolveLater(std::int32_t ticket) {
  auto message = std::make_unique<Resolved>(ticket);
  delivery_.CallStarted();
  delivery_.outbox()->Post(message.release());
}

void Environment::Open(Runtime::Options options, std::int32_t ticket) {
  const std::int32_t number = ++last_owner_;
  auto poster = std::make_unique<Poster>(delivery_.outbox(), number, ticket);
  Runtime::Listener& listener = *poster;
  auto runtime = std::make_shared<Runtime>(std::move(options), delivery_.outbox(), std::move(poster));
  owners_.emplace(number, OpenOwner{.owner = runtime, .closers = {}});
  delivery_.CallStarted();
  if (!runtime->Open()) listener.Opened(MakeFailure("CreateThread", abi::kErrorMaxThreadsReached));
}

std::shared_ptr<MethodLanes> Environment::LanesOf(std::size_t max_lanes) {
  std::weak_ptr<MethodLanes>& place = method_lanes_[max_lanes];
  std::shared_ptr<MethodLanes> lanes = place.lock();
  if (lanes == nullptr) place = lanes = MethodLanes::Open(max_lanes);
  return lanes;
}

bool Environment::has_methods() const {
  return local_servers_.is_serving() ||
         std::any_of(method_lanes_.begin(), method_lanes_.end(),
                     [](const auto& entry) { return !entry.second.expired(); });
}

std::int32_t Environment::OpenMethod(MethodHost::Options options, std::int32_t ticket) {
  const std::int32_t number = ++last_owner_;
  std::shared_ptr<MethodLanes> lanes = LanesOf(options.max_lanes);
  if (lanes == nullptr) {
    auto opened = std::make_unique<Opened>(number, ticket);
    opened->Fail(MakeFailure("LoadLibrary", abi::kErrorMaxThreadsReached));
    delivery_.CallStarted();
    delivery_.outbox()->Post(opened.release());
    return number;
  }
  auto host = std::make_shared<MethodHost>(number, std::move(options), std::move(lanes), delivery_.outbox(),
                                           std::make_unique<Closed>(number));
  // Loads the DLL, GetInfo, Initialize. Gives a new method object; a failure closes the host.
  auto strand = std::make_shared<LooseStrand<MethodHost>>(host);
  auto call = MakeCall<MethodCall, Nothing>(
      [strand](Nothing&, Failure& failure) {
        const bool is_loaded = strand->owner->Load(failure);
        if (!is_loaded) strand->owner->Close();
        return is_loaded;
      },
      [host](Environment& environment, std::int32_t done, Nothing&) {
        environment.delivery().ResolveValue(done, MethodObject::Wrap(environment, host));
      },
      ticket, host, 0, "LoadLibrary");
  owners_.emplace(number, OpenOwner{.owner = host, .closers = {}});
  Submit(*host, strand->strand, std::move(call));
  return number;
}

Environment::OpenOwner* Environment::Find(std::int32_t number) {
  const auto entry = owners_.find(number);
  return entry == owners_.end() ? nullptr : &entry->second;
}

void Environment::CloseOwner(std::int32_t number, std::int32_t ticket) {
  OpenOwner* const open = Find(number);
  if (open == nullptr) return ResolveLater(ticket);
  open->closers.push_back(ticket);
  delivery_.CallStarted();
  open->owner->Close();
}

std::unique_ptr<ExchangeCall> Environment::TakeExchange() {
  if (spare_exchanges_.empty()) return std::make_unique<ExchangeCall>();
  auto call = std::move(spare_exchanges_.back());
  spare_exchanges_.pop_back();
  return call;
}

void Environment::Recycle(std::unique_ptr<ExchangeCall> call) {
  call->Clear();
  if (spare_exchanges_.size() < kSpareExchanges) spare_exchanges_.push_back(std::move(call));
}

}  // namespace eaphost::addon
