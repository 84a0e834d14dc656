// XML and blobs. On apartments: MSXML's objects never leave theirs.
#include "native/abi/constants.h"
#include "native/supplicant/configuration.h"
#include "native/supplicant/owned_error.h"
#include "native/values/xml_document.h"

namespace eaphost::host {

namespace {

using abi::BYTE;
using abi::DWORD;

BYTE* Writable(const BYTE* data) { return const_cast<BYTE*>(data); }

}  // namespace

bool Configurator::ConfigXmlToBlob(const SecretText& xml, MethodBlob& blob, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerConfigXml2Blob";
  XmlDocument document;
  if (!document.Parse(kCall, xml, failure)) return false;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE method{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerConfigXml2Blob(0, document.root(), &size, &data, &method, error.out());
  return error.Check(kCall, code, failure) && TakeXmlBlob(kCall, method, size, data, blob, failure);
}

bool Configurator::CredentialsXmlToBlob(const SecretText& xml, const SecretBytes& config, MethodBlob& blob,
                                        Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerCredentialsXml2Blob";
  XmlDocument document;
  if (!document.Parse(kCall, xml, failure)) return false;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE method{};
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerCredentialsXml2Blob(
      0, document.root(), InputSize(config), Writable(InputData(config)), &size, &data, &method, error.out());
  return error.Check(kCall, code, failure) && TakeXmlBlob(kCall, method, size, data, blob, failure);
}

bool Configurator::ConfigBlobToXml(const MethodBlob& blob, std::u16string& xml, Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerConfigBlob2Xml";
  abi::IXMLDOMDocument2* document = nullptr;
  OwnedError error(table_.EapHostPeerFreeErrorMemory);
  const DWORD code = table_.EapHostPeerConfigBlob2Xml(0, blob.method, InputSize(blob.data),
                                                      Writable(InputData(blob.data)), &document, error.out());
  return error.Check(kCall, code, failure) && TakeXml(kCall, document, xml, failure);
}

}  // namespace eaphost::host
