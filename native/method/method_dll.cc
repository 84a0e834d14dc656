#include "native/method/method_dll.h"

#include "native/abi/constants.h"
#include "native/abi/shim.h"
#include "native/platform/secret.h"
#include "native/platform/text.h"

namespace eaphost::method {

MethodDll::MethodDll(platform::Library library, const Names& names)
    : library_(std::move(library)), names_(names) {
  using Address = void();
  free_memory_ = Find<abi::EapPeerFreeMemoryFn>(names.free_memory);
  free_error_ = Find<abi::EapPeerFreeErrorMemoryFn>(names.free_error);
  use_endpoint_ = Find<shim::EapShimUseEndpointFn>("EapShimUseEndpoint");
  for (const char* const name : names.exports) {
    if (Find<Address>(name) != nullptr) exports_.push_back(name);
  }
}

Status MethodDll::LoadFile(const std::u16string& path, platform::Library& library) {
  library = platform::Library::Load(path, platform::Library::Where::kPath);
  if (library.loaded()) return {};
  EapError error;
  error.win_error = library.error();
  error.root_cause_guid = abi::GUID_EapHost_Cause_MethodDLLNotFound;
  error.repair_guid = abi::GUID_EapHost_Repair_ContactAdmin_MethodNotFound;
  error.root_cause = u"The method's DLL could not be loaded: " + platform::ToUtf16(library.message());
  Status status(library.error(), std::move(error));
  status.call = "LoadLibrary";
  return status;
}

const char* MethodDll::FirstMissing(std::span<const Routine> routines) const {
  if (free_memory_ == nullptr) return names_.free_memory;
  if (free_error_ == nullptr) return names_.free_error;
  for (const Routine& routine : routines) {
    if (routine.is_needed && !routine.is_there) return routine.name;
  }
  return nullptr;
}

Status MethodDll::UseEndpoint(const std::optional<std::u16string>& endpoint) const {
  if (use_endpoint_ == nullptr) return {};
  // Always said, none too: the thread may still carry the endpoint of another session.
  Status status(use_endpoint_(endpoint ? endpoint->c_str() : nullptr));
  status.call = "EapShimUseEndpoint";
  return status;
}

void MethodDll::Free(void* memory, std::size_t size) const {
  if (memory == nullptr || free_memory_ == nullptr) return;
  CallTrace trace(names_.free_memory);
  platform::Wipe(memory, size);
  trace.Start();
  free_memory_(memory);
  trace.Finish({});
}

void MethodDll::FreeError(abi::EAP_ERROR* error) const {
  if (error == nullptr || free_error_ == nullptr) return;
  CallTrace trace(names_.free_error);
  trace.Start();
  free_error_(error);
  trace.Finish({});
}

std::vector<const char*> NamesOf(std::span<const Routine> routines) {
  std::vector<const char*> names;
  for (const Routine& routine : routines) {
    if (routine.is_there) names.push_back(routine.name);
  }
  return names;
}

DllError::~DllError() { dll_.FreeError(error_); }

Status DllError::Take(abi::DWORD code) const {
  if (code == abi::kNoError) return {};
  if (error_ == nullptr) return Status(code);
  return Status(code, *CopyError(error_));
}

}  // namespace eaphost::method
