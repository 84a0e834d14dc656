// Lets calls of Node-API, and the addon's allocations, fail, each thread by itself: EAPHOST_FAULT=napi:12 is
// the twelfth call of a thread, napi:12+ that one and all after it, as in a worker that is being terminated,
// napi:0 none; memory:12 the twelfth operator new. Says on standard error which it was, with 0 of all of
// them.

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace eaphost::addon::test {

bool Fails(const char* call);

namespace {

class Plan {
 public:
  explicit Plan(const char* what) : what_(what) {
    const char* const text = std::getenv("EAPHOST_FAULT");
    const std::size_t length = std::strlen(what);
    if (text == nullptr || std::strncmp(text, what, length) != 0 || text[length] != ':') return;
    char* rest = nullptr;
    number_ = std::strtol(text + length + 1, &rest, 10);
    is_listing_ = number_ == 0;
    until_end_ = *rest == '+';
  }

  bool Fails(const char* call) {
    ++calls_;
    if (is_listing_) std::fprintf(stderr, "%s call %ld: %s\n", what_, calls_, call);
    if (number_ == 0 || calls_ < number_) return false;
    if (calls_ == number_) std::fprintf(stderr, "%s call %ld fails: %s\n", what_, calls_, call);
    return calls_ == number_ || until_end_;
  }

 private:
  const char* const what_;
  bool is_listing_ = false;
  bool until_end_ = false;
  long number_ = 0;
  long calls_ = 0;
};

bool AllocationFails() {
  thread_local Plan plan("memory");
  return plan.Fails("operator new");
}

}  // namespace

bool Fails(const char* call) {
  thread_local Plan plan("napi");
  // What is given back is always taken.
  return std::strcmp(call, "napi_delete_reference") != 0 && plan.Fails(call);
}

}  // namespace eaphost::addon::test

// What the linker puts in the place of operator new (faults.cmake).
extern "C" {
void* __real__Znwm(std::size_t size);
void* __real__ZnwmRKSt9nothrow_t(std::size_t size, const std::nothrow_t& tag);

void* __wrap__Znwm(std::size_t size) {
  if (eaphost::addon::test::AllocationFails()) throw std::bad_alloc();
  return __real__Znwm(size);
}
void* __wrap__ZnwmRKSt9nothrow_t(std::size_t size, const std::nothrow_t& tag) {
  return eaphost::addon::test::AllocationFails() ? nullptr : __real__ZnwmRKSt9nothrow_t(size, tag);
}
}
