// The calls of the configuration library, from their names and arguments in JavaScript
// (lib/native-configuration.ts) to calls on an apartment. JavaScript's thread.
#include <string>
#include <utility>

#include "native/addon/configuration_call.h"
#include "native/addon/configuration_values.h"
#include "native/addon/options_reader.h"
#include "native/addon/receiver.h"
#include "native/addon/runtime_object.h"
#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

using host::Configurator;
using host::Failure;
using host::SecretBytes;
using Part = Runtime::Part;

// One call that JavaScript wants.
struct Request {
  Environment& environment;
  std::shared_ptr<Runtime> runtime;
  OptionsReader arguments;
  std::int32_t ticket;

  host::MethodContext Context() {
    host::MethodContext context;
    context.method = arguments.MethodType("method");
    context.flags = arguments.Number("flags");
    context.user_token = arguments.Handle("userToken");
    context.connection_data = arguments.Bytes("connectionData");
    context.user_data = arguments.Bytes("userData");
    return context;
  }
  abi::HWND Parent() { return arguments.Handle("parentWindow"); }

  // Nothing where an argument was refused.
  template <typename Output, typename Work>
  void Start(const char* name, Part part, Work work, napi_value (*convert)(napi_env, const Output&)) {
    if (!arguments.ok()) return;
    using Call = ConfigurationCall<Output>;
    Call::Start(environment, part, std::make_unique<Call>(ticket, runtime, name, std::move(work), convert));
  }
};

void GetMethods(Request& request) {
  request.Start(
      "EapHostPeerGetMethods", Part::kConfiguration,
      [](const Configurator& configurator, std::vector<host::MethodInfo>& methods, Failure& failure) {
        return configurator.GetMethods(methods, failure);
      },
      &ToMethods);
}

void GetMethodProperties(Request& request) {
  request.Start(
      "EapHostPeerGetMethodProperties", Part::kConfiguration,
      [context = request.Context()](const Configurator& configurator,
                                    std::vector<host::MethodProperty>& properties, Failure& failure) {
        return configurator.GetMethodProperties(context, properties, failure);
      },
      &ToProperties);
}

void ConfigXml2Blob(Request& request) {
  request.Start(
      "EapHostPeerConfigXml2Blob", Part::kConfiguration,
      [xml = request.arguments.SecretText("xml")](const Configurator& configurator, host::MethodBlob& blob,
                                                  Failure& failure) {
        return configurator.ConfigXmlToBlob(xml, blob, failure);
      },
      &ToMethodBlob);
}

void ConfigBlob2Xml(Request& request) {
  request.Start(
      "EapHostPeerConfigBlob2Xml", Part::kConfiguration,
      [blob = host::MethodBlob{.method = request.arguments.MethodType("method"),
                               .data = request.arguments.Bytes("connectionData")}](
          const Configurator& configurator, std::u16string& xml, Failure& failure) {
        return configurator.ConfigBlobToXml(blob, xml, failure);
      },
      &ToXml);
}

void CredentialsXml2Blob(Request& request) {
  request.Start(
      "EapHostPeerCredentialsXml2Blob", Part::kConfiguration,
      [xml = request.arguments.SecretText("xml"), config = request.arguments.Bytes("connectionData")](
          const Configurator& configurator, host::MethodBlob& blob, Failure& failure) {
        return configurator.CredentialsXmlToBlob(xml, config, blob, failure);
      },
      &ToMethodBlob);
}

void QueryCredentialInputFields(Request& request) {
  request.Start(
      "EapHostPeerQueryCredentialInputFields", Part::kConfiguration,
      [context = request.Context()](const Configurator& configurator, std::vector<host::InputField>& fields,
                                    Failure& failure) {
        return configurator.QueryCredentialInputFields(context, fields, failure);
      },
      &ToFields);
}

void QueryUserBlob(Request& request) {
  request.Start(
      "EapHostPeerQueryUserBlobFromCredentialInputFields", Part::kConfiguration,
      [context = request.Context(), fields = request.arguments.Fields("fields")](
          const Configurator& configurator, SecretBytes& blob, Failure& failure) mutable {
        return configurator.QueryUserBlob(context, fields, blob, failure);
      },
      &ToBlob);
}

void QueryInteractiveUiInputFields(Request& request) {
  request.Start(
      "EapHostPeerQueryInteractiveUIInputFields", Part::kConfiguration,
      [flags = request.arguments.Number("flags"), context = request.arguments.Bytes("uiContext")](
          const Configurator& configurator, host::InteractiveUi& ui, Failure& failure) {
        return configurator.QueryInteractiveUiInputFields(flags, context, ui, failure);
      },
      &ToInteractiveUi);
}

void QueryUiBlob(Request& request) {
  request.Start(
      "EapHostPeerQueryUIBlobFromInteractiveUIInputFields", Part::kConfiguration,
      [flags = request.arguments.Number("flags"), context = request.arguments.Bytes("uiContext"),
       ui = request.arguments.InteractiveUi()](const Configurator& configurator, SecretBytes& blob,
                                               Failure& failure) mutable {
        return configurator.QueryUiBlob(flags, context, ui, blob, failure);
      },
      &ToBlob);
}

void InvokeConfigUi(Request& request) {
  request.Start(
      "EapHostPeerInvokeConfigUI", Part::kInterface,
      [parent = request.Parent(), context = request.Context()](const Configurator& configurator,
                                                               SecretBytes& config, Failure& failure) {
        return configurator.InvokeConfigUi(parent, context, config, failure);
      },
      &ToBlob);
}

void InvokeIdentityUi(Request& request) {
  request.Start(
      "EapHostPeerInvokeIdentityUI", Part::kInterface,
      [parent = request.Parent(), context = request.Context()](const Configurator& configurator,
                                                               host::Identity& identity, Failure& failure) {
        return configurator.InvokeIdentityUi(parent, context, identity, failure);
      },
      &ToIdentity);
}

void InvokeInteractiveUi(Request& request) {
  request.Start(
      "EapHostPeerInvokeInteractiveUI", Part::kInterface,
      [parent = request.Parent(), context = request.arguments.Bytes("uiContext")](
          const Configurator& configurator, SecretBytes& answer, Failure& failure) {
        return configurator.InvokeInteractiveUi(parent, context, answer, failure);
      },
      &ToBlob);
}

struct NamedCall {
  const char16_t* name;
  void (*start)(Request& request);
};

constexpr NamedCall kCalls[] = {
    {u"getMethods", &GetMethods},
    {u"getMethodProperties", &GetMethodProperties},
    {u"configXml2Blob", &ConfigXml2Blob},
    {u"configBlob2Xml", &ConfigBlob2Xml},
    {u"credentialsXml2Blob", &CredentialsXml2Blob},
    {u"queryCredentialInputFields", &QueryCredentialInputFields},
    {u"queryUserBlobFromCredentialInputFields", &QueryUserBlob},
    {u"queryInteractiveUIInputFields", &QueryInteractiveUiInputFields},
    {u"queryUIBlobFromInteractiveUIInputFields", &QueryUiBlob},
    {u"invokeConfigUI", &InvokeConfigUi},
    {u"invokeIdentityUI", &InvokeIdentityUi},
    {u"invokeInteractiveUI", &InvokeInteractiveUi},
};

}  // namespace

napi_value RuntimeObject::Configure(napi_env env, napi_callback_info info) {
  Receiver<RuntimeObject, 3> receiver;
  if (!receiver.Read(env, info)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(receiver.arguments[0], "ticket");
  const std::u16string name = reader.Text(receiver.arguments[1], "call");
  Request request{*receiver.environment, receiver.object->runtime_,
                  OptionsReader(env, reader, receiver.arguments[2]), ticket};
  for (const NamedCall& call : kCalls) {
    if (reader.ok() && name == call.name) {
      call.start(request);
      return nullptr;
    }
  }
  reader.Refuse("call", "the name of a configuration call");
  return nullptr;
}

}  // namespace eaphost::addon
