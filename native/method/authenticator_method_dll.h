// An authenticator method DLL: its routine tables, each type initialized once per load and shut down before
// the DLL is unloaded. Any thread, any number at a time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "native/method/method_dll.h"

namespace eaphost::method {

class AuthenticatorMethodDll : public MethodDll {
 public:
  using RoutineTable = abi::EAP_AUTHENTICATOR_METHOD_ROUTINES;

  explicit AuthenticatorMethodDll(platform::Library library);
  // EapMethodAuthenticatorShutdown for every type that was initialized, then FreeLibrary. What the DLL
  // allocated must have been freed before.
  ~AuthenticatorMethodDll();

  // EapMethodAuthenticatorGetInfo is there.
  bool has_methods() const { return get_info_ != nullptr; }

  // The routines of one method: GetInfo the first time, and Initialize, which takes the type and so comes
  // once for each. `routines` lives as long as this object. Where something needed is missing the method is
  // not initialized and usable() of the table says no.
  Status Routines(const abi::EAP_METHOD_TYPE& type, const RoutineTable*& routines);

  // The required function that the DLL lacks, or nullptr. UpdateInnerMethodParams may be missing.
  const char* Missing(const RoutineTable& routines) const;
  bool usable(const RoutineTable& routines) const { return Missing(routines) == nullptr; }

  // The routines of a table that are there.
  static std::vector<const char*> RoutineNames(const RoutineTable& routines);

 private:
  using TypeKey = std::tuple<abi::BYTE, abi::DWORD, abi::DWORD, abi::DWORD>;
  struct Method {
    abi::EAP_METHOD_TYPE type{};
    RoutineTable table{};
    bool initialized = false;
  };

  abi::EapMethodAuthenticatorGetInfoFn* get_info_ = nullptr;

  std::mutex mutex_;  // held while the DLL fills a table or initializes, so that nobody uses it too early
  std::map<TypeKey, Method> methods_;
};

}  // namespace eaphost::method
