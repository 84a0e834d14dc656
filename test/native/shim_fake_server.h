// A scripted server for the shim: it listens like the real one and says, on each connection, what its script
// says, right or wrong. Each connection has a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "native/shim/codec.h"
#include "native/shim/wire.h"
#include "test/native/shim_fake_stream.h"

namespace eaphost::test {

using Bytes = std::vector<std::uint8_t>;

struct Request {
  std::uint32_t id = 0;
  std::uint8_t kind = 0;
  std::uint8_t call = 0;
  Bytes body;
};

// One connection as the script sees it. A read or write that fails (the shim has hung up, the test is over)
// makes every later one fail at once.
class FakePeer {
 public:
  explicit FakePeer(FakeStream& stream, const shim::Token& token) : stream_(stream), token_(token) {}

  bool open() const { return open_; }

  Bytes Read(std::size_t size) {
    Bytes data(size);
    open_ = open_ && stream_.Read(data.data(), size);
    return open_ ? data : Bytes(size);
  }

  void Send(const Bytes& data) { open_ = open_ && stream_.Write(data.data(), data.size()); }

  // Reads the shim's hello and answers it.
  bool Greet() {
    Read(shim::kHelloSize);
    shim::Writer hello;
    const shim::Octets answer = shim::EncodeHello(hello, token_);
    Send({answer.begin(), answer.end()});
    return open_;
  }

  // The next request; open() is false where none came.
  Request Next() {
    Bytes frame = Read(shim::kHeaderSize);
    Request request;
    if (!open_) return request;
    shim::Reader reader{frame};
    const std::uint32_t length = reader.U32();
    request.id = reader.U32();
    request.kind = reader.U8();
    request.call = reader.U8();
    request.body = Read(length - shim::kHeaderSize);
    return request;
  }

  static Bytes Frame(std::uint32_t id, shim::Kind kind, std::uint8_t call, const Bytes& body) {
    shim::Writer writer;
    writer.Raw(body);
    const shim::Octets frame = writer.Finish(id, kind, call);
    return {frame.begin(), frame.end()};
  }

  void Reply(const Request& request, const Bytes& body = {}) {
    Send(Frame(request.id, shim::Kind::kReply, request.call, body));
  }

  void Fail(const Request& request, const Bytes& body) {
    Send(Frame(request.id, shim::Kind::kFailure, request.call, body));
  }

  // Waits until the shim hangs up or the test is over.
  void WaitForEnd() {
    while (open_) Read(1);
  }

 private:
  FakeStream& stream_;
  const shim::Token& token_;
  bool open_ = true;
};

class FakeServer {
 public:
  using Script = std::function<void(FakePeer&)>;

  explicit FakeServer(Script script) : script_(std::move(script)) {
    for (std::size_t index = 0; index < token_.size(); ++index) {
      token_[index] = static_cast<std::uint8_t>(index * 7 + 1);
    }
    acceptor_ = std::thread([this] { Accept(); });
  }

  ~FakeServer() { Stop(); }

  // Hangs up on everybody and stops listening.
  void Stop() {
    listener_.Stop();
    if (acceptor_.joinable()) acceptor_.join();
    HangUp();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // Hangs up on those who are connected.
  void HangUp() {
    const std::lock_guard guard(lock_);
    for (const auto& stream : streams_) stream->Abort();
  }

  std::u16string endpoint() const { return Named(token_); }
  std::u16string endpoint_with_wrong_token() const { return Named({}); }
  int connections() const { return connections_; }

 private:
  std::u16string Named(const shim::Token& token) const {
    constexpr char16_t kDigits[] = u"0123456789abcdef";
    std::u16string name = listener_.address() + u'#';
    for (const std::uint8_t octet : token) {
      name += kDigits[octet >> 4];
      name += kDigits[octet & 15];
    }
    return name;
  }

  void Accept() {
    while (std::unique_ptr<FakeStream> stream = listener_.Accept()) {
      ++connections_;
      FakeStream* accepted = stream.get();
      const std::lock_guard guard(lock_);
      streams_.push_back(std::move(stream));
      threads_.emplace_back([this, accepted] {
        FakePeer peer(*accepted, token_);
        script_(peer);
        accepted->Close();
      });
    }
  }

  const Script script_;
  shim::Token token_{};
  FakeListener listener_;
  std::atomic<int> connections_{0};
  std::mutex lock_;
  std::vector<std::unique_ptr<FakeStream>> streams_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace eaphost::test
