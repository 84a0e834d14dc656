#include "native/shim/session.h"

#include <map>

#include "native/shim/immortal.h"

namespace eaphost::shim {

namespace {

struct Table {
  std::mutex lock;
  std::map<std::uintptr_t, SessionPointer> sessions;
  std::uintptr_t last_handle = 0;
};

Immortal<Table> table;

std::uintptr_t Number(abi::EAP_SESSION_HANDLE handle) { return reinterpret_cast<std::uintptr_t>(handle); }

}  // namespace

abi::EAP_SESSION_HANDLE AddSession(SessionPointer session) {
  const std::lock_guard guard(table->lock);
  do {
    ++table->last_handle;
  } while (table->last_handle == 0 || table->sessions.contains(table->last_handle));
  table->sessions.emplace(table->last_handle, std::move(session));
  return reinterpret_cast<abi::EAP_SESSION_HANDLE>(table->last_handle);
}

SessionPointer FindSession(Side side, abi::EAP_SESSION_HANDLE handle) {
  const std::lock_guard guard(table->lock);
  const auto found = table->sessions.find(Number(handle));
  return found == table->sessions.end() || found->second->side != side ? nullptr : found->second;
}

SessionPointer RemoveSession(Side side, abi::EAP_SESSION_HANDLE handle) {
  const std::lock_guard guard(table->lock);
  const auto found = table->sessions.find(Number(handle));
  if (found == table->sessions.end() || found->second->side != side) return nullptr;
  SessionPointer session = std::move(found->second);
  table->sessions.erase(found);
  return session;
}

std::size_t OpenSessions() {
  const std::lock_guard guard(table->lock);
  return table->sessions.size();
}

}  // namespace eaphost::shim
