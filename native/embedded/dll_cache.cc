#include "native/embedded/dll_cache.h"

#include <utility>
#include <vector>

namespace eaphost::embedded {

using method::PeerMethodDll;
using method::Status;

Status DllCache::Acquire(const std::u16string& path, bool with_methods, std::shared_ptr<PeerMethodDll>& dll) {
  dll.reset();
  Slot* slot = nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Slot>& entry = slots_[path];
    if (!entry) entry = std::make_unique<Slot>();
    slot = entry.get();  // slots stay: there are as many as paths were ever asked for
  }
  PeerMethodDll* loaded = nullptr;
  {
    const std::lock_guard lock(slot->mutex);
    if (slot->users == 0) {
      if (Status status = PeerMethodDll::Load(path, with_methods, slot->dll); !status.ok()) return status;
    }
    ++slot->users;
    loaded = slot->dll.get();
  }
  // Should this throw, it calls the deleter first.
  dll = std::shared_ptr<PeerMethodDll>(loaded, [slot](PeerMethodDll*) { Release(*slot); });
  return {};
}

void DllCache::Release(Slot& slot) {
  // Shut down under the lock, so that nobody loads and initializes the DLL anew before that is done.
  const std::lock_guard lock(slot.mutex);
  if (--slot.users == 0) slot.dll.reset();
}

abi::DWORD DllCache::loaded() const {
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

}  // namespace eaphost::embedded
