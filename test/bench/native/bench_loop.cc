// The lower bound: exchanges in a plain loop that calls the run-time directly. On the caller's thread.
#include <chrono>

#include "test/bench/native/supplicant_pair.h"

#ifdef _WIN32
#define BENCH_EXPORT extern "C" __declspec(dllexport)
#else
#define BENCH_EXPORT extern "C" __attribute__((visibility("default")))
#endif

// Nanoseconds for one exchange, where `sessions` sessions take turns at `exchanges` in all. Negative when the
// run-time fails.
BENCH_EXPORT double EapBenchLoop(const char* runtime, const char* method, std::uint32_t sessions,
                                 std::uint32_t exchanges) {
  using Clock = std::chrono::steady_clock;
  eaphost::bench::SupplicantPair pair;
  if (!pair.Load(runtime, method)) return -1;
  std::vector<eaphost::abi::EAP_SESSIONID> ids(sessions);
  for (auto& id : ids) id = pair.Begin(0);
  std::vector<std::uint8_t> response;
  bool is_whole = true;
  std::uint32_t made = 0;
  const Clock::time_point start = Clock::now();
  for (std::uint8_t id = 1; made < exchanges; ++id) {
    for (const auto session : ids) is_whole = pair.Exchange(session, id, response) && is_whole;
    made += sessions;
  }
  const std::chrono::duration<double, std::nano> elapsed = Clock::now() - start;
  for (const auto session : ids) pair.End(session);
  return is_whole ? elapsed.count() / made : -2;
}
