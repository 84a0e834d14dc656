#include "native/shim/session.h"

namespace eaphost::shim {

namespace {

std::mutex table_lock;
std::unordered_map<std::uintptr_t, SessionPointer> table;
std::uintptr_t last_handle = 0;

std::uintptr_t Number(abi::EAP_SESSION_HANDLE handle) { return reinterpret_cast<std::uintptr_t>(handle); }

}  // namespace

abi::EAP_SESSION_HANDLE AddSession(SessionPointer session) {
  const std::lock_guard guard(table_lock);
  do {
    ++last_handle;
  } while (last_handle == 0 || table.contains(last_handle));
  table.emplace(last_handle, std::move(session));
  return reinterpret_cast<abi::EAP_SESSION_HANDLE>(last_handle);
}

SessionPointer FindSession(abi::EAP_SESSION_HANDLE handle) {
  const std::lock_guard guard(table_lock);
  const auto found = table.find(Number(handle));
  return found == table.end() ? nullptr : found->second;
}

SessionPointer RemoveSession(abi::EAP_SESSION_HANDLE handle) {
  const std::lock_guard guard(table_lock);
  const auto found = table.find(Number(handle));
  if (found == table.end()) return nullptr;
  SessionPointer session = std::move(found->second);
  table.erase(found);
  return session;
}

std::size_t OpenSessions() {
  const std::lock_guard guard(table_lock);
  return table.size();
}

}  // namespace eaphost::shim
