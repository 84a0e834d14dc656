// The calls of wlanapi.dll. The code is the same for every system: only Windows has the library, but tests
// have one with the same functions everywhere.
#include "native/system/wlan.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "native/abi/win32.h"
#include "native/system/pinned_table.h"
#include "native/system/wlan_values.h"
#include "native/threads/thread.h"

namespace eaphost::system {

using namespace abi;
using platform::SecretText;
using values::kErrorInvalidData;
using values::MakeFailure;

struct WlanFunctions {
  static constexpr std::u16string_view kLibrary = u"wlanapi.dll";

  const char* Find(const platform::Library& library) {
    const char* missing = nullptr;
    const auto find = [&](const char* name, auto*& function) {
      function = library.Find<std::remove_reference_t<decltype(*function)>>(name);
      if (function == nullptr && missing == nullptr) missing = name;
    };
    find("WlanOpenHandle", open_handle);
    find("WlanCloseHandle", close_handle);
    find("WlanEnumInterfaces", enum_interfaces);
    find("WlanGetProfileList", get_profile_list);
    find("WlanGetProfile", get_profile);
    find("WlanSetProfile", set_profile);
    find("WlanDeleteProfile", delete_profile);
    find("WlanSetProfilePosition", set_profile_position);
    find("WlanSetProfileEapXmlUserData", set_credentials);
    find("WlanConnect", connect);
    find("WlanDisconnect", disconnect);
    find("WlanGetAvailableNetworkList", get_networks);
    find("WlanRegisterNotification", register_notification);
    find("WlanFreeMemory", free_memory);
    return missing;
  }

  WlanOpenHandleFn* open_handle = nullptr;
  WlanCloseHandleFn* close_handle = nullptr;
  WlanEnumInterfacesFn* enum_interfaces = nullptr;
  WlanGetProfileListFn* get_profile_list = nullptr;
  WlanGetProfileFn* get_profile = nullptr;
  WlanSetProfileFn* set_profile = nullptr;
  WlanDeleteProfileFn* delete_profile = nullptr;
  WlanSetProfilePositionFn* set_profile_position = nullptr;
  WlanSetProfileEapXmlUserDataFn* set_credentials = nullptr;
  WlanConnectFn* connect = nullptr;
  WlanDisconnectFn* disconnect = nullptr;
  WlanGetAvailableNetworkListFn* get_networks = nullptr;
  WlanRegisterNotificationFn* register_notification = nullptr;
  WlanFreeMemoryFn* free_memory = nullptr;
};

namespace {

constexpr DWORD kSources =
    WLAN_NOTIFICATION_SOURCE_ACM | WLAN_NOTIFICATION_SOURCE_MSM | WLAN_NOTIFICATION_SOURCE_ONEX;

// The elements of a list. False where it has more than there can be.
template <typename Element, typename Copied, typename Convert>
bool CopyList(DWORD count, const Element* elements, std::vector<Copied>* copies, Convert convert) {
  if (count > values::kMostElements) return false;
  copies->reserve(count);
  std::transform(elements, elements + count, std::back_inserter(*copies), convert);
  return true;
}

}  // namespace

class Wlan::Use {
 public:
  explicit Use(Wlan& client) : client_(client) {
    const std::lock_guard lock(client_.mutex_);
    is_allowed_ = !client_.is_released_;
    if (is_allowed_) ++client_.uses_;
  }
  ~Use() {
    if (!is_allowed_) return;
    const std::lock_guard lock(client_.mutex_);
    if (--client_.uses_ == 0) client_.unused_.notify_all();
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  bool is_allowed() const { return is_allowed_; }

 private:
  Wlan& client_;
  bool is_allowed_ = false;
};

template <typename Call>
values::Failure Wlan::Make(const char* name, Call call) {
  const Use use(*this);
  return MakeFailure(name, use.is_allowed() ? call(functions_) : kErrorInvalidState);
}

template <typename Block, typename Call, typename Copy>
values::Failure Wlan::MakeBlock(const char* name, Call call, Copy copy) {
  const Use use(*this);
  if (!use.is_allowed()) return MakeFailure(name, kErrorInvalidState);
  Block* block = nullptr;
  if (const DWORD code = call(functions_, &block)) return MakeFailure(name, code);
  if (block == nullptr) {
    return MakeFailure(name, kErrorInvalidData, "the WLAN service gave nothing, and no error");
  }
  const std::unique_ptr<Block, WlanFreeMemoryFn*> owned(block, functions_.free_memory);
  if (!copy(*block))
    return MakeFailure(name, kErrorInvalidData, "the WLAN service gave a list that cannot be right");
  return {};
}

values::Failure Wlan::Open(const std::u16string& library, std::shared_ptr<Wlan>* client) {
  const WlanFunctions* functions = nullptr;
  Failure failure = LoadPinned(library, &functions);
  if (!failure.ok()) return failure;
  const auto opened = std::make_shared<Wlan>(*functions);
  failure = opened->Register();
  if (!failure.ok()) return failure;
  *client = std::shared_ptr<Wlan>(opened.get(), [opened](Wlan*) { opened->Close(); });
  return {};
}

values::Failure Wlan::Register() {
  DWORD version = 0;
  if (const DWORD code = functions_.open_handle(WLAN_API_VERSION_2_0, nullptr, &version, &handle_)) {
    handle_ = nullptr;
    return MakeFailure("WlanOpenHandle", code);
  }
  if (handle_ == nullptr) {
    return MakeFailure("WlanOpenHandle", kErrorInvalidData, "the WLAN service gave no handle, and no error");
  }
  const DWORD code = functions_.register_notification(handle_, kSources, 0, &WlanNotifications::Notify,
                                                      notifications_.context(), nullptr, nullptr);
  if (code == kNoError) return {};
  // That it failed is told, not that the handle cannot be closed either.
  static_cast<void>(functions_.close_handle(handle_, nullptr));
  return MakeFailure("WlanRegisterNotification", code);
}

values::Failure Wlan::Interfaces(std::vector<WlanInterface>* interfaces) {
  return MakeBlock<WLAN_INTERFACE_INFO_LIST>(
      "WlanEnumInterfaces",
      [&](const WlanFunctions& wlan, auto** list) { return wlan.enum_interfaces(handle_, nullptr, list); },
      [&](const WLAN_INTERFACE_INFO_LIST& list) {
        return CopyList(list.dwNumberOfItems, list.InterfaceInfo, interfaces,
                        [](const WLAN_INTERFACE_INFO& info) {
                          return WlanInterface{.guid = info.InterfaceGuid,
                                               .description = NameOf(info.strInterfaceDescription),
                                               .state = static_cast<DWORD>(info.isState)};
                        });
      });
}

values::Failure Wlan::Profiles(const GUID& interface_guid, std::vector<WlanProfile>* profiles) {
  return MakeBlock<WLAN_PROFILE_INFO_LIST>(
      "WlanGetProfileList",
      [&](const WlanFunctions& wlan, auto** list) {
        return wlan.get_profile_list(handle_, &interface_guid, nullptr, list);
      },
      [&](const WLAN_PROFILE_INFO_LIST& list) {
        return CopyList(list.dwNumberOfItems, list.ProfileInfo, profiles, [](const WLAN_PROFILE_INFO& info) {
          return WlanProfile{.name = NameOf(info.strProfileName), .flags = info.dwFlags};
        });
      });
}

values::Failure Wlan::GetProfile(const GUID& interface_guid, const std::u16string& name,
                                 WlanProfileDocument* document) {
  return MakeBlock<WCHAR>(
      "WlanGetProfile",
      [&](const WlanFunctions& wlan, WCHAR** xml) {
        return wlan.get_profile(handle_, &interface_guid, name.c_str(), nullptr, xml, &document->flags,
                                &document->access);
      },
      [&](WCHAR& xml) {
        document->xml = &xml;
        platform::Wipe(&xml, document->xml.size() * sizeof(WCHAR));
        return true;
      });
}

values::Failure Wlan::SetProfile(const GUID& interface_guid, DWORD flags, const SecretText& xml,
                                 bool overwrite, DWORD* reason_code) {
  return Make("WlanSetProfile", [&](const WlanFunctions& wlan) {
    return wlan.set_profile(handle_, &interface_guid, flags, xml.data(), nullptr, overwrite ? 1 : 0, nullptr,
                            reason_code);
  });
}

values::Failure Wlan::DeleteProfile(const GUID& interface_guid, const std::u16string& name) {
  return Make("WlanDeleteProfile", [&](const WlanFunctions& wlan) {
    return wlan.delete_profile(handle_, &interface_guid, name.c_str(), nullptr);
  });
}

values::Failure Wlan::SetProfilePosition(const GUID& interface_guid, const std::u16string& name,
                                         DWORD position) {
  return Make("WlanSetProfilePosition", [&](const WlanFunctions& wlan) {
    return wlan.set_profile_position(handle_, &interface_guid, name.c_str(), position, nullptr);
  });
}

values::Failure Wlan::SetCredentials(const GUID& interface_guid, const std::u16string& name, DWORD flags,
                                     const SecretText& xml) {
  return Make("WlanSetProfileEapXmlUserData", [&](const WlanFunctions& wlan) {
    return wlan.set_credentials(handle_, &interface_guid, name.c_str(), flags, xml.data(), nullptr);
  });
}

values::Failure Wlan::Connect(const GUID& interface_guid, const std::u16string& profile) {
  return Make("WlanConnect", [&](const WlanFunctions& wlan) {
    const WLAN_CONNECTION_PARAMETERS parameters{.wlanConnectionMode = wlan_connection_mode_profile,
                                                .strProfile = profile.c_str(),
                                                .pDot11Ssid = nullptr,
                                                .pDesiredBssidList = nullptr,
                                                .dot11BssType = dot11_BSS_type_any,
                                                .dwFlags = 0};
    return wlan.connect(handle_, &interface_guid, &parameters, nullptr);
  });
}

values::Failure Wlan::Disconnect(const GUID& interface_guid) {
  return Make("WlanDisconnect",
              [&](const WlanFunctions& wlan) { return wlan.disconnect(handle_, &interface_guid, nullptr); });
}

values::Failure Wlan::Networks(const GUID& interface_guid, std::vector<WlanNetwork>* networks) {
  return MakeBlock<WLAN_AVAILABLE_NETWORK_LIST>(
      "WlanGetAvailableNetworkList",
      [&](const WlanFunctions& wlan, auto** list) {
        return wlan.get_networks(handle_, &interface_guid, 0, nullptr, list);
      },
      [&](const WLAN_AVAILABLE_NETWORK_LIST& list) {
        return CopyList(list.dwNumberOfItems, list.Network, networks,
                        [](const WLAN_AVAILABLE_NETWORK& network) {
                          return WlanNetwork{
                              .profile = NameOf(network.strProfileName),
                              .ssid = SsidOf(network.dot11Ssid),
                              .bss_type = static_cast<DWORD>(network.dot11BssType),
                              .access_points = network.uNumberOfBssids,
                              .is_connectable = network.bNetworkConnectable != 0,
                              .reason_code = network.wlanNotConnectableReason,
                              .signal_quality = network.wlanSignalQuality,
                              .is_secured = network.bSecurityEnabled != 0,
                              .authentication = static_cast<DWORD>(network.dot11DefaultAuthAlgorithm),
                              .cipher = static_cast<DWORD>(network.dot11DefaultCipherAlgorithm),
                              .flags = network.dwFlags,
                          };
                        });
      });
}

values::Failure Wlan::Release() {
  {
    std::unique_lock lock(mutex_);
    if (std::exchange(is_released_, true)) return {};
    unused_.wait(lock, [this] { return uses_ == 0; });
  }
  // First: it waits for a notification that is being told. Closing the handle unregisters, too.
  const DWORD unregistered = functions_.register_notification(handle_, WLAN_NOTIFICATION_SOURCE_NONE, 0,
                                                              nullptr, nullptr, nullptr, nullptr);
  const DWORD closed = functions_.close_handle(handle_, nullptr);
  notifications_.End();
  if (closed != kNoError) return MakeFailure("WlanCloseHandle", closed);
  return MakeFailure("WlanRegisterNotification", unregistered);
}

void Wlan::Close() {
  const auto release = [self = shared_from_this()] { static_cast<void>(self->Release()); };
  if (!threads::StartThread(release)) release();
}

}  // namespace eaphost::system
