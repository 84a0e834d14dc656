#ifndef _WIN32

#include "native/abi/constants.h"
#include "test/native/methods/pair_xml.h"

namespace eaphost::pairmethod {

abi::DWORD ReadXml(abi::IXMLDOMDocument2*, const wchar_t*, std::string&) {
  return abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED;
}

abi::DWORD WriteConfigXml(const std::string&, abi::IXMLDOMDocument2**) {
  return abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED;
}

}  // namespace eaphost::pairmethod

#endif
