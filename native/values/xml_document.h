// XML text as the document object that the configuration library takes, and back: MSXML's on Windows, and
// nothing elsewhere. Made, used and released on one single-threaded apartment.
#pragma once

#include <string>

#include "native/abi/base.h"
#include "native/values/plain.h"

namespace eaphost::values {

class XmlDocument {
 public:
  XmlDocument() = default;
  XmlDocument(const XmlDocument&) = delete;
  XmlDocument& operator=(const XmlDocument&) = delete;
  ~XmlDocument();

  // Once. What is not well-formed fails with EAP_E_EAPHOST_XML_MALFORMED; the message says where, and never
  // quotes the text. `call` is the function that the failure names.
  bool Parse(const char* call, const platform::SecretText& xml, Failure& failure);
  // The document's element.
  abi::IXMLDOMNode* root() const { return root_; }
  // The whole of it. Both stay this object's.
  abi::IXMLDOMDocument2* document() const { return document_; }

 private:
  abi::IXMLDOMDocument2* document_ = nullptr;
  abi::IXMLDOMNode* root_ = nullptr;
};

// The text of a document that a run-time handed out, which is released. NULL is ERROR_INVALID_DATA.
bool TakeXml(const char* call, abi::IXMLDOMDocument2* document, std::u16string& xml, Failure& failure);

}  // namespace eaphost::values
