#include "native/embedded/connections.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "native/abi/win32.h"

namespace eaphost::embedded {

std::size_t ConnectionTable::Hash::operator()(const abi::GUID& id) const {
  const std::string_view bytes(reinterpret_cast<const char*>(&id), sizeof id);
  return std::hash<std::string_view>()(bytes);
}

abi::DWORD ConnectionTable::Claim(const abi::GUID& id) {
  const std::lock_guard lock(mutex_);
  Connection& connection = connections_[id];
  return std::exchange(connection.claimed, true) ? abi::kErrorInvalidState : abi::kNoError;
}

void ConnectionTable::Register(const abi::GUID& id, abi::NotificationHandler handler, void* context) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  connection.registered = true;
  connection.handler = handler;
  connection.context = context;
}

void ConnectionTable::Release(const abi::GUID& id) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  connection.claimed = false;
  if (!connection.registered && connection.callers.empty()) connections_.erase(found);
}

abi::DWORD ConnectionTable::Clear(const abi::GUID& id) {
  std::unique_lock lock(mutex_);
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.registered) return abi::kErrorNotFound;
  Connection& connection = found->second;
  if (connection.claimed) return abi::kErrorInvalidState;
  connection.registered = false;
  connection.handler = nullptr;
  connection.claimed = true;  // nobody may begin on it while its last callbacks return
  returned_.wait(lock, [&connection] {
    return std::all_of(connection.callers.begin(), connection.callers.end(),
                       [](std::thread::id caller) { return caller == std::this_thread::get_id(); });
  });
  connection.claimed = false;
  if (connection.callers.empty()) connections_.erase(id);
  return abi::kNoError;
}

abi::DWORD ConnectionTable::Notify(const abi::GUID& id) {
  std::unique_lock lock(mutex_);
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.handler == nullptr) return abi::kErrorNotFound;
  Connection& connection = found->second;
  const abi::NotificationHandler handler = connection.handler;
  void* const context = connection.context;
  connection.callers.push_back(std::this_thread::get_id());
  lock.unlock();
  handler(id, context);
  lock.lock();
  // Still there, because a connection with callers is never erased.
  auto& callers = connection.callers;
  callers.erase(std::find(callers.begin(), callers.end(), std::this_thread::get_id()));
  if (callers.empty() && !connection.registered && !connection.claimed) connections_.erase(id);
  returned_.notify_all();
  return abi::kNoError;
}

}  // namespace eaphost::embedded
