#include "native/method/peer_method_dll.h"

#include <algorithm>
#include <utility>

#include "native/abi/constants.h"
#include "native/platform/secret.h"
#include "native/platform/text.h"
#include "native/shim/shim.h"

namespace eaphost::method {

PeerMethodDll::PeerMethodDll(platform::Library library) : library_(std::move(library)) {
  get_info_ = Find<abi::EapPeerGetInfoFn>("EapPeerGetInfo");
  free_memory_ = Find<abi::EapPeerFreeMemoryFn>("EapPeerFreeMemory");
  free_error_ = Find<abi::EapPeerFreeErrorMemoryFn>("EapPeerFreeErrorMemory");
  use_endpoint_ = Find<shim::EapShimUseEndpointFn>("EapShimUseEndpoint");
}

PeerMethodDll::~PeerMethodDll() {
  for (const abi::EAP_PEER_METHOD_ROUTINES* routines : initialized_) {
    if (routines->EapPeerShutdown == nullptr) continue;
    // Nobody is left whom a failing Shutdown could interest; its error is freed all the same.
    try {
      (void)Invoke([routines](abi::EAP_ERROR** error) { return routines->EapPeerShutdown(error); });
    } catch (...) {
    }
  }
}

Status PeerMethodDll::Load(const std::u16string& path, bool with_methods,
                           std::unique_ptr<PeerMethodDll>& dll) {
  dll.reset();
  platform::Library library = platform::Library::Load(path, platform::Library::Where::kPath);
  if (!library.loaded()) {
    EapErrorData error;
    error.win_error = library.error();
    error.root_cause_guid = abi::GUID_EapHost_Cause_MethodDLLNotFound;
    error.repair_guid = abi::GUID_EapHost_Repair_ContactAdmin_MethodNotFound;
    error.root_cause = u"The method's DLL could not be loaded: " + platform::ToUtf16(library.message());
    return Status(library.error(), std::move(error));
  }
  std::unique_ptr<PeerMethodDll> loaded(new PeerMethodDll(std::move(library)));
  if (with_methods && loaded->get_info_ == nullptr) return Status(abi::kErrorProcNotFound);
  dll = std::move(loaded);
  return {};
}

bool PeerMethodDll::usable(const abi::EAP_PEER_METHOD_ROUTINES& routines) const {
  return free_memory_ != nullptr && free_error_ != nullptr && routines.EapPeerInitialize != nullptr &&
         routines.EapPeerGetIdentity != nullptr && routines.EapPeerBeginSession != nullptr &&
         routines.EapPeerProcessRequestPacket != nullptr && routines.EapPeerGetResponsePacket != nullptr &&
         routines.EapPeerGetResult != nullptr && routines.EapPeerGetUIContext != nullptr &&
         routines.EapPeerSetUIContext != nullptr && routines.EapPeerGetResponseAttributes != nullptr &&
         routines.EapPeerSetResponseAttributes != nullptr && routines.EapPeerEndSession != nullptr &&
         routines.EapPeerShutdown != nullptr;
}

Status PeerMethodDll::Routines(const abi::EAP_TYPE& type, const abi::EAP_PEER_METHOD_ROUTINES*& routines) {
  routines = nullptr;
  if (get_info_ == nullptr) return Status(abi::kErrorProcNotFound);
  const TypeKey key{type.type, type.dwVendorId, type.dwVendorType};
  const std::lock_guard lock(mutex_);
  auto found = tables_.find(key);
  if (found == tables_.end()) {
    abi::EAP_PEER_METHOD_ROUTINES table{};
    abi::EAP_TYPE asked = type;
    Status status = Invoke([&](abi::EAP_ERROR** error) { return get_info_(&asked, &table, error); });
    if (!status.ok()) return status;
    found = tables_.emplace(key, table).first;
  }
  const abi::EAP_PEER_METHOD_ROUTINES& table = found->second;
  // Several types of one DLL mostly share their Initialize; it is called once then.
  const bool initialized = std::any_of(initialized_.begin(), initialized_.end(), [&](const auto* other) {
    return other->EapPeerInitialize == table.EapPeerInitialize;
  });
  if (!initialized && usable(table)) {
    initialized_.reserve(initialized_.size() + 1);
    Status status = Invoke([&](abi::EAP_ERROR** error) { return table.EapPeerInitialize(error); });
    if (!status.ok()) return status;
    initialized_.push_back(&table);
  }
  routines = &table;
  return {};
}

Status PeerMethodDll::UseEndpoint(const std::optional<std::u16string>& endpoint) const {
  if (use_endpoint_ == nullptr) return {};
  // Always said, none too: the thread may still carry the endpoint of another session.
  return Status(use_endpoint_(endpoint ? endpoint->c_str() : nullptr));
}

void PeerMethodDll::Free(void* memory, std::size_t size) const {
  if (memory == nullptr || free_memory_ == nullptr) return;
  platform::Wipe(memory, size);
  free_memory_(memory);
}

void PeerMethodDll::FreeError(abi::EAP_ERROR* error) const {
  if (error != nullptr && free_error_ != nullptr) free_error_(error);
}

DllError::~DllError() { dll_.FreeError(error_); }

Status DllError::Take(abi::DWORD code) const {
  if (code == abi::kNoError) return {};
  if (error_ == nullptr) return Status(code);
  return Status(code, CopyEapError(*error_));
}

}  // namespace eaphost::method
