// The run-time's own errors: which cause and repair EAPHost names for a code, and what to tell people. No
// text ever holds anything secret. Any thread.
#pragma once

#include "native/abi/structs.h"
#include "native/method/status.h"

namespace eaphost::embedded {

// Run-time calls in a process where nobody has initialized COM or the run-time.
inline constexpr abi::DWORD kCoNotInitialized = 0x800401F0;  // CO_E_NOTINITIALIZED

// A failure with `code` of the method `type`, described.
method::Status Fail(abi::DWORD code, const abi::EAP_METHOD_TYPE& type);

// `status` with every gap filled in: most methods fail with a code and nothing else.
method::Status Describe(method::Status status, const abi::EAP_METHOD_TYPE& type);

// As the two above, as plain data.
method::EapError DescribeCode(abi::DWORD code, const abi::EAP_METHOD_TYPE& type);
method::EapError Complete(method::EapError error, abi::DWORD code, const abi::EAP_METHOD_TYPE& type);

}  // namespace eaphost::embedded
