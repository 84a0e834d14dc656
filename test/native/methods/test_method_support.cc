#include "test/native/methods/test_method_support.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unordered_set>

namespace eaphost::testmethod {

namespace {

struct State {
  std::mutex mutex;
  std::string log;
  std::unordered_set<void*> blocks;
  int sessions = 0;
  std::string script;
  RuntimeFunctions inner{};
};

State& Shared() {
  static State state;
  return state;
}

}  // namespace

Script::Script(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (end != 0) words_.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

Script Script::Of(const abi::BYTE* data, abi::DWORD size) {
  if (data == nullptr) return {};
  return Script(std::string_view(reinterpret_cast<const char*>(data), size));
}

bool Script::has(std::string_view word) const {
  for (const std::string& each : words_) {
    if (each == word) return true;
  }
  return false;
}

std::optional<std::string> Script::value(std::string_view name) const {
  for (const std::string& word : words_) {
    if (word.size() > name.size() && word[name.size()] == '=' && word.compare(0, name.size(), name) == 0) {
      return word.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

std::optional<abi::DWORD> Script::number(std::string_view name) const {
  const std::optional<std::string> text = value(name);
  if (!text) return std::nullopt;
  return static_cast<abi::DWORD>(std::strtoul(text->c_str(), nullptr, 0));
}

std::vector<std::string> Script::list(std::string_view name) const {
  std::vector<std::string> items;
  const std::optional<std::string> text = value(name);
  if (!text) return items;
  std::string_view rest = *text;
  while (true) {
    const std::size_t comma = rest.find(',');
    items.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return items;
    rest.remove_prefix(comma + 1);
  }
}

Script GlobalScript() {
  const std::lock_guard lock(Shared().mutex);
  return Script(Shared().script);
}

void Log(const Script& script, const std::string& line) {
  if (script.has("quiet")) return;
  const std::lock_guard lock(Shared().mutex);
  Shared().log += line + "\n";
}

void* Allocate(std::size_t size) {
  void* memory = std::calloc(1, size == 0 ? 1 : size);
  const std::lock_guard lock(Shared().mutex);
  try {
    Shared().blocks.insert(memory);
  } catch (...) {
    std::free(memory);
    throw;
  }
  return memory;
}

void Release(void* memory) {
  {
    const std::lock_guard lock(Shared().mutex);
    if (Shared().blocks.erase(memory) == 0) {
      Shared().log += "BAD FREE\n";
      return;
    }
  }
  std::free(memory);
}

abi::WCHAR* AllocateText(std::string_view text) {
  auto* copy = static_cast<abi::WCHAR*>(Allocate((text.size() + 1) * sizeof(abi::WCHAR)));
  for (std::size_t at = 0; at < text.size(); ++at) copy[at] = static_cast<unsigned char>(text[at]);
  return copy;
}

abi::BYTE* AllocateBytes(std::string_view bytes) {
  auto* copy = static_cast<abi::BYTE*>(Allocate(bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

void CountSession(int change) {
  const std::lock_guard lock(Shared().mutex);
  Shared().sessions += change;
}

abi::EAP_ERROR* MakeError(abi::DWORD code) {
  // As methods do it: the error and its strings in blocks of their own would need three frees, so it is one.
  constexpr std::u16string_view kCause = u"scripted cause";
  constexpr std::u16string_view kRepair = u"scripted repair";
  const std::size_t texts = (kCause.size() + kRepair.size() + 2) * sizeof(abi::WCHAR);
  auto* error = static_cast<abi::EAP_ERROR*>(Allocate(sizeof(abi::EAP_ERROR) + texts));
  error->dwWinError = code;
  error->type = {{254, kVendor, kVendorType}, kVendor};
  error->dwReasonCode = code + 1;
  error->rootCauseGuid = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
  error->repairGuid = {12, 0, 0, {}};
  error->helpLinkGuid = {13, 0, 0, {}};
  auto* text = reinterpret_cast<abi::WCHAR*>(error + 1);
  error->pRootCauseString = text;
  text += kCause.copy(text, kCause.size()) + 1;
  error->pRepairString = text;
  kRepair.copy(text, kRepair.size());
  return error;
}

std::optional<abi::DWORD> Scripted(const Script& script, std::string_view routine, abi::EAP_ERROR** error) {
  if (const auto path = script.value("hold")) {
    // Opening it to see would keep the test from removing it, on Windows.
    std::error_code failed;
    while (std::filesystem::exists(*path, failed)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (script.value("throw") == std::string(routine)) throw std::runtime_error("scripted");
  const std::optional<std::string> fail = script.value("fail");
  if (!fail || fail->size() <= routine.size() || (*fail)[routine.size()] != ':' ||
      fail->compare(0, routine.size(), routine) != 0) {
    return std::nullopt;
  }
  const auto code = static_cast<abi::DWORD>(std::strtoul(fail->c_str() + routine.size() + 1, nullptr, 0));
  if (fail->back() == 'e') *error = MakeError(code);
  return code;
}

bool Mute(const Script& script, std::string_view routine) {
  return script.value("mute") == std::string(routine);
}

RuntimeFunctions Inner() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().inner;
}

}  // namespace eaphost::testmethod

extern "C" {

METHOD_EXPORT eaphost::testmethod::TestMethodTakeLogFn TestMethodTakeLog;
METHOD_EXPORT eaphost::testmethod::TestMethodOutstandingFn TestMethodOutstanding;
METHOD_EXPORT eaphost::testmethod::TestMethodConfigureFn TestMethodConfigure;
METHOD_EXPORT eaphost::testmethod::TestMethodUseRuntimeFn TestMethodUseRuntime;

}  // extern "C"

using eaphost::testmethod::Shared;

void EAPHOST_STDCALL TestMethodTakeLog(char* text, std::size_t size) {
  const std::lock_guard lock(Shared().mutex);
  const std::size_t length = Shared().log.copy(text, size - 1);
  text[length] = '\0';
  Shared().log.clear();
}

std::uint32_t EAPHOST_STDCALL TestMethodOutstanding() {
  const std::lock_guard lock(Shared().mutex);
  return static_cast<std::uint32_t>(Shared().blocks.size()) + static_cast<std::uint32_t>(Shared().sessions);
}

void EAPHOST_STDCALL TestMethodConfigure(const char* script) {
  const std::lock_guard lock(Shared().mutex);
  Shared().script = script;
}

void EAPHOST_STDCALL TestMethodUseRuntime(const eaphost::testmethod::RuntimeFunctions* functions) {
  const std::lock_guard lock(Shared().mutex);
  Shared().inner = *functions;
}
