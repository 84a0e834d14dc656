#include "native/method/authenticator_method_dll.h"

#include <array>
#include <utility>

#include "native/abi/constants.h"

namespace eaphost::method {

namespace {

constexpr const char* kExports[] = {
    "EapMethodAuthenticatorGetInfo",
    "EapMethodAuthenticatorFreeMemory",
    "EapMethodAuthenticatorFreeErrorMemory",
    "EapMethodAuthenticatorInvokeConfigUI",
};

std::array<Routine, 10> List(const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES& table) {
  return {{
      {"EapMethodAuthenticatorInitialize", table.EapMethodAuthenticatorInitialize != nullptr},
      {"EapMethodAuthenticatorBeginSession", table.EapMethodAuthenticatorBeginSession != nullptr},
      {"EapMethodAuthenticatorUpdateInnerMethodParams",
       table.EapMethodAuthenticatorUpdateInnerMethodParams != nullptr, false},
      {"EapMethodAuthenticatorReceivePacket", table.EapMethodAuthenticatorReceivePacket != nullptr},
      {"EapMethodAuthenticatorSendPacket", table.EapMethodAuthenticatorSendPacket != nullptr},
      {"EapMethodAuthenticatorGetAttributes", table.EapMethodAuthenticatorGetAttributes != nullptr},
      {"EapMethodAuthenticatorSetAttributes", table.EapMethodAuthenticatorSetAttributes != nullptr},
      {"EapMethodAuthenticatorGetResult", table.EapMethodAuthenticatorGetResult != nullptr},
      {"EapMethodAuthenticatorEndSession", table.EapMethodAuthenticatorEndSession != nullptr},
      {"EapMethodAuthenticatorShutdown", table.EapMethodAuthenticatorShutdown != nullptr},
  }};
}

}  // namespace

AuthenticatorMethodDll::AuthenticatorMethodDll(platform::Library library)
    : MethodDll(std::move(library),
                {"EapMethodAuthenticatorFreeMemory", "EapMethodAuthenticatorFreeErrorMemory", kExports}) {
  get_info_ = Find<abi::EapMethodAuthenticatorGetInfoFn>("EapMethodAuthenticatorGetInfo");
}

AuthenticatorMethodDll::~AuthenticatorMethodDll() {
  for (auto& entry : methods_) {
    Method& method = entry.second;
    if (!method.initialized) continue;
    // A failing Shutdown has no caller to report to; its error is still freed.
    try {
      DllCall call(*this, "EapMethodAuthenticatorShutdown");
      call.Type(method.type);
      (void)call.Make([&method](abi::EAP_ERROR** error) {
        return method.table.EapMethodAuthenticatorShutdown(&method.type, error);
      });
    } catch (...) {
    }
  }
}

const char* AuthenticatorMethodDll::Missing(const RoutineTable& routines) const {
  return FirstMissing(List(routines));
}

std::vector<const char*> AuthenticatorMethodDll::RoutineNames(const RoutineTable& routines) {
  return NamesOf(List(routines));
}

Status AuthenticatorMethodDll::Routines(const abi::EAP_METHOD_TYPE& type, const RoutineTable*& routines) {
  routines = nullptr;
  if (get_info_ == nullptr) return Status(abi::kErrorProcNotFound);
  const TypeKey key{type.eapType.type, type.eapType.dwVendorId, type.eapType.dwVendorType, type.dwAuthorId};
  const std::lock_guard lock(mutex_);
  auto found = methods_.find(key);
  if (found == methods_.end()) {
    Method method{.type = type};
    DllCall call(*this, "EapMethodAuthenticatorGetInfo");
    call.Type(type);
    Status status =
        call.Make([&](abi::EAP_ERROR** error) { return get_info_(&method.type, &method.table, error); });
    if (!status.ok()) return status;
    call.Claims(method.table.pEapType);
    method.type = type;
    found = methods_.emplace(key, method).first;
  }
  Method& method = found->second;
  if (!method.initialized && usable(method.table)) {
    DllCall call(*this, "EapMethodAuthenticatorInitialize");
    call.Type(type);
    Status status = call.Make([&](abi::EAP_ERROR** error) {
      return method.table.EapMethodAuthenticatorInitialize(&method.type, error);
    });
    if (!status.ok()) return status;
    method.initialized = true;
  }
  routines = &method.table;
  return {};
}

}  // namespace eaphost::method
