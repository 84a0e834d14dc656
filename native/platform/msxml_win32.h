// MSXML 6: texts that wipe themselves, objects that release themselves, documents that load nothing from
// elsewhere. Windows only. Every object stays on the apartment that made it.
#pragma once

#include <windows.h>

#include <msxml2.h>
#include <oleauto.h>

#include <memory>
#include <string_view>

#include "native/platform/secret.h"

#ifdef _MSC_VER
#pragma comment(lib, "oleaut32.lib")
#endif

namespace eaphost::platform {

// A BSTR, wiped before it is freed: credentials stand in XML in the clear.
class XmlText {
 public:
  XmlText() = default;
  explicit XmlText(std::u16string_view text)
      : text_(SysAllocStringLen(reinterpret_cast<const OLECHAR*>(text.data()),
                                static_cast<UINT>(text.size()))) {}
  XmlText(const XmlText&) = delete;
  XmlText& operator=(const XmlText&) = delete;
  ~XmlText() {
    Wipe(text_, SysStringByteLen(text_));
    SysFreeString(text_);
  }

  // NULL if there was no memory.
  BSTR get() const { return text_; }
  BSTR* out() { return &text_; }
  std::u16string_view view() const { return {reinterpret_cast<const char16_t*>(text_), SysStringLen(text_)}; }

 private:
  BSTR text_ = nullptr;
};

template <typename Interface>
struct XmlReleaser {
  void operator()(Interface* object) const { object->Release(); }
};
template <typename Interface>
using XmlOwned = std::unique_ptr<Interface, XmlReleaser<Interface>>;

// An empty document.
inline HRESULT CreateXmlDocument(XmlOwned<::IXMLDOMDocument2>& document) {
  // The SDK keeps these in a library of its own, and MinGW in none.
  constexpr GUID kDomDocument60 = {
      0x88d96a05, 0xf192, 0x11d4, {0xa6, 0x5f, 0x00, 0x40, 0x96, 0x32, 0x51, 0xe5}};
  constexpr GUID kXmlDomDocument2 = {
      0x2933bf95, 0x7b36, 0x11d2, {0xb2, 0x0e, 0x00, 0xc0, 0x4f, 0x98, 0x3e, 0x60}};
  void* made = nullptr;
  const HRESULT result =
      CoCreateInstance(kDomDocument60, nullptr, CLSCTX_INPROC_SERVER, kXmlDomDocument2, &made);
  if (FAILED(result)) return result;
  document.reset(static_cast<::IXMLDOMDocument2*>(made));
  document->put_async(VARIANT_FALSE);
  document->put_validateOnParse(VARIANT_FALSE);
  document->put_resolveExternals(VARIANT_FALSE);
  return S_OK;
}

// S_FALSE if the text is not well-formed XML.
inline HRESULT LoadXml(::IXMLDOMDocument2& document, std::u16string_view xml) {
  const XmlText text(xml);
  if (text.get() == nullptr) return E_OUTOFMEMORY;
  VARIANT_BOOL is_read = VARIANT_FALSE;
  const HRESULT result = document.loadXML(text.get(), &is_read);
  if (FAILED(result)) return result;
  return is_read == VARIANT_FALSE ? S_FALSE : S_OK;
}

}  // namespace eaphost::platform
