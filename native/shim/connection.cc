#include "native/shim/connection.h"

namespace eaphost::shim {

namespace {

// Takes nearly every answer in one read.
constexpr std::size_t kBufferSize = 4096;

}  // namespace

abi::DWORD Connection::Open(const std::u16string& address, const std::u16string& owner, const Token& token,
                            const Deadline& deadline, std::unique_ptr<Connection>* connection) {
  std::unique_ptr<Stream> stream;
  if (const abi::DWORD code = Stream::Connect(address, owner, deadline, &stream)) return code;
  return Open(std::move(stream), token, deadline, connection);
}

abi::DWORD Connection::Open(std::unique_ptr<Stream> stream, const Token& token, const Deadline& deadline,
                            std::unique_ptr<Connection>* connection) {
  auto opened = std::make_unique<Connection>(std::move(stream));
  if (const abi::DWORD code = opened->Greet(token, deadline); code != abi::kNoError) return code;
  *connection = std::move(opened);
  return abi::kNoError;
}

abi::DWORD Connection::Greet(const Token& token, const Deadline& deadline) {
  Writer hello(kHelloSize);
  abi::DWORD code = stream_->Write(EncodeHello(hello, token), deadline);
  Octets answer;
  if (code == abi::kNoError) code = Receive(deadline, kHelloSize, &answer);
  // A server that does not know the token hangs up, and one that has no descriptor for the connection.
  if (code == abi::kErrorConnectionAborted) return stream_->WhyRefused();
  if (code == abi::kNoError && !DecodeHello(answer, token)) code = abi::kErrorBadNetResponse;
  WipeAnswer();
  return code;
}

abi::DWORD Connection::Transfer(Call call, Writer& request, const Deadline& deadline, Frame* answer) {
  if (stream_ == nullptr) return abi::kErrorConnectionAborted;
  if (request.too_large()) return abi::kErrorInvalidParameter;
  if (++last_id_ == 0) last_id_ = 1;
  const std::uint8_t number = static_cast<std::uint8_t>(call);
  if (const abi::DWORD code = stream_->Write(request.Finish(last_id_, Kind::kRequest, number), deadline)) {
    return Close(code);
  }
  Octets frame;
  if (const abi::DWORD code = Receive(deadline, kMaxFrameSize, &frame)) return Close(code);
  const bool answers = DecodeFrame(frame, answer) && answer->id == last_id_ && answer->call == number &&
                       (answer->kind == static_cast<std::uint8_t>(Kind::kReply) ||
                        answer->kind == static_cast<std::uint8_t>(Kind::kFailure));
  return answers ? abi::kNoError : Close(abi::kErrorBadNetResponse);
}

abi::DWORD Connection::Receive(const Deadline& deadline, std::size_t limit, Octets* frame) {
  if (buffer_.empty()) buffer_.resize(kBufferSize);
  used_ = 0;
  std::size_t length = 0;
  do {
    std::size_t got = 0;
    const std::span<std::uint8_t> room = std::span(buffer_).subspan(used_);
    if (const abi::DWORD code = stream_->Read(room, deadline, &got)) return code;
    used_ += got;
    if (length == 0 && used_ >= 4) {
      length = DecodeLength(buffer_);
      if (length == 0 || length > limit) return abi::kErrorBadNetResponse;
      if (length > buffer_.size()) buffer_.resize(length);
    }
    if (length != 0 && used_ > length) return abi::kErrorBadNetResponse;
  } while (length == 0 || used_ < length);
  *frame = Octets(buffer_).first(length);
  return abi::kNoError;
}

bool Connection::Quiet() { return stream_ != nullptr && stream_->Quiet(); }

void Connection::Abort() {
  const std::lock_guard guard(stream_lock_);
  if (stream_ != nullptr) stream_->Abort();
}

abi::DWORD Connection::Close(abi::DWORD code) {
  Break();
  return code;
}

void Connection::Break() {
  WipeAnswer();
  const std::lock_guard guard(stream_lock_);
  stream_.reset();
}

void Connection::WipeAnswer() {
  platform::Wipe(buffer_.data(), used_);
  used_ = 0;
  // One large answer should not cost memory for good.
  if (buffer_.size() > kBufferSize) {
    buffer_.resize(kBufferSize);
    buffer_.shrink_to_fit();
  }
}

}  // namespace eaphost::shim
