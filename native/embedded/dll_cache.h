// The method DLLs in memory, one object for each file, whoever uses it. Any thread. While a DLL loads,
// initializes or shuts down only those wait who want that same file.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "native/method/peer_method_dll.h"

namespace eaphost::embedded {

class DllCache {
 public:
  DllCache() = default;
  DllCache(const DllCache&) = delete;
  DllCache& operator=(const DllCache&) = delete;

  // The DLL, loaded if it is not. It is shut down and unloaded when the last pointer to it goes. The cache
  // must outlive them all.
  method::Status Acquire(const std::u16string& path, bool with_methods,
                         std::shared_ptr<method::PeerMethodDll>& dll);

  // DLLs in memory.
  abi::DWORD loaded() const;

 private:
  struct Slot {
    mutable std::mutex mutex;
    unsigned users = 0;
    std::unique_ptr<method::PeerMethodDll> dll;
  };

  static void Release(Slot& slot);

  mutable std::mutex mutex_;  // of the map alone
  std::unordered_map<std::u16string, std::unique_ptr<Slot>> slots_;
};

}  // namespace eaphost::embedded
