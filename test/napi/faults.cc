// Lets calls of Node-API fail, each thread by itself: EAPHOST_NAPI_FAULT=12 is the twelfth call of a thread,
// 12+ that one and all after it, as in a worker that is being terminated. Says on standard error which call
// it was, and at the end of a thread, with 0, how many there were.

#include <cstdio>
#include <cstdlib>

namespace eaphost::addon::test {

bool Fails(const char* call);

namespace {

struct Plan {
  Plan() {
    const char* const text = std::getenv("EAPHOST_NAPI_FAULT");
    if (text == nullptr) return;
    char* rest = nullptr;
    is_counting = true;
    number = std::strtol(text, &rest, 10);
    until_end = *rest == '+';
  }
  ~Plan() {
    if (is_counting && number == 0) std::fprintf(stderr, "N-API calls: %ld\n", calls);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  bool is_counting = false;
  bool until_end = false;
  long number = 0;
  long calls = 0;
};

}  // namespace

bool Fails(const char* call) {
  thread_local Plan plan;
  ++plan.calls;
  if (plan.number == 0 || plan.calls < plan.number) return false;
  if (plan.calls == plan.number) std::fprintf(stderr, "N-API call %ld fails: %s\n", plan.number, call);
  return plan.calls == plan.number || plan.until_end;
}

}  // namespace eaphost::addon::test
