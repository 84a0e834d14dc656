// The text that steers a test method: "name=value;name=value", UTF-8. A value has no semicolon. Any thread;
// one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::testdll {

class Options {
 public:
  Options() = default;
  explicit Options(std::string_view text);
  static Options Of(const abi::BYTE* data, abi::DWORD size);

  std::optional<std::string_view> Find(std::string_view name) const;
  std::string Get(std::string_view name, std::string_view otherwise = {}) const;
  std::uint32_t Number(std::string_view name, std::uint32_t otherwise = 0) const;
  // Present, and not 0.
  bool Has(std::string_view name) const;

  void Set(std::string_view name, std::string_view value);
  std::string Text() const;
  bool empty() const { return items_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

}  // namespace eaphost::testdll
