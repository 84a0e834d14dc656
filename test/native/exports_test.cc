// The library itself, as its users load it: every name, and a conversation through it.
#include <doctest/doctest.h>

#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::embedded::test;

TEST_CASE("exports: every function is there under its own name, and no other party's") {
  const platform::Library library =
      platform::Library::Load(BesideProgram("eapembedded"), platform::Library::Where::kPath);
  INFO(library.message());
  REQUIRE(library.loaded());
  const char* const kNames[] = {
      // eappprxy.dll
      "EapHostPeerInitialize", "EapHostPeerUninitialize", "EapHostPeerBeginSession",
      "EapHostPeerProcessReceivedPacket", "EapHostPeerGetSendPacket", "EapHostPeerGetResult",
      "EapHostPeerGetUIContext", "EapHostPeerSetUIContext", "EapHostPeerGetResponseAttributes",
      "EapHostPeerSetResponseAttributes", "EapHostPeerGetAuthStatus", "EapHostPeerEndSession",
      "EapHostPeerClearConnection", "EapHostPeerFreeEapError", "EapHostPeerFreeRuntimeMemory",
      "EapHostPeerGetIdentity", "EapHostPeerGetEncryptedPassword", "EapHostPeerGetDataToUnplumbCredentials",
      // eappcfg.dll
      "EapHostPeerGetMethods", "EapHostPeerGetMethodProperties", "EapHostPeerInvokeConfigUI",
      "EapHostPeerQueryCredentialInputFields", "EapHostPeerQueryUserBlobFromCredentialInputFields",
      "EapHostPeerInvokeIdentityUI", "EapHostPeerInvokeInteractiveUI",
      "EapHostPeerQueryInteractiveUIInputFields", "EapHostPeerQueryUIBlobFromInteractiveUIInputFields",
      "EapHostPeerConfigXml2Blob", "EapHostPeerCredentialsXml2Blob", "EapHostPeerConfigBlob2Xml",
      "EapHostPeerFreeMemory", "EapHostPeerFreeErrorMemory",
      // its own
      "EapEmbeddedEnterScope", "EapEmbeddedDropScope", "EapEmbeddedRegisterMethod",
      "EapEmbeddedUnregisterMethod", "EapEmbeddedSetOption", "EapEmbeddedGetCounters", "EapEmbeddedNotify"};
  for (const char* const name : kNames) {
    CAPTURE(name);
    const bool found = library.Find<DWORD EAPHOST_STDCALL()>(name) != nullptr;
    CHECK(found);
  }
  const bool stranger = library.Find<DWORD EAPHOST_STDCALL()>("EapPeerGetInfo") != nullptr;
  CHECK(!stranger);
}

TEST_CASE("exports: a conversation through the library") {
  const platform::Library library =
      platform::Library::Load(BesideProgram("eapembedded"), platform::Library::Where::kPath);
  REQUIRE(library.loaded());
  const auto initialize = library.Find<EapHostPeerInitializeFn>("EapHostPeerInitialize");
  const auto uninitialize = library.Find<EapHostPeerUninitializeFn>("EapHostPeerUninitialize");
  const auto begin = library.Find<EapHostPeerBeginSessionFn>("EapHostPeerBeginSession");
  const auto process = library.Find<EapHostPeerProcessReceivedPacketFn>("EapHostPeerProcessReceivedPacket");
  const auto packet = library.Find<EapHostPeerGetSendPacketFn>("EapHostPeerGetSendPacket");
  const auto result = library.Find<EapHostPeerGetResultFn>("EapHostPeerGetResult");
  const auto end = library.Find<EapHostPeerEndSessionFn>("EapHostPeerEndSession");
  const auto add = library.Find<embedded::EapEmbeddedRegisterMethodFn>("EapEmbeddedRegisterMethod");
  const auto drop = library.Find<embedded::EapEmbeddedDropScopeFn>("EapEmbeddedDropScope");
  const auto count = library.Find<embedded::EapEmbeddedGetCountersFn>("EapEmbeddedGetCounters");

  const std::u16string path = BesideProgram("trivialmethod");
  const embedded::Method method{kTrivialMethod, path.c_str(), nullptr, nullptr, nullptr, 0};
  REQUIRE(add(0, &method) == kNoError);
  REQUIRE(initialize() == kNoError);
  EAP_SESSIONID id = 0;
  EAP_ERROR* error = nullptr;
  REQUIRE(begin(0, kTrivialMethod, nullptr, nullptr, 0, nullptr, 0, nullptr, 1500, nullptr, nullptr, nullptr,
                &id, &error) == kNoError);
  EapHostPeerResponseAction action{};
  DWORD size = 0;
  BYTE* data = nullptr;
  REQUIRE(process(id, 5, kIdentityRequest.data(), &action, &error) == kNoError);
  REQUIRE(packet(id, &size, &data, &error) == kNoError);
  CHECK(Octets(data, data + size) == Octets{2, 1, 0, 12, 1, 't', 'r', 'i', 'v', 'i', 'a', 'l'});
  Octets request = kRequest;
  request[11] = 1;
  REQUIRE(process(id, static_cast<DWORD>(request.size()), request.data(), &action, &error) == kNoError);
  REQUIRE(packet(id, &size, &data, &error) == kNoError);
  CHECK(Octets(data, data + size) == Octets{2, 2, 0, 13, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 1, 7});
  REQUIRE(process(id, 4, kSuccess.data(), &action, &error) == kNoError);
  EapHostPeerMethodResult out{};
  REQUIRE(result(id, EapHostPeerMethodResultFromMethod, &out, &error) == kNoError);
  CHECK(out.fIsSuccess == 1);
  REQUIRE(out.pAttribArray != nullptr);
  REQUIRE(out.pAttribArray->dwNumberOfAttributes == 2);
  CHECK(out.pAttribArray->pAttribs[0].dwLength == 56);
  CHECK(out.pAttribArray->pAttribs[0].pValue[4] == 16);
  CHECK(out.pAttribArray->pAttribs[1].pValue[4] == 17);
  CHECK(end(id, &error) == kNoError);
  uninitialize();
  CHECK(drop(0) == kNoError);
  embedded::Counters counters{9, 9, 9};
  CHECK(count(&counters) == kNoError);
  CHECK(counters.dwOutstandingBlocks == 0);
  CHECK(counters.dwSessions == 0);
  CHECK(counters.dwLoadedMethods == 0);
}
