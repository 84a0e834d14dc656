// The calls of a method DLL that belong to no session, from their names and arguments in JavaScript
// (lib/native/method-types.ts) to calls on a lane or an apartment. JavaScript's thread.
#include <algorithm>
#include <string>
#include <utility>

#include "native/addon/method_calls.h"
#include "native/addon/method_object.h"
#include "native/addon/options_reader.h"
#include "native/addon/receiver.h"
#include "native/addon/values.h"
#include "native/addon/with_inputs.h"
#include "native/method/authenticator_exports.h"
#include "native/method/peer_exports.h"

namespace eaphost::addon {

namespace {

using host::Failure;
using host::SecretBytes;
using method::PeerExports;
using Part = LaneOwner::Part;

// One call that JavaScript wants.
struct Request {
  Environment& environment;
  std::shared_ptr<MethodHost> host;
  OptionsReader arguments;
  std::int32_t ticket;

  host::MethodContext Context() {
    host::MethodContext context;
    context.method = host->options().type;
    context.flags = arguments.Number("flags");
    return context;
  }
  host::MethodContext ContextWithConfig() {
    host::MethodContext context = Context();
    context.connection_data = arguments.Bytes("connectionData");
    return context;
  }
  host::MethodContext ContextWithToken() {
    host::MethodContext context = ContextWithConfig();
    context.user_token = arguments.Handle("userToken");
    return context;
  }
  host::MethodContext WithUserData(host::MethodContext context) {
    context.user_data = arguments.Bytes("userData");
    return context;
  }
  abi::HWND Parent() { return arguments.Handle("parentWindow"); }

  // bool(const PeerExports&, Output&, Failure&) on an apartment. Nothing where an argument was refused.
  template <typename Output, typename Work>
  void Start(const char* name, Part part, Work work, napi_value (*convert)(napi_env, const Output&)) {
    if (!arguments.ok()) return;
    StartOnApartment<Output>(
        environment, ticket, host, part, name,
        [host = host, work = std::move(work)](Output& output, Failure& failure) mutable {
          const PeerExports exports(*host->peer().dll, host->options().endpoint);
          return work(exports, output, failure);
        },
        [convert](Environment& settled, std::int32_t done, Output& output) {
          settled.delivery().ResolveValue(done, convert(settled.env(), output));
        });
  }
};

// A strand that nothing else uses.
struct LooseStrand {
  explicit LooseStrand(std::shared_ptr<MethodHost> owner) : host(std::move(owner)) {}
  ~LooseStrand() { host->lanes().Leave(strand); }
  LooseStrand(const LooseStrand&) = delete;
  LooseStrand& operator=(const LooseStrand&) = delete;

  const std::shared_ptr<MethodHost> host;
  Strand strand;
};

// EapPeerGetIdentity: of the routines, but no session needs to have begun for it.
bool AskIdentity(const MethodHost& host, method::PeerParameters& parameters, const SecretBytes& user_data,
                 method::IdentityAnswer& answer, Failure& failure) {
  constexpr const char* kName = "EapPeerGetIdentity";
  if (host.peer().routines == nullptr) {
    failure = host::MakeFailure(kName, abi::kErrorProcNotFound, "the DLL holds user interface only");
    return false;
  }
  method::PeerMethodSession session(host.peer().dll, *host.peer().routines, std::move(parameters));
  return method::Check(session.GetIdentity(user_data, answer), kName, failure);
}

void GetIdentity(Request& request) {
  OptionsReader& read = request.arguments;
  method::PeerParameters parameters;
  parameters.flags = read.Number("flags");
  parameters.user_token = read.Handle("userToken");
  parameters.connection_data = read.Bytes("connectionData");
  parameters.endpoint = request.host->options().endpoint;
  SecretBytes user_data = read.Bytes("userData");
  if (!read.ok()) return;
  auto strand = std::make_shared<LooseStrand>(request.host);
  auto work = [strand, parameters = std::move(parameters), user_data = std::move(user_data)](
                  method::IdentityAnswer& answer, Failure& failure) mutable {
    return AskIdentity(*strand->host, parameters, user_data, answer, failure);
  };
  auto settle = [](Environment& settled, std::int32_t done, method::IdentityAnswer& answer) {
    host::Identity identity{
        .invoke_ui = answer.invoke_ui, .user_data = std::nullopt, .identity = std::move(answer.identity)};
    if (!answer.user_data.empty()) identity.user_data = std::move(answer.user_data);
    settled.delivery().ResolveValue(done, ToIdentity(settled.env(), identity));
  };
  using Call = MethodWork<method::IdentityAnswer, decltype(work), decltype(settle)>;
  request.environment.Submit(
      *request.host, strand->strand,
      std::make_unique<Call>(request.ticket, request.host, 0, "EapPeerGetIdentity", std::move(work), settle));
}

void GetMethodProperties(Request& request) {
  request.Start("EapPeerGetMethodProperties", Part::kConfiguration,
                WithInputs<&PeerExports::GetMethodProperties>(
                    std::tuple{request.WithUserData(request.ContextWithToken())}),
                &ToProperties);
}

void ConfigXml2Blob(Request& request) {
  request.Start("EapPeerConfigXml2Blob", Part::kConfiguration,
                WithInputs<&PeerExports::ConfigXmlToBlob>(
                    std::tuple{request.Context(), request.arguments.SecretText("xml")}),
                &ToBlob);
}

void ConfigBlob2Xml(Request& request) {
  request.Start("EapPeerConfigBlob2Xml", Part::kConfiguration,
                WithInputs<&PeerExports::ConfigBlobToXml>(std::tuple{request.ContextWithConfig()}), &ToXml);
}

void CredentialsXml2Blob(Request& request) {
  request.Start("EapPeerCredentialsXml2Blob", Part::kConfiguration,
                WithInputs<&PeerExports::CredentialsXmlToBlob>(
                    std::tuple{request.ContextWithConfig(), request.arguments.SecretText("xml")}),
                &ToBlob);
}

void QueryCredentialInputFields(Request& request) {
  request.Start("EapPeerQueryCredentialInputFields", Part::kConfiguration,
                WithInputs<&PeerExports::QueryCredentialInputFields>(std::tuple{request.ContextWithToken()}),
                &ToFields);
}

void QueryUserBlob(Request& request) {
  request.Start("EapPeerQueryUserBlobFromCredentialInputFields", Part::kConfiguration,
                WithInputs<&PeerExports::QueryUserBlob>(std::tuple{
                    request.WithUserData(request.ContextWithToken()), request.arguments.Fields("fields")}),
                &ToBlob);
}

void QueryInteractiveUiInputFields(Request& request) {
  request.Start("EapPeerQueryInteractiveUIInputFields", Part::kConfiguration,
                WithInputs<&PeerExports::QueryInteractiveUiInputFields>(
                    std::tuple{request.arguments.Number("flags"), request.arguments.Bytes("uiContext")}),
                &ToInteractiveUi);
}

void QueryUiBlob(Request& request) {
  request.Start("EapPeerQueryUIBlobFromInteractiveUIInputFields", Part::kConfiguration,
                WithInputs<&PeerExports::QueryUiBlob>(std::tuple{request.arguments.Number("flags"),
                                                                 request.arguments.Bytes("uiContext"),
                                                                 request.arguments.InteractiveUi()}),
                &ToBlob);
}

// The two blobs that a generic credential makes.
struct Blobs {
  SecretBytes connection;
  SecretBytes user;
};

napi_value ToBlobs(napi_env env, const Blobs& blobs) {
  ObjectWriter object(env);
  object.Bytes("connectionData", blobs.connection);
  object.Bytes("userData", blobs.user);
  return object.value();
}

method::Credential ReadCredential(OptionsReader& read) {
  method::Credential credential;
  const std::u16string kind = read.Text("kind");
  if (kind == u"password") {
    credential.kind = abi::EAP_USERNAME_PASSWORD_CREDENTIAL;
    credential.name = read.Text("username");
    credential.password = read.SecretText("password");
  } else if (kind == u"certificate") {
    credential.kind = abi::EAP_CERTIFICATE_CREDENTIAL;
    const SecretBytes hash = read.Bytes("hash");
    if (hash.size() != std::size(credential.hash)) read.reader().Refuse("hash", "20 octets");
    credential.password = read.SecretText("password");
    if (read.ok()) std::copy(hash.begin(), hash.end(), credential.hash);
  } else if (kind == u"sim") {
    credential.kind = abi::EAP_SIM_CREDENTIAL;
    credential.name = read.Text("iccId");
  } else if (kind == u"winlogon") {
    credential.kind = abi::EAP_WINLOGON_CREDENTIAL;
  } else if (kind != u"empty") {
    read.reader().Refuse("kind", "a kind of credential");
  }
  return credential;
}

void GetConfigBlobAndUserBlob(Request& request) {
  OptionsReader& read = request.arguments;
  OptionsReader credential(read.env(), read.reader(), read.Option("credential"));
  request.Start(
      "EapPeerGetConfigBlobAndUserBlob", Part::kConfiguration,
      [context = request.Context(), input = ReadCredential(credential)](const PeerExports& peer, Blobs& blobs,
                                                                        Failure& failure) {
        return peer.GetBlobs(context, input, blobs.connection, blobs.user, failure);
      },
      &ToBlobs);
}

void InvokeConfigUi(Request& request) {
  request.Start(
      "EapPeerInvokeConfigUI", Part::kInterface,
      WithInputs<&PeerExports::InvokeConfigUi>(std::tuple{request.Parent(), request.ContextWithConfig()}),
      &ToBlob);
}

void InvokeIdentityUi(Request& request) {
  request.Start("EapPeerInvokeIdentityUI", Part::kInterface,
                WithInputs<&PeerExports::InvokeIdentityUi>(
                    std::tuple{request.Parent(), request.WithUserData(request.ContextWithConfig())}),
                &ToIdentity);
}

void InvokeInteractiveUi(Request& request) {
  request.Start("EapPeerInvokeInteractiveUI", Part::kInterface,
                WithInputs<&PeerExports::InvokeInteractiveUi>(std::tuple{
                    request.Parent(), request.host->options().type, request.arguments.Bytes("uiContext")}),
                &ToBlob);
}

// The authenticator's one.
void InvokeAuthenticatorUi(Request& request) {
  abi::HWND const parent = request.Parent();
  host::MethodContext context = request.ContextWithConfig();
  std::optional<std::u16string> machine = request.arguments.OptionalText("machineName");
  if (!request.arguments.ok()) return;
  StartOnApartment<SecretBytes>(
      request.environment, request.ticket, request.host, Part::kInterface,
      "EapMethodAuthenticatorInvokeConfigUI",
      [host = request.host, parent, context = std::move(context), machine = std::move(machine)](
          SecretBytes& config, Failure& failure) {
        return method::InvokeAuthenticatorConfigUi(*host->authenticator().dll, host->options().endpoint,
                                                   parent, context, machine, config, failure);
      },
      [](Environment& settled, std::int32_t done, SecretBytes& config) {
        settled.delivery().ResolveValue(done, ToBlob(settled.env(), config));
      });
}

struct NamedCall {
  MethodHost::Role role;
  const char16_t* name;
  void (*start)(Request& request);
};

constexpr auto kPeer = MethodHost::Role::kPeer;

constexpr NamedCall kCalls[] = {
    {kPeer, u"getIdentity", &GetIdentity},
    {kPeer, u"getMethodProperties", &GetMethodProperties},
    {kPeer, u"configXml2Blob", &ConfigXml2Blob},
    {kPeer, u"configBlob2Xml", &ConfigBlob2Xml},
    {kPeer, u"credentialsXml2Blob", &CredentialsXml2Blob},
    {kPeer, u"queryCredentialInputFields", &QueryCredentialInputFields},
    {kPeer, u"queryUserBlobFromCredentialInputFields", &QueryUserBlob},
    {kPeer, u"queryInteractiveUIInputFields", &QueryInteractiveUiInputFields},
    {kPeer, u"queryUIBlobFromInteractiveUIInputFields", &QueryUiBlob},
    {kPeer, u"getConfigBlobAndUserBlob", &GetConfigBlobAndUserBlob},
    {kPeer, u"invokeConfigUI", &InvokeConfigUi},
    {kPeer, u"invokeIdentityUI", &InvokeIdentityUi},
    {kPeer, u"invokeInteractiveUI", &InvokeInteractiveUi},
    {MethodHost::Role::kAuthenticator, u"invokeConfigUI", &InvokeAuthenticatorUi},
};

}  // namespace

napi_value MethodObject::Invoke(napi_env env, napi_callback_info info) {
  Receiver<MethodObject, 3> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  const std::u16string name = reader.Text(receiver.arguments[1], "call");
  Request request{*receiver.environment, receiver.object->host_,
                  OptionsReader(env, reader, receiver.arguments[2]), ticket};
  for (const NamedCall& call : kCalls) {
    if (reader.ok() && call.role == request.host->options().role && name == call.name) {
      call.start(request);
      return nullptr;
    }
  }
  reader.Refuse("call", "the name of a call of this role");
  return nullptr;
}

}  // namespace eaphost::addon
