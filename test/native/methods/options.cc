#include "test/native/methods/options.h"

#include <charconv>

namespace eaphost::testdll {

Options::Options(std::string_view text) {
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(';'));
    text.remove_prefix(item.size() < text.size() ? item.size() + 1 : item.size());
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      items_.emplace_back(item, "1");
    } else {
      items_.emplace_back(item.substr(0, equals), item.substr(equals + 1));
    }
  }
}

Options Options::Of(const abi::BYTE* data, abi::DWORD size) {
  if (data == nullptr) return {};
  return Options(std::string_view(reinterpret_cast<const char*>(data), size));
}

std::optional<std::string_view> Options::Find(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string Options::Get(std::string_view name, std::string_view otherwise) const {
  return std::string(Find(name).value_or(otherwise));
}

std::uint32_t Options::Number(std::string_view name, std::uint32_t otherwise) const {
  const std::optional<std::string_view> text = Find(name);
  if (!text) return otherwise;
  std::uint32_t number = otherwise;
  const bool hexadecimal = text->starts_with("0x");
  const char* const from = text->data() + (hexadecimal ? 2 : 0);
  std::from_chars(from, text->data() + text->size(), number, hexadecimal ? 16 : 10);
  return number;
}

bool Options::Has(std::string_view name) const {
  const std::optional<std::string_view> text = Find(name);
  return text && *text != "0";
}

void Options::Set(std::string_view name, std::string_view value) {
  for (auto& [key, old] : items_) {
    if (key == name) {
      old = value;
      return;
    }
  }
  items_.emplace_back(name, value);
}

std::string Options::Text() const {
  std::string text;
  for (const auto& [key, value] : items_) {
    if (!text.empty()) text += ';';
    text += key + '=' + value;
  }
  return text;
}

}  // namespace eaphost::testdll
