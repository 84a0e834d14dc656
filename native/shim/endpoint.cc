#include "native/shim/endpoint.h"

#include <algorithm>
#include <map>
#include <utility>

#include "native/platform/text.h"
#include "native/shim/immortal.h"
#include "native/shim/local_stream.h"
#include "native/shim/registered.h"

namespace eaphost::shim {

namespace {

constexpr std::size_t kMostIdle = 16;

struct Named {
  EndpointPointer endpoint;
  std::size_t threads = 0;  // whose current endpoint it is
};

// The endpoints that were named since the library was initialized: one for each server that the process has
// had. And those that threads name where it is not: for calls that need no initialization.
struct Registry {
  std::mutex lock;
  std::map<std::uint64_t, Named> endpoints;
  std::uint64_t last_id = 0;
  std::size_t users = 0;
};

Immortal<Registry> registry;

// A number, and so nothing to destroy with the thread, which may outlive the library.
thread_local std::uint64_t current_id = 0;

int HexDigit(char16_t digit) {
  if (digit >= u'0' && digit <= u'9') return digit - u'0';
  if (digit >= u'a' && digit <= u'f') return digit - u'a' + 10;
  if (digit >= u'A' && digit <= u'F') return digit - u'A' + 10;
  return -1;
}

bool ParseToken(std::u16string_view digits, Token* token) {
  if (digits.size() != 2 * token->size()) return false;
  for (std::size_t index = 0; index < token->size(); ++index) {
    const int high = HexDigit(digits[2 * index]);
    const int low = HexDigit(digits[2 * index + 1]);
    if (high < 0 || low < 0) return false;
    (*token)[index] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

// Takes `<address>#<token>` apart. False: malformed.
bool Parse(std::u16string_view text, std::u16string* address, Token* token) {
  const std::size_t mark = text.rfind(u'#');
  if (mark == std::u16string_view::npos) return false;
  *address = text.substr(0, mark);
  return ParseToken(text.substr(mark + 1), token);
}

// Takes a thread's name off an endpoint.
void Release(std::uint64_t id) {
  EndpointPointer last;  // its connections close after the lock
  const std::lock_guard guard(registry->lock);
  const auto found = registry->endpoints.find(id);
  if (found == registry->endpoints.end()) return;
  if (--found->second.threads > 0 || registry->users > 0) return;
  last = std::move(found->second.endpoint);
  registry->endpoints.erase(found);
}

// The id of the endpoint that `text` names, made if it is new, with one thread more; 0 if the text is
// malformed.
std::uint64_t Acquire(std::u16string_view text) {
  std::u16string address;
  Token token{};
  if (!Parse(text, &address, &token) || !(IsLocalAddress(address) || Stream::IsAddress(address))) return 0;
  const std::lock_guard guard(registry->lock);
  for (auto& [id, named] : registry->endpoints) {
    if (!named.endpoint->Is(address, {}, token)) continue;
    ++named.threads;
    return id;
  }
  // A new server often means that an older one has gone.
  for (const auto& [id, named] : registry->endpoints) named.endpoint->CloseIdle(false);
  EndpointPointer endpoint(new Endpoint(std::move(address), {}, token));
  registry->endpoints.emplace(registry->last_id + 1, Named{std::move(endpoint), 1});
  return ++registry->last_id;
}

}  // namespace

Endpoint::Endpoint(std::u16string address, std::u16string owner, const Token& token)
    : address_(std::move(address)), owner_(std::move(owner)), token_(token) {
  idle_.reserve(kMostIdle);  // so that Give cannot fail
}

abi::DWORD Endpoint::Take(const Deadline& deadline, std::unique_ptr<Connection>* connection) {
  for (;;) {
    std::unique_ptr<Connection> idle;
    {
      const std::lock_guard guard(lock_);
      if (idle_.empty()) break;
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
    if (idle->Quiet()) {
      *connection = std::move(idle);
      return abi::kNoError;
    }
  }
  if (!IsLocalAddress(address_)) return Connection::Open(address_, owner_, token_, deadline, connection);
  std::unique_ptr<Stream> stream;
  if (const abi::DWORD code = ConnectLocally(address_, &stream); code != abi::kNoError) return code;
  return Connection::Open(std::move(stream), token_, deadline, connection);
}

void Endpoint::Give(std::unique_ptr<Connection> connection) noexcept {
  // While anybody holds a connection to a server that has ended, Windows lets nobody be the first at its name
  // again: a registered server must be able to come back.
  if (!owner_.empty()) return;
  if (connection == nullptr || !connection->Quiet()) return;
  const std::lock_guard guard(lock_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(connection));
}

void Endpoint::CloseIdle(bool all) {
  const std::lock_guard guard(lock_);
  std::erase_if(idle_, [all](const auto& connection) { return all || !connection->Quiet(); });
}

std::size_t Endpoint::idle() {
  const std::lock_guard guard(lock_);
  return idle_.size();
}

abi::DWORD UseEndpoint(abi::LPCWSTR text) {
  Release(std::exchange(current_id, 0));
  if (text == nullptr) return abi::kNoError;
  current_id = Acquire(platform::View(text));
  return current_id == 0 ? abi::kErrorInvalidParameter : abi::kNoError;
}

EndpointPointer CurrentEndpoint() {
  const std::lock_guard guard(registry->lock);
  const auto found = registry->endpoints.find(current_id);
  return found == registry->endpoints.end() ? nullptr : found->second.endpoint;
}

EndpointPointer EndpointFor(const abi::EAP_TYPE& type) {
  if (current_id != 0) return CurrentEndpoint();
  const std::optional<Registered> registered = FindRegistered(type);
  std::u16string address;
  Token token{};
  if (!registered || !Parse(registered->endpoint, &address, &token) || !Stream::IsAddress(address)) {
    return nullptr;
  }
  // It keeps no idle connection, and so nothing is gained by keeping it.
  return EndpointPointer(new Endpoint(std::move(address), registered->owner, token));
}

void AddUser() {
  const std::lock_guard guard(registry->lock);
  ++registry->users;
}

void RemoveUser() {
  const std::lock_guard guard(registry->lock);
  if (registry->users > 0) --registry->users;
  if (registry->users > 0) return;
  registry->endpoints.clear();
}

}  // namespace eaphost::shim
