// The run-time's own errors: which cause and repair EAPHost names for a code, and what to tell people. No
// text ever holds anything secret. Any thread.
#pragma once

#include "native/abi/structs.h"
#include "native/values/plain.h"

namespace eaphost::embedded {

// Run-time calls in a process that has not initialized COM or the run-time.
inline constexpr abi::DWORD kCoNotInitialized = 0x800401F0;  // CO_E_NOTINITIALIZED

// A failure with `code` of the method `type`, described.
values::Status Fail(abi::DWORD code, const abi::EAP_METHOD_TYPE& type);

// `status` with every gap filled in: most methods fail with a code and nothing else.
values::Status Describe(values::Status status, const abi::EAP_METHOD_TYPE& type);

// As the two above, as plain data.
values::EapError DescribeCode(abi::DWORD code, const abi::EAP_METHOD_TYPE& type);
values::EapError Complete(values::EapError error, abi::DWORD code, const abi::EAP_METHOD_TYPE& type);

}  // namespace eaphost::embedded
