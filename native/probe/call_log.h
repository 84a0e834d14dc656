// Where the logging method writes down its calls: who calls it, as whom, in which apartment. Any thread. It
// never makes the file: whoever asks does, with an access list that lets every account add to it and to
// nothing else.
#pragma once

#include <string>
#include <string_view>

#include "native/abi/base.h"
#include "native/probe/json.h"

namespace eaphost::probe {

// The method's expanded type is 254/99999/5, its author 99999.
inline constexpr abi::BYTE kVendorType = 5;

// The path of a file beside this DLL.
std::u16string Beside(std::u16string_view name);

// Adds a line to probe-calls.jsonl beside this DLL.
void Log(const char* call, const Json& details = {});

// The process that the DLL is in: account, integrity, session, privileges, mitigations, command line, and
// whether it can open the pipe that probe-pipe.txt names.
Json ProcessFacts();

// A token that a host gave: null, or whose it is and what kind.
std::string TokenFacts(abi::HANDLE token);

}  // namespace eaphost::probe
