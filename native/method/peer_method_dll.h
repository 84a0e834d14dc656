// A peer method DLL: its routine tables, initialized once per load and shut down before it is unloaded. Any
// thread, any number at a time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "native/method/method_dll.h"

namespace eaphost::method {

class PeerMethodDll : public MethodDll {
 public:
  using RoutineTable = abi::EAP_PEER_METHOD_ROUTINES;

  explicit PeerMethodDll(platform::Library library);
  // EapPeerShutdown for every EapPeerInitialize that succeeded, then FreeLibrary. What the DLL allocated must
  // have been freed before.
  ~PeerMethodDll();

  // EapPeerGetInfo is there.
  bool has_methods() const { return get_info_ != nullptr; }

  // The routines of one method: EapPeerGetInfo the first time, and EapPeerInitialize the first time that it
  // is met. `routines` lives as long as this object. Where something needed is missing the DLL is not
  // initialized and usable() of the table says no: EAPHost shows that at the first packet only.
  Status Routines(const abi::EAP_TYPE& type, const RoutineTable*& routines);

  // The required function that the DLL lacks, or nullptr. One of EapPeerGetIdentity
  // and EapPeerSetCredentials may be missing.
  const char* Missing(const RoutineTable& routines) const;
  bool usable(const RoutineTable& routines) const { return Missing(routines) == nullptr; }

  // The routines of a table that are there.
  static std::vector<const char*> RoutineNames(const RoutineTable& routines);

 private:
  using TypeKey = std::tuple<abi::BYTE, abi::DWORD, abi::DWORD>;

  abi::EapPeerGetInfoFn* get_info_ = nullptr;

  std::mutex mutex_;  // held while the DLL fills a table or initializes, so that nobody uses it too early
  std::map<TypeKey, RoutineTable> tables_;
  std::vector<const RoutineTable*> initialized_;  // one per EapPeerInitialize
};

}  // namespace eaphost::method
