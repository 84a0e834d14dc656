// The XML functions, with MSXML's documents. Windows only.
#ifdef _WIN32

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "native/abi/constants.h"
#include "native/embedded/registry.h"
#include "native/platform/msxml_win32.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::embedded::test;
using platform::XmlOwned;
using platform::XmlText;

namespace {

// One allocation of the caller's, and what came with it.
struct Outcome {
  abi::DWORD code = 0;
  std::string blob;
  abi::EAP_METHOD_TYPE type{};
  std::optional<values::EapError> error;
};

XmlOwned<::IXMLDOMDocument2> Document(const std::u16string& xml) {
  XmlOwned<::IXMLDOMDocument2> document;
  REQUIRE(platform::CreateXmlDocument(document) == S_OK);
  REQUIRE(platform::LoadXml(*document, xml) == S_OK);
  return document;
}

std::u16string Wide(const std::string& text) { return std::u16string(text.begin(), text.end()); }

constexpr char kMethod[] =
    "<EapMethod><Type xmlns='http://www.microsoft.com/provisioning/EapCommon'>254</Type>"
    "<VendorId xmlns='http://www.microsoft.com/provisioning/EapCommon'>99999</VendorId>"
    "<VendorType xmlns='http://www.microsoft.com/provisioning/EapCommon'> 2 </VendorType>"
    "<AuthorId xmlns='http://www.microsoft.com/provisioning/EapCommon'>99999</AuthorId></EapMethod>";

std::u16string Config(const std::string& content, const std::string& method = kMethod) {
  return Wide("<EapHostConfig xmlns='http://www.microsoft.com/provisioning/EapHostConfig'>" + method +
              content + "</EapHostConfig>");
}

std::u16string User(const std::string& content) {
  return Wide(
      "<EapHostUserCredentials xmlns='http://www.microsoft.com/provisioning/EapHostUserCredentials'>" +
      std::string(kMethod) + content + "</EapHostUserCredentials>");
}

std::string Script(const std::string& text) {
  return "<Config><Script xmlns='urn:eaphost:test'>" + text + "</Script></Config>";
}

abi::IXMLDOMNode* Node(::IXMLDOMNode* node) { return reinterpret_cast<abi::IXMLDOMNode*>(node); }

// Takes a call's outputs as a caller does, and frees them.
Outcome Take(abi::DWORD code, abi::DWORD size, abi::BYTE* data, const abi::EAP_METHOD_TYPE& type,
             abi::EAP_ERROR* error) {
  Outcome outcome{code, {}, type, {}};
  if (data != nullptr) outcome.blob.assign(data, data + size);
  if (data == nullptr) CHECK(size == 0);
  if (error != nullptr) outcome.error = values::CopyError(error);
  EapHostPeerFreeMemory(data);
  EapHostPeerFreeErrorMemory(error);
  return outcome;
}

Outcome ConfigXml2Blob(const std::u16string& xml) {
  const auto document = Document(xml);
  abi::DWORD size = 77;
  auto* data = reinterpret_cast<abi::BYTE*>(1);
  abi::EAP_METHOD_TYPE type{{9, 9, 9}, 9};
  abi::EAP_ERROR* error = nullptr;
  const abi::DWORD code = EapHostPeerConfigXml2Blob(0, Node(document.get()), &size, &data, &type, &error);
  return Take(code, size, data, type, error);
}

Outcome CredentialsXml2Blob(const std::u16string& xml, const std::string& config = {}) {
  const auto document = Document(xml);
  abi::DWORD size = 77;
  auto* data = reinterpret_cast<abi::BYTE*>(1);
  abi::EAP_METHOD_TYPE type{{9, 9, 9}, 9};
  abi::EAP_ERROR* error = nullptr;
  std::string given = config;
  const abi::DWORD code =
      EapHostPeerCredentialsXml2Blob(0, Node(document.get()), static_cast<abi::DWORD>(given.size()),
                                     reinterpret_cast<abi::BYTE*>(given.data()), &size, &data, &type, &error);
  return Take(code, size, data, type, error);
}

Outcome ConfigBlob2Xml(const std::string& config, std::string& xml) {
  std::string given = config;
  auto* raw = reinterpret_cast<abi::IXMLDOMDocument2*>(1);
  abi::EAP_ERROR* error = nullptr;
  const abi::DWORD code = EapHostPeerConfigBlob2Xml(0, kTestMethod, static_cast<abi::DWORD>(given.size()),
                                                    reinterpret_cast<abi::BYTE*>(given.data()), &raw, &error);
  auto* const document = reinterpret_cast<::IXMLDOMDocument2*>(raw);
  if (document != nullptr) {
    XmlText text;
    CHECK(document->get_xml(text.out()) == S_OK);
    xml.assign(text.view().begin(), text.view().end());
    CHECK(document->Release() == 0);  // the caller's reference is the only one
  }
  return Take(code, 0, nullptr, {}, error);
}

// The calling thread is an apartment for documents.
class Apartment {
 public:
  Apartment() { REQUIRE(SUCCEEDED(CoInitializeEx(nullptr, COINIT_MULTITHREADED))); }
  ~Apartment() { CoUninitialize(); }
};

}  // namespace

TEST_CASE("xml: a configuration becomes a blob by the method that it names") {
  const Apartment apartment;
  Fixture fixture;
  const Outcome made = ConfigXml2Blob(Config(Script("send open=1")));
  CHECK(made.code == abi::kNoError);
  CHECK(made.blob == "send open=1");
  CHECK(embedded::SameMethod(made.type, kTestMethod));
  CHECK(fixture.TakeLog().find("ConfigXml2Blob(flags=0)") != std::string::npos);

  // The document's element will do as well.
  const auto document = Document(Config(Script("element")));
  ::IXMLDOMElement* element = nullptr;
  REQUIRE(document->get_documentElement(&element) == S_OK);
  abi::DWORD size = 0;
  abi::BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE type{};
  abi::EAP_ERROR* error = nullptr;
  const abi::DWORD code = EapHostPeerConfigXml2Blob(0, Node(element), &size, &data, &type, &error);
  element->Release();
  CHECK(Take(code, size, data, type, error).blob == "element");
}

TEST_CASE("xml: blobs within documents need no method") {
  const Apartment apartment;
  Fixture fixture;
  fixture.DropScope();
  const Outcome config = ConfigXml2Blob(Config("<ConfigBlob> 00 fF\n7e</ConfigBlob>"));
  CHECK(config.code == abi::kNoError);
  CHECK(config.blob == std::string("\0\xFF\x7E", 3));
  CHECK(embedded::SameMethod(config.type, kTestMethod));
  const Outcome empty = ConfigXml2Blob(Config("<ConfigBlob/>"));
  CHECK(empty.code == abi::kNoError);
  CHECK(empty.blob.empty());
  CHECK(CredentialsXml2Blob(User("<CredentialsBlob>616263</CredentialsBlob>")).blob == "abc");
  // Elements do.
  const Outcome elements = ConfigXml2Blob(Config(Script("any")));
  CHECK(elements.code == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CHECK(elements.type.eapType.type == 0);
}

TEST_CASE("xml: credentials become a blob, with the configuration that they are for") {
  const Apartment apartment;
  Fixture fixture;
  const std::string user = "<Credentials><User xmlns='urn:eaphost:test'>alice</User></Credentials>";
  const Outcome made = CredentialsXml2Blob(User(user), "config");
  CHECK(made.code == abi::kNoError);
  CHECK(made.blob == "alice");
  CHECK(embedded::SameMethod(made.type, kTestMethod));
  const Outcome failed = CredentialsXml2Blob(User(user), "fail=CredentialsXml2Blob:4711e");
  CHECK(failed.code == 4711);
  REQUIRE(failed.error);
  CHECK(failed.error->root_cause == u"scripted cause");
}

TEST_CASE("xml: a blob becomes a configuration, and that the same blob again") {
  const Apartment apartment;
  Fixture fixture;
  std::string xml;
  REQUIRE(ConfigBlob2Xml("send open=1", xml).code == abi::kNoError);
  CHECK(xml.find("<EapHostConfig") == 0);
  const Outcome again = ConfigXml2Blob(Wide(xml));
  CHECK(again.code == abi::kNoError);
  CHECK(again.blob == "send open=1");
  CHECK(embedded::SameMethod(again.type, kTestMethod));
}

TEST_CASE("xml: what a method does badly becomes an error, and leaves nothing") {
  const Apartment apartment;
  Fixture fixture;
  const Outcome failed = ConfigXml2Blob(Config(Script("fail=ConfigXml2Blob:4711")));
  CHECK(failed.code == 4711);
  CHECK(failed.type.eapType.type == 0);
  REQUIRE(failed.error);
  CHECK(embedded::SameMethod(failed.error->type, kTestMethod));
  CHECK(ConfigXml2Blob(Config(Script("throw=ConfigXml2Blob"))).code == abi::kErrorUnhandledException);
  const Outcome mute = ConfigXml2Blob(Config(Script("mute=ConfigXml2Blob")));
  CHECK(mute.code == abi::kNoError);
  CHECK(mute.blob.empty());
  std::string xml;
  CHECK(ConfigBlob2Xml("fail=ConfigBlob2Xml:4711e", xml).code == 4711);
  CHECK(ConfigBlob2Xml("mute=ConfigBlob2Xml", xml).code == abi::EAP_E_EAPHOST_XML_MALFORMED);
  CHECK(ConfigBlob2Xml("strange", xml).code == abi::EAP_E_EAPHOST_XML_MALFORMED);
  CHECK(xml.empty());
}

TEST_CASE("xml: what the schemas do not allow is malformed") {
  const Apartment apartment;
  Fixture fixture;
  const std::string common = "xmlns='http://www.microsoft.com/provisioning/EapCommon'";
  const auto method = [&](const std::string& numbers) {
    std::string text = "<EapMethod>";
    for (std::size_t at = 0; at < numbers.size(); ++at) {
      static constexpr const char* kNames[] = {"Type", "VendorId", "VendorType", "AuthorId"};
      if (numbers[at] == '-') continue;
      text += std::string("<") + kNames[at] + " " + common + ">" + numbers[at] + "</" + kNames[at] + ">";
    }
    return text + "</EapMethod>";
  };
  const std::string blob = "<ConfigBlob>00</ConfigBlob>";
  CHECK(ConfigXml2Blob(Config(blob, method("4001"))).code == abi::kNoError);
  CHECK(ConfigXml2Blob(Config(blob, method("4"))).code == abi::kNoError);
  const std::u16string cases[] = {
      u"<a/>",
      u"<EapHostConfig/>",
      User("<CredentialsBlob>00</CredentialsBlob>"),
      Config(blob, ""),
      Config(blob, "<EapMethod/>"),
      Config(blob, method("-001")),
      Config(blob, method("x001")),
      Config(blob, method("0001")),
      Config(blob, "<EapMethod><Type " + common + ">256</Type></EapMethod>"),
      Config(blob, "<EapMethod><Type " + common + ">254</Type></EapMethod>"),
      Config(blob, "<EapMethod><Type " + common + ">4294967297</Type></EapMethod>"),
      Config(blob, "<EapMethod><Type>4</Type></EapMethod>"),
      Config(blob,
             "<EapMethod><AuthorId " + common + ">0</AuthorId><Type " + common + ">4</Type></EapMethod>"),
      Config(blob, std::string(kMethod) + kMethod),
      Config(std::string(kMethod), blob),
      Config(""),
      Config(blob + blob),
      Config(blob + "<Config/>"),
      Config("<Other/>" + blob),
      Config("<ConfigBlob>0</ConfigBlob>"),
      Config("<ConfigBlob>0 0</ConfigBlob>"),
      Config("<ConfigBlob>0g</ConfigBlob>"),
  };
  for (const std::u16string& xml : cases) {
    CAPTURE(std::string(xml.begin(), xml.end()));
    const Outcome outcome = ConfigXml2Blob(xml);
    CHECK(outcome.code == abi::EAP_E_EAPHOST_XML_MALFORMED);
    CHECK(outcome.type.eapType.type == 0);
    REQUIRE(outcome.error);
    CHECK(outcome.error->root_cause_guid == abi::GUID_EapHost_Cause_XmlMalformed);
  }
  // What others put there is theirs.
  CHECK(ConfigXml2Blob(Config("<o:x xmlns:o='urn:other'/>" + blob)).code == abi::kNoError);
}

TEST_CASE("xml: arguments that are missing are refused, and outputs set to nothing") {
  const Apartment apartment;
  Fixture fixture;
  const auto document = Document(Config("<ConfigBlob>00</ConfigBlob>"));
  abi::DWORD size = 77;
  auto* data = reinterpret_cast<abi::BYTE*>(1);
  abi::EAP_METHOD_TYPE type{{9, 9, 9}, 9};
  abi::IXMLDOMNode* const node = Node(document.get());
  CHECK(EapHostPeerConfigXml2Blob(0, nullptr, &size, &data, &type, nullptr) == abi::kErrorInvalidParameter);
  CHECK(size == 0);
  CHECK(data == nullptr);
  CHECK(type.eapType.type == 0);
  CHECK(EapHostPeerConfigXml2Blob(0, node, nullptr, &data, &type, nullptr) == abi::kErrorInvalidParameter);
  CHECK(EapHostPeerConfigXml2Blob(0, node, &size, nullptr, &type, nullptr) == abi::kErrorInvalidParameter);
  CHECK(EapHostPeerConfigXml2Blob(0, node, &size, &data, nullptr, nullptr) == abi::kErrorInvalidParameter);
  CHECK(EapHostPeerCredentialsXml2Blob(0, node, 1, nullptr, &size, &data, &type, nullptr) ==
        abi::kErrorInvalidParameter);
  CHECK(EapHostPeerConfigBlob2Xml(0, kTestMethod, 0, nullptr, nullptr, nullptr) ==
        abi::kErrorInvalidParameter);
}

#endif
