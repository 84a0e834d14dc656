// The exported functions of configuration and user interface: each is one exchange with the server. Outputs
// are set to nothing before anything can fail. Dialogs are the server's to show: the shim has no window.
#include <cstdint>
#include <type_traits>

#include "native/abi/constants.h"
#include "native/abi/functions.h"
#include "native/platform/text.h"
#include "native/shim/call.h"
#include "native/shim/export.h"
#include "native/shim/field_memory.h"
#include "native/shim/ui_context.h"
#include "native/shim/xml.h"

using namespace eaphost::abi;
using namespace eaphost::shim;
using eaphost::platform::SecretBytes;

namespace {

EAP_METHOD_TYPE TypeAt(const EAP_METHOD_TYPE* type) { return type == nullptr ? EAP_METHOD_TYPE{} : *type; }

Failure Invalid() { return Failure::Of(kErrorInvalidParameter); }

// The start of every request about a method; `more` octets follow, and what is always short.
Writer RequestFor(const EAP_METHOD_TYPE& type, DWORD flags, std::size_t more = 0) {
  Writer request(kFixedSize + more);
  request.FullType(type);
  request.U32(flags);
  return request;
}

// Window handles are numbers of 32 bits in processes of every size.
void WriteWindow(Writer& writer, HWND window) {
  writer.U32(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(window)));
}

// A call whose answer is a blob.
Failure AskBlob(const EAP_METHOD_TYPE& type, Call call, Writer& request, std::chrono::milliseconds time,
                DWORD* size, BYTE** data) {
  SecretBytes blob;
  Failure failure = Ask(type.eapType, call, request, time, &DecodeBlob, &blob);
  if (!failure.failed()) HandOut(blob, size, data);
  return failure;
}

// The context of a session of this library's, and the method that it is of; an error is about that method.
bool ReadContext(const BYTE* data, DWORD size, EAP_METHOD_TYPE* type, Octets* context) {
  if (data == nullptr) return false;
  EAP_TYPE own{};
  if (!UnwrapUiContext({data, size}, &own, context)) return false;
  type->eapType = own;
  return true;
}

// Runs `ask(request)` with a document's text behind the head.
template <typename Body>
Failure WithXml(const EAP_METHOD_TYPE& type, DWORD flags, IXMLDOMDocument2* document, Body ask) {
  SecretText text;
  if (const DWORD code = TextOf(document, &text); code != kNoError) return Failure::Of(code);
  Writer request = RequestFor(type, flags, 2 * text.size());
  request.Text({text.data(), text.size()});
  return ask(request);
}

}  // namespace

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerConfigXml2Blob(DWORD flags, EAP_METHOD_TYPE type,
                                                           IXMLDOMDocument2* document, BYTE** data,
                                                           DWORD* size, EAP_ERROR** error) {
  Zero(size, data);
  return Guarded(error, type, [&] {
    if (!size || !data) return Invalid();
    return WithXml(type, flags, document, [&](Writer& request) {
      return AskBlob(type, Call::kConfigXmlToBlob, request, CallTime(), size, data);
    });
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerCredentialsXml2Blob(DWORD flags, EAP_METHOD_TYPE type,
                                                                IXMLDOMDocument2* document,
                                                                const BYTE* config, DWORD config_size,
                                                                BYTE** data, DWORD* size, EAP_ERROR** error) {
  Zero(size, data);
  return Guarded(error, type, [&] {
    if (!size || !data || !IsBlob(config, config_size)) return Invalid();
    return WithXml(type, flags, document, [&](Writer& request) {
      WriteBlob(request, config, config_size);
      return AskBlob(type, Call::kCredentialsXmlToBlob, request, CallTime(), size, data);
    });
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(DWORD flags, EAP_METHOD_TYPE type,
                                                           const BYTE* config, DWORD config_size,
                                                           IXMLDOMDocument2** document, EAP_ERROR** error) {
  Zero(document);
  return Guarded(error, type, [&] {
    if (!document || !IsBlob(config, config_size)) return Invalid();
    if (const DWORD code = XmlSupport(); code != kNoError) return Failure::Of(code);
    Writer request = RequestFor(type, flags, config_size);
    WriteBlob(request, config, config_size);
    SecretText text;
    Failure failure = Ask(type.eapType, Call::kConfigBlobToXml, request, CallTime(), &DecodeText, &text);
    return failure.failed() ? failure : Failure::Of(DocumentOf(text, document));
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE token, EAP_METHOD_TYPE type,
                                                                       DWORD flags, DWORD config_size,
                                                                       BYTE* config,
                                                                       EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                                       EAP_ERROR** error) {
  Zero(fields);
  return Guarded(error, type, [&] {
    if (!fields || !IsBlob(config, config_size)) return Invalid();
    Writer request = RequestFor(type, flags, config_size);
    request.Bool(token != nullptr);
    WriteBlob(request, config, config_size);
    InputFields answer;
    Failure failure =
        Ask(type.eapType, Call::kQueryCredentialInputFields, request, CallTime(), &DecodeFields, &answer);
    if (!failure.failed()) HandOutFields(answer, fields);
    return failure;
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryUserBlobFromCredentialInputFields(
    HANDLE token, EAP_METHOD_TYPE type, DWORD flags, DWORD config_size, BYTE* config,
    const EAP_CONFIG_INPUT_FIELD_ARRAY* fields, DWORD* size, BYTE** data, EAP_ERROR** error) {
  // Size and blob are inputs too: the caller owns them until a new blob takes its place.
  return Guarded(error, type, [&] {
    if (!fields || !size || !data || !IsBlob(config, config_size)) return Invalid();
    const DWORD old_size = *data == nullptr ? 0 : *size;
    Writer request = RequestFor(type, flags, std::size_t{config_size} + old_size);
    request.Bool(token != nullptr);
    WriteBlob(request, config, config_size);
    if (!WriteFields(request, fields)) return Invalid();
    WriteBlob(request, *data, old_size);
    return AskBlob(type, Call::kQueryUserBlobFromCredentialInputFields, request, CallTime(), size, data);
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryInteractiveUIInputFields(DWORD, DWORD flags, DWORD size,
                                                                          const BYTE* context,
                                                                          EAP_INTERACTIVE_UI_DATA* data,
                                                                          EAP_ERROR** error,
                                                                          void** reserved) {
  Zero(data, reserved);
  EAP_METHOD_TYPE type{};
  return Guarded(error, type, [&] {
    Octets own;
    if (!data || !ReadContext(context, size, &type, &own)) return Invalid();
    Writer request = RequestFor(type, flags, own.size());
    request.Bytes(own);
    InteractiveUi answer;
    Failure failure = Ask(type.eapType, Call::kQueryInteractiveUIInputFields, request, CallTime(),
                          &DecodeInteractiveUi, &answer);
    if (!failure.failed()) HandOutInteractiveUi(answer, data);
    return failure;
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerQueryUIBlobFromInteractiveUIInputFields(
    DWORD, DWORD flags, DWORD context_size, const BYTE* context, const EAP_INTERACTIVE_UI_DATA* ui,
    DWORD* size, BYTE** data, EAP_ERROR** error, void** reserved) {
  Zero(size, data);
  Zero(reserved);
  EAP_METHOD_TYPE type{};
  return Guarded(error, type, [&] {
    Octets own;
    if (!size || !data || !ReadContext(context, context_size, &type, &own)) return Invalid();
    Writer request = RequestFor(type, flags, own.size());
    request.Bytes(own);
    if (!WriteInteractiveUi(request, ui)) return Invalid();
    return AskBlob(type, Call::kQueryUIBlobFromInteractiveUIInputFields, request, CallTime(), size, data);
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(
    DWORD, DWORD flags, EAP_METHOD_TYPE type, HANDLE token, DWORD config_size, const BYTE* config,
    DWORD user_size, const BYTE* user, EAP_METHOD_PROPERTY_ARRAY* properties, EAP_ERROR** error) {
  Zero(properties);
  return Guarded(error, type, [&] {
    if (!properties || !IsBlob(config, config_size) || !IsBlob(user, user_size)) return Invalid();
    Writer request = RequestFor(type, flags, std::size_t{config_size} + user_size);
    request.Bool(token != nullptr);
    WriteBlob(request, config, config_size);
    WriteBlob(request, user, user_size);
    std::vector<MethodProperty> answer;
    Failure failure =
        Ask(type.eapType, Call::kGetMethodProperties, request, CallTime(), &DecodeProperties, &answer);
    if (!failure.failed()) HandOutProperties(answer, properties);
    return failure;
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerInvokeConfigUI(EAP_METHOD_TYPE* type, HWND window, DWORD flags,
                                                           DWORD config_size, BYTE* config, DWORD* size,
                                                           BYTE** data, EAP_ERROR** error) {
  Zero(size, data);
  return Guarded(error, TypeAt(type), [&] {
    if (!type || !size || !data || !IsBlob(config, config_size)) return Invalid();
    Writer request = RequestFor(*type, flags, config_size);
    WriteWindow(request, window);
    WriteBlob(request, config, config_size);
    return AskBlob(*type, Call::kInvokeConfigUI, request, UserTime(), size, data);
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerInvokeIdentityUI(EAP_METHOD_TYPE* type, DWORD flags, HWND window,
                                                             DWORD config_size, const BYTE* config,
                                                             DWORD user_size, const BYTE* user, DWORD* size,
                                                             BYTE** data, LPWSTR* identity,
                                                             EAP_ERROR** error) {
  Zero(size, data, identity);
  return Guarded(error, TypeAt(type), [&] {
    const bool outputs = size && data && identity;
    if (!type || !outputs || !IsBlob(config, config_size) || !IsBlob(user, user_size)) return Invalid();
    Writer request = RequestFor(*type, flags, std::size_t{config_size} + user_size);
    WriteWindow(request, window);
    WriteBlob(request, config, config_size);
    WriteBlob(request, user, user_size);
    Identity answer;
    Failure failure =
        Ask(type->eapType, Call::kInvokeIdentityUI, request, UserTime(),
            [&answer](Octets body) { return DecodeIdentity(body, &answer) && !answer.invoke_ui; });
    if (failure.failed()) return failure;
    Block text = CopyOf(answer.identity);
    HandOut(answer.user_data, size, data);
    *identity = static_cast<LPWSTR>(text.release());
    return failure;
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerInvokeInteractiveUI(EAP_METHOD_TYPE* type, HWND window,
                                                                DWORD context_size, BYTE* context,
                                                                DWORD* size, BYTE** data, EAP_ERROR** error) {
  Zero(size, data);
  return Guarded(error, TypeAt(type), [&] {
    Octets own;
    EAP_METHOD_TYPE asked = TypeAt(type);
    if (!type || !size || !data || !ReadContext(context, context_size, &asked, &own)) return Invalid();
    Writer request = RequestFor(asked, 0, own.size());
    WriteWindow(request, window);
    request.Bytes(own);
    return AskBlob(asked, Call::kInvokeInteractiveUI, request, UserTime(), size, data);
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapPeerGetConfigBlobAndUserBlob(DWORD flags, EAP_METHOD_TYPE type,
                                                                     EapCredential credential,
                                                                     DWORD* config_size, BYTE** config,
                                                                     DWORD* user_size, BYTE** user,
                                                                     EAP_ERROR** error) {
  Zero(config_size, config, user_size, user);
  return Guarded(error, type, [&] {
    if (!config_size || !config || !user_size || !user) return Invalid();
    Writer request = RequestFor(type, flags);
    if (!WriteCredential(request, credential)) return Invalid();
    Blobs answer;
    Failure failure =
        Ask(type.eapType, Call::kGetConfigBlobAndUserBlob, request, CallTime(), &DecodeBlobs, &answer);
    if (failure.failed()) return failure;
    Block config_block = CopyOf(answer.config);
    HandOut(answer.user, user_size, user);
    *config_size = static_cast<DWORD>(answer.config.size());
    *config = static_cast<BYTE*>(config_block.release());
    return failure;
  });
}

EAPSHIM_EXPORT DWORD EAPHOST_STDCALL EapMethodAuthenticatorInvokeConfigUI(EAP_METHOD_TYPE* type, HWND window,
                                                                          DWORD flags, LPCWSTR machine,
                                                                          DWORD config_size, BYTE* config,
                                                                          DWORD* size, BYTE** data,
                                                                          EAP_ERROR** error) {
  Zero(size, data);
  return Guarded(error, TypeAt(type), [&] {
    if (!type || !size || !data || !IsBlob(config, config_size)) return Invalid();
    Writer request = RequestFor(*type, flags, config_size);
    WriteWindow(request, window);
    request.Text(eaphost::platform::View(machine));
    WriteBlob(request, config, config_size);
    return AskBlob(*type, Call::kAuthenticatorInvokeConfigUI, request, UserTime(), size, data);
  });
}

// The compiler compares each with the prototype that hosts use.
#define EAPSHIM_CHECK(name) static_assert(std::is_same_v<decltype(name), name##Fn>)
EAPSHIM_CHECK(EapPeerInvokeConfigUI);
EAPSHIM_CHECK(EapPeerInvokeInteractiveUI);
EAPSHIM_CHECK(EapPeerInvokeIdentityUI);
EAPSHIM_CHECK(EapPeerQueryCredentialInputFields);
EAPSHIM_CHECK(EapPeerQueryUserBlobFromCredentialInputFields);
EAPSHIM_CHECK(EapPeerQueryInteractiveUIInputFields);
EAPSHIM_CHECK(EapPeerQueryUIBlobFromInteractiveUIInputFields);
EAPSHIM_CHECK(EapPeerConfigXml2Blob);
EAPSHIM_CHECK(EapPeerCredentialsXml2Blob);
EAPSHIM_CHECK(EapPeerConfigBlob2Xml);
EAPSHIM_CHECK(EapPeerGetMethodProperties);
EAPSHIM_CHECK(EapPeerGetConfigBlobAndUserBlob);
EAPSHIM_CHECK(EapMethodAuthenticatorInvokeConfigUI);
