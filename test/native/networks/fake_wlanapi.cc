// A library with the functions of wlanapi.dll, over a service of its own. Each function fails as it is told
// to. What is no profile's name but begins with fake: is an order to the library.
#include <algorithm>
#include <iterator>
#include <string>
#include <type_traits>

#include "native/abi/networks.h"
#include "test/native/networks/fake.h"
#include "test/native/networks/fake_service.h"

using namespace eaphost::abi;
using namespace eaphost::fake;

namespace {

constexpr DWORD kInvalidHandle = 6;
constexpr DWORD kInvalidParameter = 87;
constexpr DWORD kNotFound = 1168;
constexpr DWORD kWriteAccess = 0x70023;
constexpr DWORD kAbsurdCount = 0xFFFFFFFF;

Service& TheService() { return Service::Get(); }

// What is behind this address is nobody's.
template <typename Type>
Type* Poison() {
  return reinterpret_cast<Type*>(std::uintptr_t{8});
}

// What every function with a client and an adapter looks at first.
DWORD CheckCall(HANDLE client, const GUID* adapter, const void* reserved) {
  if (client == nullptr || adapter == nullptr || reserved != nullptr) return kInvalidParameter;
  if (!TheService().Has(client)) return kInvalidHandle;
  return TheService().HasAdapter(*adapter) ? 0 : kNotFound;
}

template <typename List>
List* NewList(std::size_t count) {
  auto* const list = static_cast<List*>(Allocate(sizeof(List) * (count + 1)));
  list->dwNumberOfItems = static_cast<DWORD>(count);
  return list;
}

template <typename Text>
void SetName(Text& place, std::u16string_view name, Fault fault) {
  if (fault == kUnterminated) {
    std::fill(std::begin(place), std::end(place), u'x');
  } else {
    name.copy(place, std::size(place) - 1);
  }
}

// Gives a list: `write(Fault)` makes it.
template <typename List, typename Write>
DWORD GiveList(const char* function, List** list, Write write) {
  const Chosen chosen = Enter(function);
  switch (chosen.fault) {
    case kPoison:
      *list = Poison<List>();
      return chosen.code;
    case kCode:
      return chosen.code;
    case kNull:
      *list = nullptr;
      return 0;
    case kUnwritten:
      return 0;
    default:
      *list = write(chosen.fault);
      if (chosen.fault == kAbsurd) (*list)->dwNumberOfItems = kAbsurdCount;
      return 0;
  }
}

// Does something that gives nothing but a code.
template <typename Do>
DWORD Act(const char* function, Do work) {
  const Chosen chosen = Enter(function);
  return chosen.fault == kCode || chosen.fault == kPoison ? chosen.code : work();
}

bool IsOrder(const std::u16string& name) { return name.rfind(u"fake:", 0) == 0; }

// The order's fault is in the lower octet, its code above.
DWORD Obey(const std::u16string& order, DWORD number) {
  const std::string text = ToAscii(order).substr(5);
  if (text.rfind("set:", 0) == 0) {
    Choose(text.substr(4), {static_cast<Fault>(number & 0xFF), number >> 8});
  } else if (text == "release") {
    Release();
  } else if (text == "adapters") {
    TheService().SetAdapters(number);
  } else if (text == "tell") {
    TheService().TellWrongly(number);
  } else if (text == "reset") {
    TheService().Reset();
  } else {
    return kNotFound;
  }
  return 0;
}

}  // namespace

extern "C" {

FAKE_EXPORT WlanOpenHandleFn WlanOpenHandle;
FAKE_EXPORT WlanCloseHandleFn WlanCloseHandle;
FAKE_EXPORT WlanEnumInterfacesFn WlanEnumInterfaces;
FAKE_EXPORT WlanGetProfileListFn WlanGetProfileList;
FAKE_EXPORT WlanGetProfileFn WlanGetProfile;
FAKE_EXPORT WlanSetProfileFn WlanSetProfile;
FAKE_EXPORT WlanDeleteProfileFn WlanDeleteProfile;
FAKE_EXPORT WlanSetProfilePositionFn WlanSetProfilePosition;
FAKE_EXPORT WlanSetProfileEapXmlUserDataFn WlanSetProfileEapXmlUserData;
FAKE_EXPORT WlanConnectFn WlanConnect;
FAKE_EXPORT WlanDisconnectFn WlanDisconnect;
FAKE_EXPORT WlanGetAvailableNetworkListFn WlanGetAvailableNetworkList;
FAKE_EXPORT WlanRegisterNotificationFn WlanRegisterNotification;
FAKE_EXPORT WlanFreeMemoryFn WlanFreeMemory;

DWORD EAPHOST_STDCALL WlanOpenHandle(DWORD version, void* reserved, DWORD* negotiated, HANDLE* client) {
  const Chosen chosen = Enter("WlanOpenHandle");
  if (version != WLAN_API_VERSION_2_0 || reserved != nullptr || negotiated == nullptr || client == nullptr)
    return kInvalidParameter;
  if (chosen.fault == kPoison) *client = Poison<void>();
  if (chosen.fault == kCode || chosen.fault == kPoison) return chosen.code;
  if (chosen.fault == kNull) *client = nullptr;
  if (chosen.fault == kNull || chosen.fault == kUnwritten) return 0;
  *negotiated = version;
  *client = TheService().Open();
  return 0;
}

DWORD EAPHOST_STDCALL WlanCloseHandle(HANDLE client, void* reserved) {
  if (reserved != nullptr) return kInvalidParameter;
  const Chosen chosen = Enter("WlanCloseHandle");
  // It is gone all the same: nobody could close it again.
  const DWORD code = TheService().Close(client);
  return chosen.fault == kCode || chosen.fault == kPoison ? chosen.code : code;
}

DWORD EAPHOST_STDCALL WlanEnumInterfaces(HANDLE client, void* reserved, WLAN_INTERFACE_INFO_LIST** list) {
  if (reserved != nullptr || list == nullptr) return kInvalidParameter;
  if (!TheService().Has(client)) return kInvalidHandle;
  return GiveList("WlanEnumInterfaces", list, [](Fault fault) {
    const std::vector<GUID> adapters = TheService().Adapters();
    auto* const made = NewList<WLAN_INTERFACE_INFO_LIST>(adapters.size());
    for (std::size_t at = 0; at < adapters.size(); ++at) {
      WLAN_INTERFACE_INFO& info = (&made->InterfaceInfo[0])[at];
      info.InterfaceGuid = adapters[at];
      SetName(info.strInterfaceDescription, at == 0 ? u"Fake Wi-Fi Adapter" : u"Fake Wi-Fi Adapter #2",
              fault);
      info.isState = TheService().Connected().empty() ? wlan_interface_state_disconnected
                                                      : wlan_interface_state_connected;
    }
    return made;
  });
}

DWORD EAPHOST_STDCALL WlanGetProfileList(HANDLE client, const GUID* adapter, void* reserved,
                                         WLAN_PROFILE_INFO_LIST** list) {
  if (list == nullptr) return kInvalidParameter;
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return GiveList("WlanGetProfileList", list, [](Fault fault) {
    const std::vector<Profile> profiles = TheService().Profiles();
    auto* const made = NewList<WLAN_PROFILE_INFO_LIST>(profiles.size());
    for (std::size_t at = 0; at < profiles.size(); ++at) {
      WLAN_PROFILE_INFO& info = (&made->ProfileInfo[0])[at];
      SetName(info.strProfileName, profiles[at].name, fault);
      info.dwFlags = profiles[at].flags;
    }
    return made;
  });
}

DWORD EAPHOST_STDCALL WlanGetProfile(HANDLE client, const GUID* adapter, LPCWSTR name, void* reserved,
                                     LPWSTR* xml, DWORD* flags, DWORD* access) {
  if (xml == nullptr || name == nullptr) return kInvalidParameter;
  const auto give = [xml](const std::u16string& text) {
    *xml = static_cast<WCHAR*>(Allocate((text.size() + 1) * sizeof(WCHAR)));
    text.copy(*xml, text.size());
    return DWORD{0};
  };
  if (Text(name) == u"fake:state") return give(TheService().Describe());
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  const Chosen chosen = Enter("WlanGetProfile");
  if (chosen.fault == kPoison) *xml = Poison<WCHAR>();
  if (chosen.fault == kCode || chosen.fault == kPoison) return chosen.code;
  if (chosen.fault == kNull) *xml = nullptr;
  if (chosen.fault == kNull || chosen.fault == kUnwritten) return 0;
  for (const Profile& profile : TheService().Profiles()) {
    if (profile.name != name) continue;
    if (flags != nullptr) *flags = profile.flags;
    if (access != nullptr) *access = (profile.flags & WLAN_PROFILE_USER) != 0 ? 0 : kWriteAccess;
    return give(profile.xml);
  }
  return kNotFound;
}

DWORD EAPHOST_STDCALL WlanSetProfile(HANDLE client, const GUID* adapter, DWORD flags, LPCWSTR xml,
                                     LPCWSTR security, BOOL overwrite, void* reserved, DWORD* reason) {
  if (xml == nullptr || reason == nullptr || security != nullptr) return kInvalidParameter;
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return Act("WlanSetProfile", [&] { return TheService().Set(xml, flags, overwrite != 0, reason); });
}

DWORD EAPHOST_STDCALL WlanDeleteProfile(HANDLE client, const GUID* adapter, LPCWSTR name, void* reserved) {
  if (name == nullptr) return kInvalidParameter;
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return Act("WlanDeleteProfile", [&] { return TheService().Delete(name); });
}

DWORD EAPHOST_STDCALL WlanSetProfilePosition(HANDLE client, const GUID* adapter, LPCWSTR name, DWORD position,
                                             void* reserved) {
  if (name == nullptr) return kInvalidParameter;
  if (IsOrder(name)) return Obey(name, position);
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return Act("WlanSetProfilePosition", [&] { return TheService().Move(name, position); });
}

DWORD EAPHOST_STDCALL WlanSetProfileEapXmlUserData(HANDLE client, const GUID* adapter, LPCWSTR name,
                                                   DWORD flags, LPCWSTR xml, void* reserved) {
  if (name == nullptr || xml == nullptr || (flags & ~WLAN_SET_EAPHOST_DATA_ALL_USERS) != 0)
    return kInvalidParameter;
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return Act("WlanSetProfileEapXmlUserData",
             [&] { return TheService().SetCredentials(name, xml, flags != 0); });
}

DWORD EAPHOST_STDCALL WlanConnect(HANDLE client, const GUID* adapter,
                                  const WLAN_CONNECTION_PARAMETERS* parameters, void* reserved) {
  if (parameters == nullptr || parameters->strProfile == nullptr ||
      parameters->wlanConnectionMode != wlan_connection_mode_profile || parameters->dwFlags != 0) {
    return kInvalidParameter;
  }
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return Act("WlanConnect", [&] { return TheService().Connect(*adapter, parameters->strProfile); });
}

DWORD EAPHOST_STDCALL WlanDisconnect(HANDLE client, const GUID* adapter, void* reserved) {
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return Act("WlanDisconnect", [&] { return TheService().Disconnect(*adapter); });
}

DWORD EAPHOST_STDCALL WlanGetAvailableNetworkList(HANDLE client, const GUID* adapter, DWORD flags,
                                                  void* reserved, WLAN_AVAILABLE_NETWORK_LIST** list) {
  if (list == nullptr || flags != 0) return kInvalidParameter;
  if (const DWORD code = CheckCall(client, adapter, reserved)) return code;
  return GiveList("WlanGetAvailableNetworkList", list, [](Fault fault) {
    auto* const made = NewList<WLAN_AVAILABLE_NETWORK_LIST>(2);
    WLAN_AVAILABLE_NETWORK* const networks = &made->Network[0];
    constexpr char kSsid[] = "campus";
    constexpr BYTE kOctets[] = {0xFF, 'x'};
    networks[0].dot11Ssid.uSSIDLength = sizeof kSsid - 1;
    std::copy_n(kSsid, sizeof kSsid - 1, networks[0].dot11Ssid.ucSSID);
    networks[0].dot11BssType = dot11_BSS_type_infrastructure;
    networks[0].uNumberOfBssids = 3;
    networks[0].bNetworkConnectable = 1;
    networks[0].wlanSignalQuality = 87;
    networks[0].bSecurityEnabled = 1;
    networks[0].dot11DefaultAuthAlgorithm = DOT11_AUTH_ALGO_RSNA;
    networks[0].dot11DefaultCipherAlgorithm = DOT11_CIPHER_ALGO_CCMP;
    for (const Profile& profile : TheService().Profiles()) {
      if (profile.name != u"campus") continue;
      SetName(networks[0].strProfileName, profile.name, fault);
      networks[0].dwFlags = WLAN_AVAILABLE_NETWORK_HAS_PROFILE;
      if (TheService().Connected() == profile.name) networks[0].dwFlags |= WLAN_AVAILABLE_NETWORK_CONNECTED;
    }
    networks[1].dot11Ssid.uSSIDLength = fault == kUnterminated ? 0xFFFFFFFF : sizeof kOctets;
    std::copy(std::begin(kOctets), std::end(kOctets), networks[1].dot11Ssid.ucSSID);
    networks[1].dot11BssType = dot11_BSS_type_independent;
    networks[1].wlanNotConnectableReason = 0x30001;
    networks[1].dot11DefaultAuthAlgorithm = static_cast<DOT11_AUTH_ALGORITHM>(77);
    return made;
  });
}

DWORD EAPHOST_STDCALL WlanRegisterNotification(HANDLE client, DWORD sources, BOOL,
                                               WLAN_NOTIFICATION_CALLBACK callback, void* context,
                                               void* reserved, DWORD* previous) {
  if (reserved != nullptr || (sources != 0 && callback == nullptr)) return kInvalidParameter;
  if (previous != nullptr) *previous = 0;
  return Act("WlanRegisterNotification",
             [&] { return TheService().Register(client, sources, callback, context); });
}

void EAPHOST_STDCALL WlanFreeMemory(void* memory) { Free(memory); }

}  // extern "C"
