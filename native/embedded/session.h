// A session of the run-time: a method, the state machine that drives it, and what was handed out last. Any
// thread; a session's calls wait for one another, those of different sessions never do.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "native/abi/structs.h"
#include "native/embedded/method_table.h"
#include "native/embedded/peer_machine.h"
#include "native/method/peer_method_session.h"

namespace eaphost::embedded {

class Session {
 public:
  // `routines` are of `dll`.
  Session(const PeerMachine::Settings& settings, std::shared_ptr<Registration> registration,
          std::shared_ptr<method::PeerMethodDll> dll, const abi::EAP_PEER_METHOD_ROUTINES& routines,
          method::PeerParameters parameters, std::optional<abi::GUID> connection, SecretBytes user_data);

  // The functions that EAPHost names so. What they hand out is this object's, until its next call or its end.
  values::Status ProcessReceivedPacket(Bytes packet, abi::EapHostPeerResponseAction& action);
  values::Status GetSendPacket(abi::DWORD& size, abi::BYTE*& packet);
  values::Status GetUIContext(abi::DWORD& size, abi::BYTE*& context);
  values::Status SetUIContext(Bytes context, abi::EapHostPeerResponseAction& action);
  values::Status GetResponseAttributes(abi::EapAttributes& attributes);
  values::Status SetResponseAttributes(const abi::EapAttributes* attributes,
                                       abi::EapHostPeerResponseAction& action);
  // The error in `result` is the caller's to free.
  values::Status GetResult(abi::EapHostPeerMethodResultReason reason, abi::EapHostPeerMethodResult& result);
  values::Status GetAuthStatus(abi::EapHostPeerAuthParams parameter, abi::DWORD& size, abi::BYTE*& data);
  // Ends the method's session and this one, whatever it returns; every later call gives
  // ERROR_INVALID_PARAMETER.
  values::Status End();
  bool ended() const { return ended_; }

  const abi::EAP_METHOD_TYPE& type() const { return settings_.type; }
  const std::optional<abi::GUID>& connection() const { return connection_; }

 private:
  template <typename Body>
  values::Status Locked(Body&& body);
  values::Status Failure(abi::DWORD code) const;

  const PeerMachine::Settings settings_;
  const std::shared_ptr<Registration> registration_;
  const std::optional<abi::GUID> connection_;

  std::mutex mutex_;
  std::atomic<std::thread::id> owner_{};  // of the lock
  std::atomic<bool> ended_{false};
  method::PeerMethodSession method_;
  PeerMachine machine_;

  // The blocks that callers were given.
  SecretBytes ui_context_;
  SecretBytes auth_data_;
  values::AttributeArray attributes_;
  values::AttributeArray result_attributes_;
  SecretBytes result_connection_data_;
  SecretBytes result_user_data_;
  std::u16string author_name_;
  std::u16string friendly_name_;
  abi::EAP_METHOD_INFO method_info_{};
};

}  // namespace eaphost::embedded
