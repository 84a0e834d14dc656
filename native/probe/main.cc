// eapprobe QUESTION [ARGUMENT]...
//
// Asks the run-time of System32 one question, and prints the answer as a JSON object. Ends with 0 where it
// has an answer, 2 where there is no such question, and 3 where the run-time cannot be had; the object says
// why then, too.

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "native/abi/win32.h"
#include "native/platform/library.h"
#include "native/probe/probes.h"
#include "native/probe/session.h"

namespace {

using namespace eaphost::probe;

struct Question {
  std::string_view name;
  std::string (*ask)();
  bool enters = true;
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
    {"app-container", &AppContainer},
    {"tokens", &Tokens},
    {"apartments", &Apartments, false},
    {"other-thread-leaves", &OtherThreadLeaves, false},
    {"every-export", &EveryExport},
    {"over-restart", &OverRestart},
    {"ras", &Ras, false},
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
  if (!question.enters) return Print(0, question.ask());
  const Entered entered;
  if (entered.code() != eaphost::abi::kNoError) {
    return Print(3, Json().Text("call", "EapHostPeerInitialize").Number("code", entered.code()).Object());
  }
  return Print(0, question.ask());
}

}  // namespace

std::vector<std::string> eaphost::probe::arguments;

int main(int count, char** words) {
  if (count > 2) arguments.assign(words + 2, words + count);
  for (const Question& question : kQuestions) {
    if (count > 1 && question.name == words[1]) return Ask(question);
  }
  return Print(2, "{}");
}
