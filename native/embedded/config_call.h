// Calls the functions that a method DLL exports by name: finds the DLL and the function, and copies the
// outputs for the caller. Any thread.
#pragma once

#include <memory>
#include <utility>

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "native/embedded/guard.h"
#include "native/embedded/runtime.h"
#include "native/method/peer_method_dll.h"

namespace eaphost::embedded {

// The DLL of the method that has a function.
enum class Part { kMethod, kConfiguration, kIdentity, kInteractive };

// A DLL, and the thread's endpoint in it for as long as this lives. A DLL whose functions are called by name
// may never be initialized, and so never be told to give back what it keeps of an endpoint; hence it is taken
// back after each call.
class OpenDll {
 public:
  OpenDll() = default;
  ~OpenDll();
  OpenDll(const OpenDll&) = delete;
  OpenDll& operator=(const OpenDll&) = delete;

  // Finds the method's registration and loads the DLL of that part. Once.
  values::Status Open(const abi::EAP_METHOD_TYPE& type, Part part);
  const method::PeerMethodDll& operator*() const { return *dll_; }
  const method::PeerMethodDll* operator->() const { return dll_.get(); }

 private:
  std::shared_ptr<method::PeerMethodDll> dll_;
};

// Finds the export `name` of the method's DLL and runs `body(dll, function)`, which returns a Status.
// METHOD_OPERATION_NOT_SUPPORTED if the method has no such function: that is how methods without an ability
// look, and what callers fall back on.
template <typename Function, typename Body>
values::Status CallMethod(const abi::EAP_METHOD_TYPE& type, Part part, const char* name, Body&& body) {
  OpenDll dll;
  if (values::Status status = dll.Open(type, part); !status.ok()) return status;
  Function* function = dll->Find<Function>(name);
  if (function == nullptr) return Fail(abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, type);
  return Describe(body(*dll, function), type);
}

// The same as a whole export: ERROR_INVALID_PARAMETER if its arguments are not `valid`.
template <typename Function, typename Body>
abi::DWORD CallExport(const abi::EAP_METHOD_TYPE& type, Part part, const char* name, bool valid,
                      abi::EAP_ERROR** error, Body&& body) noexcept {
  return Guarded(error, [&] {
    if (!valid) return Fail(abi::kErrorInvalidParameter, type);
    return CallMethod<Function>(type, part, name, body);
  });
}

// Hands a DLL's memory to the caller as a copy.
template <typename T>
void HandOut(const method::DllMemory<T>& memory, abi::DWORD* size, abi::BYTE** data) {
  auto copy = CopyToHeap(memory.get(), memory.size());
  *size = copy.get() == nullptr ? 0 : memory.size();
  *data = copy.release();
}

// Runs `call(size, blob, error)` of a function that brings a blob up to date. The caller's old blob is an
// input and stays the caller's; the method works on a copy; the new blob is a block of its own. On failure
// the outputs are nothing.
template <typename Call>
values::Status UpdateBlob(const method::PeerMethodDll& dll, abi::DWORD* size, abi::BYTE** blob, Call&& call) {
  platform::SecretBytes old;
  if (*blob != nullptr) old.assign(*blob, *blob + *size);
  *size = 0;
  *blob = nullptr;
  abi::BYTE* const given = old.empty() ? nullptr : old.data();
  abi::DWORD new_size = static_cast<abi::DWORD>(old.size());
  abi::BYTE* new_blob = given;
  method::DllMemory<abi::BYTE> made(dll);
  values::Status status = dll.Invoke([&](abi::EAP_ERROR** error) {
    const abi::DWORD code = call(&new_size, &new_blob, error);
    // The method gave a block of its own, or wrote into ours.
    if (new_blob != given) *made.put() = new_blob, *made.put_size() = new_size;
    return code;
  });
  if (!status.ok()) return status;
  if (new_blob == given && new_size > old.size()) new_size = static_cast<abi::DWORD>(old.size());
  auto copy = CopyToHeap(new_blob, new_size);
  *size = copy.get() == nullptr ? 0 : new_size;
  *blob = copy.release();
  return status;
}

}  // namespace eaphost::embedded
