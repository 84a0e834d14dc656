// Named pipes, overlapped.
#ifdef _WIN32

#include <windows.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "native/abi/win32.h"
#include "native/platform/pipe_client_win32.h"
#include "native/platform/security_win32.h"
#include "native/shim/failure.h"
#include "native/shim/stream.h"

namespace eaphost::shim {

namespace {

constexpr std::u16string_view kPrefix = u"\\\\.\\pipe\\";
constexpr std::size_t kLongestName = 256;

using platform::Handle;
using platform::Sid;

class PipeStream final : public Stream {
 public:
  PipeStream(Handle pipe, Handle done, Handle aborted)
      : pipe_(std::move(pipe)), done_(std::move(done)), aborted_(std::move(aborted)) {}

  abi::DWORD Write(std::span<const std::uint8_t> data, const Deadline& deadline) override {
    while (!data.empty()) {
      OVERLAPPED operation = Operation();
      const BOOL written =
          WriteFile(pipe_.get(), data.data(), static_cast<DWORD>(data.size()), nullptr, &operation);
      std::size_t count = 0;
      if (const abi::DWORD code = Complete(written, operation, deadline, &count); code != abi::kNoError) {
        return code;
      }
      data = data.subspan(count);
    }
    return abi::kNoError;
  }

  abi::DWORD Read(std::span<std::uint8_t> data, const Deadline& deadline, std::size_t* got) override {
    OVERLAPPED operation = Operation();
    const BOOL read =
        ReadFile(pipe_.get(), data.data(), static_cast<DWORD>(data.size()), nullptr, &operation);
    return Complete(read, operation, deadline, got);
  }

  bool Quiet() override {
    DWORD available = 0;
    return PeekNamedPipe(pipe_.get(), nullptr, 0, nullptr, &available, nullptr) && available == 0;
  }

  void Abort() override { SetEvent(aborted_.get()); }

 private:
  OVERLAPPED Operation() const {
    OVERLAPPED operation{};
    operation.hEvent = done_.get();
    return operation;
  }

  // Waits for an operation that was started; on return it is over, whatever the outcome.
  abi::DWORD Complete(BOOL started, OVERLAPPED& operation, const Deadline& deadline, std::size_t* count) {
    if (!started && GetLastError() != ERROR_IO_PENDING) return abi::kErrorConnectionAborted;
    const HANDLE events[] = {done_.get(), aborted_.get()};
    const DWORD wait = WaitForMultipleObjects(2, events, FALSE, static_cast<DWORD>(deadline.Left()));
    if (wait != WAIT_OBJECT_0) CancelIoEx(pipe_.get(), &operation);
    DWORD transferred = 0;
    const BOOL done = GetOverlappedResult(pipe_.get(), &operation, &transferred, TRUE);
    if (wait == WAIT_TIMEOUT && (!done || transferred == 0)) return abi::kErrorTimeout;
    if (!done || transferred == 0 || WaitForSingleObject(aborted_.get(), 0) == WAIT_OBJECT_0) {
      return abi::kErrorConnectionAborted;
    }
    *count = transferred;
    return abi::kNoError;
  }

  Handle pipe_;
  Handle done_;
  Handle aborted_;
};

// Who may own a server: the named owner, or this process' user and the owner of what that user creates.
bool IsWanted(const Sid& owner, const std::u16string& wanted) {
  if (!owner) return false;
  if (!wanted.empty()) return owner == Sid::Parse(reinterpret_cast<LPCWSTR>(wanted.c_str()));
  const Handle token = platform::OwnToken();
  return token && (owner == platform::UserOf(token.get()) || owner == platform::DefaultOwnerOf(token.get()));
}

// Whether the pipe is `wanted`'s, and so is the process that serves it where the system lets us look.
bool ServesFor(HANDLE pipe, const std::u16string& wanted) {
  ULONG server = 0;
  if (!GetNamedPipeServerProcessId(pipe, &server)) return false;
  if (wanted.empty() && server == GetCurrentProcessId()) return true;
  return platform::ServesFor(pipe, server, [&wanted](const Sid& owner) { return IsWanted(owner, wanted); });
}

}  // namespace

bool Stream::IsAddress(const std::u16string& address) {
  return address.size() > kPrefix.size() && address.size() <= kLongestName &&
         std::equal(kPrefix.begin(), kPrefix.end(), address.begin()) &&
         address.find(u'\\', kPrefix.size()) == std::u16string::npos;
}

abi::DWORD Stream::Connect(const std::u16string& address, const std::u16string& owner,
                           const Deadline& deadline, std::unique_ptr<Stream>* stream) {
  if (!IsAddress(address)) return abi::kErrorConnectionRefused;
  const LPCWSTR name = reinterpret_cast<LPCWSTR>(address.c_str());
  for (;;) {
    Handle pipe = platform::OpenPipe(name);
    if (pipe) {
      if (!ServesFor(pipe.get(), owner)) return kErrorAccessDenied;
      Handle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
      Handle aborted(CreateEventW(nullptr, TRUE, FALSE, nullptr));
      if (!done || !aborted) return abi::kErrorNotEnoughMemory;
      *stream = std::make_unique<PipeStream>(std::move(pipe), std::move(done), std::move(aborted));
      return abi::kNoError;
    }
    const DWORD code = GetLastError();
    if (code == ERROR_ACCESS_DENIED) return kErrorAccessDenied;
    if (code != ERROR_PIPE_BUSY) return abi::kErrorConnectionRefused;
    const int left = deadline.Left();
    if (left == 0) return abi::kErrorTimeout;
    // Fails where the pipe is gone, which the next try finds out.
    WaitNamedPipeW(name, static_cast<DWORD>(left));
  }
}

}  // namespace eaphost::shim

#endif
