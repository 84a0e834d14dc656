// A block that a run-time handed out for its caller to free: wiped, since it may hold credentials, and freed
// by the function that its API names (EapHostPeerFreeRuntimeMemory, EapHostPeerFreeMemory), on the thread
// that got it. A failed call's output is ignored. If the size is impossible, the block
// is freed without being wiped.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include "native/abi/functions.h"
#include "native/abi/win32.h"
#include "native/platform/secret.h"
#include "native/values/copy.h"

namespace eaphost::supplicant {

using FreeBlockFn = abi::EapHostPeerFreeMemoryFn;

template <typename T>
class OwnedBlock {
 public:
  OwnedBlock(FreeBlockFn* free, T* data, std::size_t count)
      : free_(free),
        data_(data),
        is_absurd_(data != nullptr && count > kMost),
        count_(is_absurd_ ? 0 : count) {}
  OwnedBlock(OwnedBlock&& other) noexcept
      : free_(other.free_),
        data_(std::exchange(other.data_, nullptr)),
        is_absurd_(other.is_absurd_),
        count_(other.count_) {}
  OwnedBlock& operator=(OwnedBlock&&) = delete;
  OwnedBlock(const OwnedBlock&) = delete;
  OwnedBlock& operator=(const OwnedBlock&) = delete;
  ~OwnedBlock() {
    if (data_ == nullptr) return;
    platform::Wipe(data_, count_ * sizeof(T));
    free_(reinterpret_cast<abi::BYTE*>(data_));
  }

  T* get() const { return data_; }
  // Whether the run-time returned an impossible count.
  bool is_absurd() const { return is_absurd_; }
  // How many elements; none if there is no block, whatever the run-time said.
  std::size_t count() const { return data_ == nullptr ? 0 : count_; }

 private:
  static constexpr std::size_t kMost = std::is_class_v<T> ? kMostElements : kMostOctets / sizeof(T);

  FreeBlockFn* const free_;
  T* data_;
  const bool is_absurd_;
  const std::size_t count_;
};

inline OwnedBlock<abi::BYTE> OwnBytes(FreeBlockFn* free, abi::BYTE* data, abi::DWORD size) {
  return {free, data, size};
}

// A NUL-terminated text.
inline OwnedBlock<abi::WCHAR> OwnText(FreeBlockFn* free, abi::WCHAR* text) {
  return {free, text, text == nullptr ? 0 : std::u16string_view(text).size()};
}

// The EAP_ERROR that one call may leave: freed, wherever the call leads, on the thread that got it and by the
// function that its API names (EapHostPeerFreeEapError, EapHostPeerFreeErrorMemory).
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

}  // namespace eaphost::supplicant
