#include "native/method/peer_method_dll.h"

#include <algorithm>
#include <array>
#include <utility>

#include "native/abi/constants.h"

namespace eaphost::method {

namespace {

constexpr const char* kExports[] = {
    "EapPeerGetInfo",
    "EapPeerFreeMemory",
    "EapPeerFreeErrorMemory",
    "EapPeerGetMethodProperties",
    "EapPeerConfigXml2Blob",
    "EapPeerConfigBlob2Xml",
    "EapPeerCredentialsXml2Blob",
    "EapPeerQueryCredentialInputFields",
    "EapPeerQueryUserBlobFromCredentialInputFields",
    "EapPeerQueryInteractiveUIInputFields",
    "EapPeerQueryUIBlobFromInteractiveUIInputFields",
    "EapPeerGetConfigBlobAndUserBlob",
    "EapPeerInvokeConfigUI",
    "EapPeerInvokeIdentityUI",
    "EapPeerInvokeInteractiveUI",
};

std::array<Routine, 13> List(const abi::EAP_PEER_METHOD_ROUTINES& table) {
  return {{
      {"EapPeerInitialize", table.EapPeerInitialize != nullptr},
      // A method has this or the next.
      {"EapPeerGetIdentity", table.EapPeerGetIdentity != nullptr, table.EapPeerSetCredentials == nullptr},
      {"EapPeerBeginSession", table.EapPeerBeginSession != nullptr},
      {"EapPeerSetCredentials", table.EapPeerSetCredentials != nullptr, false},
      {"EapPeerProcessRequestPacket", table.EapPeerProcessRequestPacket != nullptr},
      {"EapPeerGetResponsePacket", table.EapPeerGetResponsePacket != nullptr},
      {"EapPeerGetResult", table.EapPeerGetResult != nullptr},
      {"EapPeerGetUIContext", table.EapPeerGetUIContext != nullptr},
      {"EapPeerSetUIContext", table.EapPeerSetUIContext != nullptr},
      {"EapPeerGetResponseAttributes", table.EapPeerGetResponseAttributes != nullptr},
      {"EapPeerSetResponseAttributes", table.EapPeerSetResponseAttributes != nullptr},
      {"EapPeerEndSession", table.EapPeerEndSession != nullptr},
      {"EapPeerShutdown", table.EapPeerShutdown != nullptr},
  }};
}

}  // namespace

PeerMethodDll::PeerMethodDll(platform::Library library)
    : MethodDll(std::move(library), {"EapPeerFreeMemory", "EapPeerFreeErrorMemory", kExports}) {
  get_info_ = Find<abi::EapPeerGetInfoFn>("EapPeerGetInfo");
}

PeerMethodDll::~PeerMethodDll() {
  for (const RoutineTable* routines : initialized_) {
    if (routines->EapPeerShutdown == nullptr) continue;
    // A failing Shutdown has no caller to report to; its error is still freed.
    try {
      DllCall call(*this, "EapPeerShutdown");
      (void)call.Make([routines](abi::EAP_ERROR** error) { return routines->EapPeerShutdown(error); });
    } catch (...) {
    }
  }
}

const char* PeerMethodDll::Missing(const RoutineTable& routines) const {
  return FirstMissing(List(routines));
}

std::vector<const char*> PeerMethodDll::RoutineNames(const RoutineTable& routines) {
  return NamesOf(List(routines));
}

Status PeerMethodDll::Routines(const abi::EAP_TYPE& type, const RoutineTable*& routines) {
  routines = nullptr;
  if (get_info_ == nullptr) return Status(abi::kErrorProcNotFound);
  const TypeKey key{type.type, type.dwVendorId, type.dwVendorType};
  const std::lock_guard lock(mutex_);
  auto found = tables_.find(key);
  if (found == tables_.end()) {
    RoutineTable table{};
    abi::EAP_TYPE asked = type;
    DllCall call(*this, "EapPeerGetInfo");
    call.Type(asked);
    Status status = call.Make([&](abi::EAP_ERROR** error) { return get_info_(&asked, &table, error); });
    if (!status.ok()) return status;
    call.Number("version", table.dwVersion);
    call.Claims(table.pEapType);
    found = tables_.emplace(key, table).first;
  }
  const RoutineTable& table = found->second;
  // Several types of one DLL mostly share their Initialize; it is called once then.
  const bool initialized = std::any_of(initialized_.begin(), initialized_.end(), [&](const auto* other) {
    return other->EapPeerInitialize == table.EapPeerInitialize;
  });
  if (!initialized && usable(table)) {
    initialized_.reserve(initialized_.size() + 1);
    DllCall call(*this, "EapPeerInitialize");
    Status status = call.Make([&](abi::EAP_ERROR** error) { return table.EapPeerInitialize(error); });
    if (!status.ok()) return status;
    initialized_.push_back(&table);
  }
  routines = &table;
  return {};
}

}  // namespace eaphost::method
