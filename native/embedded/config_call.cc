#include "native/embedded/config_call.h"

#include <optional>

namespace eaphost::embedded {

OpenDll::~OpenDll() {
  // It takes no endpoint away that a session has.
  if (dll_) static_cast<void>(dll_->UseEndpoint(std::nullopt));
}

values::Status OpenDll::Open(const abi::EAP_METHOD_TYPE& type, Part part) {
  const std::shared_ptr<Registration> registration = Runtime::Get().methods().Find(Runtime::scope(), type);
  if (!registration) return Fail(abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED, type);
  values::Status status;
  switch (part) {
    case Part::kMethod:
      status = registration->Dll(dll_);
      break;
    case Part::kConfiguration:
      status = registration->UiDll(Registration::Interface::kConfiguration, dll_);
      break;
    case Part::kIdentity:
      status = registration->UiDll(Registration::Interface::kIdentity, dll_);
      break;
    case Part::kInteractive:
      status = registration->UiDll(Registration::Interface::kInteractive, dll_);
      break;
  }
  if (status.ok()) status = dll_->UseEndpoint(registration->entry().endpoint);
  return Describe(std::move(status), type);
}

}  // namespace eaphost::embedded
