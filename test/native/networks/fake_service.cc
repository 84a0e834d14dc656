#include "test/native/networks/fake_service.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "test/native/networks/fake.h"
#include "test/native/networks/fake_data.h"

namespace eaphost::fake {

using namespace abi;

namespace {

constexpr DWORD kNotFound = 1168;
constexpr DWORD kAlreadyExists = 183;
constexpr DWORD kBadProfile = 1206;
constexpr DWORD kInvalidHandle = 6;
constexpr DWORD kNotSupported = 50;
constexpr DWORD kInvalidXml = 57893;
constexpr DWORD kInvalidSchema = 0x80001;  // WLAN_REASON_CODE_INVALID_PROFILE_SCHEMA
constexpr DWORD kEapFailure = 0x50006;     // ONEX_EAP_FAILURE_RECEIVED
constexpr DWORD kNoCredentials = 0x50003;  // ONEX_IDENTITY_NOT_FOUND

struct Client {
  DWORD sources = 0;
  WLAN_NOTIFICATION_CALLBACK callback = nullptr;
  void* context = nullptr;
};

struct Told {
  WLAN_NOTIFICATION_DATA head{};
  std::vector<std::uint8_t> data;
};

struct State {
  std::mutex mutex;
  std::uintptr_t last_client = 0;
  std::map<HANDLE, Client> clients;
  unsigned adapters = 1;
  std::vector<Profile> profiles;
  std::u16string connected;
  std::deque<Told> queue;
  std::condition_variable news;
  bool has_thread = false;
  // Held while clients are told.
  std::mutex telling;
};

State& Shared() {
  static State* const state = new State;
  return *state;
}

void RunTeller() {
  State& state = Shared();
  for (;;) {
    std::unique_lock lock(state.mutex);
    state.news.wait(lock, [&] { return !state.queue.empty(); });
    lock.unlock();
    // Before it is looked who asked: who leaves waits for this.
    const std::lock_guard telling(state.telling);
    lock.lock();
    if (state.queue.empty()) continue;
    Told told = std::move(state.queue.front());
    state.queue.pop_front();
    std::vector<Client> clients;
    for (const auto& [handle, client] : state.clients) clients.push_back(client);
    lock.unlock();
    if (told.head.pData == nullptr && !told.data.empty()) told.head.pData = told.data.data();
    for (const Client& client : clients) {
      if ((client.sources & told.head.NotificationSource) != 0) client.callback(&told.head, client.context);
    }
  }
}

void Enqueue(Told told) {
  State& state = Shared();
  const std::lock_guard lock(state.mutex);
  state.queue.push_back(std::move(told));
  if (!state.has_thread) std::thread(&RunTeller).detach();
  state.has_thread = true;
  state.news.notify_all();
}

std::u16string NameIn(std::u16string_view xml) {
  const std::size_t begin = xml.find(u"<name>");
  const std::size_t end = xml.find(u"</name>");
  if (begin == std::u16string_view::npos || end == std::u16string_view::npos) return {};
  return std::u16string(xml.substr(begin + 6, end - begin - 6));
}

std::string Quoted(std::u16string_view text) {
  std::string quoted = "\"";
  for (const char c : ToAscii(text)) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    if (static_cast<unsigned char>(c) >= 32) quoted.push_back(c);
  }
  return quoted + '"';
}

}  // namespace

Service& Service::Get() {
  static Service service;
  return service;
}

HANDLE Service::Open() {
  const std::lock_guard lock(Shared().mutex);
  const auto handle = reinterpret_cast<HANDLE>(++Shared().last_client);
  Shared().clients[handle] = {};
  return handle;
}

DWORD Service::Close(HANDLE client) {
  const std::lock_guard telling(Shared().telling);
  const std::lock_guard lock(Shared().mutex);
  return Shared().clients.erase(client) == 0 ? kInvalidHandle : 0;
}

bool Service::Has(HANDLE client) {
  const std::lock_guard lock(Shared().mutex);
  return Shared().clients.count(client) != 0;
}

DWORD Service::Register(HANDLE client, DWORD sources, WLAN_NOTIFICATION_CALLBACK callback, void* context) {
  const std::lock_guard telling(Shared().telling);
  const std::lock_guard lock(Shared().mutex);
  const auto found = Shared().clients.find(client);
  if (found == Shared().clients.end()) return kInvalidHandle;
  found->second = {sources, callback, context};
  return 0;
}

void Service::SetAdapters(unsigned count) {
  const std::lock_guard lock(Shared().mutex);
  Shared().adapters = std::min(count, 2u);
}

std::vector<GUID> Service::Adapters() {
  const std::lock_guard lock(Shared().mutex);
  const std::vector<GUID> all = {kFirst, kSecond};
  return {all.begin(), all.begin() + Shared().adapters};
}

bool Service::HasAdapter(const GUID& guid) {
  const std::vector<GUID> all = Adapters();
  return std::find(all.begin(), all.end(), guid) != all.end();
}

std::vector<Profile> Service::Profiles() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().profiles;
}

DWORD Service::Set(const std::u16string& xml, DWORD flags, bool overwrite, DWORD* reason) {
  const std::u16string name = NameIn(xml);
  if (xml.find(u"<WLANProfile") == std::u16string::npos || name.empty()) {
    *reason = kInvalidSchema;
    return kBadProfile;
  }
  const std::lock_guard lock(Shared().mutex);
  auto& profiles = Shared().profiles;
  const auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [&](const Profile& profile) { return profile.name == name; });
  *reason = 0;
  if (found == profiles.end()) {
    profiles.insert(profiles.begin(), Profile{name, xml, flags, {}, false});
    return 0;
  }
  if (!overwrite || found->flags != flags) return kAlreadyExists;
  *found = Profile{name, xml, flags, found->credentials, found->are_for_all};
  return 0;
}

// Does something with the profile of that name.
template <typename Do>
DWORD WithProfile(const std::u16string& name, Do work) {
  const std::lock_guard lock(Shared().mutex);
  auto& profiles = Shared().profiles;
  const auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [&](const Profile& profile) { return profile.name == name; });
  return found == profiles.end() ? kNotFound : work(profiles, found);
}

DWORD Service::Delete(const std::u16string& name) {
  return WithProfile(name, [](auto& profiles, auto found) {
    profiles.erase(found);
    return DWORD{0};
  });
}

DWORD Service::Move(const std::u16string& name, DWORD position) {
  return WithProfile(name, [position](auto& profiles, auto found) {
    const Profile profile = *found;
    profiles.erase(found);
    const auto at = std::min<std::size_t>(position, profiles.size());
    profiles.insert(profiles.begin() + static_cast<std::ptrdiff_t>(at), profile);
    return DWORD{0};
  });
}

DWORD Service::SetCredentials(const std::u16string& name, const std::u16string& xml, bool for_all) {
  return WithProfile(name, [&](auto&, auto found) {
    if (found->xml.find(u"<OneX") == std::u16string::npos) return kNotSupported;
    if (xml.find(u"EapHostUserCredentials") == std::u16string::npos) return kInvalidXml;
    found->credentials = xml;
    found->are_for_all = for_all;
    return DWORD{0};
  });
}

DWORD Service::Connect(const GUID& adapter, const std::u16string& name) {
  DWORD reason = 0;
  const DWORD code = WithProfile(name, [&](auto&, auto found) {
    const bool has_eap = found->xml.find(u"<OneX") != std::u16string::npos;
    if (has_eap && found->credentials.empty()) reason = kNoCredentials;
    if (found->credentials.find(u"wrong") != std::u16string::npos) reason = kEapFailure;
    Shared().connected = reason == 0 ? name : u"";
    return DWORD{0};
  });
  if (code != 0) return code;
  constexpr DWORD kAcm = WLAN_NOTIFICATION_SOURCE_ACM;
  constexpr DWORD kMsm = WLAN_NOTIFICATION_SOURCE_MSM;
  Tell(kAcm, wlan_notification_acm_connection_start, adapter, ConnectionData(name, 0));
  Tell(kMsm, wlan_notification_msm_associating, adapter, MsmData(name, 0));
  Tell(kMsm, wlan_notification_msm_authenticating, adapter, MsmData(name, 0));
  Tell(WLAN_NOTIFICATION_SOURCE_ONEX, OneXNotificationTypeResultUpdate, adapter, ResultData(reason));
  if (reason == 0) {
    Tell(kMsm, wlan_notification_msm_connected, adapter, MsmData(name, 0));
  } else {
    Tell(kMsm, wlan_notification_msm_disconnected, adapter, MsmData(name, reason));
  }
  Tell(
      kAcm,
      reason == 0 ? wlan_notification_acm_connection_complete : wlan_notification_acm_connection_attempt_fail,
      adapter, ConnectionData(name, reason));
  return 0;
}

DWORD Service::Disconnect(const GUID& adapter) {
  const std::u16string name = Connected();
  {
    const std::lock_guard lock(Shared().mutex);
    Shared().connected.clear();
  }
  Tell(WLAN_NOTIFICATION_SOURCE_ACM, wlan_notification_acm_disconnecting, adapter, ConnectionData(name, 0));
  Tell(WLAN_NOTIFICATION_SOURCE_ACM, wlan_notification_acm_disconnected, adapter, ConnectionData(name, 0));
  return 0;
}

std::u16string Service::Connected() {
  const std::lock_guard lock(Shared().mutex);
  return Shared().connected;
}

void Service::Tell(DWORD source, DWORD code, const GUID& adapter, std::vector<std::uint8_t> data) {
  Told told;
  told.head = {source, code, adapter, static_cast<DWORD>(data.size()), nullptr};
  told.data = std::move(data);
  Enqueue(std::move(told));
}

void Service::TellWrongly(DWORD kind) {
  constexpr DWORD kOneX = WLAN_NOTIFICATION_SOURCE_ONEX;
  constexpr DWORD kAcm = WLAN_NOTIFICATION_SOURCE_ACM;
  constexpr DWORD kMsm = WLAN_NOTIFICATION_SOURCE_MSM;
  switch (kind) {
    case 0: {  // a size that cannot be right, and nothing there
      Told told;
      told.head = {kAcm, wlan_notification_acm_connection_complete, kFirst, 0xFFFFFFFF, nullptr};
      return Enqueue(std::move(told));
    }
    case 1:  // the same with data
    {
      Told told;
      told.data = ConnectionData(u"x", 0);
      told.head = {kAcm, wlan_notification_acm_connection_complete, kFirst, 0xFFFFFFFF, nullptr};
      return Enqueue(std::move(told));
    }
    case 2: {  // cut short
      std::vector<std::uint8_t> data = MsmData(u"x", 0);
      data.resize(data.size() - 1);
      return Tell(kMsm, wlan_notification_msm_connected, kFirst, std::move(data));
    }
    case 3: {  // names and an SSID without an end
      WLAN_MSM_NOTIFICATION_DATA data{};
      std::fill(std::begin(data.strProfileName), std::end(data.strProfileName), u'n');
      std::fill(std::begin(data.dot11Ssid.ucSSID), std::end(data.dot11Ssid.ucSSID), BYTE{0xFF});
      data.dot11Ssid.uSSIDLength = 0xFFFFFFFF;
      return Tell(kMsm, wlan_notification_msm_connected, kFirst, Octets(data));
    }
    case 4: {  // texts of 802.1X that lie elsewhere
      for (const ONEX_VARIABLE_BLOB blob :
           {ONEX_VARIABLE_BLOB{0xFFFFFFFF, 4}, ONEX_VARIABLE_BLOB{8, 0xFFFFFFF0},
            ONEX_VARIABLE_BLOB{1000, 40}, ONEX_VARIABLE_BLOB{7, 40}}) {
        ONEX_RESULT_UPDATE_DATA data{};
        data.flags = 3;
        data.eapError = blob;
        std::vector<std::uint8_t> octets = Octets(data);
        octets.resize(octets.size() + 92, 0xFF);
        Tell(kOneX, OneXNotificationTypeResultUpdate, kFirst, octets);
        // The error is there, its texts are not.
        data.eapError = {sizeof(ONEX_EAP_ERROR), sizeof data};
        octets = Octets(data);
        ONEX_EAP_ERROR error{};
        error.flags = 3;
        error.RootCauseString = error.RepairString = blob;
        const std::vector<std::uint8_t> behind = Octets(error);
        octets.insert(octets.end(), behind.begin(), behind.end());
        Tell(kOneX, OneXNotificationTypeResultUpdate, kFirst, octets);
      }
      return;
    }
    case 5:  // codes and sources that nobody knows
      Tell(kAcm, 4000, kFirst, {1, 2, 3});
      Tell(kMsm, 4000, kFirst, {});
      Tell(kOneX, 4000, kFirst, {1});
      return;
    case 6:  // more than anybody takes
      for (DWORD count = 0; count < 5000; ++count) {
        const DWORD quality = count % 101;
        Tell(kMsm, wlan_notification_msm_signal_quality_change, kFirst, Octets(quality));
      }
      return;
    case 7:
      return Tell(kAcm, wlan_notification_acm_interface_removal, kFirst, {});
    case 8: {
      const DWORD reason = 7;
      Tell(kAcm, wlan_notification_acm_scan_fail, kFirst, Octets(reason));
      const DWORD restart = OneXRestartReasonOneXUserChanged;
      return Tell(kOneX, OneXNotificationTypeAuthRestarted, kFirst, Octets(restart));
    }
    default:
      return;
  }
}

std::u16string Service::Describe() {
  std::string json = "{\"outstanding\":" + std::to_string(Outstanding()) +
                     ",\"badFrees\":" + std::to_string(BadFrees()) +
                     ",\"isHeld\":" + (IsHeld() ? "true" : "false") +
                     ",\"isReturning\":" + (IsReturning() ? "true" : "false");
  const std::lock_guard lock(Shared().mutex);
  const auto registered = std::count_if(Shared().clients.begin(), Shared().clients.end(),
                                        [](const auto& client) { return client.second.sources != 0; });
  json += ",\"clients\":" + std::to_string(Shared().clients.size()) +
          ",\"registered\":" + std::to_string(registered) +
          ",\"untold\":" + std::to_string(Shared().queue.size()) +
          ",\"connected\":" + Quoted(Shared().connected) + ",\"profiles\":[";
  for (const Profile& profile : Shared().profiles) {
    if (json.back() != '[') json += ',';
    json += "{\"name\":" + Quoted(profile.name) + ",\"flags\":" + std::to_string(profile.flags) +
            ",\"credentials\":" + Quoted(profile.credentials) +
            ",\"forAllUsers\":" + (profile.are_for_all ? "true" : "false") + "}";
  }
  return ToWide(json + "]}");
}

void Service::Reset() {
  const std::lock_guard lock(Shared().mutex);
  Shared().adapters = 1;
  Shared().profiles.clear();
  Shared().connected.clear();
}

}  // namespace eaphost::fake
