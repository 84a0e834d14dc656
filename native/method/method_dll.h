// A method DLL in memory, of whichever role: its library, its own free functions, and how its functions are
// called. Any thread, any number at a time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/abi/functions.h"
#include "native/method/trace.h"
#include "native/platform/library.h"
#include "native/values/plain.h"

namespace eaphost::method {

class MethodDll;

// Holds the EAP_ERROR that one call of a DLL left; whatever happens it is freed once, by that DLL.
class DllError {
 public:
  explicit DllError(const MethodDll& dll) : dll_(dll) {}
  ~DllError();
  DllError(const DllError&) = delete;
  DllError& operator=(const DllError&) = delete;

  abi::EAP_ERROR** put() { return &error_; }
  // The outcome: `code`, with a copy of the error if there is one.
  Status Take(abi::DWORD code) const;

 private:
  const MethodDll& dll_;
  abi::EAP_ERROR* error_ = nullptr;
};

// A struct that has grown over the years and may again: the method finds zeroes behind what we know.
template <typename Known>
struct Growing {
  Known known{};
  abi::BYTE tail[64]{};
};

// Preset where a method that succeeds must write an action or whether it succeeded: neither has this value.
inline constexpr std::int32_t kUnwritten = INT32_MIN;

// One of a table's routines.
struct Routine {
  const char* name;
  bool is_there;
  bool is_needed = true;
};

class MethodDll {
 public:
  MethodDll(const MethodDll&) = delete;
  MethodDll& operator=(const MethodDll&) = delete;

  // Loads the file `path`. The loader's code where that fails, ERROR_PROC_NOT_FOUND where `with_methods` and
  // the DLL holds user interface only.
  template <typename Dll>
  static Status Load(const std::u16string& path, bool with_methods, std::unique_ptr<Dll>& dll) {
    dll.reset();
    platform::Library library;
    if (Status status = LoadFile(path, library); !status.ok()) return status;
    auto loaded = std::make_unique<Dll>(std::move(library));
    if (with_methods && !loaded->has_methods()) return Status(abi::kErrorProcNotFound);
    dll = std::move(loaded);
    return {};
  }

  // EapShimUseEndpoint for the calls that this thread makes next. Nothing where the DLL has no such export.
  Status UseEndpoint(const std::optional<std::u16string>& endpoint) const;

  // An export, or nullptr.
  template <typename Function>
  Function* Find(const char* name) const {
    return library_.Find<Function>(name);
  }

  // The functions of the role that the DLL exports by name.
  const std::vector<const char*>& exports() const { return exports_; }

  // Runs `call(EAP_ERROR**)`, copies the error that it leaves and frees that with the DLL's own function. An
  // exception that comes out of the DLL becomes ERROR_UNHANDLED_EXCEPTION.
  template <typename Call>
  Status Invoke(Call&& call) const {
    DllError slot(*this);
    abi::DWORD code = abi::kErrorUnhandledException;
    try {
      code = call(slot.put());
    } catch (...) {
      code = abi::kErrorUnhandledException;
    }
    return slot.Take(code);
  }

  // The DLL's own free function, after the memory was wiped where its size is given. NULL is nothing.
  void Free(void* memory, std::size_t size = 0) const;
  // The same for the errors of the DLL.
  void FreeError(abi::EAP_ERROR* error) const;

 protected:
  // The names of the role's functions.
  struct Names {
    const char* free_memory;
    const char* free_error;
    std::span<const char* const> exports;
  };

  MethodDll(platform::Library library, const Names& names);
  ~MethodDll() = default;

  // The first function or routine that a session needs and that is not there, or nullptr.
  const char* FirstMissing(std::span<const Routine> routines) const;

 private:
  // The loader's code, described, where that fails.
  static Status LoadFile(const std::u16string& path, platform::Library& library);

  platform::Library library_;
  const Names names_;
  std::vector<const char*> exports_;
  abi::EapPeerFreeMemoryFn* free_memory_ = nullptr;
  abi::EapPeerFreeErrorMemoryFn* free_error_ = nullptr;
  std::uint32_t(EAPHOST_STDCALL* use_endpoint_)(abi::LPCWSTR) = nullptr;
};

// The exported ones.
std::vector<const char*> NamesOf(std::span<const Routine> routines);

// A call of one of the DLL's functions, recorded where the thread records: say what goes in, make it, say
// what came out. `name` is a string literal; a failure names it.
class DllCall : public CallTrace {
 public:
  DllCall(const MethodDll& dll, const char* name) : CallTrace(name), dll_(dll), name_(name) {}

  // As MethodDll::Invoke.
  template <typename Call>
  Status Make(Call&& call) {
    Start();
    Status status = dll_.Invoke(std::forward<Call>(call));
    Finish(status);
    status.call = name_;
    return status;
  }
  // Whether it went well; if not, `failure` says why.
  template <typename Call>
  bool Succeeds(Failure& failure, Call&& call) {
    failure = Make(std::forward<Call>(call));
    return failure.ok();
  }
  // The function's output is invalid.
  Status Refuse(abi::DWORD code, std::string why) const {
    Status status(code);
    status.call = name_;
    status.message = std::move(why);
    return status;
  }

 private:
  const MethodDll& dll_;
  const char* const name_;
};

// A block that a DLL allocated for its caller: freed with the DLL's own function, once.
template <typename T>
class DllMemory {
 public:
  explicit DllMemory(const MethodDll& dll) : dll_(dll) {}
  ~DllMemory() { dll_.Free(data_, size_); }
  DllMemory(const DllMemory&) = delete;
  DllMemory& operator=(const DllMemory&) = delete;

  T** put() { return &data_; }
  abi::DWORD* put_size() { return &size_; }
  T* get() const { return data_; }
  // 0 if there is no memory, whatever the DLL said.
  abi::DWORD size() const { return data_ == nullptr ? 0 : size_; }

 private:
  const MethodDll& dll_;
  T* data_ = nullptr;
  abi::DWORD size_ = 0;
};

}  // namespace eaphost::method
