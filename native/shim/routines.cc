// The peer's routine tables. Any thread.
#include "native/abi/constants.h"
#include "native/shim/endpoint.h"
#include "native/shim/guard.h"
#include "native/shim/method_places.h"
#include "native/shim/peer.h"

namespace eaphost::shim {

namespace {

using namespace abi;

MethodPlaces<EAP_TYPE> places;

template <std::size_t Place>
DWORD EAPHOST_STDCALL GetIdentityOf(DWORD flags, DWORD connection_size, const BYTE* connection,
                                    DWORD user_size, const BYTE* user, HANDLE token, BOOL* invoke_ui,
                                    DWORD* user_out_size, BYTE** user_out, LPWSTR* identity,
                                    EAP_ERROR** error) {
  return GetIdentity(places[Place], flags, connection_size, connection, user_size, user, token, invoke_ui,
                     user_out_size, user_out, identity, error);
}

template <std::size_t Place>
DWORD EAPHOST_STDCALL BeginSessionOf(DWORD flags, const EapAttributes* attributes, HANDLE token,
                                     DWORD connection_size, BYTE* connection, DWORD user_size, BYTE* user,
                                     DWORD max_send_packet_size, EAP_SESSION_HANDLE* handle,
                                     EAP_ERROR** error) {
  return BeginSession(places[Place], flags, attributes, token, connection_size, connection, user_size, user,
                      max_send_packet_size, handle, error);
}

template <std::size_t... Place>
constexpr std::array<EapPeerGetIdentityFn*, kMostTypes> GetIdentities(std::index_sequence<Place...>) {
  return {&GetIdentityOf<Place>...};
}

template <std::size_t... Place>
constexpr std::array<EapPeerBeginSessionFn*, kMostTypes> BeginSessions(std::index_sequence<Place...>) {
  return {&BeginSessionOf<Place>...};
}

constexpr auto get_identities = GetIdentities(std::make_index_sequence<kMostTypes>());
constexpr auto begin_sessions = BeginSessions(std::make_index_sequence<kMostTypes>());

// Nothing is connected before there is something to ask.
DWORD EAPHOST_STDCALL Initialize(EAP_ERROR** error) {
  return Guarded(error, {}, [] {
    AddUser();
    return Failure();
  });
}

DWORD EAPHOST_STDCALL Shutdown(EAP_ERROR** error) {
  return Guarded(error, {}, [] {
    RemoveUser();
    return Failure();
  });
}

}  // namespace

DWORD FillRoutines(const EAP_TYPE& type, EAP_PEER_METHOD_ROUTINES* routines) {
  if (type.type == 0) return kErrorNotSupported;
  const std::size_t place = places.Find(type);
  if (place == kMostTypes) return kErrorNotSupported;
  routines->dwVersion = EAPHOST_METHOD_API_VERSION;
  routines->pEapType = &places[place];
  routines->EapPeerInitialize = &Initialize;
  routines->EapPeerGetIdentity = get_identities[place];
  routines->EapPeerBeginSession = begin_sessions[place];
  routines->EapPeerSetCredentials = &SetCredentials;
  routines->EapPeerProcessRequestPacket = &ProcessRequestPacket;
  routines->EapPeerGetResponsePacket = &GetResponsePacket;
  routines->EapPeerGetResult = &GetResult;
  routines->EapPeerGetUIContext = &GetUIContext;
  routines->EapPeerSetUIContext = &SetUIContext;
  routines->EapPeerGetResponseAttributes = &GetResponseAttributes;
  routines->EapPeerSetResponseAttributes = &SetResponseAttributes;
  routines->EapPeerEndSession = &EndSession;
  routines->EapPeerShutdown = &Shutdown;
  return kNoError;
}

}  // namespace eaphost::shim
