// The few Win32 and COM codes that EAPHost's functions return beside its own. The SDK's names for them are
// macros, so ours differ; each says which one it is.
#pragma once

#include "native/abi/base.h"

namespace eaphost::abi {

inline constexpr DWORD kNoError = 0;                    // NO_ERROR
inline constexpr DWORD kErrorTooManyOpenFiles = 4;      // ERROR_TOO_MANY_OPEN_FILES
inline constexpr DWORD kErrorAccessDenied = 5;          // ERROR_ACCESS_DENIED
inline constexpr DWORD kErrorNotEnoughMemory = 8;       // ERROR_NOT_ENOUGH_MEMORY
inline constexpr DWORD kErrorNotSupported = 50;         // ERROR_NOT_SUPPORTED
inline constexpr DWORD kErrorInvalidParameter = 87;     // ERROR_INVALID_PARAMETER
inline constexpr DWORD kErrorInsufficientBuffer = 122;  // ERROR_INSUFFICIENT_BUFFER
inline constexpr DWORD kErrorModNotFound = 126;         // ERROR_MOD_NOT_FOUND
inline constexpr DWORD kErrorProcNotFound = 127;        // ERROR_PROC_NOT_FOUND
inline constexpr DWORD kErrorAlreadyExists = 183;       // ERROR_ALREADY_EXISTS
inline constexpr DWORD kErrorMoreData = 234;            // ERROR_MORE_DATA
inline constexpr DWORD kErrorMaxThreadsReached = 164;   // ERROR_MAX_THRDS_REACHED
inline constexpr DWORD kErrorInvalidState = 5023;       // ERROR_INVALID_STATE
inline constexpr DWORD kErrorNotReady = 21;             // ERROR_NOT_READY
inline constexpr DWORD kErrorNotFound = 1168;           // ERROR_NOT_FOUND
inline constexpr DWORD kErrorCancelled = 1223;          // ERROR_CANCELLED
inline constexpr DWORD kErrorNoSuchUser = 1317;         // ERROR_NO_SUCH_USER
inline constexpr DWORD kErrorTimeout = 1460;            // ERROR_TIMEOUT
inline constexpr DWORD kErrorConnectionRefused = 1225;  // ERROR_CONNECTION_REFUSED
inline constexpr DWORD kErrorConnectionAborted = 1236;  // ERROR_CONNECTION_ABORTED
inline constexpr DWORD kErrorBadNetResponse = 58;       // ERROR_BAD_NET_RESP
inline constexpr DWORD kErrorUnhandledException = 574;  // ERROR_UNHANDLED_EXCEPTION
inline constexpr DWORD kRpcChangedMode = 0x80010106;    // RPC_E_CHANGED_MODE

}  // namespace eaphost::abi
