// The shim's exports of configuration and user interface: what the server is asked, what the host gets, and
// what is left behind.
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
EapMethodAuthenticatorInvokeConfigUIFn EapMethodAuthenticatorInvokeConfigUI;
std::int32_t EAPHOST_STDCALL DllRegisterServer();
std::int32_t EAPHOST_STDCALL DllUnregisterServer();
}

namespace {

EAP_METHOD_TYPE kType{{254, 0x11223344, 7}, 311};
const Bytes kHead{254, 0x44, 0x33, 0x22, 0x11, 7, 0, 0, 0, 0x37, 1, 0, 0, 2, 0, 0, 0};  // with flags 2

// Answers every request with one body, and keeps the last request. Names itself for this thread, with no
// routine table and no Initialize, as user interface hosts do.
class Answers {
 public:
  explicit Answers(Bytes body, shim::Kind kind = shim::Kind::kReply)
      : server_([this, body, kind](FakePeer& peer) {
          peer.Greet();
          while (peer.open()) {
            const Request request = peer.Next();
            if (!peer.open()) break;
            last = request;
            peer.Send(FakePeer::Frame(request.id, kind, request.call, body));
          }
        }) {
    REQUIRE(EapShimUseEndpoint(server_.endpoint().c_str()) == kNoError);
  }
  ~Answers() {
    CHECK(EapShimUseEndpoint(nullptr) == kNoError);
    error.out();
    EapPeerFreeMemory(data);
    EapPeerFreeMemory(text);
    CHECK(shim::OutstandingBlocks() == 0);
    server_.Stop();
  }

  // What the server was asked: the head, and `rest`.
  bool Asked(shim::Call call, const Bytes& rest) const {
    Bytes whole = kHead;
    whole.insert(whole.end(), rest.begin(), rest.end());
    return last.call == static_cast<std::uint8_t>(call) && last.body == whole;
  }
  bool Gave(const Bytes& octets) const { return Bytes(data, data + size) == octets; }
  int connections() const { return server_.connections(); }

  Request last;
  HostError error;
  DWORD size = 1;
  BYTE* data = nullptr;
  LPWSTR text = nullptr;

 private:
  FakeServer server_;
};

Bytes Blob(const Bytes& octets) {
  return Body([&octets](shim::Writer& writer) { writer.Bytes(octets); });
}

void WriteField(shim::Writer& writer) {
  writer.U32(1);
  writer.U32(1);
  writer.Text(u"Password");
  writer.Text(u"old");
  writer.U32(3);
  writer.U32(9);
}

void FreeFields(EAP_CONFIG_INPUT_FIELD_ARRAY& fields) {
  for (DWORD index = 0; index < fields.dwNumberOfFields; ++index) {
    EapPeerFreeMemory(fields.pFields[index].pwszLabel);
    EapPeerFreeMemory(fields.pFields[index].pwszData);
  }
  EapPeerFreeMemory(fields.pFields);
}

const BYTE kContext[] = {'E', 'A', 'U', 'C', 254, 0x44, 0x33, 0x22, 0x11, 7, 0, 0, 0, 6, 5};
const Bytes kContextHead{254, 0x44, 0x33, 0x22, 0x11, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 6, 5};

}  // namespace

TEST_CASE("shim: dialogs are the server's, with blobs in and out") {
  BYTE config[] = {1, 2};
  SUBCASE("configuration") {
    Answers server(Blob({8, 9}));
    CHECK(EapPeerInvokeConfigUI(&kType, reinterpret_cast<HWND>(0x1234), 2, sizeof(config), config,
                                &server.size, &server.data, server.error.out()) == kNoError);
    CHECK(server.Asked(shim::Call::kInvokeConfigUI, {0x34, 0x12, 0, 0, 2, 0, 0, 0, 1, 2}));
    CHECK(server.Gave({8, 9}));
  }
  SUBCASE("of an authenticator") {
    Answers server(Blob({}));
    CHECK(EapMethodAuthenticatorInvokeConfigUI(&kType, nullptr, 2, u"pc", sizeof(config), config,
                                               &server.size, &server.data, server.error.out()) == kNoError);
    CHECK(server.Asked(shim::Call::kAuthenticatorInvokeConfigUI,
                       {0, 0, 0, 0, 4, 0, 0, 0, 'p', 0, 'c', 0, 2, 0, 0, 0, 1, 2}));
    CHECK(server.size == 0);
    CHECK(server.data == nullptr);
  }
  SUBCASE("identity") {
    Answers server(Body([](shim::Writer& writer) {
      writer.Bool(false);
      writer.Bytes(Bytes{3});
      writer.Text(u"bob");
    }));
    CHECK(EapPeerInvokeIdentityUI(&kType, 2, nullptr, sizeof(config), config, 0, nullptr, &server.size,
                                  &server.data, &server.text, server.error.out()) == kNoError);
    CHECK(server.Asked(shim::Call::kInvokeIdentityUI, {0, 0, 0, 0, 2, 0, 0, 0, 1, 2, 0, 0, 0, 0}));
    CHECK(server.Gave({3}));
    CHECK(std::u16string(server.text) == u"bob");
  }
  SUBCASE("within a session") {
    Answers server(Blob({8}));
    Bytes context(std::begin(kContext), std::end(kContext));
    CHECK(EapPeerInvokeInteractiveUI(&kType, nullptr, static_cast<DWORD>(context.size()), context.data(),
                                     &server.size, &server.data, server.error.out()) == kNoError);
    CHECK(server.Gave({8}));
    context[0] ^= 1;
    EapPeerFreeMemory(server.data);
    CHECK(EapPeerInvokeInteractiveUI(&kType, nullptr, static_cast<DWORD>(context.size()), context.data(),
                                     &server.size, &server.data,
                                     server.error.out()) == kErrorInvalidParameter);
    CHECK(server.size == 0);
    CHECK(server.data == nullptr);
  }
}

TEST_CASE("shim: input fields come with all their texts, and go back filled in") {
  BYTE config[] = {1, 2};
  SUBCASE("to be shown") {
    Answers server(Body([](shim::Writer& writer) {
      writer.U32(1);
      WriteField(writer);
    }));
    EAP_CONFIG_INPUT_FIELD_ARRAY fields{9, 9, nullptr};
    REQUIRE(EapPeerQueryCredentialInputFields(nullptr, kType, 2, sizeof(config), config, &fields,
                                              server.error.out()) == kNoError);
    CHECK(server.Asked(shim::Call::kQueryCredentialInputFields, {0, 2, 0, 0, 0, 1, 2}));
    REQUIRE(fields.dwNumberOfFields == 1);
    const EAP_CONFIG_INPUT_FIELD_DATA& field = fields.pFields[0];
    CHECK(field.dwSize == sizeof(field));
    CHECK(field.Type == EapConfigInputPassword);
    CHECK(field.dwFlagProps == 1);
    CHECK(std::u16string(field.pwszLabel) == u"Password");
    CHECK(std::u16string(field.pwszData) == u"old");
    CHECK(field.dwMinDataLength == 3);
    CHECK(field.dwMaxDataLength == 9);
    FreeFields(fields);
  }
  SUBCASE("filled in") {
    Answers server(Blob({7}));
    std::u16string label = u"P";
    std::u16string value = u"x";
    EAP_CONFIG_INPUT_FIELD_DATA field{
        sizeof(field), EapConfigInputPassword, 1, label.data(), value.data(), 0, 9};
    const EAP_CONFIG_INPUT_FIELD_ARRAY fields{1, 1, &field};
    BYTE old[] = {5};
    BYTE* blob = old;
    DWORD size = sizeof(old);
    REQUIRE(EapPeerQueryUserBlobFromCredentialInputFields(nullptr, kType, 2, 0, nullptr, &fields, &size,
                                                          &blob, server.error.out()) == kNoError);
    CHECK(server.Asked(shim::Call::kQueryUserBlobFromCredentialInputFields,
                       {0,   0, 0, 0, 0, 1, 0,   0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0,
                        'P', 0, 2, 0, 0, 0, 'x', 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 5}));
    CHECK(Bytes(blob, blob + size) == Bytes{7});
    CHECK(blob != old);
    EapPeerFreeMemory(blob);
    // Announced and not there.
    const EAP_CONFIG_INPUT_FIELD_ARRAY none{1, 1, nullptr};
    CHECK(EapPeerQueryUserBlobFromCredentialInputFields(nullptr, kType, 2, 0, nullptr, &none, &server.size,
                                                        &server.data,
                                                        server.error.out()) == kErrorInvalidParameter);
  }
  SUBCASE("of an expired password") {
    Answers server(Body([](shim::Writer& writer) {
      writer.U32(EapCredExpiryReq);
      writer.U32(1);
      WriteField(writer);
      writer.U32(2);
      WriteField(writer);
      WriteField(writer);
    }));
    EAP_INTERACTIVE_UI_DATA ui{};
    REQUIRE(EapPeerQueryInteractiveUIInputFields(1, 2, sizeof(kContext), kContext, &ui, server.error.out(),
                                                 nullptr) == kNoError);
    CHECK(server.last.body == kContextHead);
    REQUIRE(ui.dwDataType == EapCredExpiryReq);
    CHECK(ui.cbUiData == sizeof(EAP_CRED_EXPIRY_REQ));
    EAP_CRED_EXPIRY_REQ& expiry = *ui.pbUiData.credExpiryData;
    CHECK(expiry.curCreds.dwNumberOfFields == 1);
    CHECK(expiry.newCreds.dwNumberOfFields == 2);
    FreeFields(expiry.curCreds);
    FreeFields(expiry.newCreds);
    EapPeerFreeMemory(&expiry);
  }
  SUBCASE("and the answer to what a session asked") {
    Answers server(Blob({4, 4}));
    EAP_CONFIG_INPUT_FIELD_ARRAY none{};
    EAP_INTERACTIVE_UI_DATA ui{};
    ui.dwDataType = EapCredResp;
    ui.pbUiData.credData = &none;
    REQUIRE(EapPeerQueryUIBlobFromInteractiveUIInputFields(1, 2, sizeof(kContext), kContext, &ui,
                                                           &server.size, &server.data, server.error.out(),
                                                           nullptr) == kNoError);
    Bytes asked = kContextHead;
    asked.insert(asked.end(), {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    CHECK(server.last.body == asked);
    CHECK(server.Gave({4, 4}));
  }
}

TEST_CASE("shim: properties of every kind of value") {
  Answers server(Body([](shim::Writer& writer) {
    writer.U32(3);
    writer.U32(emptPropMutualAuth);
    writer.U8(0);
    writer.Bool(true);
    writer.U32(40);
    writer.U8(1);
    writer.U32(77);
    writer.U32(41);
    writer.U8(2);
    writer.Bytes(Bytes{'a', 0});
  }));
  EAP_METHOD_PROPERTY_ARRAY properties{};
  BYTE config[] = {1};
  REQUIRE(EapPeerGetMethodProperties(0, 2, kType, nullptr, sizeof(config), config, 0, nullptr, &properties,
                                     server.error.out()) == kNoError);
  CHECK(server.Asked(shim::Call::kGetMethodProperties, {0, 1, 0, 0, 0, 1, 0, 0, 0, 0}));
  REQUIRE(properties.dwNumberOfProperties == 3);
  const EAP_METHOD_PROPERTY* list = properties.pMethodProperty;
  CHECK(list[0].eapMethodPropertyType == emptPropMutualAuth);
  CHECK(list[0].eapMethodPropertyValue.empvBool.value == 1);
  CHECK(list[1].eapMethodPropertyValue.empvDword.value == 77);
  CHECK(list[2].eapMethodPropertyValue.empvString.length == 2);
  CHECK(list[2].eapMethodPropertyValue.empvString.value[0] == 'a');
  EapPeerFreeMemory(list[2].eapMethodPropertyValue.empvString.value);
  EapPeerFreeMemory(properties.pMethodProperty);
}

TEST_CASE("shim: blobs out of a credential") {
  Answers server(Body([](shim::Writer& writer) {
    writer.Bytes(Bytes{1});
    writer.Bytes(Bytes{2, 3});
  }));
  std::u16string user = u"u";
  std::u16string password = u"p";
  EapCredential credential{};
  credential.credType = EAP_USERNAME_PASSWORD_CREDENTIAL;
  credential.credData.username_password = {user.data(), password.data()};
  DWORD config_size = 0;
  BYTE* config = nullptr;
  REQUIRE(EapPeerGetConfigBlobAndUserBlob(2, kType, credential, &config_size, &config, &server.size,
                                          &server.data, server.error.out()) == kNoError);
  CHECK(server.Asked(shim::Call::kGetConfigBlobAndUserBlob, {1, 2, 0, 0, 0, 'u', 0, 2, 0, 0, 0, 'p', 0}));
  CHECK(Bytes(config, config + config_size) == Bytes{1});
  CHECK(server.Gave({2, 3}));
  EapPeerFreeMemory(config);
  EapPeerFreeMemory(server.data);
  credential.credType = static_cast<EapCredentialType>(9);
  CHECK(EapPeerGetConfigBlobAndUserBlob(2, kType, credential, &config_size, &config, &server.size,
                                        &server.data, server.error.out()) == kErrorInvalidParameter);
  CHECK(config == nullptr);
}

TEST_CASE(
    "shim: configuration calls without an endpoint, with a malformed answer, with the server's failure") {
  BYTE octet = 0;
  DWORD size = 1;
  BYTE* data = &octet;
  {
    HostError error;
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 0, 0, nullptr, &size, &data, error.out()) == kErrorNotReady);
    CHECK(size == 0);
    CHECK(data == nullptr);
    CHECK(error->type.dwAuthorId == 311);
    CHECK(EapPeerInvokeConfigUI(nullptr, nullptr, 0, 0, nullptr, &size, &data, error.out()) ==
          kErrorInvalidParameter);
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 0, 3, nullptr, &size, &data, error.out()) ==
          kErrorInvalidParameter);
  }
  {
    Answers server(Bytes{1, 0, 0, 0});
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 2, 0, nullptr, &server.size, &server.data,
                                server.error.out()) == kErrorBadNetResponse);
    CHECK(server.size == 0);
    EAP_CONFIG_INPUT_FIELD_ARRAY fields{1, 2, nullptr};
    CHECK(EapPeerQueryCredentialInputFields(nullptr, kType, 2, 0, nullptr, &fields, server.error.out()) ==
          kErrorBadNetResponse);
    CHECK(fields.dwNumberOfFields == 0);
    // A malformed answer ends its connection; the next call has a new one.
    CHECK(server.connections() == 2);
  }
  {
    Answers server(Body([](shim::Writer& writer) {
                     writer.U32(kErrorCancelled);
                     writer.FullType(kType);
                     for (int index = 0; index < 13; ++index) writer.U32(0);
                     writer.Bool(false);
                     writer.Bool(false);
                   }),
                   shim::Kind::kFailure);
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 2, 0, nullptr, &server.size, &server.data,
                                server.error.out()) == kErrorCancelled);
    CHECK(server.error->dwWinError == kErrorCancelled);
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 2, 0, nullptr, &server.size, &server.data,
                                server.error.out()) == kErrorCancelled);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("shim: an endpoint that was named without Initialize goes with the last thread that names it") {
  std::atomic<int> ended{0};
  FakeServer server([&ended](FakePeer& peer) {
    peer.Greet();
    const Request request = peer.Next();
    peer.Reply(request, Blob({1}));
    peer.WaitForEnd();
    ++ended;
  });
  const auto call = [&server] {
    REQUIRE(EapShimUseEndpoint(server.endpoint().c_str()) == kNoError);
    DWORD size = 0;
    BYTE* data = nullptr;
    HostError error;
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 2, 0, nullptr, &size, &data, error.out()) == kNoError);
    EapPeerFreeMemory(data);
  };
  call();
  std::thread([&] {
    // It shares what the other thread named, idle connection and all.
    REQUIRE(EapShimUseEndpoint(server.endpoint().c_str()) == kNoError);
    EapShimUseEndpoint(nullptr);
  }).join();
  CHECK(ended == 0);
  CHECK(server.connections() == 1);
  EapShimUseEndpoint(nullptr);
  for (int tries = 0; ended == 0 && tries < 5000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(ended == 1);
}

TEST_CASE("shim: a dialog may take longer than other calls") {
  FakeServer server([](FakePeer& peer) {
    peer.Greet();
    peer.Reply(peer.Next(), Blob({1}));
    const Request request = peer.Next();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    peer.Reply(request, Blob({1}));
    peer.WaitForEnd();
  });
  REQUIRE(EapShimUseEndpoint(server.endpoint().c_str()) == kNoError);
  const auto call = [] {
    DWORD size = 0;
    BYTE* data = nullptr;
    HostError error;
    CHECK(EapPeerInvokeConfigUI(&kType, nullptr, 2, 0, nullptr, &size, &data, error.out()) == kNoError);
    EapPeerFreeMemory(data);
  };
  // The hello of a connection has no longer time than a call: it comes before.
  call();
  shim::SetDeadlines(std::chrono::milliseconds(50), std::chrono::milliseconds(50));
  call();
  CHECK(server.connections() == 1);
  shim::SetDeadlines(std::chrono::seconds(30), std::chrono::seconds(2));
  EapShimUseEndpoint(nullptr);
}

#ifndef _WIN32
TEST_CASE("shim: without MSXML there are no documents") {
  HostError error;
  BYTE octet = 0;
  DWORD size = 1;
  BYTE* data = &octet;
  CHECK(EapPeerConfigXml2Blob(0, kType, nullptr, &data, &size, error.out()) ==
        EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  CHECK(size == 0);
  CHECK(data == nullptr);
  CHECK(EapPeerCredentialsXml2Blob(0, kType, nullptr, nullptr, 0, &data, &size, error.out()) ==
        EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  IXMLDOMDocument2* document = reinterpret_cast<IXMLDOMDocument2*>(&octet);
  CHECK(EapPeerConfigBlob2Xml(0, kType, nullptr, 0, &document, error.out()) ==
        EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
  CHECK(document == nullptr);
}
#endif

TEST_CASE("shim: regsvr32 is told that it cannot know what to register") {
  CHECK(static_cast<std::uint32_t>(DllRegisterServer()) == 0x80070032);
  CHECK(static_cast<std::uint32_t>(DllUnregisterServer()) == 0x80070032);
}

}  // namespace eaphost::test
