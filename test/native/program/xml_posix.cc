// Where there is no MSXML: the XML functions must say so.
#ifndef _WIN32

#include "test/native/program/program.h"

namespace eaphost::program {

void EnterApartment() {}
void LeaveApartment() {}

void ConvertXml() {
  int stand_in = 0;
  auto* const node = reinterpret_cast<abi::IXMLDOMNode*>(&stand_in);
  abi::DWORD size = 9;
  abi::BYTE* data = nullptr;
  abi::EAP_METHOD_TYPE type{};
  abi::IXMLDOMDocument2* document = nullptr;
  const auto is_unsupported = [](const Outcome& outcome) {
    return FailedWith(outcome, abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  };
  EAPHOST_EXPECT(is_unsupported(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerConfigXml2Blob(0, node, &size, &data, &type, error);
  })));
  EAPHOST_EXPECT(is_unsupported(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerCredentialsXml2Blob(0, node, 0, nullptr, &size, &data, &type, error);
  })));
  EAPHOST_EXPECT(is_unsupported(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerConfigBlob2Xml(0, kMethod, 0, nullptr, &document, error);
  })));
  EAPHOST_EXPECT(size == 0 && data == nullptr && document == nullptr);
}

}  // namespace eaphost::program

#endif
