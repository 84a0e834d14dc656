// The run-time's one instance in the process: methods, sessions, connections. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

#include "native/abi/embedded.h"
#include "native/abi/functions.h"
#include "native/embedded/connections.h"
#include "native/embedded/method_table.h"
#include "native/embedded/session.h"

namespace eaphost::embedded {

// The arguments of EapHostPeerBeginSession, copied.
struct BeginRequest {
  abi::EAP_METHOD_TYPE type{};
  method::PeerParameters parameters;  // without the endpoint
  SecretBytes user_data;
  const abi::GUID* connection = nullptr;
  abi::NotificationHandler handler = nullptr;
  void* handler_context = nullptr;
};

class Runtime {
 public:
  // Never destroyed: the process may exit while threads are inside.
  static Runtime& Get();

  MethodTable& methods() { return methods_; }
  ConnectionTable& connections() { return connections_; }

  // The scope of the calling thread.
  static std::uint64_t scope();
  static void EnterScope(std::uint64_t number);

  // The method's DLL and routines, ready for use. METHOD_NOT_INSTALLED if there is no such method.
  values::Status OpenMethod(const abi::EAP_METHOD_TYPE& type, std::shared_ptr<Registration>& registration,
                            std::shared_ptr<method::PeerMethodDll>& dll,
                            const abi::EAP_PEER_METHOD_ROUTINES*& routines);

  values::Status BeginSession(BeginRequest request, abi::EAP_SESSIONID& id);
  // nullptr for an id that is no session's.
  std::shared_ptr<Session> FindSession(abi::EAP_SESSIONID id) const;
  // Ends the session and forgets it, whatever it returns.
  values::Status EndSession(abi::EAP_SESSIONID id);

  Counters counters() const;

 private:
  Runtime() : methods_(dlls_) {}

  DllCache dlls_;
  MethodTable methods_;
  ConnectionTable connections_;
  mutable std::shared_mutex mutex_;  // of the sessions' table alone
  std::unordered_map<abi::EAP_SESSIONID, std::shared_ptr<Session>> sessions_;
  abi::EAP_SESSIONID last_id_ = 0;
};

}  // namespace eaphost::embedded
