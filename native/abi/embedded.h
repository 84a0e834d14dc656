// The embedded run-time's exports besides EAPHost's own functions: its method table and its counters. Any
// thread. Everything is copied in; nothing is handed out that the caller would free.
//
// A scope is a number that keeps the methods of one user of the library apart from another's (the addon uses
// one for each JavaScript environment). Scope 0 is the process: what Windows' registry names and what a plain
// C program registers. A thread that entered a scope sees that scope's methods first, then scope 0's.
#pragma once

#include "native/abi/structs.h"

namespace eaphost::embedded {

struct Method {
  abi::EAP_METHOD_TYPE type;
  abi::LPCWSTR pwszDllPath;       // the peer method DLL
  abi::LPCWSTR pwszFriendlyName;  // NULL: the DLL's path
  abi::LPCWSTR pwszAuthorName;    // NULL: empty
  abi::LPCWSTR pwszEndpoint;      // for eapshim only: where its server listens (native/abi/shim.h), else NULL
  abi::DWORD dwProperties;        // eapProp* bits
};

enum Option : abi::DWORD {
  // 0 (default): the method is asked for the identity, as the documents say. 1: as reported from the field,
  // EAP_E_EAPHOST_IDENTITY_UNKNOWN without asking, where a session was begun with no user data.
  kOptionIdentityNeedsUserData = 1,
  // The most requests of a session. Beyond them, or after half as many in a row without progress, it ends
  // with
  // EAP_E_EAPHOST_REMOTE_INVALID_PACKET. 0 (default): 100, and proportionally more if packets are smaller
  // than
  // 1000 octets.
  kOptionMaxRounds = 2,
  // 0 (default): EapHostPeerInitialize works on a thread of a single-threaded apartment, on which Microsoft's
  // own sample calls it. 1: it returns RPC_E_CHANGED_MODE there.
  kOptionRefusesSta = 3,
};

struct Counters {
  abi::DWORD dwOutstandingBlocks;  // blocks and errors that callers hold and must free
  abi::DWORD dwSessions;           // begun and not ended
  abi::DWORD dwLoadedMethods;      // method DLLs in memory
};

// All return a Win32 code; NO_ERROR is success.
using EapEmbeddedEnterScopeFn = abi::DWORD EAPHOST_STDCALL(std::uint64_t scope);
using EapEmbeddedDropScopeFn = abi::DWORD EAPHOST_STDCALL(std::uint64_t scope);
using EapEmbeddedRegisterMethodFn = abi::DWORD EAPHOST_STDCALL(std::uint64_t scope, const Method* method);
using EapEmbeddedUnregisterMethodFn = abi::DWORD EAPHOST_STDCALL(std::uint64_t scope,
                                                                 const abi::EAP_METHOD_TYPE* type);
using EapEmbeddedSetOptionFn = abi::DWORD EAPHOST_STDCALL(std::uint64_t scope, abi::DWORD option,
                                                          abi::DWORD value);
using EapEmbeddedGetCountersFn = abi::DWORD EAPHOST_STDCALL(Counters* counters);
// Calls the NotificationHandler of a connection, on the calling thread: what EAPHost does when a connection
// must re-authenticate. ERROR_NOT_FOUND if the connection is not known or has no handler.
using EapEmbeddedNotifyFn = abi::DWORD EAPHOST_STDCALL(const abi::GUID* connectionId);

}  // namespace eaphost::embedded
