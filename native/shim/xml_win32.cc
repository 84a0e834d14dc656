// MSXML 6.
#ifdef _WIN32

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/platform/msxml_win32.h"
#include "native/shim/xml.h"

namespace eaphost::shim {

abi::DWORD XmlSupport() { return abi::kNoError; }

abi::DWORD TextOf(abi::IXMLDOMDocument2* document, SecretText* text) {
  if (document == nullptr) return abi::kErrorInvalidParameter;
  platform::XmlText xml;
  const HRESULT result = reinterpret_cast<::IXMLDOMDocument2*>(document)->get_xml(xml.out());
  if (FAILED(result)) return static_cast<abi::DWORD>(result);
  text->assign(xml.view().begin(), xml.view().end());
  return abi::kNoError;
}

abi::DWORD DocumentOf(const SecretText& text, abi::IXMLDOMDocument2** document) {
  platform::XmlOwned<::IXMLDOMDocument2> made;
  HRESULT result = platform::CreateXmlDocument(made);
  if (result == S_OK) result = platform::LoadXml(*made, {text.data(), text.size()});
  if (FAILED(result)) return static_cast<abi::DWORD>(result);
  if (result == S_FALSE) return abi::EAP_E_EAPHOST_XML_MALFORMED;
  *document = reinterpret_cast<abi::IXMLDOMDocument2*>(made.release());
  return abi::kNoError;
}

}  // namespace eaphost::shim

#endif
