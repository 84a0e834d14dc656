// Lets calls of Node-API fail, each thread by itself: EAPHOST_NAPI_FAULT=12 is the twelfth call of a thread,
// 12+ that one and all after it, as in a worker that is being terminated; 0 is none. Says on standard error
// which call it was, with 0 of all of them.

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace eaphost::addon::test {

bool Fails(const char* call);

namespace {

struct Plan {
  Plan() {
    const char* const text = std::getenv("EAPHOST_NAPI_FAULT");
    if (text == nullptr) return;
    char* rest = nullptr;
    is_listing = *text == '0';
    number = std::strtol(text, &rest, 10);
    until_end = *rest == '+';
  }

  bool is_listing = false;
  bool until_end = false;
  long number = 0;
  long calls = 0;
};

}  // namespace

bool Fails(const char* call) {
  thread_local Plan plan;
  // What is given back is always taken.
  if (std::strcmp(call, "napi_delete_reference") == 0) return false;
  ++plan.calls;
  if (plan.is_listing) std::fprintf(stderr, "N-API call %ld: %s\n", plan.calls, call);
  if (plan.number == 0 || plan.calls < plan.number) return false;
  if (plan.calls == plan.number) std::fprintf(stderr, "N-API call %ld fails: %s\n", plan.number, call);
  return plan.calls == plan.number || plan.until_end;
}

}  // namespace eaphost::addon::test
