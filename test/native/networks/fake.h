// What the fake libraries of test/networks share: which function fails and how, and the memory that they hand
// out. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "native/abi/networks.h"

#ifdef _WIN32
#define FAKE_EXPORT  // the .def file names them
#else
#define FAKE_EXPORT __attribute__((visibility("default")))
#endif

namespace eaphost::fake {

// test/networks/support.ts has the same list.
enum Fault : abi::DWORD {
  kWorks,
  kCode,          // the code that was chosen
  kPoison,        // the same, with outputs that lead nowhere
  kNull,          // success, outputs set to nothing
  kUnwritten,     // success, outputs left as they were
  kAbsurd,        // success, with counts and sizes that cannot be right
  kUnterminated,  // success, with texts that fill their fields
  kForever,       // blocks until Release, then it works; the calls after it work
};

struct Chosen {
  Fault fault = kWorks;
  abi::DWORD code = 0;
  // A call that was let go has returned when this goes.
  std::shared_ptr<void> returning{};
};

void Choose(const std::string& function, Chosen chosen);
// What was chosen for the function. Where it blocks it has done so, and works.
Chosen Enter(const char* function);
void Release();
// Whether a call blocks, and whether one that was let go is still under way.
bool IsHeld();
bool IsReturning();

void* Allocate(std::size_t size);
// NULL is nothing. What was not allocated here, or was freed before, is counted and left alone.
void Free(void* memory);
std::size_t Outstanding();
std::size_t BadFrees();

std::string ToAscii(std::u16string_view text);
std::u16string ToWide(std::string_view text);
inline std::u16string Text(const abi::WCHAR* text) { return text == nullptr ? std::u16string() : text; }

}  // namespace eaphost::fake
