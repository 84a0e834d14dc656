// Without MSXML, functions that take its documents cannot be called.
#ifndef _WIN32

#include "native/abi/constants.h"
#include "native/values/xml_document.h"

namespace eaphost::values {

XmlDocument::~XmlDocument() = default;

bool XmlDocument::Parse(const char* call, const platform::SecretText&, Failure& failure) {
  failure = MakeFailure(call, abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  return false;
}

bool TakeXml(const char* call, abi::IXMLDOMDocument2* document, std::u16string&, Failure& failure) {
  failure = MakeFailure(
      call, document == nullptr ? kErrorInvalidData : abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  return false;
}

}  // namespace eaphost::values

#endif
