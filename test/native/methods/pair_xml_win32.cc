#ifdef _WIN32

#include <windows.h>

#include <msxml2.h>
#include <oleauto.h>

#include <memory>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/platform/text.h"
#include "test/native/methods/pair_xml.h"

#ifdef _MSC_VER
#pragma comment(lib, "oleaut32.lib")
#endif

namespace eaphost::pairmethod {

namespace {

constexpr GUID kDomDocument60 = {
    0x88d96a05, 0xf192, 0x11d4, {0xa6, 0x5f, 0x00, 0x40, 0x96, 0x32, 0x51, 0xe5}};
constexpr GUID kXmlDomDocument2 = {
    0x2933bf95, 0x7b36, 0x11d2, {0xb2, 0x0e, 0x00, 0xc0, 0x4f, 0x98, 0x3e, 0x60}};

struct Releaser {
  void operator()(IUnknown* object) const { object->Release(); }
};
template <typename Interface>
using Owned = std::unique_ptr<Interface, Releaser>;

struct TextFreer {
  void operator()(OLECHAR* text) const { SysFreeString(text); }
};
using Text = std::unique_ptr<OLECHAR, TextFreer>;

// The first node that XPath finds, or nothing.
Owned<::IXMLDOMNode> Find(::IXMLDOMDocument2& document, const wchar_t* query) {
  const Text text(SysAllocString(query));
  ::IXMLDOMNode* node = nullptr;
  if (text == nullptr || document.selectSingleNode(text.get(), &node) != S_OK) return nullptr;
  return Owned<::IXMLDOMNode>(node);
}

}  // namespace

abi::DWORD ReadXml(abi::IXMLDOMDocument2* given, const wchar_t* query, std::string& text) {
  if (given == nullptr) return abi::kErrorInvalidParameter;
  const Owned<::IXMLDOMNode> node = Find(*reinterpret_cast<::IXMLDOMDocument2*>(given), query);
  if (node == nullptr) return abi::EAP_E_EAPHOST_XML_MALFORMED;
  BSTR raw = nullptr;
  if (const HRESULT result = node->get_text(&raw); FAILED(result)) return static_cast<abi::DWORD>(result);
  const Text value(raw);
  text = platform::ToUtf8({reinterpret_cast<const char16_t*>(raw), SysStringLen(raw)});
  return abi::kNoError;
}

abi::DWORD WriteConfigXml(const std::string& text, abi::IXMLDOMDocument2** given) {
  void* made = nullptr;
  HRESULT result = CoCreateInstance(kDomDocument60, nullptr, CLSCTX_INPROC_SERVER, kXmlDomDocument2, &made);
  if (FAILED(result)) return static_cast<abi::DWORD>(result);
  Owned<::IXMLDOMDocument2> document(static_cast<::IXMLDOMDocument2*>(made));
  const Text frame(
      SysAllocString(L"<Config xmlns=\"http://www.microsoft.com/provisioning/EapHostConfig\">"
                     L"<PairConfig xmlns=\"urn:eaphost:test:pair\"/></Config>"));
  const std::u16string wide = platform::ToUtf16(text);
  const Text value(
      SysAllocStringLen(reinterpret_cast<const OLECHAR*>(wide.data()), static_cast<UINT>(wide.size())));
  if (frame == nullptr || value == nullptr) return abi::kErrorNotEnoughMemory;
  VARIANT_BOOL is_read = VARIANT_FALSE;
  result = document->loadXML(frame.get(), &is_read);
  if (FAILED(result)) return static_cast<abi::DWORD>(result);
  const Owned<::IXMLDOMNode> node = Find(*document, kPairConfig);
  if (is_read == VARIANT_FALSE || node == nullptr) return abi::EAP_E_EAPHOST_XML_MALFORMED;
  result = node->put_text(value.get());
  if (FAILED(result)) return static_cast<abi::DWORD>(result);
  *given = reinterpret_cast<abi::IXMLDOMDocument2*>(document.release());
  return abi::kNoError;
}

}  // namespace eaphost::pairmethod

#endif
