// The pair method's XML exports; MSXML is in pair_xml_win32.cc.

#include "test/native/methods/pair_xml.h"
#include "native/abi/functions.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/pair_method.h"
#include "test/native/methods/pair_peer.h"

namespace {

using namespace eaphost::abi;
using namespace eaphost::pairmethod;

// The text that `query` finds in the document, as a blob.
DWORD XmlToBlob(const EAP_TYPE& type, eaphost::abi::IXMLDOMDocument2* document, const wchar_t* query,
                BYTE** out, DWORD* out_size, EAP_ERROR** error) {
  Zero(out);
  Zero(out_size);
  return Guarded(Owner::kPeerError, type, error, [&]() -> Failure {
    if (out == nullptr || out_size == nullptr) return {kErrorInvalidParameter};
    std::string text;
    if (const DWORD code = ReadXml(document, query, text); code != kNoError) {
      return {code, code, u"the document is not the pair method's"};
    }
    *out = eaphost::testdll::AllocateBytes(Owner::kPeerMemory, text);
    *out_size = static_cast<DWORD>(text.size());
    return {};
  });
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerConfigXml2Blob(DWORD, EAP_METHOD_TYPE type,
                                            eaphost::abi::IXMLDOMDocument2* document, BYTE** out,
                                            DWORD* out_size, EAP_ERROR** error) {
  return XmlToBlob(type.eapType, document, kPairConfig, out, out_size, error);
}

DWORD EAPHOST_STDCALL EapPeerCredentialsXml2Blob(DWORD, EAP_METHOD_TYPE type,
                                                 eaphost::abi::IXMLDOMDocument2* document, const BYTE*, DWORD,
                                                 BYTE** out, DWORD* out_size, EAP_ERROR** error) {
  return XmlToBlob(type.eapType, document, kPairUser, out, out_size, error);
}

DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(DWORD, EAP_METHOD_TYPE type, const BYTE* data, DWORD size,
                                            eaphost::abi::IXMLDOMDocument2** document, EAP_ERROR** error) {
  Zero(document);
  return Guarded(Owner::kPeerError, type.eapType, error, [&]() -> Failure {
    if (document == nullptr) return {kErrorInvalidParameter};
    const DWORD code = WriteConfigXml(Options::Of(data, size).Text(), document);
    return {code, code, u"the configuration cannot be written as XML"};
  });
}
