// The method DLLs in memory, one object for each file and all its users. Any thread. While a DLL loads,
// initializes or shuts down, only callers that need the same file wait.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "native/values/plain.h"

namespace eaphost::method {

using namespace values;

// `Dll` is PeerMethodDll or AuthenticatorMethodDll.
template <typename Dll>
class DllCache {
 public:
  DllCache() = default;
  DllCache(const DllCache&) = delete;
  DllCache& operator=(const DllCache&) = delete;

  // The DLL, loaded if it is not. It is shut down and unloaded when the last pointer to it goes. The cache
  // must outlive them all.
  Status Acquire(const std::u16string& path, bool with_methods, std::shared_ptr<Dll>& dll) {
    dll.reset();
    Slot* slot = nullptr;
    {
      const std::lock_guard lock(mutex_);
      std::unique_ptr<Slot>& entry = slots_[path];
      if (!entry) entry = std::make_unique<Slot>();
      slot = entry.get();  // slots stay: there are as many as paths were ever asked for
    }
    Dll* loaded = nullptr;
    {
      const std::lock_guard lock(slot->mutex);
      if (slot->users == 0) {
        if (Status status = Dll::Load(path, with_methods, slot->dll); !status.ok()) return status;
      }
      ++slot->users;
      loaded = slot->dll.get();
    }
    // Should this throw, it calls the deleter first.
    dll = std::shared_ptr<Dll>(loaded, [slot](Dll*) { Release(*slot); });
    return {};
  }

  // DLLs in memory.
  abi::DWORD loaded() const {
    std::vector<const Slot*> slots;
    {
      const std::lock_guard lock(mutex_);
      slots.reserve(slots_.size());
      for (const auto& [path, slot] : slots_) slots.push_back(slot.get());
    }
    abi::DWORD count = 0;
    for (const Slot* slot : slots) {
      const std::lock_guard lock(slot->mutex);
      if (slot->users != 0) ++count;
    }
    return count;
  }

 private:
  struct Slot {
    mutable std::mutex mutex;
    unsigned users = 0;
    std::unique_ptr<Dll> dll;
  };

  static void Release(Slot& slot) {
    // Shut down under the lock, so that the DLL is not loaded and initialized again before that is done.
    const std::lock_guard lock(slot.mutex);
    if (--slot.users == 0) slot.dll.reset();
  }

  mutable std::mutex mutex_;  // of the map alone
  std::unordered_map<std::u16string, std::unique_ptr<Slot>> slots_;
};

}  // namespace eaphost::method
