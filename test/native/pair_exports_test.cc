// What pairmethod exports by name: dialogs, fields, properties, XML and blobs, and that it notices a host
// that frees what it must not, or in the wrong way. On the test's thread.
#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "native/abi/constants.h"
#include "native/embedded/apartment.h"
#include "native/platform/text.h"
#include "native/values/xml_document.h"
#include "test/native/method_counters.h"
#include "test/native/methods/method_platform.h"
#include "test/native/methods/pair_method.h"
#include "test/native/pair_conversation.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using platform::ToUtf8;

namespace {

constexpr EAP_METHOD_TYPE kType{pairmethod::kTypes[0], pairmethod::kAuthor};
constexpr EAP_METHOD_TYPE kOther{{26, 0, 0}, 311};

// The exports, called as they are. An error that a call left is freed; nothing may be left in the end.
class Exports {
 public:
  Exports()
      : library_(platform::Library::Load(embedded::test::BesideProgram("pairmethod"),
                                         platform::Library::Where::kPath)) {
    REQUIRE(library_.loaded());
    before_ = counters();
  }
  ~Exports() { CHECK(Outstanding(before_, counters()) == 0); }

  template <typename Function>
  Function* Find(const char* name) const {
    Function* const function = library_.Find<Function>(name);
    REQUIRE(static_cast<bool>(function));
    return function;
  }

  template <typename Function, typename... Arguments>
  DWORD Call(const char* name, Arguments... arguments) const {
    EAP_ERROR* error = nullptr;
    const DWORD code = Find<Function>(name)(arguments..., &error);
    if (error != nullptr) Find<EapPeerFreeErrorMemoryFn>("EapPeerFreeErrorMemory")(error);
    return code;
  }

  void Free(void* memory) const { Find<EapPeerFreeMemoryFn>("EapPeerFreeMemory")(memory); }
  // The blob as text, freed.
  std::string Take(DWORD size, BYTE* data) const {
    const std::string text(reinterpret_cast<const char*>(data), data == nullptr ? 0 : size);
    Free(data);
    return text;
  }

  testdll::Counters counters() const {
    testdll::Counters now{};
    Find<testdll::TestMethodCountersFn>("TestMethodCounters")(&now);
    return now;
  }

 private:
  platform::Library library_;
  testdll::Counters before_{};
};

BYTE* Bytes(std::string& text) { return reinterpret_cast<BYTE*>(text.data()); }
DWORD Size(const std::string& text) { return static_cast<DWORD>(text.size()); }

void FreeFields(const Exports& exports, const EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  for (DWORD at = 0; at < array.dwNumberOfFields; ++at) {
    exports.Free(array.pFields[at].pwszLabel);
    exports.Free(array.pFields[at].pwszData);
  }
  exports.Free(array.pFields);
}

}  // namespace

TEST_CASE("pair exports: dialogs answer at once, or are cancelled") {
  const Exports exports;
  EAP_METHOD_TYPE type = kType;
  std::string config = "fragment=7";
  DWORD size = 7;
  BYTE* out = nullptr;
  REQUIRE(exports.Call<EapPeerInvokeConfigUIFn>("EapPeerInvokeConfigUI", &type, HWND{}, 0U, Size(config),
                                                Bytes(config), &size, &out) == kNoError);
  CHECK(exports.Take(size, out) == "fragment=7;configured=1");
  LPWSTR identity = nullptr;
  REQUIRE(exports.Call<EapPeerInvokeIdentityUIFn>("EapPeerInvokeIdentityUI", &type, 0U, HWND{}, Size(config),
                                                  Bytes(config), 0U, nullptr, &size, &out,
                                                  &identity) == kNoError);
  CHECK(platform::View(identity) == u"typed");
  exports.Free(identity);
  CHECK(exports.Take(size, out) == "identity=typed;password=password");
  std::string context = "answer=no";
  REQUIRE(exports.Call<EapPeerInvokeInteractiveUIFn>("EapPeerInvokeInteractiveUI", &type, HWND{},
                                                     Size(context), Bytes(context), &size, &out) == kNoError);
  CHECK(exports.Take(size, out) == "answer=no");
  std::string cancel = "cancel=1";
  CHECK(exports.Call<EapPeerInvokeInteractiveUIFn>("EapPeerInvokeInteractiveUI", &type, HWND{}, Size(cancel),
                                                   Bytes(cancel), &size, &out) == kErrorCancelled);
  CHECK(size == 0);
  CHECK(static_cast<bool>(out == nullptr));
  type = kOther;
  CHECK(exports.Call<EapPeerInvokeConfigUIFn>("EapPeerInvokeConfigUI", &type, HWND{}, 0U, Size(config),
                                              Bytes(config), &size, &out) == kErrorNotSupported);
}

TEST_CASE("pair exports: the authenticator's configuration dialog has memory of its own kind") {
  const Exports exports;
  EAP_METHOD_TYPE type = kType;
  DWORD size = 0;
  BYTE* out = nullptr;
  EAP_ERROR* error = nullptr;
  auto* const invoke =
      exports.Find<EapMethodAuthenticatorInvokeConfigUIFn>("EapMethodAuthenticatorInvokeConfigUI");
  REQUIRE(invoke(&type, nullptr, 0, nullptr, 0, nullptr, &size, &out, &error) == kNoError);
  CHECK(std::string(reinterpret_cast<const char*>(out), size) == "configured=1");
  exports.Find<EapMethodAuthenticatorFreeMemoryFn>("EapMethodAuthenticatorFreeMemory")(out);
}

TEST_CASE("pair exports: what is typed into the fields becomes a blob") {
  const Exports exports;
  std::string config = "identity=alice";
  EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
  REQUIRE(exports.Call<EapPeerQueryCredentialInputFieldsFn>("EapPeerQueryCredentialInputFields", HANDLE{},
                                                            kType, 0U, Size(config), Bytes(config),
                                                            &fields) == kNoError);
  REQUIRE(fields.dwNumberOfFields == 2);
  CHECK(platform::View(fields.pFields[0].pwszData) == u"alice");
  CHECK(fields.pFields[1].dwFlagProps == EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE);
  char16_t name[] = u"z\u00f6e";
  char16_t password[] = u"secret";
  EAP_CONFIG_INPUT_FIELD_DATA data[] = {fields.pFields[0], fields.pFields[1]};
  data[0].pwszData = name;
  data[1].pwszData = password;
  const EAP_CONFIG_INPUT_FIELD_ARRAY typed{1, 2, data};
  DWORD size = 0;
  BYTE* blob = nullptr;
  REQUIRE(exports.Call<EapPeerQueryUserBlobFromCredentialInputFieldsFn>(
              "EapPeerQueryUserBlobFromCredentialInputFields", HANDLE{}, kType, 0U, 0U, nullptr, &typed,
              &size, &blob) == kNoError);
  CHECK(exports.Take(size, blob) ==
        "identity=z\xc3\xb6"
        "e;password=secret");
  // A blob of the host's that is large enough is written into.
  std::string room(100, ' ');
  size = Size(room);
  blob = Bytes(room);
  REQUIRE(exports.Call<EapPeerQueryUserBlobFromCredentialInputFieldsFn>(
              "EapPeerQueryUserBlobFromCredentialInputFields", HANDLE{}, kType, 0U, 0U, nullptr, &typed,
              &size, &blob) == kNoError);
  CHECK(static_cast<bool>(blob == Bytes(room)));
  CHECK(room.substr(0, size) ==
        "identity=z\xc3\xb6"
        "e;password=secret");
  FreeFields(exports, fields);
}

TEST_CASE("pair exports: what is typed into the interactive fields becomes an answer") {
  const Exports exports;
  std::string context = "ui=1;identity=alice";
  EAP_INTERACTIVE_UI_DATA data{};
  EAP_ERROR* error = nullptr;
  REQUIRE(exports.Find<EapPeerQueryInteractiveUIInputFieldsFn>("EapPeerQueryInteractiveUIInputFields")(
              0, 0, Size(context), Bytes(context), &data, &error, nullptr) == kNoError);
  REQUIRE(data.dwDataType == EapCredReq);
  char16_t password[] = u"secret";
  EAP_CRED_REQ* const fields = data.pbUiData.credData;
  LPWSTR const empty = fields->pFields[1].pwszData;
  fields->pFields[1].pwszData = password;
  DWORD size = 0;
  BYTE* blob = nullptr;
  REQUIRE(exports.Find<EapPeerQueryUIBlobFromInteractiveUIInputFieldsFn>(
              "EapPeerQueryUIBlobFromInteractiveUIInputFields")(0, 0, Size(context), Bytes(context), &data,
                                                                &size, &blob, &error, nullptr) == kNoError);
  CHECK(exports.Take(size, blob) == "answer=yes;password=secret");
  fields->pFields[1].pwszData = empty;
  FreeFields(exports, *fields);
  exports.Free(fields);
}

TEST_CASE("pair exports: properties, and the blobs of a generic credential") {
  const Exports exports;
  std::string config = "fragment=4000";
  EAP_METHOD_PROPERTY_ARRAY array{};
  REQUIRE(exports.Call<EapPeerGetMethodPropertiesFn>("EapPeerGetMethodProperties", 0U, 0U, kType, HANDLE{},
                                                     Size(config), Bytes(config), 0U, nullptr,
                                                     &array) == kNoError);
  REQUIRE(array.dwNumberOfProperties == 3);
  CHECK(array.pMethodProperty[1].eapMethodPropertyValue.empvDword.value == 4000);
  exports.Free(array.pMethodProperty[2].eapMethodPropertyValue.empvString.value);
  exports.Free(array.pMethodProperty);
  char16_t name[] = u"alice";
  char16_t password[] = u"secret";
  EapCredential credential{};
  credential.credType = EAP_USERNAME_PASSWORD_CREDENTIAL;
  credential.credData.username_password = {name, password};
  DWORD config_size = 0;
  BYTE* config_out = nullptr;
  DWORD user_size = 0;
  BYTE* user = nullptr;
  REQUIRE(exports.Call<EapPeerGetConfigBlobAndUserBlobFn>("EapPeerGetConfigBlobAndUserBlob", 0U, kType,
                                                          credential, &config_size, &config_out, &user_size,
                                                          &user) == kNoError);
  CHECK(exports.Take(config_size, config_out) == "configured=1");
  CHECK(exports.Take(user_size, user) == "identity=alice;password=secret");
  credential.credType = EAP_SIM_CREDENTIAL;
  CHECK(exports.Call<EapPeerGetConfigBlobAndUserBlobFn>("EapPeerGetConfigBlobAndUserBlob", 0U, kType,
                                                        credential, &config_size, &config_out, &user_size,
                                                        &user) == kErrorNotSupported);
}

TEST_CASE("pair exports: a configuration goes through XML and back, where there is MSXML") {
  REQUIRE(embedded::EnterApartment(true) == kNoError);
  {
    const Exports exports;
    std::string config = "fragment=4000;answer=<&>";
    IXMLDOMDocument2* document = nullptr;
    DWORD size = 7;
    BYTE* blob = nullptr;
    const DWORD code = exports.Call<EapPeerConfigBlob2XmlFn>("EapPeerConfigBlob2Xml", 0U, kType,
                                                             Bytes(config), Size(config), &document);
#ifdef _WIN32
    REQUIRE(code == kNoError);
    REQUIRE(exports.Call<EapPeerConfigXml2BlobFn>("EapPeerConfigXml2Blob", 0U, kType, document, &blob,
                                                  &size) == kNoError);
    CHECK(exports.Take(size, blob) == config);
    // No credentials in it.
    CHECK(exports.Call<EapPeerCredentialsXml2BlobFn>("EapPeerCredentialsXml2Blob", 0U, kType, document,
                                                     nullptr, 0U, &blob,
                                                     &size) == EAP_E_EAPHOST_XML_MALFORMED);
    std::u16string xml;
    values::Failure failure;
    REQUIRE(values::TakeXml("EapPeerConfigBlob2Xml", document, xml, failure));
    CHECK(xml.find(u"answer=&lt;&amp;&gt;</PairConfig>") != std::u16string::npos);
    constexpr DWORD kNoDocument = kErrorInvalidParameter;
#else
    CHECK(code == EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED);
    CHECK(static_cast<bool>(document == nullptr));
    constexpr DWORD kNoDocument = EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED;
#endif
    document = nullptr;
    CHECK(exports.Call<EapPeerConfigXml2BlobFn>("EapPeerConfigXml2Blob", 0U, kType, document, &blob, &size) ==
          kNoDocument);
    CHECK(exports.Call<EapPeerCredentialsXml2BlobFn>("EapPeerCredentialsXml2Blob", 0U, kType, document,
                                                     nullptr, 0U, &blob, &size) == kNoDocument);
    CHECK(static_cast<bool>(blob == nullptr));
    CHECK(size == 0);
  }
  embedded::LeaveApartment();
}

TEST_CASE("pair exports: what the host frees wrongly is counted, and survived") {
  const platform::Library library =
      platform::Library::Load(embedded::test::BesideProgram("pairmethod"), platform::Library::Where::kPath);
  auto* const count = library.Find<testdll::TestMethodCountersFn>("TestMethodCounters");
  auto* const free_memory = library.Find<EapPeerFreeMemoryFn>("EapPeerFreeMemory");
  auto* const free_error = library.Find<EapPeerFreeErrorMemoryFn>("EapPeerFreeErrorMemory");
  auto* const free_other =
      library.Find<EapMethodAuthenticatorFreeMemoryFn>("EapMethodAuthenticatorFreeMemory");
  testdll::Counters before{};
  count(&before);
  {
    PairDll dll;
    REQUIRE(dll.Load(embedded::test::BesideProgram("pairmethod"), kType) == kNoError);
    std::string user = "identity=alice";
    BOOL invoke_ui = 0;
    DWORD size = 0;
    BYTE* blob = nullptr;
    LPWSTR identity = nullptr;
    EAP_ERROR* error = nullptr;
    REQUIRE(dll.peer.EapPeerGetIdentity(0, 0, nullptr, Size(user), Bytes(user), nullptr, &invoke_ui, &size,
                                        &blob, &identity, &error) == kNoError);
    free_error(reinterpret_cast<EAP_ERROR*>(blob));
    free_other(blob);
    free_memory(blob);
    free_memory(identity);
    free_memory(blob);
    EapAttributes attributes{};
    std::string config = "attributes=1";
    EAP_SESSION_HANDLE session = nullptr;
    REQUIRE(dll.peer.EapPeerBeginSession(0, &attributes, nullptr, Size(config), Bytes(config), Size(user),
                                         Bytes(user), 1500, &session, &error) == kNoError);
    EAP_SESSION_HANDLE server = nullptr;
    REQUIRE(dll.authenticator.EapMethodAuthenticatorBeginSession(0, u"alice", &attributes, 0, nullptr, 1500,
                                                                 &server, &error) == kNoError);
    BYTE packet[1500];
    size = sizeof packet;
    EAP_AUTHENTICATOR_SEND_TIMEOUT timeout{};
    REQUIRE(dll.authenticator.EapMethodAuthenticatorSendPacket(
                server, 1, &size, reinterpret_cast<EapPacket*>(packet), &timeout, &error) == kNoError);
    EapPeerMethodOutput output{};
    REQUIRE(dll.peer.EapPeerProcessRequestPacket(session, size, reinterpret_cast<EapPacket*>(packet), &output,
                                                 &error) == kNoError);
    REQUIRE(dll.peer.EapPeerGetResponseAttributes(session, &attributes, &error) == kNoError);
    free_memory(attributes.pAttribs);
    free_memory(attributes.pAttribs[0].pValue);
    CHECK(dll.peer.EapPeerEndSession(session, &error) == kNoError);
    CHECK(dll.peer.EapPeerEndSession(session, &error) == kErrorInvalidParameter);
    CHECK(dll.authenticator.EapMethodAuthenticatorEndSession(server, &error) == kNoError);
  }
  testdll::Counters after{};
  count(&after);
  CHECK(after.freed_by_wrong_function - before.freed_by_wrong_function == 2);
  CHECK(after.freed_unknown - before.freed_unknown == 1);
  CHECK(after.freed_session_owned - before.freed_session_owned == 2);
  CHECK(after.sessions_unknown - before.sessions_unknown == 1);
  for (std::size_t at = 0; at < testdll::kOwners; ++at) {
    CHECK(after.allocated[at] - before.allocated[at] == after.freed[at] - before.freed[at]);
  }
}

TEST_CASE("pair exports: the counters are in a file after Shutdown") {
  constexpr char kVariable[] = "EAPHOST_PAIR_COUNTERS";
  const std::string path = ToUtf8(embedded::test::BesideProgram("pair-counters")) + ".json";
  testdll::SetVariable(kVariable, path);
  {
    PairDll dll;
    REQUIRE(dll.Load(embedded::test::BesideProgram("pairmethod"), kType) == kNoError);
    Request request;
    request.user = "identity=alice";
    CHECK(Converse(dll, request).peer.success);
  }
  testdll::SetVariable(kVariable, "");
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  CHECK(std::remove(path.c_str()) == 0);
  CHECK(text.str().starts_with("{\"allocated\":{\"peerMemory\":"));
  CHECK(text.str().find(",\"sessionsUnknown\":") != std::string::npos);
  CHECK(text.str().ends_with("}\n"));
}
