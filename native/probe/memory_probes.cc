// Whose the run-time's buffers are, and how long they live. A process of its own, one or two threads.

#include <thread>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/probe/probes.h"
#include "native/probe/session.h"

namespace eaphost::probe {

namespace {

using namespace abi;

std::string Watched(const std::vector<Given>& all) {
  Json json;
  for (const Given& given : all) {
    if (given.address != nullptr) json.Text(given.what, given.Now());
  }
  return json.Object();
}

}  // namespace

std::string BufferLifetimes() {
  Session session;
  Json json;
  json.Raw("begin", session.Begin({.script = "step=ui,respond,send save=saved"}).json());
  int action = -1;
  Outcome outcome;
  std::vector<Given> given(5);
  session.Process(IdentityRequest(), &action);
  session.SendPacket(&given[0]);
  Given again;
  const Outcome second = session.SendPacket(&again);
  json.Raw("sendPacketTwice", Json()
                                  .Number("code", second.code)
                                  .Boolean("sameAddress", again.address == given[0].address)
                                  .Boolean("sameOctets", again.copy == given[0].copy)
                                  .Object());
  session.Status(&given[1]);
  json.Raw("afterGetAuthStatus", Watched(given));
  outcome = session.Process(Request(2), &action);
  json.Raw("request", StepJson(outcome, action));
  json.Raw("afterProcessReceivedPacket", Watched(given));
  session.UiContext(&given[2]);
  outcome = session.SetUiContext("answer", &action);
  json.Raw("setUiContext", StepJson(outcome, action));
  json.Raw("afterSetUIContext", Watched(given));
  session.Attributes(&given[3]);
  outcome = session.SetAttributes(&action);
  json.Raw("setAttributes", StepJson(outcome, action));
  json.Raw("afterSetResponseAttributes", Watched(given));
  Given packet;
  session.SendPacket(&packet);
  outcome = session.Process(Success(2), &action);
  json.Raw("success", StepJson(outcome, action));
  EapHostPeerMethodResult result{};
  json.Raw("result", ResultJson(session.Result(EapHostPeerMethodResultFromMethod, &result), result));
  given[4] = {"EapHostPeerGetResult (connection data)", result.pConnectionData,
              result.pConnectionData == nullptr
                  ? Octets()
                  : Octets(result.pConnectionData, result.pConnectionData + result.dwSizeofConnectionData)};
  json.Raw("afterGetResult", Watched(given));
  json.Raw("end", session.End().json());
  json.Raw("afterEndSession", Watched(given));
  return json.Object();
}

std::string BuffersOfTwoSessions() {
  Json json;
  Session first;
  Session second;
  int action = -1;
  std::vector<Given> given(1);
  first.Begin({});
  first.Process(IdentityRequest(), &action);
  json.Raw("first", first.SendPacket(&given[0]).json());
  const auto use = [&action, &json](Session& session, const char* what) {
    Given other;
    session.Begin({.user = "bob"});
    session.Process(IdentityRequest(), &action);
    json.Raw(what, session.SendPacket(&other).json());
  };
  use(second, "secondOnThisThread");
  json.Raw("afterOtherSessionOnThisThread", Watched(given));
  std::thread([&] {
    const Entered entered;
    Session third;
    use(third, "thirdOnAnotherThread");
  }).join();
  json.Raw("afterOtherSessionOnAnotherThread", Watched(given));
  second.End();
  json.Raw("afterOtherSessionsEnd", Watched(given));
  return json.Object();
}

std::string IdentityError(bool by_runtime) {
  EAP_ERROR* error = nullptr;
  BOOL invoke_ui = 0;
  DWORD size = 0;
  BYTE* user = nullptr;
  LPWSTR identity = nullptr;
  BYTE* reserved = nullptr;
  const std::string script = "fail=identity";
  const DWORD code = functions.EapHostPeerGetIdentity(
      0, 0, kMethod, static_cast<DWORD>(script.size()), reinterpret_cast<const BYTE*>(script.data()), 0,
      nullptr, nullptr, &invoke_ui, &size, &user, &identity, &error, &reserved);
  Json json;
  json.Number("code", code).Boolean("hasError", error != nullptr);
  if (error != nullptr) {
    json.Number("winError", error->dwWinError);
    (by_runtime ? functions.EapHostPeerFreeEapError : functions.EapHostPeerFreeErrorMemory)(error);
  }
  return json.Boolean("heapsAreSound", HeapsAreSound()).Object();
}

}  // namespace eaphost::probe
