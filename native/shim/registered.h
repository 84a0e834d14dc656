// The registry's entry of the method that this library was registered for: where its server listens, and
// which user's server it must be. Only administrators write there. Off Windows there is no registry, and
// nothing is found. Any thread.
#pragma once

#include <optional>
#include <string>

#include "native/abi/structs.h"

namespace eaphost::shim {

// Values of the method's key, beside those that EAPHost reads.
inline constexpr char16_t kEndpointValue[] = u"EapShimEndpoint";  // REG_SZ: as EapShimUseEndpoint takes it
inline constexpr char16_t kOwnerValue[] = u"EapShimOwner";        // REG_SZ: a SID

struct Registered {
  std::u16string endpoint;
  std::u16string owner;
};

// Of the method of this type whose DLL this library is: methods of two authors may have one type, but each
// has a copy of the library to itself.
std::optional<Registered> FindRegistered(const abi::EAP_TYPE& type);

}  // namespace eaphost::shim
