#include "native/embedded/method_table.h"

#include <algorithm>
#include <utility>

namespace eaphost::embedded {

using method::PeerMethodDll;
using values::Status;

namespace {

auto FindType(const std::vector<std::shared_ptr<Registration>>& methods, const abi::EAP_METHOD_TYPE& type) {
  return std::find_if(methods.begin(), methods.end(), [&type](const std::shared_ptr<Registration>& method) {
    return SameMethod(method->entry().type, type);
  });
}

bool SameFiles(const MethodEntry& one, const MethodEntry& other) {
  return one.dll_path == other.dll_path && one.config_ui_path == other.config_ui_path &&
         one.identity_path == other.identity_path && one.interactive_ui_path == other.interactive_ui_path &&
         one.friendly_name == other.friendly_name && one.author_name == other.author_name &&
         one.properties == other.properties;
}

}  // namespace

Status Registration::Dll(std::shared_ptr<PeerMethodDll>& dll) { return Load(entry_.dll_path, true, dll); }

Status Registration::UiDll(Interface which, std::shared_ptr<PeerMethodDll>& dll) {
  const std::u16string& own = which == Interface::kConfiguration ? entry_.config_ui_path
                              : which == Interface::kIdentity    ? entry_.identity_path
                                                                 : entry_.interactive_ui_path;
  return Load(own.empty() ? entry_.dll_path : own, false, dll);
}

Status Registration::Load(const std::u16string& path, bool with_methods,
                          std::shared_ptr<PeerMethodDll>& dll) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = dlls_.find(path); found != dlls_.end()) {
      dll = found->second;
      return {};
    }
  }
  if (Status status = cache_.Acquire(path, with_methods, dll); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  dll = dlls_.try_emplace(path, dll).first->second;
  return {};
}

void MethodTable::Register(std::uint64_t scope, MethodEntry entry) {
  auto added = std::make_shared<Registration>(cache_, std::move(entry));
  // The replaced method is released after the lock, because that may unload a DLL.
  const std::lock_guard lock(mutex_);
  Methods& methods = scopes_[scope].methods;
  const auto found = FindType(methods, added->entry().type);
  if (found == methods.end()) {
    methods.push_back(std::move(added));
  } else {
    const auto at = static_cast<std::size_t>(found - methods.begin());
    std::swap(methods[at], added);
  }
}

bool MethodTable::Unregister(std::uint64_t scope, const abi::EAP_METHOD_TYPE& type) {
  std::shared_ptr<Registration> removed;
  const std::lock_guard lock(mutex_);
  Methods& methods = scopes_[scope].methods;
  const auto found = FindType(methods, type);
  if (found == methods.end()) return false;
  removed = *found;
  methods.erase(found);
  return true;
}

void MethodTable::DropScope(std::uint64_t scope) {
  Scope dropped;
  Methods dropped_registry;
  const std::lock_guard lock(mutex_);
  if (const auto found = scopes_.find(scope); found != scopes_.end()) {
    dropped = std::move(found->second);
    scopes_.erase(found);
  }
  if (scope == 0) dropped_registry.swap(registry_);
}

std::shared_ptr<Registration> MethodTable::FindRegistered(std::uint64_t scope,
                                                          const abi::EAP_METHOD_TYPE& type) const {
  for (const std::uint64_t number : {scope, std::uint64_t{0}}) {
    const auto found = scopes_.find(number);
    if (found == scopes_.end()) continue;
    const auto method = FindType(found->second.methods, type);
    if (method != found->second.methods.end()) return *method;
  }
  return nullptr;
}

std::shared_ptr<Registration> MethodTable::Find(std::uint64_t scope, const abi::EAP_METHOD_TYPE& type) {
  {
    const std::lock_guard lock(mutex_);
    if (auto found = FindRegistered(scope, type)) return found;
  }
  std::optional<MethodEntry> entry = FindInRegistry(type);
  std::shared_ptr<Registration> fresh;
  if (entry) fresh = std::make_shared<Registration>(cache_, std::move(*entry));
  std::shared_ptr<Registration> outdated;
  const std::lock_guard lock(mutex_);
  const auto known = FindType(registry_, type);
  if (known != registry_.end()) {
    if (fresh && SameFiles((*known)->entry(), fresh->entry())) return *known;
    outdated = *known;
    registry_.erase(known);
  }
  if (fresh) registry_.push_back(fresh);
  return fresh;
}

std::vector<MethodEntry> MethodTable::List(std::uint64_t scope) const {
  std::vector<MethodEntry> list;
  const auto add = [&list](const MethodEntry& entry) {
    const bool known = std::any_of(list.begin(), list.end(), [&entry](const MethodEntry& other) {
      return SameMethod(other.type, entry.type);
    });
    if (!known) list.push_back(entry);
  };
  {
    const std::lock_guard lock(mutex_);
    for (const std::uint64_t number : {scope, std::uint64_t{0}}) {
      const auto found = scopes_.find(number);
      if (found == scopes_.end()) continue;
      for (const auto& method : found->second.methods) add(method->entry());
    }
  }
  for (const MethodEntry& entry : ListRegistry()) add(entry);
  return list;
}

void MethodTable::SetOption(std::uint64_t scope, abi::DWORD which, abi::DWORD value) {
  const std::lock_guard lock(mutex_);
  scopes_[scope].options[which] = value;
}

abi::DWORD MethodTable::option(std::uint64_t scope, abi::DWORD which) const {
  const std::lock_guard lock(mutex_);
  for (const std::uint64_t number : {scope, std::uint64_t{0}}) {
    const auto found = scopes_.find(number);
    if (found == scopes_.end()) continue;
    const auto value = found->second.options.find(which);
    if (value != found->second.options.end()) return value->second;
  }
  return 0;
}

}  // namespace eaphost::embedded
