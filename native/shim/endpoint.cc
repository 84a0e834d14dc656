#include "native/shim/endpoint.h"

#include <algorithm>
#include <map>

#include "native/platform/text.h"

namespace eaphost::shim {

namespace {

constexpr std::size_t kMostIdle = 16;

std::mutex registry_lock;
std::map<std::u16string, std::unique_ptr<Endpoint>, std::less<>> registry;

// No destructor, so that a thread may outlive the library.
thread_local Endpoint* current = nullptr;

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

// The endpoint that `text` names, made if it is new; nullptr where the text is malformed.
Endpoint* Find(std::u16string_view text) {
  const std::lock_guard guard(registry_lock);
  if (const auto known = registry.find(text); known != registry.end()) return known->second.get();
  const std::size_t mark = text.rfind(u'#');
  if (mark == std::u16string_view::npos) return nullptr;
  std::u16string address(text.substr(0, mark));
  Token token;
  if (!Stream::IsAddress(address) || !ParseToken(text.substr(mark + 1), &token)) return nullptr;
  // A new server often means that an older one has gone.
  for (const auto& [name, endpoint] : registry) endpoint->CloseIdle(false);
  auto endpoint = std::make_unique<Endpoint>(std::move(address), token);
  platform::Wipe(token.data(), token.size());
  return registry.emplace(text, std::move(endpoint)).first->second.get();
}

}  // namespace

Endpoint::Endpoint(std::u16string address, const Token& token) : address_(std::move(address)), token_(token) {
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
  return Connection::Open(address_, token_, deadline, connection);
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
  current = text == nullptr ? nullptr : Find(platform::View(text));
  return text != nullptr && current == nullptr ? abi::kErrorInvalidParameter : abi::kNoError;
}

Endpoint* CurrentEndpoint() { return current; }

void CloseAllIdle() {
  const std::lock_guard guard(registry_lock);
  for (const auto& [name, endpoint] : registry) endpoint->CloseIdle(true);
}

}  // namespace eaphost::shim
