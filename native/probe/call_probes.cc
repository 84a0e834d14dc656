// What calls of the run-time do where the documents do not say. A process of its own.

#include <atomic>
#include <chrono>
#include <iterator>
#include <thread>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/probe/probes.h"
#include "native/probe/session.h"

namespace eaphost::probe {

namespace {

using namespace abi;

constexpr GUID kConnection{0x7a1d9f20, 0x3b52, 0x4c6e, {0x91, 0x0e, 0x55, 0x21, 0x7d, 0xc4, 0x08, 0x3f}};

std::string Step(Session& session, const Octets& packet) {
  int action = -1;
  const Outcome outcome = session.Process(packet, &action);
  return StepJson(outcome, action);
}

std::string Result(Session& session, EapHostPeerMethodResultReason reason) {
  EapHostPeerMethodResult result{};
  const Outcome outcome = session.Result(reason, &result);
  return ResultJson(outcome, result);
}

// Begun, with the identity exchanged and one request answered.
std::string Advance(Session& session, const Session::Options& options) {
  Json json;
  json.Raw("begin", session.Begin(options).json());
  json.Raw("identity", Step(session, IdentityRequest()));
  json.Raw("request", Step(session, Request(2)));
  return json.Object();
}

// The code of a call for each version. The memory of its outputs is left: the process ends soon.
template <typename Query>
std::string ByVersion(EapHostPeerFreeEapErrorFn* free, Query query) {
  Json json;
  for (const DWORD version : {0U, 1U, 2U, 0xFFFFFFFFU}) {
    EAP_ERROR* error = nullptr;
    const DWORD code = query(version, &error);
    if (error != nullptr) free(error);
    json.Number(std::to_string(version).c_str(), code);
  }
  return json.Object();
}

}  // namespace

std::string Plain() {
  Session session;
  Json json;
  json.Raw("steps", Advance(session, {}));
  json.Raw("success", Step(session, Success(2)));
  json.Raw("result", Result(session, EapHostPeerMethodResultFromMethod));
  json.Raw("end", session.End().json());
  EAP_METHOD_PROPERTY_ARRAY properties{};
  EAP_ERROR* error = nullptr;
  json.Number("methodProperties", functions.EapHostPeerGetMethodProperties(0, 0, kMethod, nullptr, 0, nullptr,
                                                                           0, nullptr, &properties, &error));
  if (error != nullptr) functions.EapHostPeerFreeErrorMemory(error);
  error = nullptr;
  EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
  json.Number("inputFields", functions.EapHostPeerQueryCredentialInputFields(nullptr, kMethod, 0, 0, nullptr,
                                                                             &fields, &error));
  if (error != nullptr) functions.EapHostPeerFreeErrorMemory(error);
  return json.Object();
}

std::string NoUserData() {
  Session session;
  return Json().Raw("steps", Advance(session, {.user = ""})).Object();
}

std::string SessionZero() {
  Json json;
  {
    Session never_begun;
    json.Raw("withoutSession", Step(never_begun, IdentityRequest()));
    json.Raw("resultWithoutSession", Result(never_begun, EapHostPeerMethodResultFromMethod));
  }
  Session open;
  json.Raw("begin", open.Begin({}).json());
  Session zero;
  json.Raw("withAnotherSessionOpen", Step(zero, IdentityRequest()));
  json.Raw("end", Call([](EAP_ERROR** error) { return functions.EapHostPeerEndSession(0, error); }).json());
  return json.Object();
}

std::string SecondSession() {
  Json json;
  Session first;
  Session second;
  json.Raw("first", first.Begin({.connection = &kConnection}).json());
  json.Raw("firstIdentity", Step(first, IdentityRequest()));
  json.Raw("second", second.Begin({.connection = &kConnection}).json());
  json.Boolean("sameId", first.id() == second.id());
  json.Raw("firstAfterwards", Step(first, Request(2)));
  json.Raw("secondIdentity", Step(second, IdentityRequest()));
  first.End();
  json.Raw("secondAfterFirstEnded", Step(second, Request(2)));
  return json.Object();
}

std::string PacketSizes() {
  Json json;
  for (const DWORD size : {0U, 1U, 4U, 5U, 20U, 256U, 1020U, 1400U, 65535U, 65536U, 0x7FFFFFFFU}) {
    Session session;
    Json one;
    one.Raw("begin", session.Begin({.max_packet = size}).json());
    one.Raw("identity", Step(session, IdentityRequest()));
    one.Raw("request", Step(session, Request(2)));
    json.Raw(std::to_string(size).c_str(), one.Object());
  }
  return json.Object();
}

std::string OtherThreads() {
  Json json;
  Session session;
  json.Raw("begin", session.Begin({.script = "block=500"}).json());
  json.Raw("identity", Step(session, IdentityRequest()));
  std::string first;
  std::thread([&] {
    const Entered entered;
    first = Step(session, Request(2));
  }).join();
  json.Raw("onAnotherThread", first);
  std::string concurrent;
  std::atomic<bool> has_started = false;
  std::thread other([&] {
    const Entered entered;
    has_started = true;
    concurrent = Step(session, Request(3));
  });
  while (!has_started) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::string meanwhile = Step(session, Request(4));
  other.join();
  json.Raw("blocked", concurrent).Raw("meanwhileOnTheFirstThread", meanwhile);
  std::string without;
  Session plain;
  plain.Begin({});
  std::thread([&] { without = Step(plain, IdentityRequest()); }).join();
  json.Raw("onThreadWithoutInitialize", without);
  return json.Object();
}

std::string Versions() {
  EAP_METHOD_PROPERTY_ARRAY properties{};
  EAP_INTERACTIVE_UI_DATA data{};
  Session session;
  Advance(session, {.script = "step=ui"});
  Given context;
  session.UiContext(&context);
  const auto identity = [](DWORD version, EAP_ERROR** error) {
    BOOL invoke_ui = 0;
    DWORD size = 0;
    BYTE* user = nullptr;
    LPWSTR name = nullptr;
    BYTE* reserved = nullptr;
    const DWORD code = functions.EapHostPeerGetIdentity(version, 0, kMethod, 0, nullptr, 0, nullptr, nullptr,
                                                        &invoke_ui, &size, &user, &name, error, &reserved);
    if (user != nullptr) functions.EapHostPeerFreeRuntimeMemory(user);
    if (name != nullptr) functions.EapHostPeerFreeRuntimeMemory(reinterpret_cast<BYTE*>(name));
    return code;
  };
  Json json;
  json.Raw("EapHostPeerGetMethodProperties",
           ByVersion(functions.EapHostPeerFreeErrorMemory, [&](DWORD version, EAP_ERROR** error) {
             return functions.EapHostPeerGetMethodProperties(version, 0, kMethod, nullptr, 0, nullptr, 0,
                                                             nullptr, &properties, error);
           }));
  json.Raw("EapHostPeerQueryInteractiveUIInputFields",
           ByVersion(functions.EapHostPeerFreeErrorMemory, [&](DWORD version, EAP_ERROR** error) {
             return functions.EapHostPeerQueryInteractiveUIInputFields(
                 version, 0, static_cast<DWORD>(context.copy.size()), context.copy.data(), &data, error,
                 nullptr);
           }));
  json.Raw("EapHostPeerGetIdentity", ByVersion(functions.EapHostPeerFreeEapError, identity));
  return json.Object();
}

std::string StartAuthentication() {
  const std::pair<const char*, Octets> packets[] = {
      {"empty", {}},
      {"twoOctets", {1, 1}},
      {"wrongLength", {1, 2, 0, 99, 1}},
      {"response", {2, 2, 0, 5, 1}},
      {"code9", {9, 2, 0, 5, 1}},
      {"initiate", {5, 2, 0, 6, 2, 0}},  // EAP-Initiate/Re-auth-Start (RFC 5296)
      {"notification", {1, 2, 0, 6, 2, 'x'}},
      {"otherType", {1, 2, 0, 6, 4, 0}},
      {"otherExpanded", {1, 2, 0, 13, 254, 0, 0, 9, 0, 0, 0, 1, 0}},
      {"earlySuccess", Success(2)},
      {"earlyFailure", Failure(2)},
      {"identityAgain", {1, 9, 0, 5, 1}},
  };
  Json json;
  for (const bool after_identity : {false, true}) {
    Json part;
    for (const auto& [name, packet] : packets) {
      Session session;
      session.Begin({});
      if (after_identity) Step(session, IdentityRequest());
      part.Raw(name, Step(session, packet));
    }
    json.Raw(after_identity ? "afterIdentity" : "atFirst", part.Object());
  }
  return json.Object();
}

std::string ResultReasons() {
  Json json;
  for (const auto reason : {EapHostPeerMethodResultAltSuccessReceived, EapHostPeerMethodResultTimeout,
                            EapHostPeerMethodResultFromMethod}) {
    Session session;
    Advance(session, {});
    json.Raw(std::to_string(reason).c_str(), Result(session, reason));
  }
  return json.Object();
}

std::string FailureAfterSuccess() {
  Json json;
  Session session;
  Advance(session, {.script = "lie save=saved"});
  json.Raw("eapFailure", Step(session, Failure(2)));
  json.Raw("result", Result(session, EapHostPeerMethodResultFromMethod));
  Session refusing;
  Advance(refusing, {.script = "refuse"});
  json.Raw("eapSuccess", Step(refusing, Success(2)));
  json.Raw("resultOfRefusal", Result(refusing, EapHostPeerMethodResultFromMethod));
  return json.Object();
}

std::string ResultBeforeSuccess() {
  Json json;
  Session session;
  Advance(session, {});
  json.Raw("beforeEapSuccess", Result(session, EapHostPeerMethodResultFromMethod));
  json.Raw("eapSuccess", Step(session, Success(2)));
  json.Raw("afterEapSuccess", Result(session, EapHostPeerMethodResultFromMethod));
  json.Raw("again", Result(session, EapHostPeerMethodResultFromMethod));
  Session result_action;
  json.Raw("begin", result_action.Begin({.script = "step=result"}).json());
  json.Raw("identity", Step(result_action, IdentityRequest()));
  json.Raw("methodSaysResult", Step(result_action, Request(2)));
  json.Raw("resultThen", Result(result_action, EapHostPeerMethodResultFromMethod));
  return json.Object();
}

std::string EndWithUi() {
  Json json;
  Session session;
  json.Raw("steps", Advance(session, {.script = "step=ui"}));
  Given context;
  json.Raw("context", session.UiContext(&context).json());
  const auto start = std::chrono::steady_clock::now();
  json.Raw("end", session.End().json());
  const auto took = std::chrono::steady_clock::now() - start;
  json.Number("milliseconds", static_cast<std::uint64_t>(
                                  std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  int action = -1;
  const Outcome answered = session.SetUiContext("answer", &action);
  json.Raw("answerAfterwards", StepJson(answered, action));
  return json.Object();
}

namespace {

std::atomic<int> notifications = 0;
void EAPHOST_STDCALL Notified(GUID, void*) { ++notifications; }

}  // namespace

std::string Notification() {
  Json json;
  Session session;
  json.Raw("steps", Advance(session, {.connection = &kConnection, .handler = &Notified}));
  json.Raw("success", Step(session, Success(2)));
  json.Raw("result", Result(session, EapHostPeerMethodResultFromMethod));
  session.End();
  std::this_thread::sleep_for(std::chrono::seconds(3));
  GUID connection = kConnection;
  json.Raw("clearConnection", Call([&](EAP_ERROR** error) {
                                return functions.EapHostPeerClearConnection(&connection, error);
                              }).json());
  return json.Number("notificationsInThreeSeconds", static_cast<std::uint64_t>(notifications.load()))
      .Object();
}

}  // namespace eaphost::probe
