#include "native/embedded/config_call.h"

namespace eaphost::embedded {

method::Status OpenPart(const abi::EAP_METHOD_TYPE& type, Part part,
                        std::shared_ptr<method::PeerMethodDll>& dll) {
  const std::shared_ptr<Registration> registration = Runtime::Get().methods().Find(Runtime::scope(), type);
  if (!registration) return Fail(abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED, type);
  method::Status status;
  switch (part) {
    case Part::kMethod:
      status = registration->Dll(dll);
      break;
    case Part::kConfiguration:
      status = registration->UiDll(Registration::Interface::kConfiguration, dll);
      break;
    case Part::kIdentity:
      status = registration->UiDll(Registration::Interface::kIdentity, dll);
      break;
    case Part::kInteractive:
      status = registration->UiDll(Registration::Interface::kInteractive, dll);
      break;
  }
  // A DLL that is loaded for its user interface alone is not initialized, and so would never be told to give
  // back what it keeps of an endpoint.
  if (status.ok() && part == Part::kMethod) status = dll->UseEndpoint(registration->entry().endpoint);
  return Describe(std::move(status), type);
}

}  // namespace eaphost::embedded
