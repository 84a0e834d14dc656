#include "test/native/networks/fake.h"

#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace eaphost::fake {

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable released;
  std::map<std::string, Chosen> chosen;
  unsigned releases = 0;
  unsigned held = 0;
  unsigned returning = 0;
  std::set<void*> blocks;
  std::size_t bad_frees = 0;
};

State& Shared() {
  static State* const state = new State;
  return *state;
}

}  // namespace

void Choose(const std::string& function, Chosen chosen) {
  const std::lock_guard lock(Shared().mutex);
  Shared().chosen[function] = chosen;
}

Chosen Enter(const char* function) {
  std::unique_lock lock(Shared().mutex);
  Chosen& place = Shared().chosen[function];
  const Chosen chosen = place;
  if (chosen.fault != kForever) return chosen;
  place = {};
  const unsigned before = Shared().releases;
  ++Shared().held;
  Shared().released.wait(lock, [before] { return Shared().releases != before; });
  return {kWorks, 0, std::shared_ptr<void>(nullptr, [](void*) {
            const std::lock_guard done(Shared().mutex);
            --Shared().returning;
          })};
}

void Release() {
  const std::lock_guard lock(Shared().mutex);
  ++Shared().releases;
  // From now on: their threads wake up when they like.
  Shared().returning += std::exchange(Shared().held, 0);
  Shared().released.notify_all();
}

bool IsHeld() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().held != 0;
}

bool IsReturning() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().returning != 0;
}

void* Allocate(std::size_t size) {
  void* const memory = std::calloc(1, size);
  const std::lock_guard lock(Shared().mutex);
  Shared().blocks.insert(memory);
  return memory;
}

void Free(void* memory) {
  if (memory == nullptr) return;
  const std::lock_guard lock(Shared().mutex);
  if (Shared().blocks.erase(memory) == 0) {
    ++Shared().bad_frees;
  } else {
    std::free(memory);
  }
}

std::size_t Outstanding() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().blocks.size();
}

std::size_t BadFrees() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().bad_frees;
}

std::string ToAscii(std::u16string_view text) {
  std::string ascii;
  for (const char16_t unit : text) ascii.push_back(unit < 128 ? static_cast<char>(unit) : '?');
  return ascii;
}

std::u16string ToWide(std::string_view text) { return std::u16string(text.begin(), text.end()); }

}  // namespace eaphost::fake
