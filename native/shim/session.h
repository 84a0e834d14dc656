// A session of a host's: its connection and what its last answers left for the host to fetch. And the table
// of all sessions, whose handles are numbers, so that a wrong or stale one is refused and not followed. Any
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "native/abi/structs.h"
#include "native/shim/codec.h"
#include "native/shim/connection.h"
#include "native/shim/endpoint.h"

namespace eaphost::shim {

enum class Side { kPeer, kAuthenticator };

class Session {
 public:
  Session(Side of, const abi::EAP_TYPE& method, EndpointPointer to, std::unique_ptr<Connection> opened)
      : side(of), type(method), endpoint(std::move(to)), connection(std::move(opened)) {}

  const Side side;
  const abi::EAP_TYPE type;
  const EndpointPointer endpoint;

  // Held during each call. What follows belongs to the thread that holds it, but for connection->Abort().
  std::mutex lock;
  std::unique_ptr<Connection> connection;
  Step step;                             // of a peer
  AuthenticatorStep authenticator_step;  // of an authenticator
  Outgoing unsent;                       // a request that did not fit into the host's buffer
  Result lent;                           // to the host, by GetResult until the next or EndSession
};

using SessionPointer = std::shared_ptr<Session>;

abi::EAP_SESSION_HANDLE AddSession(SessionPointer session);
// nullptr if that side has no such session.
SessionPointer FindSession(Side side, abi::EAP_SESSION_HANDLE handle);
SessionPointer RemoveSession(Side side, abi::EAP_SESSION_HANDLE handle);
std::size_t OpenSessions();

}  // namespace eaphost::shim
