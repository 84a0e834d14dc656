// A method DLL that writes down how its host calls it: a line of JSON per call, in probe-calls.jsonl beside
// it. The calls themselves go to testmethod.dll beside it (test/native/methods/test_method.h). Called on the
// host's threads.

#include <cstddef>
#include <string>

#include "native/platform/library.h"
#include "test/native/methods/method_export.h"
#include "test/probe/native/call_log.h"
#include "test/probe/native/json.h"
#include "test/probe/native/memory.h"

namespace {

using namespace eaphost::abi;
using eaphost::platform::Library;
using eaphost::probe::Beside;
using eaphost::probe::Json;
using eaphost::probe::Log;

const Library& Target() {
  static const Library library = [] {
    Library loaded = Library::Load(Beside(u"testmethod.dll"), Library::Where::kPath);
    loaded.Pin();
    return loaded;
  }();
  return library;
}

EAP_PEER_METHOD_ROUTINES target;

// A routine of the table: logged, then passed on.
template <auto kMember>
struct Routine;
template <typename... Arguments, DWORD (*EAP_PEER_METHOD_ROUTINES::*kMember)(Arguments...)>
struct Routine<kMember> {
  template <const char* kName>
  static DWORD Call(Arguments... arguments) {
    Log(kName);
    return (target.*kMember)(arguments...);
  }
};

#define NAME(routine) constexpr char k##routine[] = #routine;
NAME(EapPeerInitialize)
NAME(EapPeerSetCredentials)
NAME(EapPeerProcessRequestPacket)
NAME(EapPeerGetResponsePacket)
NAME(EapPeerGetUIContext)
NAME(EapPeerSetUIContext)
NAME(EapPeerGetResponseAttributes)
NAME(EapPeerSetResponseAttributes)
NAME(EapPeerEndSession)
NAME(EapPeerShutdown)
#undef NAME

DWORD GetIdentity(DWORD flags, DWORD connection_size, const BYTE* connection, DWORD user_size,
                  const BYTE* user, HANDLE token, BOOL* invoke_ui, DWORD* user_out_size, BYTE** user_out,
                  LPWSTR* identity, EAP_ERROR** error) {
  Log("EapPeerGetIdentity", Json()
                                .Number("flags", flags)
                                .Number("connectionSize", connection_size)
                                .Number("userSize", user_size)
                                .Boolean("token", token != nullptr));
  return target.EapPeerGetIdentity(flags, connection_size, connection, user_size, user, token, invoke_ui,
                                   user_out_size, user_out, identity, error);
}

DWORD BeginSession(DWORD flags, const EapAttributes* attributes, HANDLE token, DWORD connection_size,
                   BYTE* connection, DWORD user_size, BYTE* user, DWORD max_packet,
                   EAP_SESSION_HANDLE* handle, EAP_ERROR** error) {
  Json details;
  details.Number("flags", flags)
      .Number("maxPacket", max_packet)
      .Number("connectionSize", connection_size)
      .Number("userSize", user_size)
      .Boolean("token", token != nullptr);
  if (attributes == nullptr) {
    details.Text("attributes", "NULL");
  } else {
    details.Number("attributes", attributes->dwNumberOfAttributes);
  }
  Log("EapPeerBeginSession", details);
  return target.EapPeerBeginSession(flags, attributes, token, connection_size, connection, user_size, user,
                                    max_packet, handle, error);
}

// The octets from the first field that only newer hosts have, as far as they can be read.
std::string Tail(const EapPeerMethodResult* result) {
  constexpr std::size_t kTail = 64;
  constexpr std::size_t kStart = offsetof(EapPeerMethodResult, pNgcKerbTicket);
  return eaphost::probe::Hex(eaphost::probe::Readable(reinterpret_cast<const BYTE*>(result) + kStart, kTail));
}

DWORD GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason, EapPeerMethodResult* result,
                EAP_ERROR** error) {
  Log("EapPeerGetResult",
      Json().Number("reason", static_cast<DWORD>(reason)).Text("afterErrorField", Tail(result)));
  return target.EapPeerGetResult(handle, reason, result, error);
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines, EAP_ERROR** error) {
  Log("EapPeerGetInfo", Json().Number("routinesVersion", routines == nullptr ? 0 : routines->dwVersion));
  if (routines == nullptr) return kErrorInvalidParameter;
  auto* const get = Target().Find<EapPeerGetInfoFn>("EapPeerGetInfo");
  if (get == nullptr) return kErrorProcNotFound;
  if (const DWORD code = get(type, &target, error)) return code;
  static EAP_TYPE own = *type;
  routines->dwVersion = 1;
  routines->pEapType = &own;
#define ROUTINE(name) routines->name = &Routine<&EAP_PEER_METHOD_ROUTINES::name>::Call<k##name>;
  ROUTINE(EapPeerInitialize)
  ROUTINE(EapPeerSetCredentials)
  ROUTINE(EapPeerProcessRequestPacket)
  ROUTINE(EapPeerGetResponsePacket)
  ROUTINE(EapPeerGetUIContext)
  ROUTINE(EapPeerSetUIContext)
  ROUTINE(EapPeerGetResponseAttributes)
  ROUTINE(EapPeerSetResponseAttributes)
  ROUTINE(EapPeerEndSession)
  ROUTINE(EapPeerShutdown)
#undef ROUTINE
  routines->EapPeerGetIdentity = &GetIdentity;
  routines->EapPeerBeginSession = &BeginSession;
  routines->EapPeerGetResult = &GetResult;
  return kNoError;
}

void EAPHOST_STDCALL EapPeerFreeMemory(void* memory) {
  Log("EapPeerFreeMemory");
  if (auto* const free = Target().Find<EapPeerFreeMemoryFn>("EapPeerFreeMemory")) free(memory);
}

void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR* error) {
  Log("EapPeerFreeErrorMemory");
  if (auto* const free = Target().Find<EapPeerFreeErrorMemoryFn>("EapPeerFreeErrorMemory")) free(error);
}

DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(DWORD version, DWORD flags, EAP_METHOD_TYPE type,
                                                 HANDLE token, DWORD connection_size, const BYTE* connection,
                                                 DWORD user_size, const BYTE* user,
                                                 EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR** error) {
  Log("EapPeerGetMethodProperties", Json().Number("version", version).Number("flags", flags));
  auto* const get = Target().Find<EapPeerGetMethodPropertiesFn>("EapPeerGetMethodProperties");
  return get == nullptr
             ? kErrorProcNotFound
             : get(version, flags, type, token, connection_size, connection, user_size, user, array, error);
}

DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE token, EAP_METHOD_TYPE type, DWORD flags,
                                                        DWORD size, BYTE* data,
                                                        EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                        EAP_ERROR** error) {
  Log("EapPeerQueryCredentialInputFields",
      Json().Number("version", fields == nullptr ? 0 : fields->dwVersion).Number("flags", flags));
  auto* const query = Target().Find<EapPeerQueryCredentialInputFieldsFn>("EapPeerQueryCredentialInputFields");
  return query == nullptr ? kErrorProcNotFound : query(token, type, flags, size, data, fields, error);
}

DWORD EAPHOST_STDCALL EapPeerConfigBlob2Xml(DWORD flags, EAP_METHOD_TYPE type, const BYTE* data, DWORD size,
                                            IXMLDOMDocument2** document, EAP_ERROR** error) {
  Log("EapPeerConfigBlob2Xml");
  auto* const convert = Target().Find<EapPeerConfigBlob2XmlFn>("EapPeerConfigBlob2Xml");
  return convert == nullptr ? kErrorProcNotFound : convert(flags, type, data, size, document, error);
}

DWORD EAPHOST_STDCALL EapPeerQueryInteractiveUIInputFields(DWORD version, DWORD flags, DWORD size,
                                                           const BYTE* context, EAP_INTERACTIVE_UI_DATA* data,
                                                           EAP_ERROR** error, void** reserved) {
  Log("EapPeerQueryInteractiveUIInputFields",
      Json().Number("version", version).Number("dataVersion", data == nullptr ? 0 : data->dwVersion));
  auto* const query =
      Target().Find<EapPeerQueryInteractiveUIInputFieldsFn>("EapPeerQueryInteractiveUIInputFields");
  return query == nullptr ? kErrorProcNotFound : query(version, flags, size, context, data, error, reserved);
}
