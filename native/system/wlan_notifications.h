// What the WLAN service tells a client, copied from its structures on its threads, and kept until it is
// taken. What waits is bounded: what comes when it is full is counted and lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "native/abi/networks.h"

namespace eaphost::system {

struct WlanNotification {
  // WLAN_CONNECTION_NOTIFICATION_DATA or WLAN_MSM_NOTIFICATION_DATA, without the profile's XML.
  struct Connection {
    std::u16string profile;
    std::vector<std::uint8_t> ssid;
    bool is_secured = false;
    abi::DWORD reason_code = 0;
    std::optional<std::array<std::uint8_t, 6>> bssid;  // MSM's
  };
  // ONEX_EAP_ERROR.
  struct EapError {
    abi::DWORD win_error = 0;
    abi::DWORD reason_code = 0;
    abi::DWORD method = 0;
    std::optional<std::u16string> root_cause;
    std::optional<std::u16string> repair;
  };
  // ONEX_RESULT_UPDATE_DATA.
  struct Result {
    abi::DWORD status = 0;
    abi::DWORD reason_code = 0;
    abi::DWORD win_error = 0;
    abi::DWORD backend_support = 0;
    std::optional<EapError> eap_error;
  };

  abi::DWORD source = 0;
  abi::DWORD code = 0;
  abi::GUID interface_guid{};
  std::optional<Connection> connection;
  std::optional<Result> result;
  // A scan's reason code, a signal's quality, or why 802.1X starts again.
  std::optional<abi::DWORD> number;
};

// Whatever the structure holds, nothing outside of it is read.
WlanNotification CopyNotification(const abi::WLAN_NOTIFICATION_DATA& data);

class WlanNotifications {
 public:
  struct Batch {
    std::vector<WlanNotification> notifications;
    std::uint32_t dropped = 0;
    bool is_over = false;
  };

  WlanNotifications();
  ~WlanNotifications();
  WlanNotifications(const WlanNotifications&) = delete;
  WlanNotifications& operator=(const WlanNotifications&) = delete;

  // What the service is registered with. The context is a number: a notification that comes after the end of
  // this object finds nothing.
  static void EAPHOST_STDCALL Notify(abi::WLAN_NOTIFICATION_DATA* data, void* context);
  void* context() const { return reinterpret_cast<void*>(number_); }

  // Calls `ready` once, at once or on a thread of the service: when there is something to take.
  void Await(std::function<void()> ready);
  Batch Take();
  // Nothing comes any more. Idempotent.
  void End();

 private:
  static constexpr std::size_t kMostWaiting = 1024;

  void Add(const abi::WLAN_NOTIFICATION_DATA& data);
  void Tell(std::unique_lock<std::mutex> lock);
  bool HasNews() const { return !next_.notifications.empty() || next_.dropped > 0 || next_.is_over; }

  const std::uintptr_t number_;
  std::mutex mutex_;  // guards the rest
  Batch next_;
  std::function<void()> ready_;
};

}  // namespace eaphost::system
