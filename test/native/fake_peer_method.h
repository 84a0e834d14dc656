// A method for the state machine's tests: it does what the test says and notes what it was asked.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "native/method/peer_method.h"

namespace eaphost::embedded::test {

class FakePeerMethod final : public method::PeerMethod {
 public:
  using Output = abi::EapPeerMethodOutput;
  using SecretBytes = platform::SecretBytes;
  using Bytes = method::Bytes;

  static std::string Text(Bytes bytes) { return std::string(bytes.begin(), bytes.end()); }

  values::Status GetIdentity(const SecretBytes& user_data, method::IdentityAnswer& answer) override {
    log.push_back("GetIdentity(" + Text(user_data) + ")");
    if (ui_without_user_data && user_data.empty()) {
      answer.invoke_ui = true;
    } else {
      answer.identity = identity;
      answer.user_data = user_data_out;
    }
    return Failing("GetIdentity");
  }
  values::Status Begin(const SecretBytes& user_data) override {
    log.push_back("Begin(" + Text(user_data) + ")");
    return Failing("Begin");
  }
  values::Status ProcessRequest(Bytes request, Output& output) override {
    log.push_back("Process(" + std::to_string(request.size()) + ")");
    last_request.assign(request.begin(), request.end());
    return Next("Process", output);
  }
  values::Status GetResponse(SecretBytes& response) override {
    log.push_back("GetResponse");
    response = next_response;
    if (response.empty()) {
      // An echo, as short or as long as the request's type.
      response = last_request;
      response[0] = abi::EapCodeResponse;
    }
    return Failing("GetResponse");
  }
  values::Status GetUiContext(SecretBytes& context) override {
    log.push_back("GetUiContext");
    context = {'u', 'i'};
    return Failing("GetUiContext");
  }
  values::Status SetUiContext(Bytes context, Output& output) override {
    log.push_back("SetUiContext(" + Text(context) + ")");
    return Next("SetUiContext", output);
  }
  values::Status GetAttributes(values::AttributeList& attributes) override {
    log.push_back("GetAttributes");
    attributes.push_back({abi::eatEAPTLV, {1, 2}});
    return Failing("GetAttributes");
  }
  values::Status SetAttributes(const values::AttributeList& attributes, Output& output) override {
    log.push_back("SetAttributes(" + std::to_string(attributes.size()) + ")");
    return Next("SetAttributes", output);
  }
  values::Status GetResult(abi::EapPeerMethodResultReason reason, method::MethodResult& out) override {
    log.push_back("GetResult(" + std::to_string(reason) + ")");
    out = result;
    return Failing("GetResult");
  }
  values::Status End() override { return {}; }

  std::vector<std::string> TakeLog() { return std::exchange(log, {}); }

  // What it does.
  bool ui_without_user_data = false;
  std::optional<std::u16string> identity = u"me";
  SecretBytes user_data_out;
  std::deque<Output> outputs;  // one for each step; then Send, with notifications allowed
  SecretBytes next_response;   // empty: an echo
  method::MethodResult result;
  std::pair<std::string, abi::DWORD> failing;  // the function, and its code

  // What it was asked.
  std::vector<std::string> log;
  SecretBytes last_request;

 private:
  values::Status Failing(const std::string& name) const {
    return failing.first == name ? values::Status(failing.second) : values::Status();
  }
  values::Status Next(const std::string& name, Output& output) {
    if (failing.first == name) return values::Status(failing.second);
    output = {abi::EapPeerMethodResponseActionSend, 1};
    if (!outputs.empty()) {
      output = outputs.front();
      outputs.pop_front();
    }
    return {};
  }
};

}  // namespace eaphost::embedded::test
