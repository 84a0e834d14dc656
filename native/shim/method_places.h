// The methods whose routine tables hosts have asked for, each in a place of its own. A host asks by type, and
// its BeginSession does not say the type again: so each place has routines of its own, which know theirs. Any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <utility>

#include "native/abi/structs.h"
#include "native/shim/immortal.h"

namespace eaphost::shim {

inline constexpr std::size_t kMostTypes = 64;

inline bool IsSame(const abi::EAP_TYPE& one, const abi::EAP_TYPE& other) {
  return one.type == other.type && one.dwVendorId == other.dwVendorId &&
         one.dwVendorType == other.dwVendorType;
}

inline bool IsSame(const abi::EAP_METHOD_TYPE& one, const abi::EAP_METHOD_TYPE& other) {
  return IsSame(one.eapType, other.eapType) && one.dwAuthorId == other.dwAuthorId;
}

template <typename Type>
class MethodPlaces {
 public:
  // The type's place, or kMostTypes where there is no more.
  std::size_t Find(const Type& type) {
    const std::lock_guard guard(*lock_);
    for (std::size_t place = 0; place < count_; ++place) {
      if (IsSame(types_[place], type)) return place;
    }
    if (count_ == kMostTypes) return kMostTypes;
    types_[count_] = type;
    return count_++;
  }

  // Of a place that Find gave: it never changes.
  Type& operator[](std::size_t place) { return types_[place]; }

 private:
  Immortal<std::mutex> lock_;
  std::array<Type, kMostTypes> types_{};
  std::size_t count_ = 0;
};

}  // namespace eaphost::shim
