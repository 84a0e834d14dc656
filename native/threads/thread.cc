// Starts detached threads. Any thread.
#include "native/threads/thread.h"

#include <cstddef>
#include <memory>
#include <thread>

#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
#include <immintrin.h>
#elif defined(_M_ARM64)
#include <intrin.h>
#endif

#ifdef _WIN32
#include <windows.h>

#include <process.h>
#else
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#endif

namespace eaphost::threads {

namespace {

// The settings that a method DLL finds in the threads of Windows' own EAPHost, on every platform.
constexpr std::size_t kStackSize = std::size_t{1} << 20;

#ifdef _WIN32
unsigned __stdcall Run(void* argument) {
#else
void* Run(void* argument) {
#endif
  {
    const std::unique_ptr<ThreadBody> body(static_cast<ThreadBody*>(argument));
    (*body)();
  }
  return 0;
}

}  // namespace

#ifdef _WIN32

bool StartDetached(std::unique_ptr<ThreadBody> body) {
  const std::uintptr_t thread = _beginthreadex(nullptr, static_cast<unsigned>(kStackSize), &Run, body.get(),
                                               STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
  if (thread == 0) return false;
  static_cast<void>(body.release());
  CloseHandle(reinterpret_cast<HANDLE>(thread));
  return true;
}

#else

bool StartDetached(std::unique_ptr<ThreadBody> body) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackSize);
  // Signals are for Node's own threads: one that lands here would interrupt a method's system calls. Those
  // that a thread raises by its own fault stay with it.
  sigset_t others;
  sigset_t before;
  sigfillset(&others);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGPROF}) sigdelset(&others, own);
  pthread_sigmask(SIG_SETMASK, &others, &before);
  pthread_t thread;
  const bool started = pthread_create(&thread, &attributes, &Run, body.get()) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (started) static_cast<void>(body.release());
  return started;
}

#endif

unsigned ProcessorCount() {
#ifdef __linux__
  // The machine's processors are not all available to this process.
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(CPU_COUNT(&set));
#endif
  const unsigned count = std::thread::hardware_concurrency();
  return count == 0 ? 1 : count;
}

void Relax() {
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
  _mm_pause();
#elif defined(_M_ARM64) && defined(_MSC_VER)
  __yield();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

}  // namespace eaphost::threads
