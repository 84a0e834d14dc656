#include "native/shim/endpoint.h"

#include <algorithm>
#include <map>

#include "native/platform/text.h"
#include "native/shim/immortal.h"
#include "native/shim/registered.h"

namespace eaphost::shim {

namespace {

constexpr std::size_t kMostIdle = 16;

// The endpoints that were named since the library was initialized: one for each server that the process has
// had.
struct Registry {
  std::mutex lock;
  std::map<std::uint64_t, EndpointPointer> endpoints;
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

// The id of the endpoint that `text` names, made if it is new; 0 where the text is malformed.
std::uint64_t Find(std::u16string_view text, const std::u16string& owner) {
  const std::size_t mark = text.rfind(u'#');
  if (mark == std::u16string_view::npos) return 0;
  std::u16string address(text.substr(0, mark));
  Token token{};
  if (!Stream::IsAddress(address) || !ParseToken(text.substr(mark + 1), &token)) return 0;
  const std::lock_guard guard(registry->lock);
  for (const auto& [id, endpoint] : registry->endpoints) {
    if (endpoint->Is(address, owner, token)) return id;
  }
  // A new server often means that an older one has gone.
  for (const auto& [id, endpoint] : registry->endpoints) endpoint->CloseIdle(false);
  EndpointPointer endpoint(new Endpoint(std::move(address), owner, token));
  registry->endpoints.emplace(registry->last_id + 1, std::move(endpoint));
  return ++registry->last_id;
}

EndpointPointer At(std::uint64_t id) {
  const std::lock_guard guard(registry->lock);
  const auto found = registry->endpoints.find(id);
  return found == registry->endpoints.end() ? nullptr : found->second;
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
  return Connection::Open(address_, owner_, token_, deadline, connection);
}

void Endpoint::Give(std::unique_ptr<Connection> connection) noexcept {
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
  current_id = 0;
  if (text == nullptr) return abi::kNoError;
  current_id = Find(platform::View(text), {});
  return current_id == 0 ? abi::kErrorInvalidParameter : abi::kNoError;
}

EndpointPointer CurrentEndpoint() { return At(current_id); }

EndpointPointer EndpointFor(const abi::EAP_TYPE& type) {
  if (current_id != 0) return CurrentEndpoint();
  const std::optional<Registered> registered = FindRegistered(type);
  return registered ? At(Find(registered->endpoint, registered->owner)) : nullptr;
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
