// Facts of the machine that Node does not know: a service's state, a file's version, this process' rights.
// Outside Windows everything returns ERROR_NOT_SUPPORTED. Any thread; the calls block. Functions return
// Win32 codes.
#pragma once

#include <cstdint>
#include <string>

#include "native/abi/base.h"

namespace eaphost::system {

struct ServiceFacts {
  bool exists = false;
  std::uint32_t state = 0;       // SERVICE_STOPPED (1), SERVICE_RUNNING (4) …
  std::uint32_t start_type = 0;  // SERVICE_AUTO_START (2), SERVICE_DEMAND_START (3), SERVICE_DISABLED (4)
};

// By the service's name. start_type stays 0 if this process may not ask for it.
abi::DWORD QueryService(const std::u16string& name, ServiceFacts* facts);

// The numbers of a file's version resource, such as 10.0.22621.1; empty if it has none.
abi::DWORD QueryFileVersion(const std::u16string& path, std::u16string* version);

struct ProcessFacts {
  bool is_elevated = false;
  std::uint32_t integrity = 0;       // SECURITY_MANDATORY_…_RID: 0x2000 medium, 0x3000 high, 0x4000 system
  std::uint32_t native_machine = 0;  // IMAGE_FILE_MACHINE_… of the system; 0 where it cannot be asked
  std::u16string wine_version;       // empty on Windows itself
};

abi::DWORD QueryProcess(ProcessFacts* facts);

// System32, whatever the environment says.
abi::DWORD SystemFolder(std::u16string* path);

}  // namespace eaphost::system
