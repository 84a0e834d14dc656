// The XML functions where there is no MSXML.
#ifndef _WIN32

#include <doctest/doctest.h>

#include "native/abi/constants.h"
#include "test/native/runtime_harness.h"

using namespace eaphost::abi;
using namespace eaphost::embedded::test;

TEST_CASE("xml: without MSXML the functions say so, and set their outputs to nothing") {
  Fixture fixture;
  DWORD size = 77;
  auto* data = reinterpret_cast<BYTE*>(1);
  EAP_METHOD_TYPE type{{1, 2, 3}, 4};
  auto* document = reinterpret_cast<IXMLDOMDocument2*>(1);
  int stand_in = 0;
  auto* const node = reinterpret_cast<IXMLDOMNode*>(&stand_in);
  const auto check = [](DWORD code, EAP_ERROR*& error) {
    CHECK(code == EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
    REQUIRE(error != nullptr);
    CHECK(std::u16string(error->pRootCauseString).find(u"MSXML") != std::u16string::npos);
    EapHostPeerFreeErrorMemory(error);
    error = nullptr;
  };
  EAP_ERROR* error = nullptr;
  check(EapHostPeerConfigXml2Blob(0, node, &size, &data, &type, &error), error);
  CHECK(size == 0);
  CHECK(data == nullptr);
  CHECK(type.eapType.type == 0);
  check(EapHostPeerCredentialsXml2Blob(0, node, 0, nullptr, &size, &data, &type, &error), error);
  check(EapHostPeerConfigBlob2Xml(0, kTestMethod, 0, nullptr, &document, &error), error);
  CHECK(document == nullptr);
  CHECK(EapHostPeerConfigXml2Blob(0, nullptr, &size, &data, &type, nullptr) == kErrorInvalidParameter);
  CHECK(EapHostPeerConfigXml2Blob(0, node, &size, &data, nullptr, nullptr) == kErrorInvalidParameter);
}

#endif
