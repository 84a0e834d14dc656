// Where the logging method writes down its calls: who calls it, as whom, in which apartment. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "test/probe/native/json.h"

namespace eaphost::probe {

// The path of a file beside this DLL.
std::u16string Beside(std::u16string_view name);

// Adds a line to probe-calls.jsonl beside this DLL.
void Log(const char* call, const Json& details = {});

}  // namespace eaphost::probe
