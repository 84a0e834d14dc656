// GUIDs as text: lower-case and without braces on the way out, either case and braces allowed on the way in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "native/abi/base.h"

namespace eaphost::values {

std::string FormatGuid(const abi::GUID& guid);
std::optional<abi::GUID> ParseGuid(std::string_view text);

}  // namespace eaphost::values
