// EAPHost's documents by MSXML 6.
#ifdef _WIN32

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "native/embedded/method_xml.h"
#include "native/platform/msxml_win32.h"

namespace eaphost::embedded {

namespace {

using platform::XmlOwned;
using platform::XmlText;
using values::Status;

struct Name {
  std::u16string_view space;
  std::u16string_view local;
};

constexpr std::u16string_view kConfigSpace = u"http://www.microsoft.com/provisioning/EapHostConfig";
constexpr std::u16string_view kUserSpace = u"http://www.microsoft.com/provisioning/EapHostUserCredentials";
constexpr std::u16string_view kCommonSpace = u"http://www.microsoft.com/provisioning/EapCommon";
constexpr abi::DWORD kExpandedType = 254;

// The elements of a document of one kind.
struct Vocabulary {
  std::u16string_view space;
  std::u16string_view root;
  std::u16string_view content;
  std::u16string_view blob;
};

constexpr Vocabulary kConfigNames{kConfigSpace, u"EapHostConfig", u"Config", u"ConfigBlob"};
constexpr Vocabulary kUserNames{kUserSpace, u"EapHostUserCredentials", u"Credentials", u"CredentialsBlob"};

::IXMLDOMDocument2* Native(abi::IXMLDOMDocument2* document) {
  return reinterpret_cast<::IXMLDOMDocument2*>(document);
}

Status Malformed(const abi::EAP_METHOD_TYPE& type = {}) {
  return Fail(abi::EAP_E_EAPHOST_XML_MALFORMED, type);
}

Status Failed(HRESULT result) { return Fail(static_cast<abi::DWORD>(result), {}); }

bool Is(::IXMLDOMNode& node, const Name& name) {
  XmlText space;
  XmlText local;
  return node.get_namespaceURI(space.out()) == S_OK && node.get_baseName(local.out()) == S_OK &&
         space.view() == name.space && local.view() == name.local;
}

bool IsOf(::IXMLDOMNode& node, std::u16string_view wanted) {
  XmlText space;
  return node.get_namespaceURI(space.out()) == S_OK && space.view() == wanted;
}

bool IsSpace(char16_t unit) { return unit == u' ' || unit == u'\t' || unit == u'\r' || unit == u'\n'; }

// The next element at or after `node`, or nothing.
XmlOwned<::IXMLDOMNode> ToElement(XmlOwned<::IXMLDOMNode> node) {
  while (node) {
    DOMNodeType kind = NODE_INVALID;
    if (node->get_nodeType(&kind) == S_OK && kind == NODE_ELEMENT) break;
    ::IXMLDOMNode* next = nullptr;
    if (node->get_nextSibling(&next) != S_OK) next = nullptr;
    node.reset(next);
  }
  return node;
}

XmlOwned<::IXMLDOMNode> FirstElement(::IXMLDOMNode& parent) {
  ::IXMLDOMNode* child = nullptr;
  if (parent.get_firstChild(&child) != S_OK) return nullptr;
  return ToElement(XmlOwned<::IXMLDOMNode>(child));
}

XmlOwned<::IXMLDOMNode> NextElement(::IXMLDOMNode& node) {
  ::IXMLDOMNode* next = nullptr;
  if (node.get_nextSibling(&next) != S_OK) return nullptr;
  return ToElement(XmlOwned<::IXMLDOMNode>(next));
}

// A decimal number with white space round it.
std::optional<abi::DWORD> ReadNumber(::IXMLDOMNode& element) {
  XmlText text;
  if (element.get_text(text.out()) != S_OK) return std::nullopt;
  std::u16string_view digits = text.view();
  while (!digits.empty() && IsSpace(digits.front())) digits.remove_prefix(1);
  while (!digits.empty() && IsSpace(digits.back())) digits.remove_suffix(1);
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char16_t digit : digits) {
    if (digit < u'0' || digit > u'9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - u'0');
    if (value > 0xFFFFFFFF) return std::nullopt;
  }
  return static_cast<abi::DWORD>(value);
}

// xs:hexBinary, with white space between octets as profiles in the field have it.
std::optional<platform::SecretBytes> ReadHex(::IXMLDOMNode& element) {
  XmlText text;
  if (element.get_text(text.out()) != S_OK) return std::nullopt;
  platform::SecretBytes bytes;
  bytes.reserve(text.view().size() / 2);
  bool is_half = false;
  for (const char16_t unit : text.view()) {
    if (IsSpace(unit) && !is_half) continue;
    const char16_t lower = unit | 0x20;
    std::uint8_t digit = 0;
    if (unit >= u'0' && unit <= u'9') {
      digit = static_cast<std::uint8_t>(unit - u'0');
    } else if (lower >= u'a' && lower <= u'f') {
      digit = static_cast<std::uint8_t>(lower - u'a' + 10);
    } else {
      return std::nullopt;
    }
    if (is_half) {
      bytes.back() = static_cast<std::uint8_t>(bytes.back() << 4 | digit);
    } else {
      bytes.push_back(digit);
    }
    is_half = !is_half;
  }
  if (is_half) return std::nullopt;
  return bytes;
}

// EapMethod: its numbers in their order, of which Type alone must be there, and an expanded type's vendor.
std::optional<abi::EAP_METHOD_TYPE> ReadMethod(::IXMLDOMNode& method) {
  constexpr std::u16string_view kNames[] = {u"Type", u"VendorId", u"VendorType", u"AuthorId"};
  std::optional<abi::DWORD> numbers[4];
  std::size_t from = 0;
  for (auto child = FirstElement(method); child; child = NextElement(*child)) {
    std::size_t at = from;
    while (at < std::size(kNames) && !Is(*child, {kCommonSpace, kNames[at]})) ++at;
    if (at == std::size(kNames)) return std::nullopt;
    numbers[at] = ReadNumber(*child);
    if (!numbers[at]) return std::nullopt;
    from = at + 1;
  }
  if (!numbers[0] || *numbers[0] == 0 || *numbers[0] > 255) return std::nullopt;
  if (*numbers[0] == kExpandedType && !(numbers[1] && numbers[2])) return std::nullopt;
  return abi::EAP_METHOD_TYPE{
      {static_cast<abi::BYTE>(*numbers[0]), numbers[1].value_or(0), numbers[2].value_or(0)},
      numbers[3].value_or(0)};
}

// The element that callers mean: they give that, or its document.
HRESULT ElementOf(::IXMLDOMNode& given, XmlOwned<::IXMLDOMNode>& element) {
  DOMNodeType kind = NODE_INVALID;
  if (const HRESULT result = given.get_nodeType(&kind); FAILED(result)) return result;
  if (kind == NODE_DOCUMENT) {
    element = FirstElement(given);
  } else {
    given.AddRef();
    element.reset(&given);
  }
  return S_OK;
}

// Puts a copy of `node` at the end of `parent`, which may be of another document. What namespaces it
// inherited it keeps.
HRESULT AppendCopy(::IXMLDOMNode& node, ::IXMLDOMNode& parent) {
  ::IXMLDOMNode* copied = nullptr;
  HRESULT result = node.cloneNode(VARIANT_TRUE, &copied);
  if (FAILED(result)) return result;
  const XmlOwned<::IXMLDOMNode> copy(copied);
  ::IXMLDOMNode* added = nullptr;
  result = parent.appendChild(copy.get(), &added);
  if (SUCCEEDED(result) && added != nullptr) added->Release();
  return result;
}

std::u16string Element(std::u16string_view name, abi::DWORD number) {
  const std::string digits = std::to_string(number);
  std::u16string text = u"<";
  text.append(name).append(u" xmlns=\"").append(kCommonSpace).append(u"\">");
  text.append(digits.begin(), digits.end()).append(u"</").append(name).append(u">");
  return text;
}

}  // namespace

Status XmlAvailable() { return {}; }

OwnedXml::~OwnedXml() {
  if (document_ != nullptr) Native(document_)->Release();
}

Status MethodXml::Read(XmlKind kind, abi::IXMLDOMNode* given) {
  const Vocabulary& names = kind == XmlKind::kConfig ? kConfigNames : kUserNames;
  XmlOwned<::IXMLDOMNode> root;
  HRESULT result = ElementOf(*reinterpret_cast<::IXMLDOMNode*>(given), root);
  if (FAILED(result)) return Failed(result);
  if (!root || !Is(*root, {names.space, names.root})) return Malformed();

  bool has_method = false;
  bool has_content = false;
  for (auto child = FirstElement(*root); child; child = NextElement(*child)) {
    if (!IsOf(*child, names.space)) continue;  // the schemas let other people's elements stand here
    if (!has_method) {
      const auto type = Is(*child, {names.space, u"EapMethod"}) ? ReadMethod(*child) : std::nullopt;
      if (!type) return Malformed();
      type_ = *type;
      has_method = true;
    } else if (!has_content && Is(*child, {names.space, names.content})) {
      has_content = true;
    } else if (!has_content && Is(*child, {names.space, names.blob})) {
      has_content = true;
      blob_ = ReadHex(*child);
      if (!blob_) return Malformed(type_);
    } else {
      return Malformed(type_);
    }
  }
  if (!has_content) return Malformed(type_);
  if (blob_) return {};

  XmlOwned<::IXMLDOMDocument2> copy;
  result = platform::CreateXmlDocument(copy);
  if (SUCCEEDED(result)) result = AppendCopy(*root, *copy);
  if (FAILED(result)) return Failed(result);
  *document_.put() = reinterpret_cast<abi::IXMLDOMDocument2*>(copy.release());
  return {};
}

Status WrapConfig(const abi::EAP_METHOD_TYPE& type, abi::IXMLDOMDocument2* made,
                  abi::IXMLDOMDocument2*& whole) {
  if (made == nullptr) return Malformed(type);
  const XmlOwned<::IXMLDOMNode> content = FirstElement(*Native(made));
  if (!content || !(Is(*content, {kConfigSpace, kConfigNames.content}) ||
                    Is(*content, {kConfigSpace, kConfigNames.blob}))) {
    return Malformed(type);
  }
  std::u16string text = u"<EapHostConfig xmlns=\"";
  text.append(kConfigSpace).append(u"\"><EapMethod>");
  text += Element(u"Type", type.eapType.type) + Element(u"VendorId", type.eapType.dwVendorId) +
          Element(u"VendorType", type.eapType.dwVendorType) + Element(u"AuthorId", type.dwAuthorId);
  text += u"</EapMethod></EapHostConfig>";

  XmlOwned<::IXMLDOMDocument2> document;
  HRESULT result = platform::CreateXmlDocument(document);
  if (SUCCEEDED(result)) result = platform::LoadXml(*document, text);
  if (FAILED(result)) return Failed(result);
  const XmlOwned<::IXMLDOMNode> root = FirstElement(*document);
  if (!root) return Failed(E_UNEXPECTED);
  result = AppendCopy(*content, *root);
  if (FAILED(result)) return Failed(result);
  whole = reinterpret_cast<abi::IXMLDOMDocument2*>(document.release());
  return {};
}

}  // namespace eaphost::embedded

#endif
