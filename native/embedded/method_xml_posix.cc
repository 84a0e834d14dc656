// Without MSXML there are no documents.
#ifndef _WIN32

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "native/embedded/method_xml.h"

namespace eaphost::embedded {

values::Status XmlAvailable() {
  values::EapError error = DescribeCode(abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, {});
  error.root_cause = u"The XML functions take MSXML's documents, and this system has no MSXML.";
  return values::Status(abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, std::move(error));
}

OwnedXml::~OwnedXml() = default;

values::Status MethodXml::Read(XmlKind, abi::IXMLDOMNode*) { return XmlAvailable(); }

values::Status WrapConfig(const abi::EAP_METHOD_TYPE&, abi::IXMLDOMDocument2*, abi::IXMLDOMDocument2*&) {
  return XmlAvailable();
}

}  // namespace eaphost::embedded

#endif
