// Named pipes, overlapped.
#ifdef _WIN32

#include <windows.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "native/abi/win32.h"
#include "native/shim/failure.h"
#include "native/shim/stream.h"

namespace eaphost::shim {

namespace {

constexpr std::u16string_view kPrefix = u"\\\\.\\pipe\\";
constexpr std::size_t kLongestName = 256;

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (handle_ != nullptr) CloseHandle(handle_);
  }
  HANDLE get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  HANDLE handle_;
};

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

// The TOKEN_USER of a process, or empty.
std::vector<std::uint8_t> UserOf(HANDLE process) {
  HANDLE opened = nullptr;
  if (!OpenProcessToken(process, TOKEN_QUERY, &opened)) return {};
  const Handle token(opened);
  DWORD size = 0;
  GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
  std::vector<std::uint8_t> user(size);
  if (size == 0 || !GetTokenInformation(token.get(), TokenUser, user.data(), size, &size)) return {};
  return user;
}

bool ServerIsOurs(HANDLE pipe) {
  ULONG server = 0;
  if (!GetNamedPipeServerProcessId(pipe, &server)) return false;
  if (server == GetCurrentProcessId()) return true;
  const Handle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, server));
  if (!process) return false;
  const std::vector<std::uint8_t> theirs = UserOf(process.get());
  const std::vector<std::uint8_t> ours = UserOf(GetCurrentProcess());
  return !theirs.empty() && !ours.empty() &&
         EqualSid(reinterpret_cast<const TOKEN_USER*>(theirs.data())->User.Sid,
                  reinterpret_cast<const TOKEN_USER*>(ours.data())->User.Sid);
}

// The server learns who we are and cannot act for us.
HANDLE Open(LPCWSTR name) {
  return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                     FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
}

}  // namespace

bool Stream::IsAddress(const std::u16string& address) {
  return address.size() > kPrefix.size() && address.size() <= kLongestName &&
         std::equal(kPrefix.begin(), kPrefix.end(), address.begin()) &&
         address.find(u'\\', kPrefix.size()) == std::u16string::npos;
}

abi::DWORD Stream::Connect(const std::u16string& address, const Deadline& deadline,
                           std::unique_ptr<Stream>* stream) {
  if (!IsAddress(address)) return abi::kErrorConnectionRefused;
  const LPCWSTR name = reinterpret_cast<LPCWSTR>(address.c_str());
  for (;;) {
    Handle pipe(Open(name));
    if (pipe) {
      if (!ServerIsOurs(pipe.get())) return kErrorAccessDenied;
      Handle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
      Handle aborted(CreateEventW(nullptr, TRUE, FALSE, nullptr));
      if (!done || !aborted) return abi::kErrorNotEnoughMemory;
      *stream = std::make_unique<PipeStream>(std::move(pipe), std::move(done), std::move(aborted));
      return abi::kNoError;
    }
    if (GetLastError() != ERROR_PIPE_BUSY) return abi::kErrorConnectionRefused;
    const int left = deadline.Left();
    if (left == 0) return abi::kErrorTimeout;
    // Fails where the pipe is gone, which the next try finds out.
    WaitNamedPipeW(name, static_cast<DWORD>(left));
  }
}

}  // namespace eaphost::shim

#endif
