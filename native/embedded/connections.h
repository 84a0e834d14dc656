// The connections that sessions belong to, and their handlers for re-authentication. A connection outlives
// its sessions until it is cleared. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "native/abi/functions.h"

namespace eaphost::embedded {

class ConnectionTable {
 public:
  ConnectionTable() = default;
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // One session at a time may have a connection: ERROR_INVALID_STATE if another has it. EAPHost's own
  // answer is not documented; a session that took a connection over silently would be the worse surprise.
  abi::DWORD Claim(const abi::GUID& id);
  // The session has begun: from now on the connection is known, and has this handler (or none).
  void Register(const abi::GUID& id, abi::NotificationHandler handler, void* context);
  // The session is over, or never began.
  void Release(const abi::GUID& id);

  // Forgets the connection. Once it returns the handler is not called any more, unless it is the handler that
  // asks. ERROR_NOT_FOUND for one that no session ever had, ERROR_INVALID_STATE while one has it.
  abi::DWORD Clear(const abi::GUID& id);

  // Calls the connection's handler on this thread. ERROR_NOT_FOUND if there is none.
  abi::DWORD Notify(const abi::GUID& id);

 private:
  struct Connection {
    bool claimed = false;
    bool registered = false;
    abi::NotificationHandler handler = nullptr;
    void* context = nullptr;
    std::vector<std::thread::id> callers;  // threads inside the handler
  };

  struct Hash {
    std::size_t operator()(const abi::GUID& id) const;
  };
  // Nodes keep their place while others come and go, as a connection does whose handler runs.
  using Table = std::unordered_map<abi::GUID, Connection, Hash>;

  std::mutex mutex_;  // never held while a handler runs
  std::condition_variable returned_;
  Table connections_;
};

}  // namespace eaphost::embedded
