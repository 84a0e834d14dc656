#include "native/platform/library.h"

#include <utility>

#include "native/platform/text.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#endif

#include "native/abi/win32.h"

namespace eaphost::platform {

#ifndef _WIN32
namespace {

// Why dlopen gave nothing, which it says in words alone: what keeps the file from being opened here kept
// dlopen from it, too.
abi::DWORD ReasonOf(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    close(descriptor);
    return abi::kErrorModNotFound;
  }
  if (errno == EMFILE || errno == ENFILE) return abi::kErrorTooManyOpenFiles;
  return errno == ENOMEM ? abi::kErrorNotEnoughMemory : abi::kErrorModNotFound;
}

}  // namespace
#endif

Library::Library(Library&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      pinned_(std::exchange(other.pinned_, false)),
      error_(std::exchange(other.error_, 0)),
      message_(std::move(other.message_)) {}

Library& Library::operator=(Library&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(pinned_, other.pinned_);
  std::swap(error_, other.error_);
  std::swap(message_, other.message_);
  return *this;
}

#ifdef _WIN32

Library::~Library() {
  if (handle_ != nullptr && !pinned_) FreeLibrary(static_cast<HMODULE>(handle_));
}

Library Library::Load(std::u16string_view name, Where where) {
  Library library;
  const std::u16string terminated(name);
  const DWORD flags = where == Where::kSystem32
                          ? LOAD_LIBRARY_SEARCH_SYSTEM32
                          : LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
  library.handle_ = LoadLibraryExW(reinterpret_cast<LPCWSTR>(terminated.c_str()), nullptr, flags);
  if (library.handle_ == nullptr) {
    library.error_ = GetLastError();
    library.message_ = "LoadLibraryEx of " + ToUtf8(name) + " failed with " + std::to_string(library.error_);
  }
  return library;
}

Library::Address Library::FindAddress(const char* name) const {
  if (handle_ == nullptr) return nullptr;
  return reinterpret_cast<Address>(
      reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(handle_), name)));
}

bool Library::PinOwnerOf(const void* address) {
  HMODULE module = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                            static_cast<LPCWSTR>(address), &module) != 0;
}

std::u16string Library::PathOf(const void* address) {
  HMODULE module = nullptr;
  if (!GetModuleHandleExW(
          GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
          static_cast<LPCWSTR>(address), &module)) {
    return {};
  }
  std::wstring path(32768, L'\0');
  const DWORD length = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
  return std::u16string(path.begin(), path.begin() + length);
}

#else

Library::~Library() {
  if (handle_ != nullptr && !pinned_) dlclose(handle_);
}

Library Library::Load(std::u16string_view name, Where where) {
  Library library;
  if (where == Where::kSystem32) {
    library.error_ = abi::kErrorModNotFound;
    library.message_ = "System32 exists on Windows only";
    return library;
  }
  const std::string path = ToUtf8(name);
  library.handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library.handle_ == nullptr) {
    const char* reason = dlerror();
    library.error_ = ReasonOf(path);
    library.message_ = reason != nullptr ? reason : "dlopen failed";
  }
  return library;
}

Library::Address Library::FindAddress(const char* name) const {
  if (handle_ == nullptr) return nullptr;
  return reinterpret_cast<Address>(dlsym(handle_, name));
}

bool Library::PinOwnerOf(const void* address) {
  Dl_info info;
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return false;
  return dlopen(info.dli_fname, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

std::u16string Library::PathOf(const void* address) {
  Dl_info info;
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
  return ToUtf16(info.dli_fname);
}

#endif

}  // namespace eaphost::platform
