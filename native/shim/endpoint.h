// Where a server listens, with the idle connections to it, and which endpoint a thread's calls go to.
// Endpoints are never freed before the library is: there is one for each server that a process has. Any
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

class Endpoint {
 public:
  Endpoint(std::u16string address, const Token& token);
  ~Endpoint() { platform::Wipe(token_.data(), token_.size()); }
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // An idle connection, or a new one.
  abi::DWORD Take(const Deadline& deadline, std::unique_ptr<Connection>* connection);
  // Keeps a connection for later, if it is still good for something.
  void Give(std::unique_ptr<Connection> connection) noexcept;
  // Closes idle connections: those whose server is gone, or all.
  void CloseIdle(bool all);
  std::size_t idle();

 private:
  const std::u16string address_;
  Token token_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

// Makes the calling thread's next calls go to `text`, as EapShimUseEndpoint says. NULL: to none.
abi::DWORD UseEndpoint(abi::LPCWSTR text);
// The calling thread's endpoint, or nullptr.
Endpoint* CurrentEndpoint();
// Closes every endpoint's idle connections.
void CloseAllIdle();

}  // namespace eaphost::shim
