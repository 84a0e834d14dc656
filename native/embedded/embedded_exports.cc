// The embedded run-time's exports besides EAPHost's functions: native/abi/embedded.h.

#include <string>
#include <utility>

#include "native/embedded/exports.h"
#include "native/embedded/guard.h"
#include "native/embedded/runtime.h"
#include "native/platform/text.h"

using namespace eaphost::abi;
using namespace eaphost::embedded;
using eaphost::platform::View;
using eaphost::values::Status;

DWORD EAPHOST_STDCALL EapEmbeddedEnterScope(std::uint64_t scope) {
  Runtime::EnterScope(scope);
  return kNoError;
}

DWORD EAPHOST_STDCALL EapEmbeddedDropScope(std::uint64_t scope) {
  return Guarded(nullptr, [&] {
    Runtime::Get().methods().DropScope(scope);
    return Status();
  });
}

DWORD EAPHOST_STDCALL EapEmbeddedRegisterMethod(std::uint64_t scope,
                                                const eaphost::embedded::Method* method) {
  return Guarded(nullptr, [&] {
    if (method == nullptr || View(method->pwszDllPath).empty()) return Status(kErrorInvalidParameter);
    MethodEntry entry;
    entry.type = method->type;
    entry.dll_path = View(method->pwszDllPath);
    entry.friendly_name =
        method->pwszFriendlyName != nullptr ? View(method->pwszFriendlyName) : View(method->pwszDllPath);
    entry.author_name = View(method->pwszAuthorName);
    if (method->pwszEndpoint != nullptr) entry.endpoint = View(method->pwszEndpoint);
    entry.properties = method->dwProperties;
    Runtime::Get().methods().Register(scope, std::move(entry));
    return Status();
  });
}

DWORD EAPHOST_STDCALL EapEmbeddedUnregisterMethod(std::uint64_t scope, const EAP_METHOD_TYPE* type) {
  return Guarded(nullptr, [&] {
    if (type == nullptr) return Status(kErrorInvalidParameter);
    return Status(Runtime::Get().methods().Unregister(scope, *type) ? kNoError : kErrorNotFound);
  });
}

DWORD EAPHOST_STDCALL EapEmbeddedSetOption(std::uint64_t scope, DWORD option, DWORD value) {
  return Guarded(nullptr, [&] {
    const bool is_switch = option == kOptionIdentityNeedsUserData || option == kOptionRefusesSta;
    const bool known = option == kOptionMaxRounds || (is_switch && value <= 1);
    if (!known) return Status(kErrorInvalidParameter);
    Runtime::Get().methods().SetOption(scope, option, value);
    return Status();
  });
}

DWORD EAPHOST_STDCALL EapEmbeddedGetCounters(Counters* counters) {
  return Guarded(nullptr, [&] {
    if (counters == nullptr) return Status(kErrorInvalidParameter);
    *counters = Runtime::Get().counters();
    return Status();
  });
}

DWORD EAPHOST_STDCALL EapEmbeddedNotify(const GUID* connectionId) {
  return Guarded(nullptr, [&] {
    if (connectionId == nullptr) return Status(kErrorInvalidParameter);
    return Status(Runtime::Get().connections().Notify(*connectionId));
  });
}
