// Notification handlers of connections. Any thread.
#include "native/supplicant/connections.h"

#include <cstring>
#include <unordered_map>

namespace eaphost::supplicant {

namespace {

// Everyone's registrations, under one lock that Notify holds while it calls a listener. Leaked: the run-time
// may call while the process is on its way out.
struct Registry {
  std::mutex mutex;
  std::uintptr_t last_number = 0;
  std::unordered_map<std::uintptr_t, const Connections::Listener*> listeners;
};

Registry& TheRegistry() {
  static Registry* const registry = new Registry;
  return *registry;
}

}  // namespace

bool Connections::Less::operator()(const abi::GUID& a, const abi::GUID& b) const {
  return std::memcmp(&a, &b, sizeof(abi::GUID)) < 0;
}

Connections::Connections(Listener listener) : listener_(std::move(listener)) {}

Connections::~Connections() {
  // Else the registry, which may not be there yet, would need memory.
  if (numbers_.empty()) return;
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  for (const auto& [connection_id, number] : numbers_) registry.listeners.erase(number);
}

Connections::Registration Connections::Add(const abi::GUID& connection_id) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  const auto [entry, is_new] = numbers_.try_emplace(connection_id, registry.last_number + 1);
  if (is_new) ++registry.last_number;
  // Also of one for which there was no memory before.
  registry.listeners.try_emplace(entry->second, &listener_);
  return {.handler = &Notify, .context = reinterpret_cast<void*>(entry->second), .is_new = is_new};
}

void Connections::Remove(const abi::GUID& connection_id) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  const auto entry = numbers_.find(connection_id);
  if (entry == numbers_.end()) return;
  registry.listeners.erase(entry->second);
  numbers_.erase(entry);
}

std::vector<abi::GUID> Connections::All() const {
  const std::lock_guard lock(TheRegistry().mutex);
  std::vector<abi::GUID> all;
  all.reserve(numbers_.size());
  for (const auto& [connection_id, number] : numbers_) all.push_back(connection_id);
  return all;
}

void EAPHOST_STDCALL Connections::Notify(abi::GUID connection_id, void* context) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  const auto entry = registry.listeners.find(reinterpret_cast<std::uintptr_t>(context));
  if (entry != registry.listeners.end()) (*entry->second)(connection_id);
}

}  // namespace eaphost::supplicant
