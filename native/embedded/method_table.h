// The methods that sessions may be begun with: those registered in a scope, those of scope 0, those of
// Windows' registry, in that order. Any thread. No lock is held while a DLL loads or unloads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "native/embedded/registry.h"
#include "native/method/dll_cache.h"
#include "native/method/peer_method_dll.h"

namespace eaphost::embedded {

using DllCache = method::DllCache<method::PeerMethodDll>;

// A method, and its DLLs once they were needed: they stay loaded as long as the method stays registered.
class Registration {
 public:
  Registration(DllCache& cache, MethodEntry entry) : cache_(cache), entry_(std::move(entry)) {}
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  const MethodEntry& entry() const { return entry_; }

  // The DLL that runs the method.
  values::Status Dll(std::shared_ptr<method::PeerMethodDll>& dll);

  enum class Interface { kConfiguration, kIdentity, kInteractive };
  // The DLL of one of the method's user interfaces; mostly that same DLL.
  values::Status UiDll(Interface which, std::shared_ptr<method::PeerMethodDll>& dll);

 private:
  values::Status Load(const std::u16string& path, bool with_methods,
                      std::shared_ptr<method::PeerMethodDll>& dll);

  DllCache& cache_;
  const MethodEntry entry_;
  std::mutex mutex_;  // of the map alone
  std::map<std::u16string, std::shared_ptr<method::PeerMethodDll>> dlls_;
};

class MethodTable {
 public:
  explicit MethodTable(DllCache& cache) : cache_(cache) {}
  MethodTable(const MethodTable&) = delete;
  MethodTable& operator=(const MethodTable&) = delete;

  // Takes the place of what the scope had under that type.
  void Register(std::uint64_t scope, MethodEntry entry);
  // False if the scope has no such method. Sessions under way keep what they use.
  bool Unregister(std::uint64_t scope, const abi::EAP_METHOD_TYPE& type);
  // Forgets all that the scope holds.
  void DropScope(std::uint64_t scope);

  // nullptr if there is none.
  std::shared_ptr<Registration> Find(std::uint64_t scope, const abi::EAP_METHOD_TYPE& type);
  // All methods that Find can find, each once.
  std::vector<MethodEntry> List(std::uint64_t scope) const;

  void SetOption(std::uint64_t scope, abi::DWORD which, abi::DWORD value);
  // The scope's own value, else that of scope 0, else 0.
  abi::DWORD option(std::uint64_t scope, abi::DWORD which) const;

 private:
  using Methods = std::vector<std::shared_ptr<Registration>>;

  struct Scope {
    Methods methods;
    std::map<abi::DWORD, abi::DWORD> options;
  };

  std::shared_ptr<Registration> FindRegistered(std::uint64_t scope, const abi::EAP_METHOD_TYPE& type) const;

  DllCache& cache_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Scope> scopes_;
  Methods registry_;  // of the methods that the registry named when they were last looked up
};

}  // namespace eaphost::embedded
