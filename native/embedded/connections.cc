#include "native/embedded/connections.h"

#include <algorithm>

#include "native/abi/win32.h"

namespace eaphost::embedded {

std::list<ConnectionTable::Connection>::iterator ConnectionTable::Find(const abi::GUID& id) {
  return std::find_if(connections_.begin(), connections_.end(),
                      [&id](const Connection& connection) { return connection.id == id; });
}

abi::DWORD ConnectionTable::Claim(const abi::GUID& id) {
  const std::lock_guard lock(mutex_);
  auto found = Find(id);
  if (found == connections_.end()) {
    found = connections_.emplace(connections_.end());
    found->id = id;
  }
  if (found->claimed) return abi::kErrorInvalidState;
  found->claimed = true;
  return abi::kNoError;
}

void ConnectionTable::Register(const abi::GUID& id, abi::NotificationHandler handler, void* context) {
  const std::lock_guard lock(mutex_);
  const auto found = Find(id);
  if (found == connections_.end()) return;
  found->registered = true;
  found->handler = handler;
  found->context = context;
}

void ConnectionTable::Release(const abi::GUID& id) {
  const std::lock_guard lock(mutex_);
  const auto found = Find(id);
  if (found == connections_.end()) return;
  found->claimed = false;
  if (!found->registered && found->callers.empty()) connections_.erase(found);
}

abi::DWORD ConnectionTable::Clear(const abi::GUID& id) {
  std::unique_lock lock(mutex_);
  const auto found = Find(id);
  if (found == connections_.end() || !found->registered) return abi::kErrorNotFound;
  if (found->claimed) return abi::kErrorInvalidState;
  found->registered = false;
  found->handler = nullptr;
  found->claimed = true;  // nobody may begin on it while its last callbacks return
  const auto others = [&found] {
    return std::any_of(found->callers.begin(), found->callers.end(),
                       [](std::thread::id caller) { return caller != std::this_thread::get_id(); });
  };
  returned_.wait(lock, [&others] { return !others(); });
  found->claimed = false;
  if (found->callers.empty()) connections_.erase(found);
  return abi::kNoError;
}

abi::DWORD ConnectionTable::Notify(const abi::GUID& id) {
  std::unique_lock lock(mutex_);
  auto found = Find(id);
  if (found == connections_.end() || found->handler == nullptr) return abi::kErrorNotFound;
  const abi::NotificationHandler handler = found->handler;
  void* const context = found->context;
  found->callers.push_back(std::this_thread::get_id());
  lock.unlock();
  handler(id, context);
  lock.lock();
  // Still there, for nobody erases a connection that has callers.
  auto& callers = found->callers;
  callers.erase(std::find(callers.begin(), callers.end(), std::this_thread::get_id()));
  if (callers.empty() && !found->registered && !found->claimed) connections_.erase(found);
  returned_.notify_all();
  return abi::kNoError;
}

}  // namespace eaphost::embedded
