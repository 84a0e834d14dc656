#include "native/embedded/peer_machine.h"

#include <algorithm>
#include <utility>

#include "native/abi/constants.h"
#include "native/embedded/errors.h"
#include "native/platform/text.h"

namespace eaphost::embedded {

using values::Status;

namespace {

constexpr abi::DWORD kUsualRounds = 100;
constexpr abi::DWORD kUsualPacketSize = 1000;  // smaller ones need more rounds for the same certificates
constexpr std::size_t kShortPacket = 20;       // an acknowledgement, and what is little more

abi::DWORD RoundsFor(abi::DWORD packet_size) {
  const abi::DWORD size = std::clamp<abi::DWORD>(packet_size, 1, kUsualPacketSize);
  return (kUsualRounds * kUsualPacketSize + size - 1) / size;
}

}  // namespace

PeerMachine::PeerMachine(const Settings& settings, method::PeerMethod& method, SecretBytes user_data)
    : settings_(settings),
      wanted_(ToWireType(settings.type.eapType)),
      method_(method),
      user_data_(std::move(user_data)),
      max_rounds_(settings.max_rounds != 0 ? settings.max_rounds : RoundsFor(settings.max_send_packet_size)) {
}

Status PeerMachine::Failure(abi::DWORD code) const { return Fail(code, settings_.type); }

Status PeerMachine::Receive(Bytes packet, Action& action) {
  action = action_ = abi::EapHostPeerResponseDiscard;
  // While a request waits for a user interface or for attributes nothing else is answered: what comes is the
  // same request again, or not ours to follow.
  if (stage_ == Stage::kDone || busy()) return {};
  const std::optional<Packet> parsed = ParsePacket(packet);
  if (!parsed) return {};
  Status status = parsed->code == abi::EapCodeRequest ? OnRequest(*parsed, action) : OnFinal(*parsed, action);
  action_ = action;
  return status;
}

Status PeerMachine::OnRequest(const Packet& request, Action& action) {
  if (last_id_ == request.id) {
    // A duplicate is answered with the response that it had. Another request under an old id is none of ours.
    if (std::ranges::equal(request.bytes, last_request_)) action = abi::EapHostPeerResponseSend;
    return {};
  }
  if (TooManyRounds(request)) {
    GiveUp();
    action = abi::EapHostPeerResponseResult;
    return {};
  }
  if (request.type == WireType{0, kTypeNak}) return {};
  if (request.type == WireType{0, kTypeIdentity}) {
    return stage_ == Stage::kMethod ? Status() : AnswerIdentity(request, action);
  }
  if (request.type == WireType{0, kTypeNotification}) {
    if (!allow_notifications_) return {};
    request_.assign(request.bytes.begin(), request.bytes.end());
    Commit(MakeResponse(request, {}), stage_, action);
    return {};
  }
  if (request.type == wanted_) return RunMethod(request, action);
  if (stage_ == Stage::kMethod) return {};
  request_.assign(request.bytes.begin(), request.bytes.end());
  Commit(MakeNak(request, wanted_), Stage::kNegotiating, action);
  return {};
}

Status PeerMachine::OnFinal(const Packet& packet, Action& action) {
  if (last_id_ != packet.id) return {};
  const bool success = packet.code == abi::EapCodeSuccess;
  // A canned Success would let anybody in without the method's having had a say (RFC 3748, 4.2).
  if (success && stage_ != Stage::kMethod) return {};
  if (processed_) {
    AskMethod(success ? abi::EapPeerMethodResultSuccess : abi::EapPeerMethodResultFailure);
    Settle(success, abi::EAP_E_AUTHENTICATION_FAILED);
  } else if (stage_ == Stage::kNegotiating) {
    Refuse(abi::EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED);
  } else {
    Refuse(stage_ == Stage::kIdentity ? abi::EAP_I_USER_ACCOUNT_OTHER_ERROR
                                      : abi::EAP_E_AUTHENTICATION_FAILED);
  }
  action = abi::EapHostPeerResponseResult;
  return {};
}

Status PeerMachine::AnswerIdentity(const Packet& request, Action& action) {
  request_.assign(request.bytes.begin(), request.bytes.end());
  return identity_known_ ? SendIdentity(action) : AskIdentity(action);
}

Status PeerMachine::AskIdentity(Action& action) {
  if ((settings_.flags & abi::EAP_FLAG_GUEST_ACCESS) != 0) {
    identity_known_ = true;  // and empty: a guest has no name
    return SendIdentity(action);
  }
  if (settings_.identity_needs_user_data && user_data_.empty()) {
    return Failure(abi::EAP_E_EAPHOST_IDENTITY_UNKNOWN);
  }
  method::IdentityAnswer answer;
  Status status = method_.GetIdentity(user_data_, answer);
  if (!status.ok()) return Describe(std::move(status), settings_.type);
  if (answer.invoke_ui) {
    if ((settings_.flags & (abi::EAP_FLAG_NON_INTERACTIVE | abi::EAP_FLAG_SUPRESS_UI)) != 0) {
      return Failure(abi::EAP_E_EAPHOST_IDENTITY_UNKNOWN);
    }
    ui_context_ = user_data_;
    ui_ = Ui::kIdentity;
    action = abi::EapHostPeerResponseInvokeUi;
    return {};
  }
  if (!answer.identity) return Failure(abi::EAP_E_EAPHOST_IDENTITY_UNKNOWN);
  if (!answer.user_data.empty()) user_data_ = std::move(answer.user_data);
  identity_ = std::move(*answer.identity);
  identity_known_ = true;
  return SendIdentity(action);
}

Status PeerMachine::SendIdentity(Action& action) {
  const std::optional<Packet> request = ParsePacket(request_);
  SecretBytes response = MakeResponse(*request, platform::ToUtf8(identity_));
  // An identity is never fragmented.
  if (response.size() > settings_.max_send_packet_size) {
    return Failure(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET);
  }
  Commit(std::move(response), Stage::kIdentity, action);
  return {};
}

Status PeerMachine::RunMethod(const Packet& request, Action& action) {
  request_.assign(request.bytes.begin(), request.bytes.end());
  // Begun no sooner than needed: methods have been seen to crash in EapPeerEndSession when they never
  // processed a request, which is what a refused identity or a Nak would otherwise lead to.
  if (!begun_) {
    Status status = method_.Begin(user_data_);
    if (!status.ok()) return Describe(std::move(status), settings_.type);
    begun_ = true;
  }
  const bool shorten =
      request.expanded && request.type.vendor == 0 && settings_.type.eapType.type != kTypeExpanded;
  abi::EapPeerMethodOutput output{abi::EapPeerMethodResponseActionDiscard, 0};
  Status status = shorten ? method_.ProcessRequest(Shorten(request), output)
                          : method_.ProcessRequest(request.bytes, output);
  processed_ = true;
  if (!status.ok()) return Describe(std::move(status), settings_.type);
  return Handle(output, action);
}

// The method's actions, and which of the host's each becomes. The two enumerations are not the same.
Status PeerMachine::Handle(const abi::EapPeerMethodOutput& output, Action& action) {
  Status status;
  switch (output.action) {
    case abi::EapPeerMethodResponseActionSend:
      status = SendMethodResponse(action);
      break;
    case abi::EapPeerMethodResponseActionResult:
      // The method has made up its mind and EAPHost does not wait for the final packet.
      AskMethod(abi::EapPeerMethodResultUnknown);
      Settle(true, abi::EAP_E_AUTHENTICATION_FAILED);
      action = abi::EapHostPeerResponseResult;
      return {};
    case abi::EapPeerMethodResponseActionInvokeUI:
      status = method_.GetUiContext(ui_context_);
      if (status.ok()) ui_ = Ui::kMethod, action = abi::EapHostPeerResponseInvokeUi;
      break;
    case abi::EapPeerMethodResponseActionRespond:
      status = method_.GetAttributes(attributes_);
      if (status.ok()) responding_ = true, action = abi::EapHostPeerResponseRespond;
      break;
    case abi::EapPeerMethodResponseActionNone:
      action = abi::EapHostPeerResponseNone;
      break;
    default:
      return {};  // Discard, and any unknown action
  }
  if (!status.ok()) return Describe(std::move(status), settings_.type);
  stage_ = Stage::kMethod;
  allow_notifications_ = output.fAllowNotifications != 0;
  return {};
}

Status PeerMachine::SendMethodResponse(Action& action) {
  SecretBytes response;
  if (Status status = method_.GetResponse(response); !status.ok()) return status;
  const std::optional<Packet> request = ParsePacket(request_);
  if (response[1] != request->id) return Failure(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET);
  if (request->expanded && response[4] != kTypeExpanded) {
    response = Lengthen(response);
    if (response.size() > 0xFFFF) return Failure(abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET);
  }
  Commit(std::move(response), Stage::kMethod, action);
  return {};
}

// The request is answered: from now on it is a duplicate.
void PeerMachine::Commit(SecretBytes response, Stage stage, Action& action) {
  last_id_ = request_[1];
  last_request_.swap(request_);
  response_ = std::move(response);
  stage_ = stage;
  action = abi::EapHostPeerResponseSend;
}

Status PeerMachine::SetUiContext(Bytes context, Action& action) {
  action = abi::EapHostPeerResponseDiscard;
  const Ui ui = ui_;
  if (ui == Ui::kNone) return Failure(abi::kErrorInvalidState);
  Status status;
  if (ui == Ui::kIdentity) {
    user_data_.assign(context.begin(), context.end());
    ui_ = Ui::kNone;
    status = AskIdentity(action);
  } else {
    ui_ = Ui::kNone;
    abi::EapPeerMethodOutput output{abi::EapPeerMethodResponseActionDiscard, 0};
    status = method_.SetUiContext(context, output);
    status = status.ok() ? Handle(output, action) : Describe(std::move(status), settings_.type);
  }
  action_ = action;
  return status;
}

Status PeerMachine::SetAttributes(const values::AttributeList& attributes, Action& action) {
  action = abi::EapHostPeerResponseDiscard;
  if (!responding_) return Failure(abi::kErrorInvalidState);
  responding_ = false;
  abi::EapPeerMethodOutput output{abi::EapPeerMethodResponseActionDiscard, 0};
  Status status = method_.SetAttributes(attributes, output);
  status = status.ok() ? Handle(output, action) : Describe(std::move(status), settings_.type);
  action_ = action;
  return status;
}

Status PeerMachine::Conclude(abi::EapHostPeerMethodResultReason reason) {
  if (reason < abi::EapHostPeerMethodResultAltSuccessReceived ||
      reason > abi::EapHostPeerMethodResultFromMethod) {
    return Failure(abi::kErrorInvalidParameter);
  }
  if (stage_ == Stage::kDone) return result_status_;
  if (reason == abi::EapHostPeerMethodResultFromMethod) return Failure(abi::kErrorInvalidState);
  const bool alternative = reason == abi::EapHostPeerMethodResultAltSuccessReceived;
  const abi::DWORD failure = alternative ? abi::EAP_E_AUTHENTICATION_FAILED : abi::kErrorTimeout;
  if (!processed_ || (alternative && stage_ != Stage::kMethod)) {
    Refuse(failure);
  } else {
    AskMethod(alternative ? abi::EapPeerMethodResultSuccess : abi::EapPeerMethodResultUnknown);
    // Of a time-out the method cannot know: its own reason would only hide the true one.
    if (!alternative) result_.reason_code = 0, result_.error.reset();
    Settle(alternative, failure);
  }
  return result_status_;
}

void PeerMachine::AskMethod(abi::EapPeerMethodResultReason reason) {
  result_status_ = Describe(method_.GetResult(reason, result_), settings_.type);
}

// The verdict: `accepted` by what ended the conversation, and by the method. Neither alone will do; a method
// may claim success only to have its data saved.
void PeerMachine::Settle(bool accepted, abi::DWORD failure) {
  stage_ = Stage::kDone;
  ui_ = Ui::kNone;
  responding_ = false;
  const bool claimed = result_.is_success;
  result_.is_success = result_status_.ok() && accepted && claimed;
  if (!claimed) result_.connection_data.reset(), result_.user_data.reset();
  if (result_.is_success) {
    result_.reason_code = abi::kNoError;
    return;
  }
  result_.attributes.clear();  // no keys for a link that is not let in
  if (claimed || result_.reason_code == abi::kNoError) result_.reason_code = failure;
  result_.error =
      Complete(std::move(result_.error).value_or(values::EapError()), result_.reason_code, settings_.type);
}

bool PeerMachine::TooManyRounds(const Packet& request) {
  const bool is_short = request.bytes.size() < kShortPacket && response_.size() < kShortPacket;
  short_rounds_ = is_short ? short_rounds_ + 1 : 0;
  return ++rounds_ > max_rounds_ || short_rounds_ > max_rounds_ - max_rounds_ / 2;
}

// An authenticator that comes to no end would keep the peer at work for ever.
void PeerMachine::GiveUp() {
  result_ = {};
  if (processed_) AskMethod(abi::EapPeerMethodResultUnknown);
  // The method's own reason would only hide the true one.
  result_.reason_code = 0;
  constexpr abi::DWORD kCode = abi::EAP_E_EAPHOST_REMOTE_INVALID_PACKET;
  values::EapError& error = result_.error.emplace();
  error.reason_code = kCode;
  error.root_cause = u"The authenticator sent more requests than a conversation may take.";
  Settle(false, kCode);
}

// Ends the conversation in failure without the method.
void PeerMachine::Refuse(abi::DWORD code) {
  result_ = {};
  Settle(false, code);
}

abi::EAPHOST_AUTH_INFO PeerMachine::auth_info() const {
  abi::EAPHOST_AUTH_INFO info{abi::EapHostAuthNotStarted, 0, 0};
  if (stage_ == Stage::kDone) {
    const abi::DWORD code = result_status_.ok() ? result_.reason_code : result_status_.code;
    info.status = result_.is_success ? abi::EapHostAuthSucceeded : abi::EapHostAuthFailed;
    info.dwErrorCode = code;
    info.dwReasonCode = result_.error ? result_.error->reason_code : code;
  } else if (processed_) {
    info.status = abi::EapHostAuthInProgress;
  } else if (stage_ == Stage::kNegotiating) {
    info.status = abi::EapHostAuthNegotiatingType;
  } else if (stage_ == Stage::kIdentity || ui_ == Ui::kIdentity) {
    info.status = abi::EapHostAuthIdentityExchange;
  }
  return info;
}

}  // namespace eaphost::embedded
