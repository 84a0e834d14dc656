// The configuration functions: method list, properties, fields, blobs and user interfaces.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "native/abi/constants.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;

namespace {

std::string Narrow(LPCWSTR text) {
  std::string narrow;
  for (; text != nullptr && *text != 0; ++text) narrow.push_back(static_cast<char>(*text));
  return narrow;
}

const BYTE* Data(const std::string& text) { return reinterpret_cast<const BYTE*>(text.data()); }
DWORD Size(const std::string& text) { return static_cast<DWORD>(text.size()); }

// Memory and errors of the configuration functions, freed as a caller frees them.
class Block {
 public:
  ~Block() { EapHostPeerFreeMemory(data); }
  std::string text() const { return data == nullptr ? std::string() : std::string(data, data + size); }
  DWORD size = 77;
  BYTE* data = nullptr;
};

class ConfigError {
 public:
  ~ConfigError() { EapHostPeerFreeErrorMemory(error); }
  EAP_ERROR* error = nullptr;
};

void FreeFields(EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  for (DWORD index = 0; index < array.dwNumberOfFields; ++index) {
    EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pFields[index].pwszLabel));
    EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pFields[index].pwszData));
  }
  EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pFields));
}

void CheckFields(const EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  CHECK(array.dwVersion == 1);
  REQUIRE(array.dwNumberOfFields == 2);
  CHECK(array.pFields[0].dwSize == sizeof(EAP_CONFIG_INPUT_FIELD_DATA));
  CHECK(array.pFields[0].Type == EapConfigInputUsername);
  CHECK(Narrow(array.pFields[0].pwszLabel) == "Name");
  CHECK(Narrow(array.pFields[0].pwszData) == "someone");
  CHECK(array.pFields[0].dwMaxDataLength == 256);
  CHECK(array.pFields[1].dwFlagProps == EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE);
  CHECK(array.pFields[1].pwszData == nullptr);
}

}  // namespace

TEST_CASE("config: the methods of the scope, each with texts of its own") {
  Fixture fixture;
  ConfigError error;
  EAP_METHOD_INFO_ARRAY array{};
  REQUIRE(EapHostPeerGetMethods(&array, &error.error) == kNoError);
  REQUIRE(array.dwNumberOfMethods >= 2);
  CHECK(CountersNow().dwOutstandingBlocks == 1 + 2 * array.dwNumberOfMethods);
  int found = 0;
  for (DWORD index = 0; index < array.dwNumberOfMethods; ++index) {
    EAP_METHOD_INFO& info = array.pEapMethods[index];
    if (info.eaptype.dwAuthorId == 99999 && info.eaptype.eapType.dwVendorType == 2 &&
        Narrow(info.pwszAuthorName) == "tests") {
      ++found;
      CHECK(Narrow(info.pwszFriendlyName) == "testmethod");
      CHECK(info.eapProperties == 0x280000);
      CHECK(info.pInnerMethodInfo == nullptr);
    }
    EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(info.pwszAuthorName));
    EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(info.pwszFriendlyName));
  }
  CHECK(found == 1);
  EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pEapMethods));
  CHECK(CountersNow().dwLoadedMethods == 0);  // nothing is loaded for a list
  CHECK(EapHostPeerGetMethods(nullptr, &error.error) == kErrorInvalidParameter);
}

TEST_CASE("config: properties of the registration, and those that the method gives for a configuration") {
  Fixture fixture;
  ConfigError error;
  EAP_METHOD_PROPERTY_ARRAY array{};
  REQUIRE(EapHostPeerGetMethodProperties(0, 0, kTestMethod, nullptr, 0, nullptr, 0, nullptr, &array,
                                         &error.error) == kNoError);
  REQUIRE(array.dwNumberOfProperties == 29);
  for (DWORD index = 0; index < 29; ++index) {
    const EAP_METHOD_PROPERTY& property = array.pMethodProperty[index];
    CHECK(property.eapMethodPropertyType == static_cast<int>(index));
    CHECK(property.eapMethodPropertyValueType == empvtBool);
    CHECK(property.eapMethodPropertyValue.empvBool.value == ((0x280000 >> index & 1) != 0));
  }
  EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pMethodProperty));

  const std::string config = "quiet";
  REQUIRE(EapHostPeerGetMethodProperties(0, 0, kTestMethod, nullptr, Size(config), Data(config), 0, nullptr,
                                         &array, &error.error) == kNoError);
  REQUIRE(array.dwNumberOfProperties == 2);
  CHECK(array.pMethodProperty[0].eapMethodPropertyType == emptPropMutualAuth);
  CHECK(array.pMethodProperty[0].eapMethodPropertyValue.empvBool.value == 1);
  const EAP_METHOD_PROPERTY_VALUE_STRING text = array.pMethodProperty[1].eapMethodPropertyValue.empvString;
  CHECK(std::string(text.value, text.value + text.length) == "text");
  EapHostPeerFreeMemory(text.value);
  EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(array.pMethodProperty));

  const std::string failing = "fail=GetMethodProperties:4711e";
  CHECK(EapHostPeerGetMethodProperties(0, 0, kTestMethod, nullptr, Size(failing), Data(failing), 0, nullptr,
                                       &array, &error.error) == 4711);
  CHECK(array.pMethodProperty == nullptr);
  REQUIRE(error.error != nullptr);
  CHECK(error.error->dwWinError == 4711);
}

TEST_CASE("config: fields to fill in, and the user blob that they make") {
  Fixture fixture;
  ConfigError error;
  EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
  REQUIRE(EapHostPeerQueryCredentialInputFields(nullptr, kTestMethod, 0, 0, nullptr, &fields, &error.error) ==
          kNoError);
  CheckFields(fields);

  SUBCASE("a new blob") {
    Block blob;
    blob.size = 0;
    REQUIRE(EapHostPeerQueryUserBlobFromCredentialInputFields(nullptr, kTestMethod, 0, 0, nullptr, &fields,
                                                              &blob.size, &blob.data,
                                                              &error.error) == kNoError);
    CHECK(blob.text() == "someone||");
  }
  SUBCASE("an old blob brought up to date, in place or anew; the caller's stays the caller's") {
    for (const std::size_t size : {std::size_t{3}, std::size_t{64}}) {
      std::string old(size, 'o');
      Block blob;
      blob.size = Size(old);
      blob.data = reinterpret_cast<BYTE*>(old.data());
      REQUIRE(EapHostPeerQueryUserBlobFromCredentialInputFields(nullptr, kTestMethod, 0, 0, nullptr, &fields,
                                                                &blob.size, &blob.data,
                                                                &error.error) == kNoError);
      CHECK(blob.text() == "someone||");
      CHECK(old == std::string(size, 'o'));
    }
  }
  SUBCASE("a failure leaves nothing") {
    std::string old = "old";
    Block blob;
    blob.size = 3;
    blob.data = reinterpret_cast<BYTE*>(old.data());
    const std::string script = "fail=QueryUserBlobFromCredentialInputFields:4711";
    CHECK(EapHostPeerQueryUserBlobFromCredentialInputFields(nullptr, kTestMethod, 0, Size(script),
                                                            Data(script), &fields, &blob.size, &blob.data,
                                                            &error.error) == 4711);
    CHECK(blob.data == nullptr);
    CHECK(blob.size == 0);
  }
  FreeFields(fields);
  CHECK(EapHostPeerQueryCredentialInputFields(nullptr, kTestMethod, 0, 0, nullptr, nullptr, nullptr) ==
        kErrorInvalidParameter);
}

TEST_CASE("config: what a method does not have it does not support") {
  Fixture fixture;
  ConfigError error;
  EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
  CHECK(EapHostPeerQueryCredentialInputFields(nullptr, kTrivialMethod, 0, 0, nullptr, &fields,
                                              &error.error) == EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  REQUIRE(error.error != nullptr);
  CHECK(error.error->rootCauseGuid == GUID_EapHost_Cause_MethodDoesNotSupportOperation);
  CHECK(error.error->type.eapType.dwVendorType == 1);
  Block block;
  CHECK(EapHostPeerInvokeConfigUI(nullptr, 0, kTrivialMethod, 0, nullptr, &block.size, &block.data,
                                  nullptr) == EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  CHECK(EapHostPeerInvokeConfigUI(nullptr, 0, {{99, 0, 0}, 0}, 0, nullptr, &block.size, &block.data,
                                  nullptr) == EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CHECK(block.size == 0);

  auto* document = reinterpret_cast<IXMLDOMDocument2*>(1);
  CHECK(EapHostPeerConfigBlob2Xml(0, kTrivialMethod, 0, nullptr, &document, nullptr) ==
        EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  CHECK(document == nullptr);
}

TEST_CASE("config: what is announced and not there is refused before a method reads it") {
  Fixture fixture;
  Block block;
  LPWSTR identity = nullptr;
  EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
  EAP_METHOD_PROPERTY_ARRAY properties{};
  std::string script = "quiet";
  const DWORD codes[] = {
      EapHostPeerGetMethodProperties(0, 0, kTestMethod, nullptr, 5, nullptr, 0, nullptr, &properties,
                                     nullptr),
      EapHostPeerGetMethodProperties(0, 0, kTestMethod, nullptr, Size(script), Data(script), 5, nullptr,
                                     &properties, nullptr),
      EapHostPeerQueryCredentialInputFields(nullptr, kTestMethod, 0, 5, nullptr, &fields, nullptr),
      EapHostPeerInvokeConfigUI(nullptr, 0, kTestMethod, 5, nullptr, &block.size, &block.data, nullptr),
      EapHostPeerInvokeIdentityUI(0, kTestMethod, 0, nullptr, 5, nullptr, 0, nullptr, &block.size,
                                  &block.data, &identity, nullptr, nullptr),
      EapHostPeerInvokeIdentityUI(0, kTestMethod, 0, nullptr, 0, nullptr, 5, nullptr, &block.size,
                                  &block.data, &identity, nullptr, nullptr),
      EapHostPeerConfigBlob2Xml(0, kTestMethod, 5, nullptr, nullptr, nullptr),
  };
  for (const DWORD code : codes) CHECK(code == kErrorInvalidParameter);

  fields = {1, 2, nullptr};
  block.size = Size(script);
  block.data = reinterpret_cast<BYTE*>(script.data());
  CHECK(EapHostPeerQueryUserBlobFromCredentialInputFields(nullptr, kTestMethod, 0, 0, nullptr, &fields,
                                                          &block.size, &block.data,
                                                          nullptr) == kErrorInvalidParameter);
  CHECK(block.data == nullptr);
  CHECK(block.size == 0);
  EAP_INTERACTIVE_UI_DATA answer{};
  Peer peer;
  REQUIRE(peer.Begin("step=ui") == kNoError);
  REQUIRE(peer.Process(kRequest) == kNoError);
  REQUIRE(peer.GetUiContext() == kNoError);
  CHECK(EapHostPeerQueryUIBlobFromInteractiveUIInputFields(0, 0, Size(peer.ui_context), Data(peer.ui_context),
                                                           &answer, &block.size, &block.data, nullptr,
                                                           nullptr) == kErrorInvalidParameter);
}

TEST_CASE("config: the configuration and identity interfaces of a method") {
  Fixture fixture;
  ConfigError error;
  {
    Block block;
    const std::string config = "quiet";
    REQUIRE(EapHostPeerInvokeConfigUI(nullptr, 3, kTestMethod, Size(config), Data(config), &block.size,
                                      &block.data, &error.error) == kNoError);
    CHECK(block.text() == "configured:quiet");
    const std::string failing = "fail=InvokeConfigUI:1223";
    Block none;
    CHECK(EapHostPeerInvokeConfigUI(nullptr, 0, kTestMethod, Size(failing), Data(failing), &none.size,
                                    &none.data, &error.error) == kErrorCancelled);
    CHECK(none.data == nullptr);
  }
  Block user;
  LPWSTR identity = nullptr;
  auto* reserved = reinterpret_cast<void*>(1);
  REQUIRE(EapHostPeerInvokeIdentityUI(0, kTestMethod, 0, nullptr, 0, nullptr, 0, nullptr, &user.size,
                                      &user.data, &identity, nullptr, &reserved) == kNoError);
  CHECK(user.text() == "typed");
  CHECK(Narrow(identity) == "typed");
  CHECK(reserved == nullptr);
  EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(identity));
}

TEST_CASE("config: the context of a session finds the interface that is meant") {
  Fixture fixture;
  ConfigError error;
  SUBCASE("the identity's") {
    Peer peer;
    Peer::Options options;
    options.flags = EAP_FLAG_LOGON;
    REQUIRE(peer.Begin("ui", options) == kNoError);
    REQUIRE(peer.Process(kIdentityRequest) == kNoError);
    CHECK(peer.action == EapHostPeerResponseInvokeUi);
    REQUIRE(peer.GetUiContext() == kNoError);
    {
      EAP_INTERACTIVE_UI_DATA data{};
      CHECK(EapHostPeerQueryInteractiveUIInputFields(0, 0, Size(peer.ui_context), Data(peer.ui_context),
                                                     &data, nullptr, nullptr) ==
            EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
      Block block;
      REQUIRE(EapHostPeerInvokeInteractiveUI(nullptr, Size(peer.ui_context), Data(peer.ui_context),
                                             &block.size, &block.data, &error.error) == kNoError);
      CHECK(block.text() == "typed");
      REQUIRE(peer.SetUiContext(block.text()) == kNoError);
    }
    CHECK(peer.action == EapHostPeerResponseSend);
    REQUIRE(peer.GetPacket() == kNoError);
    CHECK(peer.packet == Octets{2, 1, 0, 10, 1, 't', 'y', 'p', 'e', 'd'});
    CHECK(fixture.TakeLog().find("InvokeIdentityUI(flags=4 user=)") != std::string::npos);
  }
  SUBCASE("the method's own") {
    Peer peer;
    REQUIRE(peer.Begin("step=ui") == kNoError);
    REQUIRE(peer.Process(kRequest) == kNoError);
    CHECK(peer.action == EapHostPeerResponseInvokeUi);
    REQUIRE(peer.GetUiContext() == kNoError);
    CHECK(peer.ui_context.substr(peer.ui_context.size() - 14) == "method context");
    {
      Block block;
      REQUIRE(EapHostPeerInvokeInteractiveUI(nullptr, Size(peer.ui_context), Data(peer.ui_context),
                                             &block.size, &block.data, &error.error) == kNoError);
      CHECK(block.text() == "answer");
      REQUIRE(peer.SetUiContext(block.text()) == kNoError);
    }
    CHECK(peer.action == EapHostPeerResponseSend);
    const std::string log = fixture.TakeLog();
    CHECK(log.find("InvokeInteractiveUI(method context)") != std::string::npos);
    CHECK(log.find("SetUIContext(answer)") != std::string::npos);
  }
  SUBCASE("what is none is refused") {
    Block block;
    for (const std::string& context : {std::string(), std::string("nonsense"), std::string(64, '\0')}) {
      CHECK(EapHostPeerInvokeInteractiveUI(nullptr, Size(context), Data(context), &block.size, &block.data,
                                           nullptr) == kErrorInvalidParameter);
      CHECK(block.data == nullptr);
    }
    CHECK(EapHostPeerInvokeInteractiveUI(nullptr, 10, nullptr, &block.size, &block.data, nullptr) ==
          kErrorInvalidParameter);
  }
}

TEST_CASE("config: fields in place of the method's dialog") {
  Fixture fixture;
  ConfigError error;
  Peer peer;
  REQUIRE(peer.Begin("step=ui") == kNoError);
  REQUIRE(peer.Process(kRequest) == kNoError);
  REQUIRE(peer.GetUiContext() == kNoError);
  const DWORD size = Size(peer.ui_context);
  const BYTE* context = Data(peer.ui_context);
  EAP_INTERACTIVE_UI_DATA data{};
  SUBCASE("a prompt and its answer") {
    auto* reserved = reinterpret_cast<void*>(1);
    REQUIRE(EapHostPeerQueryInteractiveUIInputFields(1, 0, size, context, &data, &error.error, &reserved) ==
            kNoError);
    CHECK(reserved == nullptr);
    CHECK(data.dwDataType == EapCredReq);
    CheckFields(*data.pbUiData.credData);
    data.dwDataType = EapCredResp;
    {
      Block blob;
      blob.size = 0;
      REQUIRE(EapHostPeerQueryUIBlobFromInteractiveUIInputFields(
                  1, 0, size, context, &data, &blob.size, &blob.data, &error.error, nullptr) == kNoError);
      CHECK(blob.text() == "someone||");
    }
    FreeFields(*data.pbUiData.credData);
    EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(data.pbUiData.credData));
  }
  SUBCASE("an expired password") {
    REQUIRE(EapHostPeerQueryInteractiveUIInputFields(0, 1, size, context, &data, &error.error, nullptr) ==
            kNoError);
    CHECK(data.dwDataType == EapCredExpiryReq);
    CheckFields(data.pbUiData.credExpiryData->curCreds);
    CheckFields(data.pbUiData.credExpiryData->newCreds);
    FreeFields(data.pbUiData.credExpiryData->curCreds);
    FreeFields(data.pbUiData.credExpiryData->newCreds);
    EapHostPeerFreeMemory(reinterpret_cast<BYTE*>(data.pbUiData.credExpiryData));
  }
  SUBCASE("a failure") {
    CHECK(EapHostPeerQueryInteractiveUIInputFields(0, 99, size, context, &data, &error.error, nullptr) ==
          4713);
    CHECK(data.pbUiData.credData == nullptr);
    REQUIRE(error.error != nullptr);
    CHECK(error.error->dwWinError == 4713);
  }
}
