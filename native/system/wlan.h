// A client of Windows' WLAN service, through wlanapi.dll. It owns a handle of the service's, and what the
// service tells. Calls block: they are made on threads of ours. Every block that the service hands out is
// freed by WlanFreeMemory in the call that got it. A failed call's output is ignored.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "native/abi/networks.h"
#include "native/platform/secret.h"
#include "native/system/wlan_notifications.h"
#include "native/values/plain.h"

namespace eaphost::system {

struct WlanFunctions;

struct WlanInterface {
  abi::GUID guid{};
  std::u16string description;
  abi::DWORD state = 0;
};

struct WlanProfile {
  std::u16string name;
  abi::DWORD flags = 0;
};

struct WlanProfileDocument {
  std::u16string xml;
  abi::DWORD flags = 0;
  abi::DWORD access = 0;
};

struct WlanNetwork {
  std::u16string profile;
  std::vector<std::uint8_t> ssid;
  abi::DWORD bss_type = 0;
  abi::DWORD access_points = 0;
  bool is_connectable = false;
  abi::DWORD reason_code = 0;
  abi::DWORD signal_quality = 0;
  bool is_secured = false;
  abi::DWORD authentication = 0;
  abi::DWORD cipher = 0;
  abi::DWORD flags = 0;
};

class Wlan : public std::enable_shared_from_this<Wlan> {
 public:
  using Failure = values::Failure;

  // `library`: the path of a library in place of wlanapi.dll; empty for System32's. Registers for what ACM,
  // MSM and 802.1X tell. Released with the last pointer to it.
  static Failure Open(const std::u16string& library, std::shared_ptr<Wlan>* client);

  explicit Wlan(const WlanFunctions& functions) : functions_(functions) {}
  Wlan(const Wlan&) = delete;
  Wlan& operator=(const Wlan&) = delete;

  // Any number of threads; ERROR_INVALID_STATE once it is released.
  Failure Interfaces(std::vector<WlanInterface>* interfaces);
  Failure Profiles(const abi::GUID& interface_guid, std::vector<WlanProfile>* profiles);
  Failure GetProfile(const abi::GUID& interface_guid, const std::u16string& name,
                     WlanProfileDocument* document);
  // `reason_code` says why ERROR_BAD_PROFILE.
  Failure SetProfile(const abi::GUID& interface_guid, abi::DWORD flags, const platform::SecretText& xml,
                     bool overwrite, abi::DWORD* reason_code);
  Failure DeleteProfile(const abi::GUID& interface_guid, const std::u16string& name);
  Failure SetProfilePosition(const abi::GUID& interface_guid, const std::u16string& name,
                             abi::DWORD position);
  Failure SetCredentials(const abi::GUID& interface_guid, const std::u16string& name, abi::DWORD flags,
                         const platform::SecretText& xml);
  Failure Connect(const abi::GUID& interface_guid, const std::u16string& profile);
  Failure Disconnect(const abi::GUID& interface_guid);
  Failure Networks(const abi::GUID& interface_guid, std::vector<WlanNetwork>* networks);

  // Waits for the calls under way, unregisters, closes the handle. Once; then it does nothing.
  Failure Release();

  // As a source of what the service tells.
  void Await(std::function<void()> ready) { notifications_.Await(std::move(ready)); }
  WlanNotifications::Batch Take() { return notifications_.Take(); }
  // Releases it on a thread of its own.
  void Close();

 private:
  // While there is one the handle stays open.
  class Use;

  Failure Register();
  template <typename Call>
  Failure Make(const char* name, Call call);
  // One that gives a block: `copy` makes of it what it can; false if it cannot be right.
  template <typename Block, typename Call, typename Copy>
  Failure MakeBlock(const char* name, Call call, Copy copy);

  const WlanFunctions& functions_;
  abi::HANDLE handle_ = nullptr;
  WlanNotifications notifications_;

  std::mutex mutex_;  // guards the rest
  std::condition_variable unused_;
  std::size_t uses_ = 0;
  bool is_released_ = false;
};

}  // namespace eaphost::system
