// The functions that method DLLs export by name, through PeerExports and InvokeAuthenticatorConfigUi: what
// they give, what becomes of liberties that methods take, and that everything given is given back.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "native/abi/constants.h"
#include "native/method/exports.h"
#include "test/native/method_counters.h"
#include "test/native/methods/misbehaving_method.h"
#include "test/native/methods/pair_method.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::pairtest;
using platform::SecretBytes;
using platform::SecretText;

namespace {

constexpr EAP_METHOD_TYPE kPair{pairmethod::kTypes[0], pairmethod::kAuthor};
constexpr EAP_METHOD_TYPE kMisbehaving{{254, misbehaving::kVendor, misbehaving::kFirstType},
                                       misbehaving::kVendor};

const std::optional<std::u16string> kNoEndpoint;

SecretText Typed(std::u16string_view text) { return SecretText(text.begin(), text.end()); }

values::MethodContext Context(const EAP_METHOD_TYPE& type, std::string_view config = "",
                              std::string_view user = "") {
  values::MethodContext context;
  context.method = type;
  context.connection_data = Secret(config);
  context.user_data = Secret(user);
  return context;
}

}  // namespace

TEST_CASE("method exports: fields, and the blobs that they make") {
  BothRoles dll("pairmethod");
  const method::PeerExports peer(*dll.peer, kNoEndpoint);
  values::Failure failure;
  std::vector<values::InputField> fields;
  REQUIRE(peer.QueryCredentialInputFields(Context(kPair), fields, failure));
  REQUIRE(fields.size() == 2);
  CHECK_FALSE(fields[0].label.empty());
  fields[0].data = Typed(u"bob");
  fields[1].data = Typed(u"bird");
  SecretBytes blob;
  std::vector<values::InputField> typed = fields;
  REQUIRE(peer.QueryUserBlob(Context(kPair), typed, blob, failure));
  CHECK(Text(blob) == "identity=bob;password=bird");
  typed = fields;
  SecretBytes updated;
  REQUIRE(peer.QueryUserBlob(Context(kPair, "", "identity=someone;password=longer than that"), typed, updated,
                             failure));
  CHECK(Text(updated) == "identity=bob;password=bird");

  values::InteractiveUi ui;
  const SecretBytes context = Secret("identity=bob");
  REQUIRE(peer.QueryInteractiveUiInputFields(0, context, ui, failure));
  REQUIRE_FALSE(ui.fields.empty());
  REQUIRE(peer.QueryUiBlob(0, context, ui, blob, failure));
  CHECK_FALSE(blob.empty());
}

TEST_CASE("method exports: properties, credentials and dialogs") {
  BothRoles dll("pairmethod");
  const method::PeerExports peer(*dll.peer, kNoEndpoint);
  values::Failure failure;
  std::vector<values::MethodProperty> properties;
  REQUIRE(peer.GetMethodProperties(Context(kPair), properties, failure));
  CHECK_FALSE(properties.empty());

  method::Credential credential;
  credential.kind = EAP_USERNAME_PASSWORD_CREDENTIAL;
  credential.name = u"bob";
  credential.password = Typed(u"bird");
  SecretBytes connection;
  SecretBytes user;
  REQUIRE(peer.GetBlobs(Context(kPair), credential, connection, user, failure));
  CHECK(Text(user) == "identity=bob;password=bird");
  credential.kind = EAP_SIM_CREDENTIAL;
  CHECK_FALSE(peer.GetBlobs(Context(kPair), credential, connection, user, failure));
  CHECK(failure.call == std::string("EapPeerGetConfigBlobAndUserBlob"));

  SecretBytes blob;
  REQUIRE(peer.InvokeConfigUi(nullptr, Context(kPair, "typed=carol"), blob, failure));
  CHECK_FALSE(blob.empty());
  values::Identity identity;
  REQUIRE(peer.InvokeIdentityUi(nullptr, Context(kPair, "typed=carol"), identity, failure));
  CHECK(identity.identity == u"carol");
  CHECK(identity.user_data.has_value());
  REQUIRE(peer.InvokeInteractiveUi(nullptr, kPair, Secret("identity=a"), blob, failure));
  CHECK(Text(blob).find("answer=yes") == 0);
  CHECK_FALSE(peer.InvokeConfigUi(nullptr, Context(kPair, "cancel=1"), blob, failure));
  CHECK(failure.code == kErrorCancelled);
  CHECK(failure.call == std::string("EapPeerInvokeConfigUI"));

  REQUIRE(method::InvokeAuthenticatorConfigUi(*dll.authenticator, kNoEndpoint, nullptr, Context(kPair),
                                              u"machine", blob, failure));
  CHECK(dll.allocated(testdll::Owner::kAuthenticatorMemory) == 1);
  CHECK_FALSE(method::InvokeAuthenticatorConfigUi(*dll.authenticator, kNoEndpoint, nullptr,
                                                  Context(kPair, "cancel=1"), std::nullopt, blob, failure));
  CHECK(failure.code == kErrorCancelled);
}

TEST_CASE("method exports: every liberty ends in nothing or in a code") {
  BothRoles dll("misbehavingmethod");
  const method::PeerExports peer(*dll.peer, kNoEndpoint);
  using Call = std::function<bool(const values::MethodContext&, values::Failure&)>;
  const std::pair<const char*, Call> kCalls[] = {
      {"InvokeConfigUI",
       [&](const values::MethodContext& context, values::Failure& failure) {
         SecretBytes blob;
         return peer.InvokeConfigUi(nullptr, context, blob, failure);
       }},
      {"InvokeIdentityUI",
       [&](const values::MethodContext& context, values::Failure& failure) {
         values::Identity identity;
         return peer.InvokeIdentityUi(nullptr, context, identity, failure);
       }},
      {"InvokeInteractiveUI",
       [&](const values::MethodContext& context, values::Failure& failure) {
         SecretBytes blob;
         return peer.InvokeInteractiveUi(nullptr, context.method, context.connection_data, blob, failure);
       }},
      {"QueryCredentialInputFields",
       [&](const values::MethodContext& context, values::Failure& failure) {
         std::vector<values::InputField> fields;
         return peer.QueryCredentialInputFields(context, fields, failure);
       }},
      {"QueryUserBlobFromCredentialInputFields",
       [&](const values::MethodContext& context, values::Failure& failure) {
         std::vector<values::InputField> fields;
         SecretBytes blob;
         return peer.QueryUserBlob(context, fields, blob, failure);
       }},
      {"GetMethodProperties",
       [&](const values::MethodContext& context, values::Failure& failure) {
         std::vector<values::MethodProperty> properties;
         return peer.GetMethodProperties(context, properties, failure);
       }},
  };
  struct Kind {
    const char* option;
    DWORD code;
    std::uint64_t errors;
  };
  const Kind kKinds[] = {{"mute=", kNoError, 0},
                         {"null=", kNoError, 0},
                         {"huge=", kNoError, 0},
                         {"zero=", kNoError, 0},
                         {"leave=", kNoError, 1},
                         {"fail=", kErrorInvalidParameter, 0},
                         {"error=1;code=4711;fail=", 4711, 1},
                         {"error=bare;fail=", kErrorInvalidParameter, 1},
                         {"throw=", kErrorUnhandledException, 0}};
  for (const auto& each : kCalls) {
    const char* const name = each.first;
    for (const Kind& kind : kKinds) {
      CAPTURE(name);
      CAPTURE(kind.option);
      const std::uint64_t errors = dll.allocated(testdll::Owner::kPeerError);
      values::Failure failure;
      const bool is_good =
          each.second(Context(kMisbehaving, std::string(kind.option) + name, "old"), failure);
      CHECK(is_good == (kind.code == kNoError));
      CHECK(failure.code == kind.code);
      if (!is_good) CHECK(failure.call == "EapPeer" + std::string(name));
      CHECK(failure.error.has_value() == (!is_good && kind.errors != 0));
      CHECK(dll.allocated(testdll::Owner::kPeerError) - errors == kind.errors);
    }
  }
}

TEST_CASE("method exports: what the DLL does not export") {
  std::unique_ptr<method::PeerMethodDll> dll;
  REQUIRE(method::PeerMethodDll::Load(embedded::test::BesideProgram("trivialmethod"), true, dll).ok());
  const method::PeerExports peer(*dll, kNoEndpoint);
  SecretBytes blob;
  std::u16string xml;
  values::Failure failure;
  CHECK_FALSE(peer.InvokeConfigUi(nullptr, Context(kPair), blob, failure));
  CHECK(failure.code == kErrorProcNotFound);
  CHECK(failure.call == std::string("EapPeerInvokeConfigUI"));
  CHECK_FALSE(peer.ConfigBlobToXml(Context(kPair), xml, failure));
  CHECK(failure.code == kErrorProcNotFound);
  CHECK_FALSE(peer.CredentialsXmlToBlob(Context(kPair), Typed(u"<a/>"), blob, failure));
  CHECK(failure.code == kErrorProcNotFound);
  CHECK(dll->exports().size() == 3);
}
