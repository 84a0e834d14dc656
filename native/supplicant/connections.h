// The notification handlers that a run-time holds for connections. A connection's registration outlives its
// sessions and lasts until it is cleared; the run-time calls from a thread of its own whenever it likes, even
// while the connection is being cleared. So it is given not a pointer but a number: the handler looks it up
// in a table that lives as long as the process, and after Remove finds nothing. Any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "native/abi/functions.h"

namespace eaphost::supplicant {

class Connections {
 public:
  // Called with the connection's GUID, on the run-time's thread, never after Remove of it or Clear has
  // returned. Must not call back into this object.
  using Listener = std::function<void(const abi::GUID&)>;

  explicit Connections(Listener listener);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // The arguments of EapHostPeerBeginSession for this connection.
  struct Registration {
    abi::NotificationHandler handler;
    void* context;
    bool is_new;  // it was not there before: remove it if the session cannot begin
  };
  Registration Add(const abi::GUID& connection_id);
  void Remove(const abi::GUID& connection_id);

  // The connections that were not removed.
  std::vector<abi::GUID> All() const;

 private:
  struct Less {
    bool operator()(const abi::GUID& a, const abi::GUID& b) const;
  };

  static void EAPHOST_STDCALL Notify(abi::GUID connection_id, void* context);

  const Listener listener_;
  std::map<abi::GUID, std::uintptr_t, Less> numbers_;
};

}  // namespace eaphost::supplicant
