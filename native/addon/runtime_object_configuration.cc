// The calls of the configuration library, from their names and arguments in JavaScript
// (lib/native/runtime-types.ts) to calls on an apartment. JavaScript's thread.
#include <string>
#include <utility>

#include "native/addon/configuration_call.h"
#include "native/addon/configuration_values.h"
#include "native/addon/options_reader.h"
#include "native/addon/receiver.h"
#include "native/addon/runtime_object.h"
#include "native/addon/values.h"
#include "native/addon/with_inputs.h"

namespace eaphost::addon {

namespace {

using host::Configurator;
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
  request.Start("EapHostPeerGetMethods", Part::kConfiguration,
                WithInputs<&Configurator::GetMethods>(std::tuple{}), &ToMethods);
}

void GetMethodProperties(Request& request) {
  request.Start("EapHostPeerGetMethodProperties", Part::kConfiguration,
                WithInputs<&Configurator::GetMethodProperties>(std::tuple{request.Context()}), &ToProperties);
}

void ConfigXml2Blob(Request& request) {
  request.Start("EapHostPeerConfigXml2Blob", Part::kConfiguration,
                WithInputs<&Configurator::ConfigXmlToBlob>(std::tuple{request.arguments.SecretText("xml")}),
                &ToMethodBlob);
}

void ConfigBlob2Xml(Request& request) {
  request.Start("EapHostPeerConfigBlob2Xml", Part::kConfiguration,
                WithInputs<&Configurator::ConfigBlobToXml>(
                    std::tuple{host::MethodBlob{.method = request.arguments.MethodType("method"),
                                                .data = request.arguments.Bytes("connectionData")}}),
                &ToXml);
}

void CredentialsXml2Blob(Request& request) {
  request.Start("EapHostPeerCredentialsXml2Blob", Part::kConfiguration,
                WithInputs<&Configurator::CredentialsXmlToBlob>(std::tuple{
                    request.arguments.SecretText("xml"), request.arguments.Bytes("connectionData")}),
                &ToMethodBlob);
}

void QueryCredentialInputFields(Request& request) {
  request.Start("EapHostPeerQueryCredentialInputFields", Part::kConfiguration,
                WithInputs<&Configurator::QueryCredentialInputFields>(std::tuple{request.Context()}),
                &ToFields);
}

void QueryUserBlob(Request& request) {
  request.Start("EapHostPeerQueryUserBlobFromCredentialInputFields", Part::kConfiguration,
                WithInputs<&Configurator::QueryUserBlob>(
                    std::tuple{request.Context(), request.arguments.Fields("fields")}),
                &ToBlob);
}

void QueryInteractiveUiInputFields(Request& request) {
  request.Start("EapHostPeerQueryInteractiveUIInputFields", Part::kConfiguration,
                WithInputs<&Configurator::QueryInteractiveUiInputFields>(
                    std::tuple{request.arguments.Number("flags"), request.arguments.Bytes("uiContext")}),
                &ToInteractiveUi);
}

void QueryUiBlob(Request& request) {
  request.Start("EapHostPeerQueryUIBlobFromInteractiveUIInputFields", Part::kConfiguration,
                WithInputs<&Configurator::QueryUiBlob>(std::tuple{request.arguments.Number("flags"),
                                                                  request.arguments.Bytes("uiContext"),
                                                                  request.arguments.InteractiveUi()}),
                &ToBlob);
}

void InvokeConfigUi(Request& request) {
  request.Start("EapHostPeerInvokeConfigUI", Part::kInterface,
                WithInputs<&Configurator::InvokeConfigUi>(std::tuple{request.Parent(), request.Context()}),
                &ToBlob);
}

void InvokeIdentityUi(Request& request) {
  request.Start("EapHostPeerInvokeIdentityUI", Part::kInterface,
                WithInputs<&Configurator::InvokeIdentityUi>(std::tuple{request.Parent(), request.Context()}),
                &ToIdentity);
}

void InvokeInteractiveUi(Request& request) {
  request.Start("EapHostPeerInvokeInteractiveUI", Part::kInterface,
                WithInputs<&Configurator::InvokeInteractiveUi>(
                    std::tuple{request.Parent(), request.arguments.Bytes("uiContext")}),
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
