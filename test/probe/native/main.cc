// probe_program QUESTION
//
// Asks the run-time of System32 one question, and prints the answer as a JSON object. Ends with 0 where it
// has an answer, 2 where there is no such question, and 3 where the run-time cannot be had; the object says
// why then, too.

#include <cstdio>
#include <string>
#include <string_view>
#include <thread>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "test/probe/native/probes.h"
#include "test/probe/native/session.h"

namespace {

using namespace eaphost::probe;

struct Question {
  std::string_view name;
  std::string (*ask)();
};

constexpr Question kQuestions[] = {
    {"buffer-lifetimes", &BufferLifetimes},
    {"buffers-of-two-sessions", &BuffersOfTwoSessions},
    {"identity-error-freed-by-runtime", [] { return IdentityError(true); }},
    {"identity-error-freed-by-configuration", [] { return IdentityError(false); }},
    {"plain", &Plain},
    {"no-user-data", &NoUserData},
    {"session-zero", &SessionZero},
    {"second-session", &SecondSession},
    {"packet-sizes", &PacketSizes},
    {"other-threads", &OtherThreads},
    {"versions", &Versions},
    {"start-authentication", &StartAuthentication},
    {"result-reasons", &ResultReasons},
    {"failure-after-success", &FailureAfterSuccess},
    {"result-before-success", &ResultBeforeSuccess},
    {"end-with-ui", &EndWithUi},
    {"notification", &Notification},
    {"ordinary-user", &OrdinaryUser},
    {"shipped-exports", &ShippedExports},
    {"architecture", &Architecture},
};

int Print(int code, const std::string& json) {
  std::printf("%s\n", json.c_str());
  return code;
}

int Ask(const Question& question) {
  if (const auto failure =
          functions.Load(u"eappprxy.dll", u"eappcfg.dll", eaphost::platform::Library::Where::kSystem32)) {
    return Print(3, Json().Text("call", failure->call).Number("code", failure->code).Object());
  }
  const Entered entered;
  if (entered.code() != eaphost::abi::kNoError) {
    return Print(3, Json().Text("call", "EapHostPeerInitialize").Number("code", entered.code()).Object());
  }
  return Print(0, question.ask());
}

}  // namespace

int main(int count, char** arguments) {
  for (const Question& question : kQuestions) {
    if (count == 2 && question.name == arguments[1]) return Ask(question);
  }
  return Print(2, "{}");
}
