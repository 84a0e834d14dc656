// What the run-time makes of who calls it: tokens, apartments, threads that leave, and over a restart of its
// service; and what Remote Access says. A process of its own.
#ifdef _WIN32

#include <windows.h>

#include <objbase.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "native/abi/constants.h"
#include "native/platform/library.h"
#include "native/platform/security_win32.h"
#include "native/probe/probes.h"
#include "native/probe/session.h"

namespace eaphost::probe {

namespace {

using platform::Handle;
using platform::Library;

std::string Step(Session& session, const Octets& packet) {
  int action = -1;
  const Outcome outcome = session.Process(packet, &action);
  return StepJson(outcome, action);
}

// Begun, the identity exchanged, and a request answered.
std::string Converse(const Session::Options& options, const Octets& request) {
  Session session;
  const Outcome begun = session.Begin(options);
  Json json;
  json.Raw("begin", begun.json());
  if (begun.code != 0) return json.Object();
  return json.Raw("identity", Step(session, IdentityRequest()))
      .Raw("request", Step(session, request))
      .Object();
}

std::string Unhexed(const std::string& digits) {
  std::string octets;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    octets.push_back(static_cast<char>(std::strtoul(digits.substr(at, 2).c_str(), nullptr, 16)));
  }
  return octets;
}

// This process' user, for a method to impersonate.
Handle OwnImpersonationToken() {
  HANDLE process = nullptr;
  HANDLE token = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process)) return Handle();
  const Handle opened(process);
  constexpr DWORD kAccess = TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE;
  return Handle(DuplicateTokenEx(process, kAccess, nullptr, SecurityImpersonation, TokenImpersonation, &token)
                    ? token
                    : nullptr);
}

// A thread that does one thing after the other, each waited for.
class Worker {
 public:
  Worker() : thread_([this] { Run(); }) {}
  ~Worker() {
    Give(nullptr);
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Do(const std::function<void()>& work) { Give(work); }

 private:
  struct Task {
    std::function<void()> work;
    std::promise<void> done;
  };

  void Give(const std::function<void()>& work) {
    Task task{work, {}};
    std::future<void> done = task.done.get_future();
    std::promise<Task*> next = std::move(next_);
    next_ = {};
    coming_ = next_.get_future();
    next.set_value(&task);
    done.wait();
  }

  void Run() {
    std::future<Task*> coming = std::move(first_);
    while (true) {
      Task* const task = coming.get();
      coming = std::move(coming_);
      const bool is_last = !task->work;
      if (!is_last) task->work();
      task->done.set_value();
      if (is_last) return;
    }
  }

  std::promise<Task*> next_;
  std::future<Task*> first_ = next_.get_future();
  std::future<Task*> coming_;
  std::thread thread_;
};

}  // namespace

// Arguments: TYPE CONNECTION USER REQUEST, the last three in hexadecimal; without them the logging method's.
std::string Tokens() {
  Session::Options options;
  Octets request = Request(2);
  if (arguments.size() == 4) {
    options.method = {{static_cast<abi::BYTE>(std::atoi(arguments[0].c_str())), 0, 0}, 0};
    options.script = Unhexed(arguments[1]);
    options.user = Unhexed(arguments[2]);
    const std::string octets = Unhexed(arguments[3]);
    request.assign(octets.begin(), octets.end());
  }
  Json json;
  json.Raw("none", Converse(options, request));
  const Handle own = OwnImpersonationToken();
  options.token = own.get();
  json.Raw("own", Converse(options, request));
  options.token = nullptr;
  options.flags = abi::EAP_FLAG_MACHINE_AUTH;
  json.Raw("machineAuth", Converse(options, request));
  options.flags = 0;
  if (!ImpersonateSelf(SecurityImpersonation)) {
    return json.Number("impersonateError", GetLastError()).Object();
  }
  json.Raw("impersonatingThread", Converse(options, request));
  RevertToSelf();
  return json.Object();
}

std::string Apartments() {
  Json json;
  const auto ask = [&json](const char* name, DWORD apartment) {
    std::thread([&] {
      constexpr DWORD kNone = 0xFFFFFFFFU;
      const HRESULT com = apartment == kNone ? S_OK : CoInitializeEx(nullptr, apartment);
      {
        const Entered entered;
        Json one;
        one.Number("initialize", entered.code());
        if (entered.code() == 0) one.Raw("session", Converse({}, Request(2)));
        json.Raw(name, one.Object());
      }
      if (apartment != kNone && com >= 0) CoUninitialize();
    }).join();
  };
  ask("none", 0xFFFFFFFFU);
  ask("singleThreaded", COINIT_APARTMENTTHREADED);
  ask("multithreaded", COINIT_MULTITHREADED);
  return json.Object();
}

std::string OtherThreadLeaves() {
  Json json;
  Session session;
  Worker first;
  Worker second;
  first.Do([&] {
    json.Number("initialize", functions.EapHostPeerInitialize());
    json.Raw("begin", session.Begin({}).json());
    json.Raw("identity", Step(session, IdentityRequest()));
  });
  second.Do([] { const Entered entered; });
  first.Do([&] { json.Raw("afterAnotherThreadLeft", Step(session, Request(2))); });
  second.Do([] { functions.EapHostPeerInitialize(); });
  first.Do([] { functions.EapHostPeerUninitialize(); });
  second.Do([&] {
    json.Raw("afterItsThreadLeft", Step(session, Request(3)));
    json.Raw("end", session.End().json());
    functions.EapHostPeerUninitialize();
  });
  return json.Object();
}

std::string EveryExport() {
  Json json;
  const auto told = [&json](const char* name, const std::function<DWORD(abi::EAP_ERROR**)>& call) {
    abi::EAP_ERROR* error = nullptr;
    json.Number(name, call(&error));
    if (error != nullptr) functions.EapHostPeerFreeErrorMemory(error);
  };
  Session session;
  int action = -1;
  session.Begin({.script = "step=ui"});
  session.Process(IdentityRequest(), &action);
  session.Process(Request(2), &action);
  Given given;
  session.UiContext(&given);
  const Octets context = given.copy;
  const auto context_size = static_cast<DWORD>(context.size());
  // Dialogs belong on a single-threaded apartment. What is handed out is left: the process ends soon.
  std::thread([&] {
    const HRESULT com = CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
    abi::DWORD size = 0;
    abi::BYTE* data = nullptr;
    abi::LPWSTR name = nullptr;
    void* reserved = nullptr;
    abi::EAP_CONFIG_INPUT_FIELD_ARRAY fields{};
    abi::EAP_INTERACTIVE_UI_DATA ui{};
    abi::EAP_METHOD_PROPERTY_ARRAY properties{};
    told("EapHostPeerGetMethodProperties", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerGetMethodProperties(0, 0, kMethod, nullptr, 0, nullptr, 0, nullptr,
                                                      &properties, error);
    });
    told("EapHostPeerQueryCredentialInputFields", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerQueryCredentialInputFields(nullptr, kMethod, 0, 0, nullptr, &fields, error);
    });
    told("EapHostPeerQueryUserBlobFromCredentialInputFields", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerQueryUserBlobFromCredentialInputFields(nullptr, kMethod, 0, 0, nullptr,
                                                                         &fields, &size, &data, error);
    });
    told("EapHostPeerInvokeConfigUI", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerInvokeConfigUI(nullptr, 0, kMethod, 0, nullptr, &size, &data, error);
    });
    told("EapHostPeerInvokeIdentityUI", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerInvokeIdentityUI(0, kMethod, 0, nullptr, 0, nullptr, 0, nullptr, &size,
                                                   &data, &name, error, &reserved);
    });
    told("EapHostPeerInvokeInteractiveUI", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerInvokeInteractiveUI(nullptr, context_size, context.data(), &size, &data,
                                                      error);
    });
    told("EapHostPeerQueryInteractiveUIInputFields", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerQueryInteractiveUIInputFields(0, 0, context_size, context.data(), &ui,
                                                                error, nullptr);
    });
    ui.dwDataType = abi::EapCredResp;
    told("EapHostPeerQueryUIBlobFromInteractiveUIInputFields", [&](abi::EAP_ERROR** error) {
      return functions.EapHostPeerQueryUIBlobFromInteractiveUIInputFields(0, 0, context_size, context.data(),
                                                                          &ui, &size, &data, error, nullptr);
    });
    if (com >= 0) CoUninitialize();
  }).join();
  return json.Object();
}

// Says `ready` on a line of its own; the service is restarted; then a line on standard input.
std::string OverRestart() {
  Json json;
  Session session;
  json.Raw("begin", session.Begin({}).json());
  json.Raw("identity", Step(session, IdentityRequest()));
  std::printf("ready\n");
  std::fflush(stdout);
  while (true) {
    const int letter = std::getchar();
    if (letter == '\n' || letter == EOF) break;
  }
  json.Raw("oldSession", Step(session, Request(2)));
  json.Raw("endOfOldSession", session.End().json());
  json.Raw("newSession", Converse({}, Request(2)));
  functions.EapHostPeerUninitialize();
  json.Number("initializeAgain", functions.EapHostPeerInitialize());
  return json.Raw("newSessionAfterInitialize", Converse({}, Request(2))).Object();
}

// Of an entry that no phone book has.
std::string Ras() {
  using GetFn = DWORD WINAPI(LPCWSTR, LPCWSTR, void*, DWORD*, BYTE*, DWORD*);
  const Library library = Library::Load(u"rasapi32.dll", Library::Where::kSystem32);
  auto* const get = library.Find<GetFn>("RasGetEntryPropertiesW");
  Json json;
  if (get == nullptr) return json.Number("loadError", library.error()).Object();
  const wchar_t* const name = L"eaphost-probe-no-such-name";
  constexpr DWORD kMost = DWORD{1} << 20;
  DWORD size = 0;
  json.Number("withoutRoom", get(nullptr, name, nullptr, &size, nullptr, nullptr)).Number("size", size);
  if (size < sizeof size || size > kMost) return json.Object();
  // The structure begins with its size.
  std::vector<BYTE> entry(size);
  std::memcpy(entry.data(), &size, sizeof size);
  return json.Number("withRoom", get(nullptr, name, entry.data(), &size, nullptr, nullptr)).Object();
}

}  // namespace eaphost::probe

#endif
