// The server's end of a local stream, for tests of the shim: blocking, with an Abort that any thread may
// call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "native/platform/text.h"
#endif

namespace eaphost::test {

#ifdef _WIN32

class FakeStream {
 public:
  explicit FakeStream(HANDLE pipe) : pipe_(pipe) {}
  FakeStream(const FakeStream&) = delete;
  FakeStream& operator=(const FakeStream&) = delete;
  ~FakeStream() {
    if (pipe_ != INVALID_HANDLE_VALUE) CloseHandle(pipe_);
    CloseHandle(done_);
    CloseHandle(aborted_);
  }

  bool Read(std::uint8_t* data, std::size_t size) {
    while (size > 0) {
      OVERLAPPED operation = Operation();
      const std::size_t count =
          Finish(ReadFile(pipe_, data, static_cast<DWORD>(size), nullptr, &operation) != 0, operation);
      if (count == 0) return false;
      data += count;
      size -= count;
    }
    return true;
  }

  bool Write(const std::uint8_t* data, std::size_t size) {
    while (size > 0) {
      OVERLAPPED operation = Operation();
      const std::size_t count =
          Finish(WriteFile(pipe_, data, static_cast<DWORD>(size), nullptr, &operation) != 0, operation);
      if (count == 0) return false;
      data += count;
      size -= count;
    }
    return true;
  }

  // Ends the read or write in progress and every later one. Any thread.
  void Abort() { SetEvent(aborted_); }

  // Hangs up; what was written can still be read. For the thread that reads and writes.
  void Close() {
    CloseHandle(pipe_);
    pipe_ = INVALID_HANDLE_VALUE;
  }

  // Whether a client came.
  bool Connect() {
    OVERLAPPED operation = Operation();
    if (ConnectNamedPipe(pipe_, &operation)) return true;
    if (GetLastError() == ERROR_PIPE_CONNECTED) return true;
    if (GetLastError() != ERROR_IO_PENDING) return false;
    return Wait(operation) && GetOverlappedResult(pipe_, &operation, &ignored_, FALSE);
  }

 private:
  OVERLAPPED Operation() {
    OVERLAPPED operation{};
    operation.hEvent = done_;
    return operation;
  }

  bool Wait(OVERLAPPED& operation) {
    const HANDLE events[] = {done_, aborted_};
    if (WaitForMultipleObjects(2, events, FALSE, INFINITE) == WAIT_OBJECT_0) return true;
    CancelIoEx(pipe_, &operation);
    GetOverlappedResult(pipe_, &operation, &ignored_, TRUE);
    return false;
  }

  std::size_t Finish(bool started, OVERLAPPED& operation) {
    if (!started && GetLastError() != ERROR_IO_PENDING) return 0;
    DWORD count = 0;
    if (!Wait(operation) || !GetOverlappedResult(pipe_, &operation, &count, FALSE)) return 0;
    return count;
  }

  HANDLE pipe_;
  HANDLE done_ = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  HANDLE aborted_ = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  DWORD ignored_ = 0;
};

class FakeListener {
 public:
  FakeListener() {
    static std::atomic<int> count{0};
    const std::string name = "eaphost-test-" + std::to_string(GetCurrentProcessId()) + "-" +
                             std::to_string(GetTickCount()) + "-" + std::to_string(count++);
    address_ = u"\\\\.\\pipe\\" + std::u16string(name.begin(), name.end());
    next_ = Make();
  }

  const std::u16string& address() const { return address_; }

  // The next client, or nullptr after Stop.
  std::unique_ptr<FakeStream> Accept() {
    const bool connected = next_->Connect();
    std::unique_ptr<FakeStream> accepted = std::move(next_);
    if (!connected || stopped_) return nullptr;
    next_ = Make();
    return accepted;
  }

  void Stop() {
    if (stopped_.exchange(true)) return;
    // A client of our own ends the wait.
    const LPCWSTR name = reinterpret_cast<LPCWSTR>(address_.c_str());
    HANDLE client = INVALID_HANDLE_VALUE;
    do {
      client = CreateFileW(name, GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    } while (client == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY &&
             WaitNamedPipeW(name, 1000));
    if (client != INVALID_HANDLE_VALUE) CloseHandle(client);
  }

 private:
  std::unique_ptr<FakeStream> Make() const {
    return std::make_unique<FakeStream>(CreateNamedPipeW(
        reinterpret_cast<LPCWSTR>(address_.c_str()), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_REJECT_REMOTE_CLIENTS, PIPE_UNLIMITED_INSTANCES, 65536,
        65536, 0, nullptr));
  }

  std::u16string address_;
  std::atomic<bool> stopped_{false};
  std::unique_ptr<FakeStream> next_;
};

#else

class FakeStream {
 public:
  explicit FakeStream(int descriptor) : descriptor_(descriptor) {}
  FakeStream(const FakeStream&) = delete;
  FakeStream& operator=(const FakeStream&) = delete;
  ~FakeStream() { close(descriptor_); }

  bool Read(std::uint8_t* data, std::size_t size) {
    while (size > 0) {
      const ssize_t count = recv(descriptor_, data, size, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      data += count;
      size -= static_cast<std::size_t>(count);
    }
    return true;
  }

  bool Write(const std::uint8_t* data, std::size_t size) {
    while (size > 0) {
      const ssize_t count = send(descriptor_, data, size, MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      data += count;
      size -= static_cast<std::size_t>(count);
    }
    return true;
  }

  void Abort() { shutdown(descriptor_, SHUT_RDWR); }
  void Close() { Abort(); }

 private:
  const int descriptor_;
};

class FakeListener {
 public:
  FakeListener() {
    char folder[] = "/tmp/eaphost-test-XXXXXX";
    if (mkdtemp(folder) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = folder;
    path_ = folder_ + "/s";
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path_.data(), path_.size());
    descriptor_ = socket(AF_UNIX, SOCK_STREAM, 0);
    if (descriptor_ < 0 || bind(descriptor_, reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0 ||
        listen(descriptor_, 64) != 0 || pipe(wake_) != 0) {
      throw std::runtime_error("no socket");
    }
  }

  ~FakeListener() {
    Stop();
    close(wake_[0]);
    close(wake_[1]);
  }

  std::u16string address() const { return platform::ToUtf16(path_); }

  // The next client, or nullptr after Stop.
  std::unique_ptr<FakeStream> Accept() {
    pollfd entries[] = {{descriptor_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    for (;;) {
      const int count = poll(entries, 2, -1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 || entries[1].revents != 0) break;
      const int accepted = accept(descriptor_, nullptr, nullptr);
      if (accepted >= 0) return std::make_unique<FakeStream>(accepted);
    }
    close(descriptor_);
    return nullptr;
  }

  void Stop() {
    if (std::exchange(stopped_, true)) return;
    unlink(path_.c_str());
    rmdir(folder_.c_str());
    const char octet = 0;
    if (write(wake_[1], &octet, 1) != 1) std::abort();
  }

 private:
  std::string folder_;
  std::string path_;
  int descriptor_ = -1;
  int wake_[2] = {-1, -1};
  bool stopped_ = false;
};

#endif

}  // namespace eaphost::test
