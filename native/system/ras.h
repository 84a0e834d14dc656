// EAP of phone-book entries (VPN), through rasapi32.dll. Calls block: they are made on threads of ours.
#pragma once

#include <string>

#include "native/abi/networks.h"
#include "native/platform/secret.h"
#include "native/platform/user_token.h"
#include "native/values/plain.h"

namespace eaphost::system {

struct RasEntry {
  std::u16string library;    // the path of a library in place of rasapi32.dll; empty for System32's
  std::u16string phonebook;  // the path of a .pbk file; empty for the system's
  std::u16string name;
};

// What all users of the entry share: the configuration of its EAP method.
values::Failure GetCustomAuthData(const RasEntry& entry, platform::SecretBytes* data);
values::Failure SetCustomAuthData(const RasEntry& entry, platform::SecretBytes data);
// The credentials of a user, or of this process' where the token is NULL.
values::Failure SetEapUserData(const RasEntry& entry, platform::UserToken user, platform::SecretBytes data);

}  // namespace eaphost::system
