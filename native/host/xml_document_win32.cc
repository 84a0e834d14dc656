// MSXML 6.
#ifdef _WIN32

#include <windows.h>

#include <msxml2.h>
#include <oleauto.h>

#include <string>
#include <type_traits>

#include "native/abi/constants.h"
#include "native/host/xml_document.h"

#ifdef _MSC_VER
#pragma comment(lib, "oleaut32.lib")
#endif

namespace eaphost::host {

namespace {

// The SDK keeps these in a library of its own, and MinGW in none.
constexpr GUID kDomDocument60 = {
    0x88d96a05, 0xf192, 0x11d4, {0xa6, 0x5f, 0x00, 0x40, 0x96, 0x32, 0x51, 0xe5}};
constexpr GUID kXmlDomDocument2 = {
    0x2933bf95, 0x7b36, 0x11d2, {0xb2, 0x0e, 0x00, 0xc0, 0x4f, 0x98, 0x3e, 0x60}};

// A BSTR, wiped before it is freed: credentials stand in XML in the clear.
class Text {
 public:
  Text() = default;
  explicit Text(const platform::SecretText& text)
      : text_(SysAllocStringLen(reinterpret_cast<const OLECHAR*>(text.data()),
                                static_cast<UINT>(text.size()))) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() {
    platform::Wipe(text_, SysStringByteLen(text_));
    SysFreeString(text_);
  }

  BSTR get() const { return text_; }
  BSTR* out() { return &text_; }

 private:
  BSTR text_ = nullptr;
};

template <typename Interface>
struct Releaser {
  void operator()(Interface* object) const { object->Release(); }
};
template <typename Interface>
using Owned = std::unique_ptr<Interface, Releaser<Interface>>;

::IXMLDOMDocument2* Native(abi::IXMLDOMDocument2* document) {
  return reinterpret_cast<::IXMLDOMDocument2*>(document);
}
::IXMLDOMNode* Native(abi::IXMLDOMNode* node) { return reinterpret_cast<::IXMLDOMNode*>(node); }

bool Fail(const char* call, HRESULT result, Failure& failure) {
  failure = MakeFailure(call, static_cast<abi::DWORD>(result), "MSXML 6 refused the document");
  return false;
}

// Where it is not well-formed, without MSXML's own words: they quote the text.
bool Malformed(const char* call, ::IXMLDOMDocument2& document, Failure& failure) {
  ::IXMLDOMParseError* raw = nullptr;
  LONG line = 0;
  LONG column = 0;
  if (document.get_parseError(&raw) == S_OK && raw != nullptr) {
    const Owned<::IXMLDOMParseError> error(raw);
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
  void* made = nullptr;
  HRESULT result = CoCreateInstance(kDomDocument60, nullptr, CLSCTX_INPROC_SERVER, kXmlDomDocument2, &made);
  if (FAILED(result)) return Fail(call, result, failure);
  document_ = static_cast<abi::IXMLDOMDocument2*>(made);
  ::IXMLDOMDocument2& document = *Native(document_);
  const Text text(xml);
  if (text.get() == nullptr) return Fail(call, E_OUTOFMEMORY, failure);
  document.put_async(VARIANT_FALSE);
  document.put_validateOnParse(VARIANT_FALSE);
  document.put_resolveExternals(VARIANT_FALSE);
  VARIANT_BOOL is_read = VARIANT_FALSE;
  result = document.loadXML(text.get(), &is_read);
  if (FAILED(result)) return Fail(call, result, failure);
  if (is_read == VARIANT_FALSE) return Malformed(call, document, failure);
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
  const Owned<::IXMLDOMDocument2> document(Native(given));
  Text text;
  const HRESULT result = document->get_xml(text.out());
  if (FAILED(result)) return Fail(call, result, failure);
  xml.assign(reinterpret_cast<const char16_t*>(text.get()), SysStringLen(text.get()));
  return true;
}

}  // namespace eaphost::host

#endif
