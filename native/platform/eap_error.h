// A copy of an EAP_ERROR. It outlives the EAP_ERROR, which its receiver frees. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "native/abi/structs.h"

namespace eaphost::platform {

struct EapError {
  abi::DWORD win_error = 0;
  abi::EAP_METHOD_TYPE type{};
  abi::DWORD reason_code = 0;
  abi::GUID root_cause_guid{};
  abi::GUID repair_guid{};
  abi::GUID help_link_guid{};
  std::optional<std::u16string> root_cause;
  std::optional<std::u16string> repair;
};

// How many octets it takes as an EAP_ERROR with its texts behind it; and such a one, laid into a block of so
// many.
std::size_t SizeOf(const EapError& error);
abi::EAP_ERROR* Lay(const EapError& error, void* block);

// Nothing for NULL.
std::optional<EapError> CopyError(const abi::EAP_ERROR* error);

}  // namespace eaphost::platform
