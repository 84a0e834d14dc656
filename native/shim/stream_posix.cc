// Unix-domain sockets.
#ifndef _WIN32

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "native/abi/win32.h"
#include "native/platform/security_posix.h"
#include "native/platform/text.h"
#include "native/shim/failure.h"
#include "native/shim/stream.h"

namespace eaphost::shim {

namespace {

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;  // SO_NOSIGPIPE does it
#endif

// The wait before another try if the server's queue of connections is full.
constexpr int kRetryMs = 1;

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Waits for `events` or an end of the stream.
abi::DWORD Wait(int descriptor, short events, const Deadline& deadline) {
  for (;;) {
    pollfd entry{descriptor, events, 0};
    const int count = poll(&entry, 1, deadline.Left());
    if (count > 0) return abi::kNoError;
    if (count == 0) return abi::kErrorTimeout;
    if (errno != EINTR) return abi::kErrorConnectionAborted;
  }
}

int MakeSocket() {
#ifdef SOCK_CLOEXEC
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
#else
  return socket(AF_UNIX, SOCK_STREAM, 0);
#endif
}

// Of the socket that could not be made.
abi::DWORD WhyNoSocket() {
  if (errno == EMFILE || errno == ENFILE) return abi::kErrorTooManyOpenFiles;
  return errno == ENOMEM || errno == ENOBUFS ? abi::kErrorNotEnoughMemory : abi::kErrorConnectionRefused;
}

class PosixStream final : public Stream {
 public:
  explicit PosixStream(Socket socket) : socket_(std::move(socket)) {}

  int get() const { return socket_.get(); }

  abi::DWORD Write(std::span<const std::uint8_t> data, const Deadline& deadline) override {
    while (!data.empty()) {
      const ssize_t sent = send(get(), data.data(), data.size(), kSendFlags);
      if (sent > 0) {
        data = data.subspan(static_cast<std::size_t>(sent));
      } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        if (const abi::DWORD code = Wait(get(), POLLOUT, deadline); code != abi::kNoError) return code;
      } else if (sent == 0 || errno != EINTR) {
        return abi::kErrorConnectionAborted;
      }
    }
    return abi::kNoError;
  }

  abi::DWORD Read(std::span<std::uint8_t> data, const Deadline& deadline, std::size_t* got) override {
    for (;;) {
      // The answer is seldom there yet: waiting first saves a call.
      if (const abi::DWORD code = Wait(get(), POLLIN, deadline); code != abi::kNoError) return code;
      const ssize_t count = recv(get(), data.data(), data.size(), 0);
      if (count > 0) {
        *got = static_cast<std::size_t>(count);
        return abi::kNoError;
      }
      if (count == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) {
        return abi::kErrorConnectionAborted;
      }
    }
  }

  bool Quiet() override {
    std::uint8_t octet = 0;
    return recv(get(), &octet, 1, MSG_PEEK) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  void Abort() override { shutdown(get(), SHUT_RDWR); }

  abi::DWORD WhyRefused() const override {
    // A connection inside of one process takes two. While a server refuses for want of them, the client's is
    // free again, and so is the one that libuv keeps in reserve for that.
    constexpr int kNeeded = 4;
    std::vector<Socket> probes;
    probes.reserve(kNeeded);
    while (probes.size() < kNeeded) {
      probes.emplace_back(MakeSocket());
      if (probes.back().get() < 0) return WhyNoSocket();
    }
    return abi::kErrorConnectionRefused;
  }

 private:
  Socket socket_;
};

bool Prepare(int descriptor) {
#ifdef SO_NOSIGPIPE
  const int on = 1;
  if (setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) != 0) return false;
#endif
  const int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

bool Fill(const std::u16string& address, sockaddr_un* name) {
  const std::string path = platform::ToUtf8(address);
  if (path.empty() || path[0] != '/' || path.size() >= sizeof(name->sun_path)) return false;
  *name = {};
  name->sun_family = AF_UNIX;
  std::memcpy(name->sun_path, path.data(), path.size());
  return true;
}

abi::DWORD ConnectTo(int descriptor, const sockaddr_un& name, const Deadline& deadline) {
  for (;;) {
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0) {
      return abi::kNoError;
    }
    const int error = errno;
    if (error == EISCONN) return abi::kNoError;
    if (error == EINPROGRESS || error == EALREADY) {
      if (const abi::DWORD code = Wait(descriptor, POLLOUT, deadline); code != abi::kNoError) return code;
    } else if (error == EAGAIN) {
      if (deadline.Left() == 0) return abi::kErrorTimeout;
      poll(nullptr, 0, kRetryMs);
    } else if (error != EINTR) {
      return abi::kErrorConnectionRefused;
    }
  }
}

}  // namespace

bool Stream::IsAddress(const std::u16string& address) {
  sockaddr_un name;
  return Fill(address, &name);
}

abi::DWORD Stream::Connect(const std::u16string& address, const std::u16string& owner,
                           const Deadline& deadline, std::unique_ptr<Stream>* stream) {
  // Only Windows' registry names an owner.
  if (!owner.empty()) return kErrorAccessDenied;
  sockaddr_un name;
  if (!Fill(address, &name)) return abi::kErrorConnectionRefused;
  Socket opened(MakeSocket());
  if (opened.get() < 0) return WhyNoSocket();
  if (!Prepare(opened.get())) return abi::kErrorConnectionRefused;
  if (const abi::DWORD code = ConnectTo(opened.get(), name, deadline); code != abi::kNoError) return code;
  if (platform::UserAtOtherEnd(opened.get()) != geteuid()) return kErrorAccessDenied;
  *stream = std::make_unique<PosixStream>(std::move(opened));
  return abi::kNoError;
}

}  // namespace eaphost::shim

#endif
