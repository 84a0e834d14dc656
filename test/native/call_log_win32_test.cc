// The log of the probes' method, of which two processes write at once where two conversations are asked for.
// Windows only.
#ifdef _WIN32

#include "native/probe/call_log.h"

#include <windows.h>

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace eaphost;

TEST_CASE("call log: has a whole line of each call, however many are made at once") {
  constexpr int kThreads = 4;
  constexpr int kCalls = 50;
  const std::u16string name = probe::Beside(u"probe-calls.jsonl");
  const auto* const path = reinterpret_cast<const wchar_t*>(name.c_str());
  { const std::ofstream made(path); }
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([thread] {
      const std::string call = std::string("call ").append(std::to_string(thread));
      for (int count = 0; count < kCalls; ++count) probe::Log(call.c_str());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<char, int> lines;
  {
    std::ifstream log(path);
    constexpr std::string_view kStart = R"({"call":"call )";
    for (std::string line; std::getline(log, line);) {
      REQUIRE(line.rfind(kStart, 0) == 0);
      CHECK(line.find(R"("call":)", 1 + kStart.size()) == std::string::npos);
      CHECK(line.back() == '}');
      ++lines[line[kStart.size()]];
    }
  }
  CHECK(lines == std::map<char, int>{{'0', kCalls}, {'1', kCalls}, {'2', kCalls}, {'3', kCalls}});
  CHECK(DeleteFileW(path) != 0);
}

#endif
