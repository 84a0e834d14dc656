// The border of the library: no exception crosses it, and every failure leaves with its EAP_ERROR. Any
// thread.
#pragma once

#include <new>

#include "native/abi/structs.h"
#include "native/shim/failure.h"

namespace eaphost::shim {

// Runs `body`, which gives a Failure, and hands the failure to the host. `error` may be NULL. A failure that
// names no method is about `type`.
template <typename Body>
abi::DWORD Guarded(abi::EAP_ERROR** error, const abi::EAP_METHOD_TYPE& type, Body body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    Failure failure = body();
    if (!failure.failed()) return abi::kNoError;
    if (failure.type.eapType.type == 0) failure.type = type;
    if (error != nullptr) *error = MakeError(failure);
    return failure.win_error;
  } catch (const std::bad_alloc&) {
    return abi::kErrorNotEnoughMemory;
  } catch (...) {
    return abi::kErrorUnhandledException;
  }
}

// The outputs to preset before anything else. A NULL output is ignored.
template <typename... Output>
void Zero(Output*... outputs) {
  ((outputs != nullptr ? static_cast<void>(*outputs = Output{}) : static_cast<void>(0)), ...);
}

}  // namespace eaphost::shim
