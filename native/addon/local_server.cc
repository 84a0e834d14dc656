// Connections between the shim's threads and JavaScript.
#include "native/addon/local_server.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <new>
#include <utility>

#include "native/abi/shim.h"
#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/addon/values.h"
#include "native/platform/library.h"
#include "native/threads/bell.h"

namespace eaphost::addon {

namespace {

// The largest answer whose memory is kept for the next.
constexpr std::size_t kLargestAnswerKept = 4096;

// How long the shim watches for an answer before it sleeps: most are a method's step without much
// cryptography.
constexpr std::chrono::microseconds kWatch{50};

constexpr const char* kServe = "EapShimServe";

}  // namespace

// Both ends of a connection: a thread of the shim's, which writes a frame and reads the answer, and
// JavaScript's. Either hangs up.
class LocalConnection {
 public:
  // The shim's end. Win32 codes.
  abi::DWORD Read(std::span<std::uint8_t> data, std::chrono::milliseconds patience, std::size_t* got) {
    std::unique_lock lock(mutex_);
    const bool must_wait = is_open_ && answer_.empty();
    if (must_wait && !bell_->Sleep(lock, kWatch, threads::Bell::Clock::now() + patience)) {
      return abi::kErrorTimeout;
    }
    if (!is_open_) return abi::kErrorConnectionAborted;
    const std::size_t count = std::min(data.size(), answer_.size() - read_);
    std::copy_n(answer_.begin() + static_cast<std::ptrdiff_t>(read_), count, data.begin());
    read_ += count;
    if (read_ == answer_.size()) Forget();
    *got = count;
    return abi::kNoError;
  }

  bool Quiet() {
    const std::lock_guard lock(mutex_);
    return is_open_ && answer_.empty();
  }

  // JavaScript's end. Throws std::bad_alloc.
  void Answer(std::span<const std::uint8_t> frame) {
    std::unique_lock lock(mutex_);
    if (!is_open_) return;
    answer_.insert(answer_.end(), frame.begin(), frame.end());
    const bool must_ring = bell_->Wake();
    lock.unlock();
    if (must_ring) bell_->Ring();
  }

  // Any thread.
  void HangUp() {
    const std::lock_guard lock(mutex_);
    is_open_ = false;
    Forget();
    if (bell_->Wake()) bell_->Ring();
  }

  std::int32_t number = 0;  // JavaScript's alone, which gives it

 private:
  void Forget() {
    platform::Wipe(answer_.data(), answer_.size());
    answer_.clear();
    read_ = 0;
    if (answer_.capacity() > kLargestAnswerKept) SecretBytes().swap(answer_);
  }

  std::mutex mutex_;
  const threads::Bell::Owned bell_ = threads::Bell::Take();
  bool is_open_ = true;
  SecretBytes answer_;
  std::size_t read_ = 0;  // octets of it
};

namespace {

using ConnectionPointer = std::shared_ptr<LocalConnection>;

// What is on its way to JavaScript for a connection. Where it does not arrive, the environment is gone, and
// the shim learns that nobody will answer.
class Notice : public Completion {
 public:
  explicit Notice(ConnectionPointer connection) : connection_(std::move(connection)) {}
  ~Notice() override {
    if (connection_ != nullptr) connection_->HangUp();
  }
  void Deliver(Environment& environment) final {
    Tell(environment, *connection_);
    connection_ = nullptr;
  }

 protected:
  virtual void Tell(Environment& environment, LocalConnection& connection) = 0;
  const ConnectionPointer& connection() const { return connection_; }

 private:
  ConnectionPointer connection_;
};

class Connected final : public Notice {
 public:
  Connected(ConnectionPointer connection, std::int32_t server)
      : Notice(std::move(connection)), server_(server) {}

 protected:
  void Tell(Environment& environment, LocalConnection& added) override {
    added.number = environment.local_servers().Add(connection());
    environment.delivery().Accept(server_, added.number);
  }

 private:
  const std::int32_t server_;
};

class Frame final : public Notice {
 public:
  Frame(ConnectionPointer connection, std::span<const std::uint8_t> octets)
      : Notice(std::move(connection)), octets_(octets.begin(), octets.end()) {}

 protected:
  void Tell(Environment& environment, LocalConnection& asking) override {
    environment.delivery().Receive(asking.number, octets_);
  }

 private:
  const SecretBytes octets_;
};

class Disconnected final : public Notice {
 public:
  using Notice::Notice;

 protected:
  void Tell(Environment& environment, LocalConnection& gone) override {
    environment.delivery().Disconnect(gone.number);
  }
};

// The shim's end of a connection: what the shim knows as its stream.
struct LocalStream {
  ConnectionPointer connection;
  std::shared_ptr<Outbox> outbox;
  std::unique_ptr<Disconnected>
      disconnected;  // there from the start: its end has nobody to tell of no memory
};

LocalStream& StreamOf(void* stream) { return *static_cast<LocalStream*>(stream); }

abi::DWORD EAPHOST_STDCALL Write(void* stream, const abi::BYTE* data, std::size_t size) {
  const LocalStream& self = StreamOf(stream);
  try {
    self.outbox->Post(new Frame(self.connection, {data, size}));
    return abi::kNoError;
  } catch (const std::bad_alloc&) {
    return abi::kErrorNotEnoughMemory;
  }
}

abi::DWORD EAPHOST_STDCALL Read(void* stream, abi::BYTE* data, std::size_t size, abi::DWORD milliseconds,
                                std::size_t* got) {
  return StreamOf(stream).connection->Read({data, size}, std::chrono::milliseconds(milliseconds), got);
}

abi::BOOL EAPHOST_STDCALL Quiet(void* stream) { return StreamOf(stream).connection->Quiet() ? 1 : 0; }

void EAPHOST_STDCALL Abort(void* stream) { StreamOf(stream).connection->HangUp(); }

void EAPHOST_STDCALL Close(void* stream) {
  const std::unique_ptr<LocalStream> self(&StreamOf(stream));
  self->connection->HangUp();
  self->outbox->Post(self->disconnected.release());
}

}  // namespace

// One address, known to the shim as long as this lives.
class LocalServers::Server {
 public:
  Server(std::int32_t number, std::u16string address, std::shared_ptr<Outbox> outbox)
      : number_(number), address_(std::move(address)), outbox_(std::move(outbox)) {}
  ~Server() {
    if (is_known_) static_cast<void>(serve_(address_.c_str(), nullptr));
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  abi::DWORD Listen(const std::u16string& path) {
    library_ = platform::Library::Load(path, platform::Library::Where::kPath);
    if (!library_.loaded()) return library_.error();
    serve_ = library_.Find<shim::EapShimServeFn>(kServe);
    if (serve_ == nullptr) return abi::kErrorProcNotFound;
    const shim::LocalServer functions{.context = this,
                                      .Connect = &Connect,
                                      .Write = &Write,
                                      .Read = &Read,
                                      .Quiet = &Quiet,
                                      .Abort = &Abort,
                                      .Close = &Close};
    const abi::DWORD code = serve_(address_.c_str(), &functions);
    is_known_ = code == abi::kNoError;
    return code;
  }

 private:
  static abi::DWORD EAPHOST_STDCALL Connect(void* context, void** stream) {
    const Server& self = *static_cast<const Server*>(context);
    try {
      const auto connection = std::make_shared<LocalConnection>();
      auto connected = std::make_unique<Connected>(connection, self.number_);
      auto opened = std::make_unique<LocalStream>(
          LocalStream{.connection = connection,
                      .outbox = self.outbox_,
                      .disconnected = std::make_unique<Disconnected>(connection)});
      self.outbox_->Post(connected.release());
      *stream = opened.release();
      return abi::kNoError;
    } catch (const std::bad_alloc&) {
      return abi::kErrorNotEnoughMemory;
    }
  }

  const std::int32_t number_;
  const std::u16string address_;
  const std::shared_ptr<Outbox> outbox_;
  platform::Library library_;
  shim::EapShimServeFn* serve_ = nullptr;
  bool is_known_ = false;
};

LocalServers::LocalServers() = default;

LocalServers::~LocalServers() = default;

abi::DWORD LocalServers::Listen(const std::u16string& library, const std::u16string& address,
                                const std::shared_ptr<Outbox>& outbox, std::int32_t* number) {
  auto server = std::make_unique<Server>(last_server_ + 1, address, outbox);
  if (const abi::DWORD code = server->Listen(library); code != abi::kNoError) return code;
  servers_.emplace(*number = ++last_server_, std::move(server));
  return abi::kNoError;
}

void LocalServers::StopListening(std::int32_t server) { servers_.erase(server); }

std::int32_t LocalServers::Add(ConnectionPointer connection) {
  connections_.emplace(++last_connection_, std::move(connection));
  return last_connection_;
}

void LocalServers::Answer(std::int32_t connection, std::span<const std::uint8_t> frame) {
  const auto found = connections_.find(connection);
  if (found != connections_.end()) found->second->Answer(frame);
}

void LocalServers::HangUp(std::int32_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  found->second->HangUp();
  connections_.erase(found);
}

void LocalServers::Leave() {
  servers_.clear();
  for (const auto& [number, connection] : connections_) connection->HangUp();
  connections_.clear();
}

napi_value ListenLocally(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::u16string library = reader.Text(arguments[0], "library");
  const std::u16string address = reader.Text(arguments[1], "address");
  if (!reader.ok()) return nullptr;
  auto& environment = *static_cast<Environment*>(data);
  std::int32_t server = 0;
  napi_value number = nullptr;
  const abi::DWORD code =
      environment.local_servers().Listen(library, address, environment.delivery().outbox(), &server);
  if (code != abi::kNoError) {
    ThrowFailure(env, kServe, code);
    return nullptr;
  }
  return napi_create_int32(env, server, &number) == napi_ok ? number : nullptr;
}

napi_value StopListening(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t server = reader.SignedNumber(arguments[0], "server");
  if (reader.ok()) static_cast<Environment*>(data)->local_servers().StopListening(server);
  return nullptr;
}

napi_value Answer(napi_env env, napi_callback_info info) {
  napi_value arguments[2] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t connection = reader.SignedNumber(arguments[0], "connection");
  const auto frame = ViewBytes(env, arguments[1]);
  if (!frame) reader.Refuse("frame", "a Uint8Array");
  if (reader.ok()) static_cast<Environment*>(data)->local_servers().Answer(connection, *frame);
  return nullptr;
}

napi_value HangUp(napi_env env, napi_callback_info info) {
  napi_value arguments[1] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t connection = reader.SignedNumber(arguments[0], "connection");
  if (reader.ok()) static_cast<Environment*>(data)->local_servers().HangUp(connection);
  return nullptr;
}

}  // namespace eaphost::addon
