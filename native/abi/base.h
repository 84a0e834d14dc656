// Base types of EAPHost's ABI, the same on every platform: WCHAR is 16 bits, DWORD is 32.
// All of it lives in a namespace of its own, because wlanapi.h brings the SDK's names into the global one.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(_WIN32) && (defined(__i386__) || defined(_M_IX86))
#define EAPHOST_STDCALL __stdcall
#else
#define EAPHOST_STDCALL
#endif

namespace eaphost::abi {

using BYTE = std::uint8_t;
using BOOL = std::int32_t;
using WORD = std::uint16_t;
using DWORD = std::uint32_t;
using WCHAR = char16_t;
using LPWSTR = WCHAR*;
using LPCWSTR = const WCHAR*;
using HANDLE = void*;
using HWND = void*;
using NCRYPT_KEY_HANDLE = std::uintptr_t;

// A run-time session: a number, passed by value. A method's session handle is a pointer of the method's own.
using EAP_SESSIONID = DWORD;
using EAP_SESSION_HANDLE = void*;

struct GUID {
  DWORD Data1;
  WORD Data2;
  WORD Data3;
  BYTE Data4[8];

  friend bool operator==(const GUID&, const GUID&) = default;
};

// COM interfaces of MSXML, only ever passed through.
struct IXMLDOMNode;
struct IXMLDOMDocument2;

}  // namespace eaphost::abi
