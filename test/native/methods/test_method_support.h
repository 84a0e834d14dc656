// Inside the scriptable method DLL: scripts, the log and the DLL's own heap. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/native/methods/method_export.h"
#include "test/native/methods/test_method.h"

namespace eaphost::testmethod {

inline constexpr abi::DWORD kVendor = 99999;
inline constexpr abi::DWORD kVendorType = 2;

class Script {
 public:
  Script() = default;
  explicit Script(std::string_view text);
  static Script Of(const abi::BYTE* data, abi::DWORD size);

  bool has(std::string_view word) const;
  // What stands after "name=".
  std::optional<std::string> value(std::string_view name) const;
  std::optional<abi::DWORD> number(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;

 private:
  std::vector<std::string> words_;
};

// The script of the DLL as a whole.
Script GlobalScript();

void Log(const Script& script, const std::string& line);

// The DLL's heap. What is freed that is not of it goes to the log as BAD FREE.
void* Allocate(std::size_t size);
void Release(void* memory);
abi::WCHAR* AllocateText(std::string_view text);
abi::BYTE* AllocateBytes(std::string_view bytes);
void CountSession(int change);

// What the script wants of a routine: a code to fail with, having set `error` where it says so. May throw.
std::optional<abi::DWORD> Scripted(const Script& script, std::string_view routine, abi::EAP_ERROR** error);
bool Mute(const Script& script, std::string_view routine);

abi::EAP_ERROR* MakeError(abi::DWORD code);

// The functions for inner sessions; all NULL where none were given.
RuntimeFunctions Inner();

}  // namespace eaphost::testmethod
