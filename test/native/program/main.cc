// program RUNTIME CONFIGURATION METHOD [register]
//
// RUNTIME and CONFIGURATION are plain names, then they are System32's, or paths. METHOD is the scriptable
// method's DLL, which the registry names; with `register` the program tells the embedded run-time of it.
// Prints what failed and how much was checked; ends with 0 where nothing failed and nothing is left in
// memory.

#include "test/native/program/program.h"

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "native/platform/library.h"
#include "native/platform/text.h"
#include "test/native/methods/test_method.h"

namespace eaphost::program {

Libraries libraries;

namespace {

using platform::Library;

std::atomic<int> checks = 0;
std::atomic<int> failures = 0;

Outcome Run(const std::function<abi::DWORD(abi::EAP_ERROR**)>& call, abi::EapHostPeerFreeEapErrorFn* free) {
  abi::EAP_ERROR* error = nullptr;
  Outcome outcome{call(&error), false};
  if (error != nullptr) {
    outcome.is_described = error->dwWinError == outcome.code && error->pRootCauseString != nullptr;
    free(error);
  }
  return outcome;
}

Library Open(const char* name) {
  const std::u16string wide = platform::ToUtf16(name);
  const bool is_plain = wide.find_first_of(u"\\/") == std::u16string::npos;
  Library library = Library::Load(wide, is_plain ? Library::Where::kSystem32 : Library::Where::kPath);
  if (!library.loaded()) std::printf("%s\n", library.message().c_str());
  // For as long as the program runs: what a library keeps for good it keeps in itself.
  library.Pin();
  return library;
}

void FindOwn(const Library& library, Libraries::Own& own) {
#define EAPHOST_FIND(name) own.name = library.Find<embedded::name##Fn>(#name);
  EAPHOST_FIND(EapEmbeddedRegisterMethod)
  EAPHOST_FIND(EapEmbeddedDropScope)
  EAPHOST_FIND(EapEmbeddedGetCounters)
  EAPHOST_FIND(EapEmbeddedNotify)
#undef EAPHOST_FIND
}

bool FindAll(const Library& runtime, const Library& configuration) {
  bool has_all = true;
#define EAPHOST_FIND(name)                             \
  libraries.name = source->Find<abi::name##Fn>(#name); \
  if (libraries.name == nullptr) {                     \
    has_all = false;                                   \
    std::printf("there is no %s\n", #name);            \
  }
  const Library* source = &runtime;
  EAPHOST_RUNTIME_FUNCTIONS(EAPHOST_FIND, EAPHOST_FIND)
  source = &configuration;
  EAPHOST_CONFIGURATION_FUNCTIONS(EAPHOST_FIND)
#undef EAPHOST_FIND
  FindOwn(runtime, libraries.of_runtime);
  FindOwn(configuration, libraries.of_configuration);
  return has_all;
}

void Register(const Libraries::Own& own, const std::u16string& path) {
  const embedded::Method method{kMethod, path.c_str(), u"Scripted", u"tests", nullptr, 0x280000};
  EAPHOST_EXPECT(own.EapEmbeddedRegisterMethod(0, &method) == abi::kNoError);
}

void CheckNothingIsLeft(const Libraries::Own& own) {
  if (own.EapEmbeddedGetCounters == nullptr) return;
  EAPHOST_EXPECT(own.EapEmbeddedDropScope(0) == abi::kNoError);
  embedded::Counters counters{9, 9, 9};
  EAPHOST_EXPECT(own.EapEmbeddedGetCounters(&counters) == abi::kNoError);
  EAPHOST_EXPECT(counters.dwOutstandingBlocks == 0);
  EAPHOST_EXPECT(counters.dwSessions == 0);
  EAPHOST_EXPECT(counters.dwLoadedMethods == 0);
}

// What the supplicant's thread wants answered on the configuration's.
class Desk {
 public:
  // On the supplicant's thread.
  std::string Ask(const std::string& context, bool by_fields) {
    std::promise<std::string> answer;
    std::future<std::string> coming = answer.get_future();
    {
      const std::lock_guard lock(mutex_);
      question_ = Question{context, by_fields, &answer};
    }
    changed_.notify_one();
    return coming.get();
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    changed_.notify_one();
  }

  // On the configuration's, until the desk is closed.
  void Serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return question_ || is_closed_; });
      if (!question_) return;
      const Question question = *std::exchange(question_, std::nullopt);
      lock.unlock();
      question.answer->set_value(question.by_fields ? AskByFields(question.context)
                                                    : AskByDialog(question.context));
      lock.lock();
    }
  }

 private:
  struct Question {
    std::string context;
    bool by_fields;
    std::promise<std::string>* answer;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Question> question_;
  bool is_closed_ = false;
};

void Run() {
  EnterApartment();
  Configure();
  const std::string user = UserBlob("config");
  EAPHOST_EXPECT(user == "alice|secret|");
  Desk desk;
  std::thread supplicant([&] {
    Authenticate(
        user, [&desk](const std::string& context, bool by_fields) { return desk.Ask(context, by_fields); });
    desk.Close();
  });
  desk.Serve();
  supplicant.join();
  LeaveApartment();
}

}  // namespace

void Check(bool is_good, const char* what, const char* file, int line) {
  ++checks;
  if (is_good) return;
  ++failures;
  std::printf("%s:%d: failed: %s\n", file, line, what);
}

Outcome FromRuntime(const std::function<abi::DWORD(abi::EAP_ERROR**)>& call) {
  return Run(call, libraries.EapHostPeerFreeEapError);
}

Outcome FromConfiguration(const std::function<abi::DWORD(abi::EAP_ERROR**)>& call) {
  return Run(call, libraries.EapHostPeerFreeErrorMemory);
}

}  // namespace eaphost::program

int main(int count, char** arguments) {
  using namespace eaphost::program;
  if (count < 4) return 2;
  const Library runtime = Open(arguments[1]);
  const Library configuration = Open(arguments[2]);
  const Library method = Open(arguments[3]);
  if (!runtime.loaded() || !configuration.loaded() || !method.loaded()) return 1;
  if (!FindAll(runtime, configuration)) return 1;
  if (count > 4) {
    const std::u16string path = eaphost::platform::ToUtf16(arguments[3]);
    Register(libraries.of_runtime, path);
    Register(libraries.of_configuration, path);
  }
  Run();
  CheckNothingIsLeft(libraries.of_runtime);
  CheckNothingIsLeft(libraries.of_configuration);
  const auto outstanding = method.Find<eaphost::testmethod::TestMethodOutstandingFn>("TestMethodOutstanding");
  EAPHOST_EXPECT(outstanding != nullptr && outstanding() == 0);
  std::printf("%d checks, %d failed\n", checks.load(), failures.load());
  return failures == 0 ? 0 : 1;
}
