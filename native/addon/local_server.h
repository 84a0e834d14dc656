// The servers of the method DLL shim in one JavaScript environment, and their connections
// (native/abi/shim.h): what would otherwise take sockets. A lane that calls the shim writes a frame, which
// goes to JavaScript with the next batch of the delivery, and waits for what JavaScript answers.
// lib/native/local-server.ts is the other half. JavaScript's thread, but for the functions that the shim
// calls.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "native/abi/base.h"
#include "native/threads/lanes.h"

namespace eaphost::addon {

class LocalConnection;

class LocalServers {
 public:
  LocalServers();
  ~LocalServers();
  LocalServers(const LocalServers&) = delete;
  LocalServers& operator=(const LocalServers&) = delete;

  // Serves `address` to the shim `library`, which stays loaded meanwhile. NO_ERROR and the server's number.
  abi::DWORD Listen(const std::u16string& library, const std::u16string& address,
                    const std::shared_ptr<threads::Outbox>& outbox, std::int32_t* number);
  bool is_serving() const { return !servers_.empty(); }
  // Connections go on.
  void StopListening(std::int32_t server);
  // The number that JavaScript will know it by.
  std::int32_t Add(std::shared_ptr<LocalConnection> connection);
  // Both do nothing where the connection is gone.
  void Answer(std::int32_t connection, std::span<const std::uint8_t> frame);
  void HangUp(std::int32_t connection);
  // The environment is going away: whoever waits for an answer gets none.
  void Leave();

 private:
  class Server;

  std::int32_t last_server_ = 0;
  std::int32_t last_connection_ = 0;
  std::map<std::int32_t, std::unique_ptr<Server>> servers_;
  std::unordered_map<std::int32_t, std::shared_ptr<LocalConnection>> connections_;
};

// listenLocally(library, address): the server's number. Throws a NativeFailure.
napi_value ListenLocally(napi_env env, napi_callback_info info);
// stopListening(server).
napi_value StopListening(napi_env env, napi_callback_info info);
// answer(connection, frame): copies the frame.
napi_value Answer(napi_env env, napi_callback_info info);
// hangUp(connection).
napi_value HangUp(napi_env env, napi_callback_info info);

}  // namespace eaphost::addon
