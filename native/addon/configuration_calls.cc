// The table of the configuration calls, and how each reads its arguments. JavaScript's thread.
#include "native/addon/configuration_calls.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <tuple>
#include <utility>

#include "native/addon/arguments.h"
#include "native/addon/method_calls.h"
#include "native/addon/values.h"
#include "native/method/exports.h"

namespace eaphost::addon {

namespace {

using method::PeerExports;
using supplicant::Configurator;
using Part = LaneOwner::Part;

// One call from JavaScript.
template <typename Owner>
struct ConfigurationRequest {
  Environment& environment;
  const std::shared_ptr<Owner>& owner;
  OptionsReader arguments;
  std::int32_t ticket;
  const char* function;  // the one that makes it
  Part part;             // the apartment that it runs on
};
using OfRuntime = ConfigurationRequest<Runtime>;
using OfMethod = ConfigurationRequest<MethodHost>;

// --- Arguments, each by a function of the request.

MethodContext AllContext(OfRuntime& request) {
  MethodContext context;
  context.method = request.arguments.MethodType("method");
  context.flags = request.arguments.Number("flags");
  context.user_token = request.arguments.UserToken("userToken");
  context.connection_data = request.arguments.Bytes("connectionData");
  context.user_data = request.arguments.Bytes("userData");
  return context;
}

// Which of a context a method's function takes, beside the flags.
enum : unsigned { kFlags = 0, kConfig = 1, kToken = 2, kUser = 4 };

template <unsigned parts>
MethodContext Context(OfMethod& request) {
  MethodContext context;
  context.method = request.owner->options().type;
  context.flags = request.arguments.Number("flags");
  if constexpr ((parts & kConfig) != 0) context.connection_data = request.arguments.Bytes("connectionData");
  if constexpr ((parts & kToken) != 0) context.user_token = request.arguments.UserToken("userToken");
  if constexpr ((parts & kUser) != 0) context.user_data = request.arguments.Bytes("userData");
  return context;
}

MethodBlob Blob(OfRuntime& request) {
  MethodBlob blob;
  blob.method = request.arguments.MethodType("method");
  blob.data = request.arguments.Bytes("connectionData");
  return blob;
}

constexpr auto Config = [](auto& request) { return request.arguments.Bytes("connectionData"); };
constexpr auto Xml = [](auto& request) { return request.arguments.SecretText("xml"); };
constexpr auto Fields = [](auto& request) { return request.arguments.Fields("fields"); };
constexpr auto Flags = [](auto& request) { return request.arguments.Number("flags"); };
constexpr auto UiContext = [](auto& request) { return request.arguments.Bytes("uiContext"); };
constexpr auto Answer = [](auto& request) { return request.arguments.InteractiveUi(); };
constexpr auto Parent = [](auto& request) { return request.arguments.Handle("parentWindow"); };
constexpr auto Machine = [](auto& request) { return request.arguments.OptionalText("machineName"); };
constexpr auto OwnType = [](OfMethod& request) { return request.owner->options().type; };

method::Credential Credential(OfMethod& request) {
  OptionsReader read(request.arguments.reader(), request.arguments.Option("credential"));
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

// --- What a call is made of: `function` is a member of Configurator or PeerExports, or takes the method
// host.

Configurator TargetOf(Runtime& runtime) { return runtime.configurator(); }
PeerExports TargetOf(MethodHost& host) { return PeerExports(*host.peer().dll, host.options().endpoint); }

template <typename Output>
Output OutputOf(napi_value (*)(napi_env, const Output&));

// Reads the arguments in their order and begins the call; nothing if one was refused.
template <typename Owner, auto function, auto convert, auto... read>
void Start(ConfigurationRequest<Owner>& request) {
  using Output = decltype(OutputOf(convert));
  std::tuple<decltype(read(request))...> inputs{read(request)...};
  if (!request.arguments.ok()) return;
  auto work = [owner = request.owner, inputs = std::move(inputs)](Output& output, Failure& failure) mutable {
    return std::apply(
        [&](auto&... each) {
          if constexpr (std::is_invocable_v<decltype(function), MethodHost&, decltype(each)..., Output&,
                                            Failure&>) {
            return function(*owner, each..., output, failure);
          } else {
            return std::invoke(function, TargetOf(*owner), each..., output, failure);
          }
        },
        inputs);
  };
  StartOnApartment<Output>(request.environment, request.ticket, request.owner, request.part, request.function,
                           std::move(work), convert);
}

// The two blobs that a generic credential makes.
struct Blobs {
  SecretBytes connection;
  SecretBytes user;
};

bool GetBlobs(MethodHost& host, const MethodContext& context, const method::Credential& credential,
              Blobs& blobs, Failure& failure) {
  return TargetOf(host).GetBlobs(context, credential, blobs.connection, blobs.user, failure);
}

napi_value ToBlobs(napi_env env, const Blobs& blobs) {
  ObjectWriter object(env);
  object.Bytes("connectionData", blobs.connection);
  object.Bytes("userData", blobs.user);
  return object.value();
}

bool InvokeAuthenticatorUi(MethodHost& host, abi::HWND parent, const MethodContext& context,
                           const std::optional<std::u16string>& machine, SecretBytes& config,
                           Failure& failure) {
  return method::InvokeAuthenticatorConfigUi(*host.authenticator().dll, host.options().endpoint, parent,
                                             context, machine, config, failure);
}

// EapPeerGetIdentity: of the routines, and so on a lane, but no session needs to have begun for it.
void GetIdentity(OfMethod& request) {
  OptionsReader& read = request.arguments;
  method::PeerParameters parameters;
  parameters.flags = read.Number("flags");
  parameters.user_token = read.UserToken("userToken");
  parameters.connection_data = read.Bytes("connectionData");
  parameters.endpoint = request.owner->options().endpoint;
  SecretBytes user_data = read.Bytes("userData");
  if (!read.ok()) return;
  StartLoose<MethodCall, Identity>(
      request.environment, request.ticket, request.owner,
      [name = request.function, parameters = std::move(parameters), user_data = std::move(user_data)](
          MethodHost& host, Identity& identity, Failure& failure) mutable {
        if (host.peer().routines == nullptr) {
          failure = MakeFailure(name, abi::kErrorProcNotFound, "the DLL holds user interface only");
          return false;
        }
        method::PeerMethodSession session(host.peer().dll, *host.peer().routines, std::move(parameters));
        method::IdentityAnswer answer;
        if (!method::Check(session.GetIdentity(user_data, answer), name, failure)) return false;
        identity.invoke_ui = answer.invoke_ui;
        identity.identity = std::move(answer.identity);
        if (!answer.user_data.empty()) identity.user_data = std::move(answer.user_data);
        return true;
      },
      &ToIdentity, 0, request.function);
}

struct ConfigurationRow {
  const char16_t* name;
  Part part;
  const char* of_runtime;
  void (*start_of_runtime)(OfRuntime&);
  const char* of_method;
  void (*start_of_method)(OfMethod&);
  MethodHost::Role role = MethodHost::Role::kPeer;
};

constexpr auto kQuiet = Part::kConfiguration;
constexpr auto kDialog = Part::kInterface;

constexpr ConfigurationRow kConfigurationCalls[] = {
    {u"getMethods", kQuiet, "EapHostPeerGetMethods", &Start<Runtime, &Configurator::GetMethods, &ToMethods>,
     nullptr, nullptr},
    {u"getMethodProperties", kQuiet, "EapHostPeerGetMethodProperties",
     &Start<Runtime, &Configurator::GetMethodProperties, &ToProperties, &AllContext>,
     "EapPeerGetMethodProperties",
     &Start<MethodHost, &PeerExports::GetMethodProperties, &ToProperties,
            &Context<kConfig | kToken | kUser>>},
    {u"configXml2Blob", kQuiet, "EapHostPeerConfigXml2Blob",
     &Start<Runtime, &Configurator::ConfigXmlToBlob, &ToMethodBlob, Xml>, "EapPeerConfigXml2Blob",
     &Start<MethodHost, &PeerExports::ConfigXmlToBlob, &ToBlob, &Context<kFlags>, Xml>},
    {u"configBlob2Xml", kQuiet, "EapHostPeerConfigBlob2Xml",
     &Start<Runtime, &Configurator::ConfigBlobToXml, &ToText, &Blob>, "EapPeerConfigBlob2Xml",
     &Start<MethodHost, &PeerExports::ConfigBlobToXml, &ToText, &Context<kConfig>>},
    {u"credentialsXml2Blob", kQuiet, "EapHostPeerCredentialsXml2Blob",
     &Start<Runtime, &Configurator::CredentialsXmlToBlob, &ToMethodBlob, Xml, Config>,
     "EapPeerCredentialsXml2Blob",
     &Start<MethodHost, &PeerExports::CredentialsXmlToBlob, &ToBlob, &Context<kConfig>, Xml>},
    {u"queryCredentialInputFields", kQuiet, "EapHostPeerQueryCredentialInputFields",
     &Start<Runtime, &Configurator::QueryCredentialInputFields, &ToFields, &AllContext>,
     "EapPeerQueryCredentialInputFields",
     &Start<MethodHost, &PeerExports::QueryCredentialInputFields, &ToFields, &Context<kConfig | kToken>>},
    {u"queryUserBlobFromCredentialInputFields", kQuiet, "EapHostPeerQueryUserBlobFromCredentialInputFields",
     &Start<Runtime, &Configurator::QueryUserBlob, &ToBlob, &AllContext, Fields>,
     "EapPeerQueryUserBlobFromCredentialInputFields",
     &Start<MethodHost, &PeerExports::QueryUserBlob, &ToBlob, &Context<kConfig | kToken | kUser>, Fields>},
    {u"queryInteractiveUIInputFields", kQuiet, "EapHostPeerQueryInteractiveUIInputFields",
     &Start<Runtime, &Configurator::QueryInteractiveUiInputFields, &ToInteractiveUi, Flags, UiContext>,
     "EapPeerQueryInteractiveUIInputFields",
     &Start<MethodHost, &PeerExports::QueryInteractiveUiInputFields, &ToInteractiveUi, Flags, UiContext>},
    {u"queryUIBlobFromInteractiveUIInputFields", kQuiet, "EapHostPeerQueryUIBlobFromInteractiveUIInputFields",
     &Start<Runtime, &Configurator::QueryUiBlob, &ToBlob, Flags, UiContext, Answer>,
     "EapPeerQueryUIBlobFromInteractiveUIInputFields",
     &Start<MethodHost, &PeerExports::QueryUiBlob, &ToBlob, Flags, UiContext, Answer>},
    {u"invokeConfigUI", kDialog, "EapHostPeerInvokeConfigUI",
     &Start<Runtime, &Configurator::InvokeConfigUi, &ToBlob, Parent, &AllContext>, "EapPeerInvokeConfigUI",
     &Start<MethodHost, &PeerExports::InvokeConfigUi, &ToBlob, Parent, &Context<kConfig>>},
    {u"invokeIdentityUI", kDialog, "EapHostPeerInvokeIdentityUI",
     &Start<Runtime, &Configurator::InvokeIdentityUi, &ToIdentity, Parent, &AllContext>,
     "EapPeerInvokeIdentityUI",
     &Start<MethodHost, &PeerExports::InvokeIdentityUi, &ToIdentity, Parent, &Context<kConfig | kUser>>},
    {u"invokeInteractiveUI", kDialog, "EapHostPeerInvokeInteractiveUI",
     &Start<Runtime, &Configurator::InvokeInteractiveUi, &ToBlob, Parent, UiContext>,
     "EapPeerInvokeInteractiveUI",
     &Start<MethodHost, &PeerExports::InvokeInteractiveUi, &ToBlob, Parent, OwnType, UiContext>},
    {u"getIdentity", kQuiet, nullptr, nullptr, "EapPeerGetIdentity", &GetIdentity},
    {u"getConfigBlobAndUserBlob", kQuiet, nullptr, nullptr, "EapPeerGetConfigBlobAndUserBlob",
     &Start<MethodHost, &GetBlobs, &ToBlobs, &Context<kFlags>, &Credential>},
    {u"invokeConfigUI", kDialog, nullptr, nullptr, "EapMethodAuthenticatorInvokeConfigUI",
     &Start<MethodHost, &InvokeAuthenticatorUi, &ToBlob, Parent, &Context<kConfig>, Machine>,
     MethodHost::Role::kAuthenticator},
};

// `of(Row)` gives the row's function and what begins it for this owner, or nothing.
template <typename Owner, typename Of>
void StartNamed(ArgumentReader& reader, Environment& environment, const std::shared_ptr<Owner>& owner,
                std::int32_t ticket, napi_value named, napi_value options, const char* expected, Of of) {
  const std::u16string name = reader.Text(named, "call");
  for (const ConfigurationRow& row : kConfigurationCalls) {
    const auto [function, start] = of(row);
    if (!reader.ok() || start == nullptr || name != row.name) continue;
    ConfigurationRequest<Owner> request{environment, owner,    OptionsReader(reader, options),
                                        ticket,      function, row.part};
    return start(request);
  }
  reader.Refuse("call", expected);
}

}  // namespace

void StartConfigurationCall(ArgumentReader& reader, Environment& environment,
                            const std::shared_ptr<Runtime>& runtime, std::int32_t ticket, napi_value name,
                            napi_value options) {
  StartNamed(reader, environment, runtime, ticket, name, options, "the name of a configuration call",
             [](const ConfigurationRow& row) { return std::pair(row.of_runtime, row.start_of_runtime); });
}

void StartConfigurationCall(ArgumentReader& reader, Environment& environment,
                            const std::shared_ptr<MethodHost>& host, std::int32_t ticket, napi_value name,
                            napi_value options) {
  StartNamed(reader, environment, host, ticket, name, options, "the name of a call of this role",
             [role = host->options().role](const ConfigurationRow& row) {
               return std::pair(row.of_method, row.role == role ? row.start_of_method : nullptr);
             });
}

}  // namespace eaphost::addon
