// Services that only Windows has: registry, folders' access lists, signatures, services, named pipes. Off
// Windows there is none of it, and every call says so. A Unix-domain socket knows which user
// connected to it.
#ifndef _WIN32

#include "native/abi/win32.h"
#include "native/platform/security_posix.h"
#include "native/system/access.h"
#include "native/system/descriptors.h"
#include "native/system/pipe_client.h"
#include "native/system/pipe_listener.h"
#include "native/system/protected_file.h"
#include "native/system/registry.h"
#include "native/system/system_facts.h"

namespace eaphost::system {

using abi::DWORD;
using abi::kErrorNotSupported;

DWORD CurrentUser(std::u16string*) { return kErrorNotSupported; }
DWORD FindIntruders(const std::u16string&, bool, std::vector<Intruder>*) { return kErrorNotSupported; }
DWORD MakePrivateFolder(const std::u16string&) { return kErrorNotSupported; }
DWORD CheckSignature(const std::u16string&, Signature*) { return kErrorNotSupported; }

DWORD ReadKey(const std::u16string&, bool, RegistryKey*) { return kErrorNotSupported; }
DWORD CreateKey(const std::u16string&, std::vector<std::u16string>*) { return kErrorNotSupported; }
DWORD SetValue(const std::u16string&, const RegistryValue&) { return kErrorNotSupported; }
DWORD DeleteValue(const std::u16string&, const std::u16string&) { return kErrorNotSupported; }
DWORD DeleteKey(const std::u16string&) { return kErrorNotSupported; }
DWORD CheckWritable(const std::u16string&) { return kErrorNotSupported; }

DWORD QueryService(const std::u16string&, ServiceFacts*) { return kErrorNotSupported; }
DWORD QueryFileVersion(const std::u16string&, std::u16string*) { return kErrorNotSupported; }
DWORD QueryProcess(ProcessFacts*) { return kErrorNotSupported; }
DWORD SystemFolder(std::u16string*) { return kErrorNotSupported; }

DWORD ReadProtectedFile(const std::u16string&, platform::SecretBytes*) { return kErrorNotSupported; }
DWORD WriteProtectedFile(const std::u16string&, const std::u16string&, std::span<const std::uint8_t>, bool) {
  return kErrorNotSupported;
}

PipeListener::Client::~Client() = default;
DWORD PipeListener::Open(const Options&, std::shared_ptr<PipeListener>*) { return kErrorNotSupported; }
DWORD ConnectPipe(const std::u16string&, const std::vector<std::u16string>&, std::uint32_t, PipeServer*) {
  return kErrorNotSupported;
}

bool CanOpenDescriptors() { return false; }
int OpenDescriptor(void*) { return -1; }
std::optional<std::uint32_t> UserAtOtherEnd(int descriptor) { return platform::UserAtOtherEnd(descriptor); }

}  // namespace eaphost::system

#endif
