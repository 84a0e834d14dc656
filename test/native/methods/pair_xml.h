// The XML forms of the pair method's blobs. Configuration: an element PairConfig (namespace
// urn:eaphost:test:pair) whose text is the blob, in an element Config of EAPHost's. Credentials: an element
// PairUser, likewise. Found wherever it stands in the document, and by its local name. On threads with COM.
#pragma once

#include <string>

#include "native/abi/base.h"

namespace eaphost::pairmethod {

// The text of the first element `name`. ERROR_INVALID_PARAMETER for no document, EAP_E_EAPHOST_XML_MALFORMED
// where there is no such element, EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED where there is no MSXML.
abi::DWORD ReadXml(abi::IXMLDOMDocument2* document, const wchar_t* name, std::string& text);

// A new document with `text` as PairConfig, which the caller releases.
abi::DWORD WriteConfigXml(const std::string& text, abi::IXMLDOMDocument2** document);

}  // namespace eaphost::pairmethod
