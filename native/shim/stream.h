// A connected local stream: a Unix-domain socket, a named pipe or, within one process, neither
// (local_stream.h). One thread reads and writes; Abort may come
// from any other. Every wait has a deadline; no signal is raised; nothing throws but std::bad_alloc.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "native/abi/base.h"
#include "native/abi/win32.h"

namespace eaphost::shim {

// A point in time that a call must not outlast.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now) : end_(std::chrono::steady_clock::now() + from_now) {}

  // Milliseconds left, rounded up; 0 when it has passed.
  int Left() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

// Win32 codes: NO_ERROR, ERROR_TIMEOUT, ERROR_CONNECTION_REFUSED (Connect), ERROR_ACCESS_DENIED (Connect: the
// server is another's), ERROR_TOO_MANY_OPEN_FILES and ERROR_NOT_ENOUGH_MEMORY (Connect: no socket can be
// had), ERROR_CONNECTION_ABORTED (it broke, or Abort).
class Stream {
 public:
  // Whether an address has the form that Connect takes: an absolute path, or \\.\pipe\ and a name.
  static bool IsAddress(const std::u16string& address);
  // Connects and makes sure, before anything is sent, that the server is `owner`'s: a SID on Windows; empty:
  // this process' user.
  static abi::DWORD Connect(const std::u16string& address, const std::u16string& owner,
                            const Deadline& deadline, std::unique_ptr<Stream>* stream);

  virtual ~Stream() = default;
  // All of it.
  virtual abi::DWORD Write(std::span<const std::uint8_t> data, const Deadline& deadline) = 0;
  // At least one octet.
  virtual abi::DWORD Read(std::span<std::uint8_t> data, const Deadline& deadline, std::size_t* got) = 0;
  // Open, with nothing to read: as an idle connection should be.
  virtual bool Quiet() = 0;
  // Makes the call in progress, if any, and every later one fail at once.
  virtual void Abort() = 0;
  // Why the server hung up before its hello: Connect's code for a lack of descriptors or memory, for which a
  // server in this process cannot accept, else ERROR_CONNECTION_REFUSED.
  virtual abi::DWORD WhyRefused() const { return abi::kErrorConnectionRefused; }
};

}  // namespace eaphost::shim
