// A pthread_create that has no thread for the addon while EAPHOST_TEST_NO_THREADS is set. Loaded before
// everything else (LD_PRELOAD), it knows the addon's threads by their stack (thread.cc), and leaves those of
// Node alone.

#include <dlfcn.h>
#include <pthread.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>

namespace {

bool IsOfAddon(const pthread_attr_t* attributes) {
  std::size_t size = 0;
  return attributes != nullptr && pthread_attr_getstacksize(attributes, &size) == 0 &&
         size == std::size_t{1} << 20;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int pthread_create(pthread_t* thread,
                                                                     const pthread_attr_t* attributes,
                                                                     void* (*run)(void*), void* argument) {
  static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  if (IsOfAddon(attributes) && std::getenv("EAPHOST_TEST_NO_THREADS") != nullptr) return EAGAIN;
  return real(thread, attributes, run, argument);
}
