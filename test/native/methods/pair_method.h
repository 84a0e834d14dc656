// The pair method: a correct challenge–response method, peer and authenticator in one DLL (pairmethod),
// written as a method author would write one. This page says what its blobs and packets hold. Any thread.
//
// Types, all with one DLL: 254/99999/3 and 254/99999/4 of author 99999, and the plain types 210 and 211.
//
// CONFIGURATION, of either half: "name=value;name=value", UTF-8, may be empty. A value has no semicolon.
//   both halves
//     password=TEXT    the secret where there is no user blob (peer); the user's secret (authenticator).
//                      Else "password"
//     fragment=N       the challenge (authenticator) or the response (peer) is N octets long at least, and
//     goes in
//                      fragments where it exceeds the greatest packet
//     attributes=N     the half asks its host (action respond) with N attributes
//     error=ROUTINE    that routine fails with code=N, reason=N, and an EAP_ERROR unless silent=1. ROUTINE is
//     the
//                      name without EapPeer or EapMethodAuthenticator: BeginSession, SendPacket …
//     leak=ROUTINE     that routine keeps 100 octets each time, and nobody frees them
//   peer
//     identity=TEXT    the identity where there is no user blob; else the identity dialog is wanted
//     ui=1             the method wants its interactive dialog before it answers the challenge; not with
//                      EAP_FLAG_SUPRESS_UI
//     answer=TEXT      what the interactive dialog gives: "yes" (else), or "no"
//     cancel=1         every dialog is cancelled (ERROR_CANCELLED)
//     dialog=1         dialogs are real windows (Windows); else they answer at once
//     typed=TEXT       the identity that the identity dialog gives; else "typed"
//     fail=password    the response proves another password: the authenticator rejects it
//     save=1           the result saves connection data, in which "saved" counts the successes, and the user
//     blob
//   authenticator
//     fail=server      its own proof is wrong: the peer rejects it
//     fail=account     a right password is rejected all the same, with reason=N, else
//     EAP_E_USER_CREDENTIALS_REJECTED timeout=T        none, basic or interactive for every packet. Else
//     interactive for the challenge where
//                      ui=1, and basic
//     ui=1             the peers are known to ask their users
//
// USER BLOB of the peer: "identity=TEXT;password=TEXT". GetIdentity gives it complete; credentials XML, input
// fields, dialogs and EapPeerSetCredentials make it.
// UI CONTEXT: the configuration with "identity=TEXT" added. What the dialog gives: "answer=yes" or
// "answer=no", and "password=TEXT" where the user typed a new one.
//
// PACKETS: EAP header, type, then an octet of flags (0x80: a total length of 4 octets follows; 0x40: more
// fragments follow) and a piece of a message. No flags and no piece acknowledge a fragment. Messages:
//   1 challenge  nonce[16], padding
//   2 response   nonce[16], proof[32], identity (length octet, UTF-8), answer (length octet: the value of the
//                first eatEAPTLV attribute that the host set), padding
//   3 verdict    1 or 0, reason (4 octets), proof[32]
//   4 done       1 or 0
// Proofs and keys: HMAC-SHA-256 under the password of a label, both nonces and the identity; labels "peer",
// "server", "MSK 1", "MSK 2", "EMSK 1", "EMSK 2". Session-Id: the type's octets and both nonces.
//
// ATTRIBUTES. What a half asks with: eatUserName, then eatEAPTLV "question N". What it makes of the answer:
// the first eatEAPTLV; the peer sends it, the authenticator shows its own and the peer's in its result as
// eatReplyMessage and eatEAPTLV. Results of success: eatVendorSpecific (MS-MPPE-Send-Key, MS-MPPE-Recv-Key),
// eatEMSK, eatSessionId, eatPeerId, eatServerId; the authenticator's also eatUserName.
#pragma once

#include <cstddef>
#include <iterator>

#include "native/abi/structs.h"

namespace eaphost::pairmethod {

inline constexpr abi::DWORD kAuthor = 99999;
inline constexpr abi::EAP_TYPE kTypes[] = {{254, kAuthor, 3}, {254, kAuthor, 4}, {210, 0, 0}, {211, 0, 0}};
inline constexpr std::size_t kTypeCount = std::size(kTypes);
inline constexpr char16_t kServerId[] = u"pair.example";

}  // namespace eaphost::pairmethod
