// MSXML 6.
#ifdef _WIN32

#include <string>

#include "native/abi/constants.h"
#include "native/platform/msxml_win32.h"
#include "native/values/xml_document.h"

namespace eaphost::values {

namespace {

using platform::XmlOwned;
using platform::XmlText;

::IXMLDOMDocument2* Native(abi::IXMLDOMDocument2* document) {
  return reinterpret_cast<::IXMLDOMDocument2*>(document);
}
::IXMLDOMNode* Native(abi::IXMLDOMNode* node) { return reinterpret_cast<::IXMLDOMNode*>(node); }

bool Fail(const char* call, HRESULT result, Failure& failure) {
  failure = MakeFailure(call, static_cast<abi::DWORD>(result), "MSXML 6 refused the document");
  return false;
}

// If it is not well-formed. MSXML's own message is left out, because it quotes the text.
bool Malformed(const char* call, ::IXMLDOMDocument2& document, Failure& failure) {
  ::IXMLDOMParseError* raw = nullptr;
  LONG line = 0;
  LONG column = 0;
  if (document.get_parseError(&raw) == S_OK && raw != nullptr) {
    const XmlOwned<::IXMLDOMParseError> error(raw);
    if (error->get_line(&line) != S_OK || error->get_linepos(&column) != S_OK) line = column = 0;
  }
  failure = MakeFailure(
      call, abi::EAP_E_EAPHOST_XML_MALFORMED,
      "the XML is not well-formed: line " + std::to_string(line) + ", column " + std::to_string(column));
  return false;
}

}  // namespace

XmlDocument::~XmlDocument() {
  if (root_ != nullptr) Native(root_)->Release();
  if (document_ != nullptr) Native(document_)->Release();
}

bool XmlDocument::Parse(const char* call, const platform::SecretText& xml, Failure& failure) {
  XmlOwned<::IXMLDOMDocument2> made;
  HRESULT result = platform::CreateXmlDocument(made);
  if (FAILED(result)) return Fail(call, result, failure);
  ::IXMLDOMDocument2& document = *made.release();
  document_ = reinterpret_cast<abi::IXMLDOMDocument2*>(&document);
  result = platform::LoadXml(document, std::u16string_view(xml.data(), xml.size()));
  if (FAILED(result)) return Fail(call, result, failure);
  if (result == S_FALSE) return Malformed(call, document, failure);
  ::IXMLDOMElement* element = nullptr;
  result = document.get_documentElement(&element);
  if (FAILED(result)) return Fail(call, result, failure);
  if (element == nullptr) return Malformed(call, document, failure);
  root_ = reinterpret_cast<abi::IXMLDOMNode*>(static_cast<::IXMLDOMNode*>(element));
  return true;
}

bool TakeXml(const char* call, abi::IXMLDOMDocument2* given, std::u16string& xml, Failure& failure) {
  if (given == nullptr) {
    failure = MakeFailure(call, kErrorInvalidData, "the run-time gave no document");
    return false;
  }
  const XmlOwned<::IXMLDOMDocument2> document(Native(given));
  XmlText text;
  const HRESULT result = document->get_xml(text.out());
  if (FAILED(result)) return Fail(call, result, failure);
  xml = text.view();
  return true;
}

}  // namespace eaphost::values

#endif
