// The border between the run-time and its C callers: no exception passes, every failure becomes a code and an
// EAP_ERROR that the caller frees. Any thread.
#pragma once

#include <new>
#include <utility>

#include "native/embedded/errors.h"
#include "native/embedded/heap.h"
#include "native/values/plain.h"

namespace eaphost::embedded {

// `status` as code and EAP_ERROR. The code survives where there is no memory for the error.
inline abi::DWORD Report(const values::Status& status, abi::EAP_ERROR** error) noexcept {
  if (status.ok() || error == nullptr) return status.code;
  try {
    *error = CopyErrorToHeap(status.error ? *status.error : DescribeCode(status.code, {}));
  } catch (...) {
    *error = nullptr;
  }
  return status.code;
}

// Runs `body`, which returns a Status. `error` may be NULL, as EAPHost's callers sometimes have it.
template <typename Body>
abi::DWORD Guarded(abi::EAP_ERROR** error, Body&& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    return Report(body(), error);
  } catch (const std::bad_alloc&) {
    return abi::kErrorNotEnoughMemory;
  } catch (...) {
    return abi::kErrorUnhandledException;
  }
}

// Sets outputs to nothing.
template <typename... T>
void Clear(T*... outputs) {
  ((outputs != nullptr ? static_cast<void>(*outputs = T{}) : static_cast<void>(0)), ...);
}

// Whether what a caller announced is there: methods read it without a look.
inline bool Given(const void* data, abi::DWORD size) { return data != nullptr || size == 0; }

}  // namespace eaphost::embedded
