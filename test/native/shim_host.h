// A host of the shim for tests: takes a routine table, makes calls, frees what it gets, and checks that
// nothing is left behind when it goes.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "native/abi/constants.h"
#include "native/abi/functions.h"
#include "native/abi/shim.h"
#include "native/abi/win32.h"
#include "native/shim/call.h"
#include "native/shim/endpoint.h"
#include "native/shim/memory.h"
#include "native/shim/peer.h"
#include "native/shim/session.h"
#include "test/native/shim_fake_server.h"

extern "C" {
eaphost::abi::EapPeerGetInfoFn EapPeerGetInfo;
eaphost::abi::EapPeerFreeErrorMemoryFn EapPeerFreeErrorMemory;
eaphost::abi::EapPeerFreeMemoryFn EapPeerFreeMemory;
eaphost::shim::EapShimServeFn EapShimServe;
eaphost::shim::EapShimUseEndpointFn EapShimUseEndpoint;
}

namespace eaphost::test {

inline constexpr abi::EAP_TYPE kMd5{4, 0, 0};
inline const Bytes kRequestPacket{1, 7, 0, 6, 4, 9};
inline const Bytes kResponsePacket{2, 7, 0, 7, 4, 1, 2};

// Builds a reply's body.
inline Bytes Body(const std::function<void(shim::Writer&)>& write) {
  shim::Writer writer;
  write(writer);
  const shim::Octets frame = writer.Finish(0, shim::Kind::kReply, 0);
  return {frame.begin() + shim::kHeaderSize, frame.end()};
}

inline Bytes SendStep(const Bytes& packet = kResponsePacket) {
  return Body([&packet](shim::Writer& writer) {
    writer.U8(1);
    writer.Bool(true);
    writer.Bytes(packet);
  });
}

// An error that a call gave, freed with it.
class HostError {
 public:
  HostError() = default;
  HostError(const HostError&) = delete;
  HostError& operator=(const HostError&) = delete;
  ~HostError() { EapPeerFreeErrorMemory(error_); }
  // For the next call; what was there before is freed.
  abi::EAP_ERROR** out() {
    EapPeerFreeErrorMemory(error_);
    error_ = nullptr;
    return &error_;
  }
  explicit operator bool() const { return error_ != nullptr; }
  const abi::EAP_ERROR* operator->() const { return error_; }

 private:
  abi::EAP_ERROR* error_ = nullptr;
};

class Host {
 public:
  explicit Host(const std::u16string& endpoint = {}, const abi::EAP_TYPE& type = kMd5) {
    const abi::LPCWSTR name = endpoint.empty() ? nullptr : endpoint.c_str();
    REQUIRE(EapShimUseEndpoint(name) == abi::kNoError);
    abi::EAP_TYPE asked = type;
    REQUIRE(EapPeerGetInfo(&asked, &routines, error.out()) == abi::kNoError);
    REQUIRE(routines.EapPeerInitialize(error.out()) == abi::kNoError);
  }

  ~Host() {
    if (handle != nullptr) End();
    CHECK(routines.EapPeerShutdown(error.out()) == abi::kNoError);
    error.out();
    CHECK(shim::OutstandingBlocks() == 0);
    CHECK(shim::OpenSessions() == 0);
    EapShimUseEndpoint(nullptr);
    shim::SetDeadlines(std::chrono::seconds(30), std::chrono::seconds(2));
  }

  abi::DWORD Begin() {
    abi::BYTE connection[] = {1, 2, 3};
    abi::BYTE user[] = {4, 5};
    return routines.EapPeerBeginSession(abi::EAP_FLAG_USER_AUTH, nullptr, nullptr, sizeof(connection),
                                        connection, sizeof(user), user, 1400, &handle, error.out());
  }

  abi::DWORD Process(const Bytes& packet = kRequestPacket) {
    Bytes copy = packet;
    return routines.EapPeerProcessRequestPacket(handle, static_cast<abi::DWORD>(copy.size()),
                                                reinterpret_cast<abi::EapPacket*>(copy.data()), &output,
                                                error.out());
  }

  // GetIdentity, with its outputs copied and freed.
  abi::DWORD Identity() {
    const abi::BYTE connection[] = {1, 2, 3};
    abi::DWORD size = 77;
    abi::BYTE* data = reinterpret_cast<abi::BYTE*>(this);
    abi::LPWSTR text = reinterpret_cast<abi::LPWSTR>(this);
    invoke_ui = 77;
    const abi::DWORD code =
        routines.EapPeerGetIdentity(0x20, sizeof(connection), connection, 0, nullptr, nullptr, &invoke_ui,
                                    &size, &data, &text, error.out());
    user_data.assign(data, data + size);
    identity = text == nullptr ? u"" : text;
    CHECK((text != nullptr) == (code == abi::kNoError && invoke_ui == 0));
    EapPeerFreeMemory(data);
    EapPeerFreeMemory(text);
    return code;
  }

  abi::DWORD End() {
    const abi::DWORD code = routines.EapPeerEndSession(handle, error.out());
    handle = nullptr;
    return code;
  }

  abi::EAP_PEER_METHOD_ROUTINES routines{};
  abi::EAP_SESSION_HANDLE handle = nullptr;
  abi::EapPeerMethodOutput output{};
  abi::BOOL invoke_ui = 0;
  Bytes user_data;
  std::u16string identity;
  HostError error;
};

}  // namespace eaphost::test
