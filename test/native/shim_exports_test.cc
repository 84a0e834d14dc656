// The shim's exports that have no counterpart at the server.
#include <doctest/doctest.h>

#include "test/native/shim_host.h"

// In a namespace, so that EAPHost's names come before those that windows.h has in the global one.
namespace eaphost::test {

using namespace abi;

extern "C" {
EapPeerInvokeConfigUIFn EapPeerInvokeConfigUI;
EapPeerInvokeInteractiveUIFn EapPeerInvokeInteractiveUI;
EapPeerInvokeIdentityUIFn EapPeerInvokeIdentityUI;
EapPeerQueryCredentialInputFieldsFn EapPeerQueryCredentialInputFields;
EapPeerQueryUserBlobFromCredentialInputFieldsFn EapPeerQueryUserBlobFromCredentialInputFields;
EapPeerQueryInteractiveUIInputFieldsFn EapPeerQueryInteractiveUIInputFields;
EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn EapPeerQueryUIBlobFromInteractiveUIInputFields;
EapPeerConfigXml2BlobFn EapPeerConfigXml2Blob;
EapPeerCredentialsXml2BlobFn EapPeerCredentialsXml2Blob;
EapPeerConfigBlob2XmlFn EapPeerConfigBlob2Xml;
EapPeerGetMethodPropertiesFn EapPeerGetMethodProperties;
EapPeerGetConfigBlobAndUserBlobFn EapPeerGetConfigBlobAndUserBlob;
}

TEST_CASE("shim: what has no counterpart yet says so, with its outputs nulled") {
  EAP_METHOD_TYPE type{{4, 0, 0}, 311};
  BYTE octet = 0;
  HostError error;
  DWORD size = 1;
  BYTE* data = &octet;
  LPWSTR text = reinterpret_cast<LPWSTR>(&octet);
  const auto nulled = [&] {
    const bool is = size == 0 && data == nullptr && error;
    size = 1;
    data = &octet;
    return is;
  };
  CHECK(EapPeerInvokeConfigUI(&type, nullptr, 0, 0, nullptr, &size, &data, error.out()) ==
        kErrorNotSupported);
  CHECK(nulled());
  CHECK(error->type.dwAuthorId == 311);
  CHECK(EapPeerInvokeInteractiveUI(&type, nullptr, 0, nullptr, &size, &data, error.out()) ==
        kErrorNotSupported);
  CHECK(nulled());
  CHECK(EapPeerInvokeIdentityUI(nullptr, 0, nullptr, 0, nullptr, 0, nullptr, &size, &data, &text,
                                error.out()) == kErrorNotSupported);
  CHECK(nulled());
  CHECK(text == nullptr);
  CHECK(EapPeerConfigXml2Blob(0, type, nullptr, &data, &size, error.out()) == kErrorNotSupported);
  CHECK(nulled());
  CHECK(EapPeerCredentialsXml2Blob(0, type, nullptr, nullptr, 0, &data, &size, error.out()) ==
        kErrorNotSupported);
  CHECK(nulled());
  IXMLDOMDocument2* document = reinterpret_cast<IXMLDOMDocument2*>(&octet);
  CHECK(EapPeerConfigBlob2Xml(0, type, nullptr, 0, &document, error.out()) == kErrorNotSupported);
  CHECK(document == nullptr);
  EAP_METHOD_PROPERTY_ARRAY properties{3, nullptr};
  CHECK(EapPeerGetMethodProperties(0, 0, type, nullptr, 0, nullptr, 0, nullptr, &properties, error.out()) ==
        kErrorNotSupported);
  CHECK(properties.dwNumberOfProperties == 0);
  DWORD other_size = 1;
  BYTE* other = &octet;
  CHECK(EapPeerGetConfigBlobAndUserBlob(0, type, EapCredential{}, &size, &data, &other_size, &other,
                                        error.out()) == kErrorNotSupported);
  CHECK(nulled());
  CHECK(other == nullptr);
  EAP_CONFIG_INPUT_FIELD_ARRAY fields{1, 2, nullptr};
  CHECK(EapPeerQueryCredentialInputFields(nullptr, type, 0, 0, nullptr, &fields, error.out()) ==
        kErrorNotSupported);
  CHECK(fields.dwNumberOfFields == 0);
  // Here the blob is an input too, and stays the caller's.
  CHECK(EapPeerQueryUserBlobFromCredentialInputFields(nullptr, type, 0, 0, nullptr, &fields, &size, &data,
                                                      error.out()) == kErrorNotSupported);
  CHECK(data == &octet);
  EAP_INTERACTIVE_UI_DATA ui{};
  ui.dwVersion = 1;
  CHECK(EapPeerQueryInteractiveUIInputFields(0, 0, 0, nullptr, &ui, error.out(), nullptr) ==
        EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  CHECK(ui.dwVersion == 0);
  CHECK(EapPeerQueryUIBlobFromInteractiveUIInputFields(0, 0, 0, nullptr, &ui, &size, &data, error.out(),
                                                       nullptr) ==
        EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  CHECK(nulled());
}

}  // namespace eaphost::test
