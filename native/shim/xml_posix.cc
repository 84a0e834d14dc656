// Without MSXML.
#ifndef _WIN32

#include "native/abi/constants.h"
#include "native/shim/xml.h"

namespace eaphost::shim {

abi::DWORD XmlSupport() { return abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED; }

abi::DWORD TextOf(abi::IXMLDOMDocument2*, SecretText*) { return XmlSupport(); }

abi::DWORD DocumentOf(const SecretText&, abi::IXMLDOMDocument2**) { return XmlSupport(); }

}  // namespace eaphost::shim

#endif
