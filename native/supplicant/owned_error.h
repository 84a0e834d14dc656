// The EAP_ERROR that one call may leave: freed, wherever the call leads, on the thread that got it and by the
// function that its API names (EapHostPeerFreeEapError, EapHostPeerFreeErrorMemory).
#pragma once

#include "native/abi/functions.h"
#include "native/abi/win32.h"
#include "native/values/copy.h"

namespace eaphost::host {

class OwnedError {
 public:
  using FreeFn = abi::EapHostPeerFreeEapErrorFn;

  explicit OwnedError(FreeFn* free) : free_(free) {}
  OwnedError(const OwnedError&) = delete;
  OwnedError& operator=(const OwnedError&) = delete;
  ~OwnedError() {
    if (error_ != nullptr) free_(error_);
  }

  // For the call to fill.
  abi::EAP_ERROR** out() { return &error_; }
  const abi::EAP_ERROR* get() const { return error_; }

  // Whether the call succeeded; if not, `failure` gets its code and a copy of the error.
  bool Check(const char* call, abi::DWORD code, Failure& failure) const {
    if (code == abi::kNoError) return true;
    failure.call = call;
    failure.code = code;
    failure.message.clear();
    failure.error = CopyError(error_);
    return false;
  }

 private:
  FreeFn* free_;
  abi::EAP_ERROR* error_ = nullptr;
};

}  // namespace eaphost::host
