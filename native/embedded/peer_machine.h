// The EAP peer's state machine (RFC 3748, RFC 4137): one conversation, with one method. It answers Identity,
// Notification, Nak and duplicates itself and leaves the rest to the method. It knows no DLL and no session
// table. Any thread, one at a time.
#pragma once

#include <optional>
#include <string>

#include "native/abi/structs.h"
#include "native/embedded/packet.h"
#include "native/method/peer_method.h"

namespace eaphost::embedded {

class PeerMachine {
 public:
  struct Settings {
    abi::EAP_METHOD_TYPE type{};
    abi::DWORD flags = 0;  // EAP_FLAG_*
    abi::DWORD max_send_packet_size = 0;
    bool identity_needs_user_data = false;  // kOptionIdentityNeedsUserData
    abi::DWORD max_rounds = 0;              // kOptionMaxRounds
  };

  // The owner of the user interface that GetUIContext is about.
  enum class Ui { kNone, kIdentity, kMethod };

  // `method` must outlive this object.
  PeerMachine(const Settings& settings, method::PeerMethod& method, SecretBytes user_data);

  // A packet from the authenticator. What may not be answered is discarded, and changes nothing.
  values::Status Receive(Bytes packet, abi::EapHostPeerResponseAction& action);
  // Answers action InvokeUi: the user's blob for an identity, what the method's interface gave otherwise.
  values::Status SetUiContext(Bytes context, abi::EapHostPeerResponseAction& action);
  // Answers action Respond.
  values::Status SetAttributes(const values::AttributeList& attributes,
                               abi::EapHostPeerResponseAction& action);
  // The end of the conversation. FromMethod after action Result only; the others end it here and now. Asked
  // again it gives the same.
  values::Status Conclude(abi::EapHostPeerMethodResultReason reason);

  // After action Send; nullptr at any other time.
  SecretBytes* response() { return action_ == abi::EapHostPeerResponseSend ? &response_ : nullptr; }
  // After action InvokeUi: what is asked for, and the method's context or the user data that the identity
  // interface starts from.
  Ui ui() const { return ui_; }
  const SecretBytes& ui_context() const { return ui_context_; }
  // After action Respond; nullptr at any other time.
  const values::AttributeList* attributes() const { return responding_ ? &attributes_ : nullptr; }
  // After Conclude.
  const method::MethodResult& result() const { return result_; }

  const SecretBytes& user_data() const { return user_data_; }
  const std::u16string& identity() const { return identity_; }
  abi::EAPHOST_AUTH_INFO auth_info() const;

 private:
  using Action = abi::EapHostPeerResponseAction;
  using Status = values::Status;

  // The state of the conversation.
  enum class Stage {
    kStart,        // no response but to notifications
    kIdentity,     // the identity was the last thing said
    kNegotiating,  // a Nak was the last thing said
    kMethod,       // the method has answered; no other is accepted (RFC 3748, 2.1)
    kDone,         // concluded
  };

  Status OnRequest(const Packet& request, Action& action);
  Status OnFinal(const Packet& packet, Action& action);
  Status AnswerIdentity(const Packet& request, Action& action);
  Status AskIdentity(Action& action);
  Status SendIdentity(Action& action);
  Status RunMethod(const Packet& request, Action& action);
  Status Handle(const abi::EapPeerMethodOutput& output, Action& action);
  Status SendMethodResponse(Action& action);
  bool TooManyRounds(const Packet& request);
  void GiveUp();
  void Commit(SecretBytes response, Stage stage, Action& action);
  void AskMethod(abi::EapPeerMethodResultReason reason);
  void Settle(bool accepted, abi::DWORD failure);
  void Refuse(abi::DWORD code);
  Status Failure(abi::DWORD code) const;
  bool busy() const { return ui_ != Ui::kNone || responding_; }

  const Settings settings_;
  const WireType wanted_;
  method::PeerMethod& method_;
  SecretBytes user_data_;

  const abi::DWORD max_rounds_;
  abi::DWORD rounds_ = 0;        // requests so far
  abi::DWORD short_rounds_ = 0;  // of them, those last in a row that brought neither side further

  Stage stage_ = Stage::kStart;
  bool begun_ = false;               // the method has a session
  bool processed_ = false;           // the method was given a request
  bool allow_notifications_ = true;  // as the method said last
  bool identity_known_ = false;
  std::u16string identity_;

  Action action_ = abi::EapHostPeerResponseNone;  // as returned last
  Ui ui_ = Ui::kNone;
  bool responding_ = false;
  SecretBytes ui_context_;
  values::AttributeList attributes_;

  SecretBytes request_;               // being answered
  std::optional<abi::BYTE> last_id_;  // of the last request that was answered,
  SecretBytes last_request_;          // that request
  SecretBytes response_;              // and the answer

  Status result_status_;  // of the method's GetResult
  method::MethodResult result_;
};

}  // namespace eaphost::embedded
