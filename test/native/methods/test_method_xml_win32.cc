// What the scriptable method exports by name for XML, Windows only: see test_method.h. Its configuration is
// the text of <Script xmlns="urn:eaphost:test">, its credentials that of <User>. Any thread.
#ifdef _WIN32

#include <string>

#include "native/abi/constants.h"
#include "native/platform/msxml_win32.h"
#include "test/native/methods/test_method_support.h"

namespace {

namespace abi = eaphost::abi;  // its abi::DWORD is not windows.h's
using eaphost::platform::XmlOwned;
using eaphost::platform::XmlText;
using eaphost::testmethod::AllocateBytes;
using eaphost::testmethod::Log;
using eaphost::testmethod::Script;
using eaphost::testmethod::Scripted;

// The text at an XPath, found as methods find theirs: from the document, by prefixes of their own.
std::string TextAt(abi::IXMLDOMDocument2* given, std::u16string_view path) {
  auto& document = *reinterpret_cast<::IXMLDOMDocument2*>(given);
  const XmlText property(u"SelectionNamespaces");
  const XmlText namespaces(
      u"xmlns:c='http://www.microsoft.com/provisioning/EapHostConfig' "
      u"xmlns:u='http://www.microsoft.com/provisioning/EapHostUserCredentials' xmlns:t='urn:eaphost:test'");
  VARIANT value{};
  value.vt = VT_BSTR;
  value.bstrVal = namespaces.get();
  document.setProperty(property.get(), value);
  const XmlText query(path);
  ::IXMLDOMNode* found = nullptr;
  if (document.selectSingleNode(query.get(), &found) != S_OK) return {};
  const XmlOwned<::IXMLDOMNode> node(found);
  XmlText text;
  node->get_text(text.out());
  return std::string(text.view().begin(), text.view().end());
}

void Give(const std::string& bytes, abi::BYTE** data, abi::DWORD* size) {
  *size = static_cast<abi::DWORD>(bytes.size());
  *data = AllocateBytes(bytes);
}

}  // namespace

abi::DWORD EAPHOST_STDCALL EapPeerConfigXml2Blob(abi::DWORD flags, abi::EAP_METHOD_TYPE,
                                                 abi::IXMLDOMDocument2* document, abi::BYTE** data,
                                                 abi::DWORD* size, abi::EAP_ERROR** error) {
  const std::string text = TextAt(document, u"/c:EapHostConfig/c:Config/t:Script");
  const Script script(text);
  Log(script, "ConfigXml2Blob(flags=" + std::to_string(flags) + ")");
  if (const auto code = Scripted(script, "ConfigXml2Blob", error)) return *code;
  if (eaphost::testmethod::Mute(script, "ConfigXml2Blob")) return NO_ERROR;
  Give(text, data, size);
  return NO_ERROR;
}

abi::DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(abi::DWORD flags, abi::EAP_METHOD_TYPE,
                                                 const abi::BYTE* data, abi::DWORD size,
                                                 abi::IXMLDOMDocument2** document, abi::EAP_ERROR** error) {
  const Script script = Script::Of(data, size);
  Log(script, "ConfigBlob2Xml(flags=" + std::to_string(flags) + ")");
  if (const auto code = Scripted(script, "ConfigBlob2Xml", error)) return *code;
  if (eaphost::testmethod::Mute(script, "ConfigBlob2Xml")) return NO_ERROR;
  std::u16string xml = u"<Config xmlns='http://www.microsoft.com/provisioning/EapHostConfig'>";
  if (script.has("strange")) xml = u"<Strange>";
  xml += u"<Script xmlns='urn:eaphost:test'>";
  xml.append(data, data + size);
  xml += script.has("strange") ? u"</Script></Strange>" : u"</Script></Config>";
  XmlOwned<::IXMLDOMDocument2> made;
  const HRESULT result = eaphost::platform::CreateXmlDocument(made);
  if (FAILED(result) || eaphost::platform::LoadXml(*made, xml) != S_OK) return ERROR_INVALID_DATA;
  *document = reinterpret_cast<abi::IXMLDOMDocument2*>(made.release());
  return NO_ERROR;
}

abi::DWORD EAPHOST_STDCALL EapPeerCredentialsXml2Blob(abi::DWORD, abi::EAP_METHOD_TYPE,
                                                      abi::IXMLDOMDocument2* document,
                                                      const abi::BYTE* config, abi::DWORD config_size,
                                                      abi::BYTE** data, abi::DWORD* size,
                                                      abi::EAP_ERROR** error) {
  const Script script = Script::Of(config, config_size);
  if (const auto code = Scripted(script, "CredentialsXml2Blob", error)) return *code;
  Give(TextAt(document, u"/u:EapHostUserCredentials/u:Credentials/t:User"), data, size);
  return NO_ERROR;
}

#endif
