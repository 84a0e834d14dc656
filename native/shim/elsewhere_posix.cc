// Off Windows there is no registry to be registered in, and no MSXML.
#ifndef _WIN32

#include "native/abi/constants.h"
#include "native/shim/registered.h"
#include "native/shim/xml.h"

namespace eaphost::shim {

std::optional<Registered> FindRegistered(const abi::EAP_TYPE&) { return std::nullopt; }

abi::DWORD XmlSupport() { return abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED; }
abi::DWORD TextOf(abi::IXMLDOMDocument2*, SecretText*) { return XmlSupport(); }
abi::DWORD DocumentOf(const SecretText&, abi::IXMLDOMDocument2**) { return XmlSupport(); }

}  // namespace eaphost::shim

#endif
