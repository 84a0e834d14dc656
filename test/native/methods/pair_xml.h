// The XML forms of the pair method's blobs. Configuration: an element PairConfig (namespace
// urn:eaphost:test:pair) whose text is the blob, in an element Config of EAPHost's. Credentials: an element
// PairUser, likewise. Found wherever it stands in the document, and by its local name. On threads with COM.
#pragma once

#include <string>

#include "native/abi/base.h"

namespace eaphost::pairmethod {

inline constexpr wchar_t kPairConfig[] = L"//*[local-name()='PairConfig']";
inline constexpr wchar_t kPairUser[] = L"//*[local-name()='PairUser']";

// The text of the first node that XPath finds. ERROR_INVALID_PARAMETER for no document,
// EAP_E_EAPHOST_XML_MALFORMED where there is no such node, EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED where
// there is no MSXML.
abi::DWORD ReadXml(abi::IXMLDOMDocument2* document, const wchar_t* query, std::string& text);

// A new document with `text` as PairConfig, which the caller releases.
abi::DWORD WriteConfigXml(const std::string& text, abi::IXMLDOMDocument2** document);

}  // namespace eaphost::pairmethod
