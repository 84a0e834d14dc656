// A peer method DLL with next to nothing in it, to measure and exercise what surrounds a method: every
// request is answered with one octet. Type 254, vendor 99999, vendor type 1, author 99999. Called on the
// host's threads.
//
// Connection data: nothing, or 4 octets, little-endian: for how many microseconds EapPeerProcessRequestPacket
// blocks. User data: ignored.

#include <chrono>
#include <cstring>
#include <new>
#include <string_view>
#include <thread>

#include "native/abi/constants.h"
#include "test/native/methods/method_export.h"

namespace {

using namespace eaphost::abi;
using eaphost::testdll::Succeed;
using eaphost::testdll::Unsupported;

constexpr DWORD kVendor = 99999;
constexpr DWORD kVendorType = 1;
constexpr DWORD kExpandedHeader = 12;  // EAP header, 254, vendor, vendor type
constexpr DWORD kKeySize = 56;

struct Session {
  std::chrono::microseconds block{0};
  BYTE id = 0;
  BYTE echo = 0;
  bool answered = false;
  BYTE keys[2][kKeySize] = {};
  EAP_ATTRIBUTE attributes[2] = {};
  EapAttributes list{};
};

Session& Of(EAP_SESSION_HANDLE handle) { return *static_cast<Session*>(handle); }

// MS-MPPE-Send-Key (16) or MS-MPPE-Recv-Key (17), 32 octets of a pattern.
void FillKey(BYTE* value, BYTE type) {
  const BYTE header[] = {0, 0, 1, 0x37, type, kKeySize - 4, 0, 0, 32};
  std::memcpy(value, header, sizeof header);
  for (BYTE at = 0; at < 32; ++at) value[sizeof header + at] = static_cast<BYTE>(type + at);
}

DWORD EAPHOST_STDCALL GetIdentity(DWORD, DWORD, const BYTE*, DWORD, const BYTE*, HANDLE, BOOL* invoke_ui,
                                  DWORD* size, BYTE** user_data, LPWSTR* identity, EAP_ERROR**) {
  constexpr std::u16string_view kIdentity = u"trivial";
  *invoke_ui = 0;
  *size = 0;
  *user_data = nullptr;
  *identity = new (std::nothrow) WCHAR[kIdentity.size() + 1]();
  if (*identity == nullptr) return kErrorNotEnoughMemory;
  kIdentity.copy(*identity, kIdentity.size());
  return kNoError;
}

DWORD EAPHOST_STDCALL BeginSession(DWORD, const EapAttributes*, HANDLE, DWORD size, BYTE* data, DWORD, BYTE*,
                                   DWORD, EAP_SESSION_HANDLE* handle, EAP_ERROR**) {
  auto* session = new (std::nothrow) Session;
  if (session == nullptr) return kErrorNotEnoughMemory;
  if (size >= 4) {
    DWORD microseconds = 0;
    for (DWORD at = 0; at < 4; ++at) microseconds |= static_cast<DWORD>(data[at]) << (8 * at);
    session->block = std::chrono::microseconds(microseconds);
  }
  *handle = session;
  return kNoError;
}

DWORD EAPHOST_STDCALL ProcessRequestPacket(EAP_SESSION_HANDLE handle, DWORD size, EapPacket* packet,
                                           EapPeerMethodOutput* output, EAP_ERROR**) {
  Session& session = Of(handle);
  *output = {EapPeerMethodResponseActionDiscard, 1};
  if (size < kExpandedHeader) return kNoError;
  if (session.block.count() != 0) std::this_thread::sleep_for(session.block);
  session.id = packet->Id;
  session.echo = size > kExpandedHeader ? reinterpret_cast<const BYTE*>(packet)[kExpandedHeader] : BYTE{0};
  output->action = EapPeerMethodResponseActionSend;
  return kNoError;
}

DWORD EAPHOST_STDCALL GetResponsePacket(EAP_SESSION_HANDLE handle, DWORD* size, EapPacket* packet,
                                        EAP_ERROR**) {
  Session& session = Of(handle);
  if (*size <= kExpandedHeader) return kErrorMoreData;
  const BYTE response[kExpandedHeader + 1] = {EapCodeResponse,
                                              session.id,
                                              0,
                                              kExpandedHeader + 1,
                                              254,
                                              (kVendor >> 16) & 0xFF,
                                              (kVendor >> 8) & 0xFF,
                                              kVendor & 0xFF,
                                              0,
                                              0,
                                              0,
                                              kVendorType,
                                              session.echo};
  std::memcpy(packet, response, sizeof response);
  *size = sizeof response;
  session.answered = true;
  return kNoError;
}

DWORD EAPHOST_STDCALL GetResult(EAP_SESSION_HANDLE handle, EapPeerMethodResultReason reason,
                                EapPeerMethodResult* result, EAP_ERROR**) {
  Session& session = Of(handle);
  result->fIsSuccess = reason == EapPeerMethodResultSuccess && session.answered;
  if (result->fIsSuccess == 0) {
    result->dwFailureReasonCode = EAP_E_AUTHENTICATION_FAILED;
    return kNoError;
  }
  for (BYTE index = 0; index < 2; ++index) {
    FillKey(session.keys[index], static_cast<BYTE>(16 + index));
    session.attributes[index] = {eatVendorSpecific, kKeySize, session.keys[index]};
  }
  session.list = {2, session.attributes};
  result->pAttribArray = &session.list;
  return kNoError;
}

DWORD EAPHOST_STDCALL EndSession(EAP_SESSION_HANDLE handle, EAP_ERROR**) {
  delete &Of(handle);
  return kNoError;
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerGetInfo(EAP_TYPE* type, EAP_PEER_METHOD_ROUTINES* routines, EAP_ERROR**) {
  if (type->type != 254 || type->dwVendorId != kVendor || type->dwVendorType != kVendorType) {
    return kErrorNotSupported;
  }
  *routines = {1,
               nullptr,
               Succeed,
               GetIdentity,
               BeginSession,
               nullptr,
               ProcessRequestPacket,
               GetResponsePacket,
               GetResult,
               Unsupported,
               Unsupported,
               Unsupported,
               Unsupported,
               EndSession,
               Succeed};
  return kNoError;
}

void EAPHOST_STDCALL EapPeerFreeMemory(void* memory) { delete[] static_cast<WCHAR*>(memory); }

void EAPHOST_STDCALL EapPeerFreeErrorMemory(EAP_ERROR*) {}
