// The peer routines: a host's call in, one exchange with the server, the host's outputs filled. Any thread;
// calls for one session run one after the other.
#pragma once

#include "native/abi/functions.h"

namespace eaphost::shim {

// Fills a host's routine table for `type`. ERROR_NOT_SUPPORTED if it is 0 or the library has no room for
// one more type.
abi::DWORD FillRoutines(const abi::EAP_TYPE& type, abi::EAP_PEER_METHOD_ROUTINES* routines);

// GetIdentity and BeginSession as a host calls them, but for the type, which the table's owner knows.
abi::DWORD GetIdentity(const abi::EAP_TYPE& type, abi::DWORD flags, abi::DWORD connection_size,
                       const abi::BYTE* connection, abi::DWORD user_size, const abi::BYTE* user,
                       abi::HANDLE token, abi::BOOL* invoke_ui, abi::DWORD* user_out_size,
                       abi::BYTE** user_out, abi::LPWSTR* identity, abi::EAP_ERROR** error) noexcept;
abi::DWORD BeginSession(const abi::EAP_TYPE& type, abi::DWORD flags, const abi::EAP_ATTRIBUTES* attributes,
                        abi::HANDLE token, abi::DWORD connection_size, const abi::BYTE* connection,
                        abi::DWORD user_size, const abi::BYTE* user, abi::DWORD max_send_packet_size,
                        abi::EAP_SESSION_HANDLE* handle, abi::EAP_ERROR** error) noexcept;

// The routines of a session.
abi::EapPeerSetCredentialsFn SetCredentials;
abi::EapPeerProcessRequestPacketFn ProcessRequestPacket;
abi::EapPeerGetResponsePacketFn GetResponsePacket;
abi::EapPeerGetResultFn GetResult;
abi::EapPeerGetUIContextFn GetUIContext;
abi::EapPeerSetUIContextFn SetUIContext;
abi::EapPeerGetResponseAttributesFn GetResponseAttributes;
abi::EapPeerSetResponseAttributesFn SetResponseAttributes;
abi::EapPeerEndSessionFn EndSession;

}  // namespace eaphost::shim
