// Shared by the peer half's routines and its exports by name. Any thread.
#pragma once

#include "test/native/methods/pair_common.h"

namespace eaphost::pairmethod {

// The user blob as text: what it holds, else what the configuration says. Empty where there is no identity.
Options UserOf(const Options& configuration, const abi::BYTE* user, abi::DWORD size);
Options MakeUser(std::string_view identity, std::string_view password);

}  // namespace eaphost::pairmethod
