// The scriptable method DLL of the native tests (type 254, vendor 99999, vendor type 2, author 99999): what
// its script may say, and what the DLL exports beside a method's functions. Any thread.
//
// The script of a session is its connection data, ASCII words with a space between:
//   step=A,B,…        the action of each step in turn (ProcessRequestPacket, SetUIContext,
//   SetResponseAttributes):
//                     send, result, ui, respond, none, discard, or a number as it is; then send
//   fail=ROUTINE:CODE fail that routine; with an EAP_ERROR where the code ends in e
//   throw=ROUTINE     an exception comes out of it
//   mute=ROUTINE      it succeeds and writes no output
//   ui                GetIdentity wants its user interface while there is no user data
//   noidentity        GetIdentity gives none
//   identity=TEXT     the identity; else the user data as text, else "tester"
//   userout=TEXT      GetIdentity gives that as user data for BeginSession
//   quietpackets      fAllowNotifications FALSE
//   over=N            GetResponsePacket writes N octets past the size it was told
//   size=N            the response is N octets long
//   claim=N           the size that GetResponsePacket reports
//   length=N          the length field of the response
//   code=N, id=N      code and id of the response
//   short             the response carries a one octet type (25), not the expanded one
//   noheader          GetResponsePacket writes nothing and succeeds
//   nullattributes    attributes with a count and no array
//   savec=T, saveu=T  result data to save
//   lie, refuse       the result is success, or failure, whatever the final packet was
//   resulterror       the result carries an EAP_ERROR
//   inner=N           every step runs a whole inner session through the run-time first, N levels deep
//   self=ID           every step calls the run-time for that session, its own, and must be refused
//   block=N           every step takes N milliseconds
//   quiet             nothing of the session goes to the log
//   context=A,B,…     the UI context, which is a script itself
//   open=N            a dialog stays open for N milliseconds
//   dialog=TITLE      a real dialog, on Windows (test_method_dialog.h), whose answer is what comes out
//   window=TITLE      the configuration's interface leaves a window behind
//   expired, logon    the fields are those of an expired password, of a first logon
//   nofields          there are no fields for this context
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/abi/functions.h"

namespace eaphost::testmethod {

// The log: a line per call, such as "BeginSession(user=abc)". Copied, NUL-terminated, then forgotten.
using TestMethodTakeLogFn = void EAPHOST_STDCALL(char* text, std::size_t size);
// Blocks and errors that the host has not freed, and sessions that it has not ended.
using TestMethodOutstandingFn = std::uint32_t EAPHOST_STDCALL();
// A script for the DLL as a whole: fail= and throw= of GetInfo, Initialize and Shutdown, null=ROUTINE to
// leave a routine out of the table. "" ends it.
using TestMethodConfigureFn = void EAPHOST_STDCALL(const char* script);

// What an inner session is run with.
struct RuntimeFunctions {
  abi::EapHostPeerBeginSessionFn* begin;
  abi::EapHostPeerProcessReceivedPacketFn* process;
  abi::EapHostPeerGetSendPacketFn* packet;
  abi::EapHostPeerGetResultFn* result;
  abi::EapHostPeerEndSessionFn* end;
};
using TestMethodUseRuntimeFn = void EAPHOST_STDCALL(const RuntimeFunctions* functions);

}  // namespace eaphost::testmethod
