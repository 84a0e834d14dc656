// One connection to a server: hello, then one exchange after the other. One thread at a time; Abort may come
// from any other. What breaks it closes it; a broken connection fails every exchange at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "native/shim/codec.h"
#include "native/shim/stream.h"

namespace eaphost::shim {

class Connection {
 public:
  // Connects and says hello.
  static abi::DWORD Open(const std::u16string& address, const std::u16string& owner, const Token& token,
                         const Deadline& deadline, std::unique_ptr<Connection>* connection);
  // Says hello on a stream that is connected.
  static abi::DWORD Open(std::unique_ptr<Stream> stream, const Token& token, const Deadline& deadline,
                         std::unique_ptr<Connection>* connection);

  explicit Connection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends a request whose body `request` holds and waits for its answer, which `decode(body, outputs...)`
  // takes: it says whether the body is well formed. Gives no failure, the server's, or ours.
  template <typename Decode, typename... Output>
  Failure Exchange(Call call, Writer& request, const Deadline& deadline, Decode decode, Output*... outputs) {
    try {
      Frame answer;
      const abi::DWORD code = Transfer(call, request, deadline, &answer);
      if (code != abi::kNoError) return Failure::Of(code);
      Failure failure;
      const bool failed = answer.kind == static_cast<std::uint8_t>(Kind::kFailure);
      const bool well_formed =
          failed ? DecodeFailure(answer.body, &failure) : decode(answer.body, outputs...);
      WipeAnswer();
      if (well_formed) return failure;
      Break();
      return Failure::Of(abi::kErrorBadNetResponse);
    } catch (...) {
      // The two sides no longer agree on what has happened.
      Break();
      throw;
    }
  }

  // Whole, with nothing to read.
  bool Quiet();
  // Makes the exchange in progress, if any, and every later one fail at once.
  void Abort();

 private:
  abi::DWORD Greet(const Token& token, const Deadline& deadline);
  abi::DWORD Transfer(Call call, Writer& request, const Deadline& deadline, Frame* answer);
  // Reads one frame into buffer_, and nothing behind it.
  abi::DWORD Receive(const Deadline& deadline, std::size_t limit, Octets* frame);
  abi::DWORD Close(abi::DWORD code);
  void Break();
  void WipeAnswer();

  std::mutex stream_lock_;  // of the pointer: only the thread that exchanges resets it, under the lock
  std::unique_ptr<Stream> stream_;
  platform::SecretBytes buffer_;
  std::size_t used_ = 0;
  std::uint32_t last_id_ = 0;
};

}  // namespace eaphost::shim
