// A peer method DLL in memory: its exports, its routine tables, its own free functions. Initialized once per
// load, shut down before it is unloaded. Any thread, any number at a time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "native/abi/functions.h"
#include "native/method/status.h"
#include "native/platform/library.h"

namespace eaphost::method {

class PeerMethodDll;

// Holds the EAP_ERROR that one call of a DLL left; whatever happens it is freed once, by that DLL.
class DllError {
 public:
  explicit DllError(const PeerMethodDll& dll) : dll_(dll) {}
  ~DllError();
  DllError(const DllError&) = delete;
  DllError& operator=(const DllError&) = delete;

  abi::EAP_ERROR** put() { return &error_; }
  // What happened: `code`, with a copy of the error where there is one.
  Status Take(abi::DWORD code) const;

 private:
  const PeerMethodDll& dll_;
  abi::EAP_ERROR* error_ = nullptr;
};

class PeerMethodDll {
 public:
  // Loads the file `path`. The loader's code where that fails, ERROR_PROC_NOT_FOUND without EapPeerGetInfo
  // where `with_methods`. A DLL that holds user interface only needs no EapPeerGetInfo.
  static Status Load(const std::u16string& path, bool with_methods, std::unique_ptr<PeerMethodDll>& dll);

  // EapPeerShutdown for every EapPeerInitialize that succeeded, then FreeLibrary. What the DLL allocated must
  // have been freed before.
  ~PeerMethodDll();
  PeerMethodDll(const PeerMethodDll&) = delete;
  PeerMethodDll& operator=(const PeerMethodDll&) = delete;

  // The routines of one method: EapPeerGetInfo the first time, and EapPeerInitialize the first time that it
  // is met. `routines` lives as long as this object. Where something needed is missing the DLL is not
  // initialized and usable() of the table says no: EAPHost shows that at the first packet only.
  Status Routines(const abi::EAP_TYPE& type, const abi::EAP_PEER_METHOD_ROUTINES*& routines);

  // Whether every export and routine that a session needs is there. EapPeerSetCredentials may be missing.
  bool usable(const abi::EAP_PEER_METHOD_ROUTINES& routines) const;

  // EapShimUseEndpoint for the calls that this thread makes next. Nothing where the DLL has no such export.
  Status UseEndpoint(const std::optional<std::u16string>& endpoint) const;

  // An export, or nullptr.
  template <typename Function>
  Function* Find(const char* name) const {
    return library_.Find<Function>(name);
  }

  // Runs `call(EAP_ERROR**)`, copies the error that it leaves and frees that with the DLL's own function. An
  // exception that comes out of the DLL becomes ERROR_UNHANDLED_EXCEPTION.
  template <typename Call>
  Status Invoke(Call&& call) const {
    DllError slot(*this);
    abi::DWORD code = abi::kErrorUnhandledException;
    try {
      code = call(slot.put());
    } catch (...) {
      code = abi::kErrorUnhandledException;
    }
    return slot.Take(code);
  }

  // EapPeerFreeMemory, after the memory was wiped where its size is given. NULL is nothing.
  void Free(void* memory, std::size_t size = 0) const;
  // EapPeerFreeErrorMemory. NULL is nothing.
  void FreeError(abi::EAP_ERROR* error) const;

 private:
  explicit PeerMethodDll(platform::Library library);

  using TypeKey = std::tuple<abi::BYTE, abi::DWORD, abi::DWORD>;

  platform::Library library_;
  abi::EapPeerGetInfoFn* get_info_ = nullptr;
  abi::EapPeerFreeMemoryFn* free_memory_ = nullptr;
  abi::EapPeerFreeErrorMemoryFn* free_error_ = nullptr;
  std::uint32_t(EAPHOST_STDCALL* use_endpoint_)(abi::LPCWSTR) = nullptr;

  std::mutex mutex_;  // held while the DLL fills a table or initializes, so that nobody uses it too early
  std::map<TypeKey, abi::EAP_PEER_METHOD_ROUTINES> tables_;
  std::vector<const abi::EAP_PEER_METHOD_ROUTINES*> initialized_;  // one per EapPeerInitialize
};

// What a DLL allocated for its caller: freed with EapPeerFreeMemory of that DLL, once.
template <typename T>
class DllMemory {
 public:
  explicit DllMemory(const PeerMethodDll& dll) : dll_(dll) {}
  ~DllMemory() { dll_.Free(data_, size_); }
  DllMemory(const DllMemory&) = delete;
  DllMemory& operator=(const DllMemory&) = delete;

  T** put() { return &data_; }
  abi::DWORD* put_size() { return &size_; }
  T* get() const { return data_; }
  // 0 where there is no memory, whatever the DLL said.
  abi::DWORD size() const { return data_ == nullptr ? 0 : size_; }

 private:
  const PeerMethodDll& dll_;
  T* data_ = nullptr;
  abi::DWORD size_ = 0;
};

}  // namespace eaphost::method
