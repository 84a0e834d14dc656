// JSON as the probes write it: objects of strings, numbers and booleans. One thread at a time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace eaphost::probe {

inline std::string Quoted(std::string_view text) {
  std::string json = "\"";
  for (const char letter : text) {
    const auto octet = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      json += '\\';
      json += letter;
    } else if (octet < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", octet);
      json += escape;
    } else {
      json += letter;
    }
  }
  return json + '"';
}

// An object, member by member.
class Json {
 public:
  Json& Raw(const char* name, std::string_view json) {
    text_ += text_.empty() ? "" : ",";
    text_ += Quoted(name) + ":";
    text_ += json;
    return *this;
  }
  Json& Text(const char* name, std::string_view text) { return Raw(name, Quoted(text)); }
  Json& Number(const char* name, std::uint64_t number) { return Raw(name, std::to_string(number)); }
  Json& Boolean(const char* name, bool is_so) { return Raw(name, is_so ? "true" : "false"); }

  std::string Object() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace eaphost::probe
