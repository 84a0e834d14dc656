// The endpoint that a thread's calls go to: the server's address, and the idle connections to it. Any
// thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "native/abi/structs.h"
#include "native/shim/codec.h"
#include "native/shim/connection.h"
#include "native/shim/failure.h"

namespace eaphost::shim {

// One server's address, owner and token, and the connections to it that no session has.
class Endpoint {
 public:
  // `owner`: see Stream::Connect.
  Endpoint(std::u16string address, std::u16string owner, const Token& token);

  bool Is(const std::u16string& address, const std::u16string& owner, const Token& token) const {
    return address_ == address && owner_ == owner && token_ == token;
  }

  // An idle connection, or a new one.
  abi::DWORD Take(const Deadline& deadline, std::unique_ptr<Connection>* connection);
  // Keeps a connection for later, if it is still good for something.
  void Give(std::unique_ptr<Connection> connection) noexcept;
  // Closes idle connections: those whose server is gone, or all.
  void CloseIdle(bool all);
  std::size_t idle();

 private:
  const std::u16string address_;
  const std::u16string owner_;
  const Token token_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

using EndpointPointer = std::shared_ptr<Endpoint>;

// Makes the calling thread's next calls go to `text`, as EapShimUseEndpoint says. NULL: to the registered
// one. An endpoint that no thread names any more is forgotten at once where the library is not initialized.
abi::DWORD UseEndpoint(abi::LPCWSTR text);
// The endpoint that the calling thread was given, or nullptr.
EndpointPointer CurrentEndpoint();
// The calling thread's endpoint, else the one that a method of this type is registered with, or nullptr.
EndpointPointer EndpointFor(const abi::EAP_TYPE& type);
// The host's Initialize and Shutdown. The last Shutdown closes every idle connection and forgets every
// endpoint.
void AddUser();
void RemoveUser();

}  // namespace eaphost::shim
