// UTF-8 and UTF-16, both ways. What is not well formed becomes U+FFFD; nothing fails.
#pragma once

#include <string>
#include <string_view>

namespace eaphost::platform {

std::string ToUtf8(std::u16string_view text);
std::u16string ToUtf16(std::string_view text);

// Of a NUL-terminated string that may be NULL.
std::u16string_view View(const char16_t* text);

}  // namespace eaphost::platform
