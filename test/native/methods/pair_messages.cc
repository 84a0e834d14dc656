#include "test/native/methods/pair_messages.h"

#include <algorithm>
#include <cstring>

namespace eaphost::pairmethod {

namespace {

enum Kind : abi::BYTE { kChallenge = 1, kResponse = 2, kVerdict = 3, kDone = 4 };

class Writer {
 public:
  explicit Writer(Kind kind) { message_.push_back(kind); }
  void Octet(std::size_t value) { message_.push_back(static_cast<abi::BYTE>(value)); }
  void Octets(Bytes bytes) { message_.insert(message_.end(), bytes.begin(), bytes.end()); }
  void Text(std::string_view text) {
    text = text.substr(0, 255);
    Octet(text.size());
    Octets({reinterpret_cast<const abi::BYTE*>(text.data()), text.size()});
  }
  Message Take(std::size_t least = 0) {
    message_.resize(std::max(message_.size(), least));
    return std::move(message_);
  }

 private:
  Message message_;
};

class Reader {
 public:
  Reader(Kind kind, Bytes message) : rest_(message) { good_ = Octet() == kind; }
  abi::BYTE Octet() {
    const Bytes one = Octets(1);
    return one.empty() ? abi::BYTE{0} : one[0];
  }
  Bytes Octets(std::size_t count) {
    if (count > rest_.size()) {
      good_ = false;
      return {};
    }
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <std::size_t kSize>
  void Fill(std::array<abi::BYTE, kSize>& array) {
    const Bytes bytes = Octets(kSize);
    std::copy(bytes.begin(), bytes.end(), array.begin());
  }
  std::string Text() {
    const Bytes bytes = Octets(Octet());
    return std::string(bytes.begin(), bytes.end());
  }
  bool good() const { return good_; }

 private:
  Bytes rest_;
  bool good_ = true;
};

template <typename T>
std::optional<T> Checked(const Reader& reader, const T& value) {
  return reader.good() ? std::optional<T>(value) : std::nullopt;
}

}  // namespace

Message Encode(const Challenge& challenge, std::size_t least) {
  Writer writer(kChallenge);
  writer.Octets(challenge.nonce);
  return writer.Take(least);
}

Message Encode(const Response& response, std::size_t least) {
  Writer writer(kResponse);
  writer.Octets(response.nonce);
  writer.Octets(response.proof);
  writer.Text(response.identity);
  writer.Text(response.answer);
  return writer.Take(least);
}

Message Encode(const Verdict& verdict) {
  Writer writer(kVerdict);
  writer.Octet(verdict.good ? 1 : 0);
  for (int shift = 24; shift >= 0; shift -= 8) writer.Octet(verdict.reason >> shift & 0xFF);
  writer.Octets(verdict.proof);
  return writer.Take();
}

Message Encode(const Done& done) {
  Writer writer(kDone);
  writer.Octet(done.good ? 1 : 0);
  return writer.Take();
}

std::optional<Challenge> DecodeChallenge(Bytes message) {
  Reader reader(kChallenge, message);
  Challenge challenge;
  reader.Fill(challenge.nonce);
  return Checked(reader, challenge);
}

std::optional<Response> DecodeResponse(Bytes message) {
  Reader reader(kResponse, message);
  Response response;
  reader.Fill(response.nonce);
  reader.Fill(response.proof);
  response.identity = reader.Text();
  response.answer = reader.Text();
  return Checked(reader, response);
}

std::optional<Verdict> DecodeVerdict(Bytes message) {
  Reader reader(kVerdict, message);
  Verdict verdict;
  verdict.good = reader.Octet() == 1;
  for (int count = 0; count < 4; ++count) verdict.reason = verdict.reason << 8 | reader.Octet();
  reader.Fill(verdict.proof);
  return Checked(reader, verdict);
}

std::optional<Done> DecodeDone(Bytes message) {
  Reader reader(kDone, message);
  Done done;
  done.good = reader.Octet() == 1;
  return Checked(reader, done);
}

}  // namespace eaphost::pairmethod
