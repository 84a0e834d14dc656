// MSXML's documents as text and back. On the host's thread, in whose apartment the documents live. Where
// there is no MSXML there are no documents either: EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED.
#pragma once

#include "native/shim/wire.h"

namespace eaphost::shim {

// Whether there are documents at all: NO_ERROR or the code that says no.
abi::DWORD XmlSupport();
// The text of a document, which stays the caller's.
abi::DWORD TextOf(abi::IXMLDOMDocument2* document, SecretText* text);
// A new document of the text, with one reference. EAP_E_EAPHOST_XML_MALFORMED if it is not well-formed.
abi::DWORD DocumentOf(const SecretText& text, abi::IXMLDOMDocument2** document);

}  // namespace eaphost::shim
