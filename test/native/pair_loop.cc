// Conversations of the pair method in a plain loop, as many as wanted, on as many threads: what the hosting's
// benchmark is compared with. Prints one line of JSON:
// {"conversations":N,"threads":N,"seconds":S,"perSecond":N}. Fails (1) where one conversation did not succeed
// with the same keys on both sides, or where anything allocated was not freed by the right function. Usage:
// pair_loop [COUNT [THREADS [PEER CONFIGURATION [AUTHENTICATOR CONFIGURATION]]]]

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "test/native/pair_conversation.h"

namespace {

using namespace eaphost;

constexpr abi::EAP_METHOD_TYPE kType{{254, 99999, 3}, 99999};

std::u16string PathOfMethod() {
  static const int marker = 0;
  const std::u16string program = platform::Library::PathOf(&marker);
  const std::size_t slash = program.find_last_of(u"/\\");
  return program.substr(0, slash + 1) + u"pairmethod" + EAPHOST_MODULE_SUFFIX;
}

bool Balanced(const testdll::Counters& counters) {
  for (std::size_t at = 0; at < testdll::kOwners; ++at) {
    if (counters.allocated[at] != counters.freed[at]) return false;
  }
  return counters.freed_by_wrong_function + counters.freed_session_owned + counters.freed_unknown +
                 counters.sessions_unknown ==
             0 &&
         counters.sessions_begun == counters.sessions_ended;
}

bool Good(const pairtest::Outcome& outcome) {
  return outcome.failed_call.empty() && outcome.peer.success && outcome.authenticator.success &&
         outcome.peer.send_key.size() == 32 && outcome.peer.send_key == outcome.authenticator.receive_key &&
         outcome.peer.receive_key == outcome.authenticator.send_key;
}

int Run(int count, char** values) {
  const auto argument = [&](int index, const char* otherwise) {
    return index < count ? values[index] : otherwise;
  };
  const long wanted = std::atol(argument(1, "100000"));
  const long threads = std::atol(argument(2, "1"));
  if (wanted < 1 || threads < 1 || threads > 256) {
    std::fputs("usage: pair_loop [COUNT [THREADS [PEER [AUTHENTICATOR]]]]\n", stderr);
    return 2;
  }
  pairtest::PairDll dll;
  if (const abi::DWORD code = dll.Load(PathOfMethod(), kType); code != 0) {
    std::fprintf(stderr, "pairmethod cannot be loaded: %u\n", static_cast<unsigned>(code));
    return 1;
  }
  pairtest::Request request;
  request.peer_config = argument(3, "");
  request.user = "identity=alice;password=password";
  request.authenticator_config = argument(4, "");
  std::atomic<long> left = wanted;
  std::atomic<long> bad = 0;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> pool;
  for (long index = 0; index < threads; ++index) {
    pool.emplace_back([&] {
      while (left-- > 0) {
        if (!Good(Converse(dll, request))) ++bad;
      }
    });
  }
  for (std::thread& thread : pool) thread.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("{\"conversations\":%ld,\"threads\":%ld,\"seconds\":%.6f,\"perSecond\":%.0f}\n", wanted,
              threads, seconds, static_cast<double>(wanted) / seconds);
  if (bad != 0) std::fprintf(stderr, "%ld conversations failed\n", bad.load());
  const bool balanced = Balanced(dll.ReadCounters());
  if (!balanced) std::fputs("not everything was freed as it must be\n", stderr);
  return bad == 0 && balanced ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  try {
    return Run(count, values);
  } catch (...) {
    std::fputs("out of memory\n", stderr);
    return 1;
  }
}
