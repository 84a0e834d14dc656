#include "test/native/faulty/faulty_tokens.h"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <vector>

#ifdef _WIN32
#include <windows.h>
#endif

namespace eaphost::faulty {

namespace {

// What no other token has; 0 where the handle is of no open impersonation token.
std::int64_t IdOf(abi::HANDLE token) {
#ifdef _WIN32
  TOKEN_STATISTICS facts{};
  DWORD size = 0;
  if (!GetTokenInformation(token, TokenStatistics, &facts, sizeof facts, &size)) return 0;
  if (facts.TokenType != TokenImpersonation) return 0;
  return static_cast<std::int64_t>(facts.TokenId.HighPart) << 32 | facts.TokenId.LowPart;
#else
  return static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(token));
#endif
}

struct Given {
  abi::HANDLE handle;
  std::int64_t id;
  abi::DWORD session;
};

struct State {
  std::mutex mutex;
  std::vector<Given> given;
  abi::DWORD invalid = 0;
};

State& Shared() {
  static State* const state = new State;
  return *state;
}

}  // namespace

void TakeToken(abi::HANDLE token, abi::DWORD session) {
  if (token == nullptr) return;
  State& state = Shared();
  const std::lock_guard lock(state.mutex);
  const std::int64_t id = IdOf(token);
  if (id == 0) ++state.invalid;
  state.given.push_back({token, id, session});
}

void LeaveToken(abi::DWORD session) {
  State& state = Shared();
  const std::lock_guard lock(state.mutex);
  for (Given& one : state.given) {
    if (one.session == session) one.session = 0;
  }
}

abi::HANDLE TokenOf(abi::DWORD session) {
  State& state = Shared();
  const std::lock_guard lock(state.mutex);
  const auto found = std::find_if(state.given.begin(), state.given.end(),
                                  [session](const Given& one) { return one.session == session; });
  return found == state.given.end() ? nullptr : found->handle;
}

abi::DWORD TokensGiven() {
  State& state = Shared();
  const std::lock_guard lock(state.mutex);
  return static_cast<abi::DWORD>(state.given.size());
}

abi::DWORD WrongTokens() {
  State& state = Shared();
  const std::lock_guard lock(state.mutex);
  abi::DWORD wrong = state.invalid;
#ifdef _WIN32
  for (const Given& one : state.given) {
    const bool is_needed = std::any_of(state.given.begin(), state.given.end(), [&one](const Given& other) {
      return other.session != 0 && other.id == one.id;
    });
    if (one.id != 0 && (IdOf(one.handle) == one.id) != is_needed) ++wrong;
  }
#endif
  return wrong;
}

}  // namespace eaphost::faulty
