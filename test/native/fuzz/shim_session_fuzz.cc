// Sessions of both sides over a stream whose other end is hostile: a host's calls with arguments of the
// input's, answers of the input's in pieces of any size. Input: an octet that chooses the side, then for each
// call: which one, how it is answered, the octets of its argument and those of its answer, each behind its
// count. Whatever comes, requests are well formed, outputs and errors are whole, and nothing is left behind.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "native/abi/win32.h"
#include "native/shim/authenticator.h"
#include "native/shim/memory.h"
#include "native/shim/peer.h"
#include "native/shim/session.h"
#include "native/shim/stream.h"

namespace {

using namespace eaphost;
using Bytes = std::vector<std::uint8_t>;

void Require(bool holds) {
  if (!holds) std::abort();
}

volatile unsigned sink;

// Reads every octet that a host would read.
void Touch(const void* data, std::size_t size) {
  for (std::size_t index = 0; index < size; ++index) sink = static_cast<const std::uint8_t*>(data)[index];
}

void Touch(const abi::EAP_ATTRIBUTES& attributes) {
  for (abi::DWORD index = 0; index < attributes.dwNumberOfAttributes; ++index) {
    Touch(attributes.pAttribs[index].pValue, attributes.pAttribs[index].dwLength);
  }
}

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(data, size) {}
  bool empty() const { return left_.empty(); }
  std::uint8_t Octet() {
    const std::uint8_t octet = left_.empty() ? 0 : left_[0];
    left_ = left_.subspan(left_.empty() ? 0 : 1);
    return octet;
  }
  Bytes Octets() {
    const std::size_t count = Octet() | static_cast<std::size_t>(Octet()) << 8;
    const auto octets = left_.first(std::min(count, left_.size()));
    left_ = left_.subspan(octets.size());
    return {octets.begin(), octets.end()};
  }

 private:
  std::span<const std::uint8_t> left_;
};

enum How : std::uint8_t { kReply, kFailure, kRaw, kEnd };

// What the server says next. The stream goes with its connection; this stays.
struct Server {
  How how = kEnd;
  std::size_t piece = 1;
  Bytes answer;
  std::size_t at = 0;
  std::uint32_t last_id = 0;
};

class HostileStream final : public shim::Stream {
 public:
  explicit HostileStream(Server& server) : server_(server) {}

  abi::DWORD Write(std::span<const std::uint8_t> data, const shim::Deadline&) override {
    shim::Frame frame;
    Require(shim::DecodeFrame(data, &frame));
    Require(frame.kind == static_cast<std::uint8_t>(shim::Kind::kRequest) && frame.id == ++server_.last_id);
    if (server_.how == kReply || server_.how == kFailure) {
      shim::Writer writer;
      writer.Raw(server_.answer);
      const auto kind = server_.how == kReply ? shim::Kind::kReply : shim::Kind::kFailure;
      const shim::Octets whole = writer.Finish(frame.id, kind, frame.call);
      server_.answer.assign(whole.begin(), whole.end());
    }
    return server_.how == kEnd ? abi::kErrorConnectionAborted : abi::kNoError;
  }

  abi::DWORD Read(std::span<std::uint8_t> data, const shim::Deadline&, std::size_t* got) override {
    *got = std::min({data.size(), server_.piece, server_.answer.size() - server_.at});
    if (*got == 0) return abi::kErrorTimeout;
    std::memcpy(data.data(), server_.answer.data() + server_.at, *got);
    server_.at += *got;
    return abi::kNoError;
  }

  bool Quiet() override { return server_.at == server_.answer.size(); }
  void Abort() override {}

 private:
  Server& server_;
};

constexpr abi::EAP_METHOD_TYPE kType{{254, 99999, 78}, 99999};

// A call's code and the error that goes with it.
class Outcome {
 public:
  ~Outcome() { shim::Free(error_); }
  abi::EAP_ERROR** out() { return &error_; }
  bool Is(abi::DWORD code) {
    Require((error_ != nullptr) == (code != abi::kNoError));
    if (error_ == nullptr) return true;
    Require(error_->dwWinError == code);
    for (const abi::WCHAR* text : {error_->pRootCauseString, error_->pRepairString}) {
      for (; text != nullptr && *text != 0; ++text) sink = *text;
    }
    return false;
  }

 private:
  abi::EAP_ERROR* error_ = nullptr;
};

// Attributes of a host's: pieces of a type, a count and that many octets.
class HostAttributes {
 public:
  explicit HostAttributes(Bytes octets) : octets_(std::move(octets)) {
    for (std::size_t at = 0; at + 2 <= octets_.size();) {
      const std::size_t count = std::min<std::size_t>(octets_[at + 1], octets_.size() - at - 2);
      list_.push_back({static_cast<abi::EAP_ATTRIBUTE_TYPE>(octets_[at]), static_cast<abi::DWORD>(count),
                       octets_.data() + at + 2});
      at += 2 + count;
    }
    attributes = {static_cast<abi::DWORD>(list_.size()), list_.data()};
  }

  abi::EAP_ATTRIBUTES attributes{};

 private:
  Bytes octets_;
  std::vector<abi::EAP_ATTRIBUTE> list_;
};

void CheckStep(abi::EAP_SESSION_HANDLE handle, const abi::EapPeerMethodOutput& output) {
  Require(output.action <= abi::EapPeerMethodResponseActionNone);
  Bytes packet(shim::kMaxPacketSize);
  abi::DWORD size = static_cast<abi::DWORD>(packet.size());
  Outcome response;
  const bool is_sent = response.Is(shim::GetResponsePacket(
      handle, &size, reinterpret_cast<abi::EapPacket*>(packet.data()), response.out()));
  Require(is_sent == (output.action == abi::EapPeerMethodResponseActionSend));
  if (is_sent) Require(size >= 4 && static_cast<abi::DWORD>(packet[2] << 8 | packet[3]) == size);
  abi::BYTE* context = nullptr;
  Outcome ui;
  if (ui.Is(shim::GetUIContext(handle, &size, &context, ui.out()))) Touch(context, size);
  abi::EAP_ATTRIBUTES attributes{};
  Outcome respond;
  if (respond.Is(shim::GetResponseAttributes(handle, &attributes, respond.out()))) Touch(attributes);
}

void CallPeer(abi::EAP_SESSION_HANDLE handle, std::uint8_t which, Bytes argument) {
  Outcome outcome;
  abi::EapPeerMethodOutput output{};
  const auto size = static_cast<abi::DWORD>(argument.size());
  switch (which % 5) {
    case 0:
      argument.resize(std::max<std::size_t>(argument.size(), sizeof(abi::EapPacket)));
      if (outcome.Is(shim::ProcessRequestPacket(
              handle, size, reinterpret_cast<abi::EapPacket*>(argument.data()), &output, outcome.out()))) {
        CheckStep(handle, output);
      }
      break;
    case 1:
      if (outcome.Is(shim::SetUIContext(handle, size, argument.data(), &output, outcome.out())))
        CheckStep(handle, output);
      break;
    case 2: {
      HostAttributes host(std::move(argument));
      if (outcome.Is(shim::SetResponseAttributes(handle, &host.attributes, &output, outcome.out())))
        CheckStep(handle, output);
      break;
    }
    case 3: {
      abi::EapPeerMethodResult result{};
      const auto reason = static_cast<abi::EapPeerMethodResultReason>(1 + size % 3);
      if (!outcome.Is(shim::GetResult(handle, reason, &result, outcome.out()))) break;
      Touch(result.pConnectionData, result.dwSizeofConnectionData);
      Touch(result.pUserData, result.dwSizeofUserData);
      Touch(*result.pAttribArray);
      Require((result.pEapError == nullptr) == (result.fIsSuccess != 0));
      Require((result.dwFailureReasonCode == 0) == (result.fIsSuccess != 0));
      shim::Free(result.pEapError);
      break;
    }
    default: {
      std::u16string text(argument.begin(), argument.end());
      outcome.Is(shim::SetCredentials(handle, text.data(), text.data(), outcome.out()));
    }
  }
}

void CallAuthenticator(const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES& routines, abi::EAP_SESSION_HANDLE handle,
                       std::uint8_t which, Bytes argument) {
  Outcome outcome;
  abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION action{};
  const auto size = static_cast<abi::DWORD>(argument.size());
  const auto check = [&](abi::DWORD code) {
    if (!outcome.Is(code)) return;
    Require(action <= abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_HANDLE_IDENTITY);
    abi::EAP_ATTRIBUTES attributes{};
    Outcome fetched;
    const bool has_attributes =
        fetched.Is(routines.EapMethodAuthenticatorGetAttributes(handle, &attributes, fetched.out()));
    Require(has_attributes == (action == abi::EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND));
    Touch(attributes);
  };
  switch (which % 5) {
    case 0:
      argument.resize(std::max<std::size_t>(argument.size(), sizeof(abi::EapPacket)));
      check(routines.EapMethodAuthenticatorReceivePacket(
          handle, size, reinterpret_cast<abi::EapPacket*>(argument.data()), &action, outcome.out()));
      break;
    case 1: {
      Bytes packet(size);
      packet.resize(std::max<std::size_t>(packet.size(), sizeof(abi::EapPacket)));
      abi::DWORD capacity = size;
      abi::EAP_AUTHENTICATOR_SEND_TIMEOUT timeout{};
      if (outcome.Is(routines.EapMethodAuthenticatorSendPacket(
              handle, which, &capacity, reinterpret_cast<abi::EapPacket*>(packet.data()), &timeout,
              outcome.out()))) {
        Require(capacity >= 4 && capacity <= size);
      }
      break;
    }
    case 2: {
      HostAttributes host(std::move(argument));
      check(routines.EapMethodAuthenticatorSetAttributes(handle, &host.attributes, &action, outcome.out()));
      break;
    }
    case 3: {
      abi::EAP_METHOD_AUTHENTICATOR_RESULT result{};
      if (!outcome.Is(routines.EapMethodAuthenticatorGetResult(handle, &result, outcome.out()))) break;
      Require((result.dwFailureReason == 0) == (result.fIsSuccess != 0));
      Touch(*result.pAuthAttribs);
      break;
    }
    default: {
      const std::u16string text(argument.begin(), argument.end());
      HostAttributes host(std::move(argument));
      outcome.Is(routines.EapMethodAuthenticatorUpdateInnerMethodParams(handle, which, text.c_str(),
                                                                        &host.attributes, outcome.out()));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const abi::EAP_AUTHENTICATOR_METHOD_ROUTINES routines = [] {
    abi::EAP_AUTHENTICATOR_METHOD_ROUTINES filled{};
    Require(shim::FillAuthenticatorRoutines(kType, &filled) == abi::kNoError);
    return filled;
  }();
  Input input(data, size);
  Server server;
  const bool is_peer = input.Octet() % 2 == 0;
  // One whose server is a registered one's: its connection is not kept.
  shim::EndpointPointer endpoint(new shim::Endpoint(u"", u"S-1-5-19", {}));
  const abi::EAP_SESSION_HANDLE handle = shim::AddSession(shim::SessionPointer(
      new shim::Session(is_peer ? shim::Side::kPeer : shim::Side::kAuthenticator, kType.eapType, endpoint,
                        std::make_unique<shim::Connection>(std::make_unique<HostileStream>(server)))));
  const auto prepare = [&](std::uint8_t octet) {
    server.how = static_cast<How>(octet % 4);
    server.piece = 1 + octet / 4;
    server.answer = input.Octets();
    server.at = 0;
  };
  while (!input.empty()) {
    const std::uint8_t which = input.Octet();
    const std::uint8_t how = input.Octet();
    Bytes argument = input.Octets();
    prepare(how);
    if (is_peer) {
      CallPeer(handle, which, std::move(argument));
    } else {
      CallAuthenticator(routines, handle, which, std::move(argument));
    }
  }
  {
    Outcome outcome;
    outcome.Is(is_peer ? shim::EndSession(handle, outcome.out())
                       : routines.EapMethodAuthenticatorEndSession(handle, outcome.out()));
  }
  Require(shim::OpenSessions() == 0 && shim::OutstandingBlocks() == 0);
  return 0;
}
