// Profiles as a configuration program has them: MSXML documents, made, handed over and released here.
#ifdef _WIN32

#include "native/platform/msxml_win32.h"
#include "test/native/program/program.h"

namespace eaphost::program {

namespace {

using platform::XmlOwned;
using platform::XmlText;

#define EAPHOST_SPACE "http://www.microsoft.com/provisioning/"

constexpr char kMethodXml[] = "<EapMethod><Type xmlns='" EAPHOST_SPACE
                              "EapCommon'>254</Type>"
                              "<VendorId xmlns='" EAPHOST_SPACE
                              "EapCommon'>99999</VendorId>"
                              "<VendorType xmlns='" EAPHOST_SPACE
                              "EapCommon'>2</VendorType>"
                              "<AuthorId xmlns='" EAPHOST_SPACE "EapCommon'>99999</AuthorId></EapMethod>";

XmlOwned<::IXMLDOMDocument2> Load(const std::string& xml) {
  XmlOwned<::IXMLDOMDocument2> document;
  EAPHOST_EXPECT(platform::CreateXmlDocument(document) == S_OK);
  EAPHOST_EXPECT(platform::LoadXml(*document, std::u16string(xml.begin(), xml.end())) == S_OK);
  return document;
}

std::string Take(abi::DWORD size, abi::BYTE* data) {
  std::string text = Text(data, size);
  libraries.EapHostPeerFreeMemory(data);
  return text;
}

std::string ToBlob(const XmlOwned<::IXMLDOMDocument2>& document) {
  ::IXMLDOMElement* root = nullptr;
  EAPHOST_EXPECT(document->get_documentElement(&root) == S_OK);
  abi::DWORD size = 0;
  abi::BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE type{};
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerConfigXml2Blob(0, reinterpret_cast<abi::IXMLDOMNode*>(root), &size, &data,
                                               &type, error);
  })));
  root->Release();
  EAPHOST_EXPECT(type.dwAuthorId == 99999 && type.eapType.dwVendorType == 2);
  return Take(size, data);
}

}  // namespace

void EnterApartment() { EAPHOST_EXPECT(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED) == S_OK); }
void LeaveApartment() { CoUninitialize(); }

void ConvertXml() {
  const std::string config =
      std::string("<EapHostConfig xmlns='" EAPHOST_SPACE "EapHostConfig'>") + kMethodXml;
  EAPHOST_EXPECT(ToBlob(Load(config + "<Config><Script xmlns='urn:eaphost:test'>script</Script></Config>"
                                      "</EapHostConfig>")) == "script");
  EAPHOST_EXPECT(ToBlob(Load(config + "<ConfigBlob>616263</ConfigBlob></EapHostConfig>")) == "abc");

  const auto user = Load(
      std::string("<EapHostUserCredentials xmlns='" EAPHOST_SPACE "EapHostUserCredentials'>") + kMethodXml +
      "<Credentials><User xmlns='urn:eaphost:test'>alice</User></Credentials>"
      "</EapHostUserCredentials>");
  abi::DWORD size = 0;
  abi::BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE type{};
  abi::BYTE blob[] = {'s', 'c', 'r', 'i', 'p', 't'};
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerCredentialsXml2Blob(
        0, reinterpret_cast<abi::IXMLDOMNode*>(static_cast<::IXMLDOMNode*>(user.get())), sizeof blob, blob,
        &size, &data, &type, error);
  })));
  EAPHOST_EXPECT(Take(size, data) == "alice");

  abi::IXMLDOMDocument2* made = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerConfigBlob2Xml(0, kMethod, sizeof blob, blob, &made, error);
  })));
  if (made == nullptr) return;
  const XmlOwned<::IXMLDOMDocument2> document(reinterpret_cast<::IXMLDOMDocument2*>(made));
  EAPHOST_EXPECT(ToBlob(document) == "script");

  const auto other = Load("<Other/>");
  EAPHOST_EXPECT(
      FailedWith(FromConfiguration([&](abi::EAP_ERROR** error) {
                   return libraries.EapHostPeerConfigXml2Blob(
                       0, reinterpret_cast<abi::IXMLDOMNode*>(static_cast<::IXMLDOMNode*>(other.get())),
                       &size, &data, &type, error);
                 }),
                 abi::EAP_E_EAPHOST_XML_MALFORMED));
}

}  // namespace eaphost::program

#endif
