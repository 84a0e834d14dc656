// Named after lib/native/network-types.ts. JavaScript's thread.
#include "native/addon/network_calls.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/addon/network_values.h"
#include "native/addon/sources.h"
#include "native/system/ras.h"
#include "native/system/wlan.h"

namespace eaphost::addon {

using system::RasEntry;
using system::Wlan;

namespace {

// Why the document was refused, beside what the function returned.
struct SetOutcome {
  abi::DWORD code = abi::kNoError;
  abi::DWORD reason_code = 0;
};

napi_value ToSetOutcome(napi_env env, const SetOutcome& outcome) {
  ObjectWriter object(env);
  object.Number("code", outcome.code);
  object.Number("reasonCode", outcome.reason_code);
  return object.value();
}

std::shared_ptr<Wlan> ClientOf(SystemRequest& request) {
  const napi_value value = request.Value("wlan");
  std::shared_ptr<Wlan> client = request.ok() ? WlanIn(request.env(), value) : nullptr;
  // What refuses it has thrown.
  if (client == nullptr) request.Refuse("wlan", "a client of the WLAN service");
  return client;
}

void OpenWlanCall(SystemRequest& request) {
  request.Start<std::shared_ptr<Wlan>>(
      "WlanOpenHandle",
      [library = request.Text("library")](std::shared_ptr<Wlan>& client) {
        return Wlan::Open(library, &client);
      },
      &ToWlan);
}

// A call of a client that works on one of its interfaces. `work` is Failure(Wlan&, const GUID&, Output&).
template <typename Output, typename Work>
void StartWlan(SystemRequest& request, const char* name, Work work,
               typename SystemCall<Output>::Convert convert) {
  const std::shared_ptr<Wlan> client = ClientOf(request);
  const abi::GUID interface_guid = request.Guid("interface");
  request.Start<Output>(
      name,
      [client, interface_guid, work = std::move(work)](Output& output) {
        return work(*client, interface_guid, output);
      },
      convert);
}

void CloseWlanCall(SystemRequest& request) {
  request.Start<Nothing>(
      "WlanCloseHandle", [client = ClientOf(request)](Nothing&) { return client->Release(); }, &ToUndefined);
}

void InterfacesCall(SystemRequest& request) {
  request.Start<std::vector<system::WlanInterface>>(
      "WlanEnumInterfaces",
      [client = ClientOf(request)](std::vector<system::WlanInterface>& interfaces) {
        return client->Interfaces(&interfaces);
      },
      &ToInterfaces);
}

void ProfilesCall(SystemRequest& request) {
  StartWlan<std::vector<system::WlanProfile>>(
      request, "WlanGetProfileList",
      [](Wlan& wlan, const abi::GUID& guid, std::vector<system::WlanProfile>& profiles) {
        return wlan.Profiles(guid, &profiles);
      },
      &ToProfiles);
}

void GetProfileCall(SystemRequest& request) {
  StartWlan<system::WlanProfileDocument>(
      request, "WlanGetProfile",
      [name = request.Text("profile")](Wlan& wlan, const abi::GUID& guid,
                                       system::WlanProfileDocument& document) {
        return wlan.GetProfile(guid, name, &document);
      },
      &ToDocument);
}

void SetProfileCall(SystemRequest& request) {
  StartWlan<SetOutcome>(
      request, "WlanSetProfile",
      [xml = request.SecretText("xml"), flags = request.Number("flags"),
       overwrite = request.Boolean("overwrite")](Wlan& wlan, const abi::GUID& guid, SetOutcome& outcome) {
        outcome.code = wlan.SetProfile(guid, flags, xml, overwrite, &outcome.reason_code).code;
        return Failure();
      },
      &ToSetOutcome);
}

void DeleteProfileCall(SystemRequest& request) {
  StartWlan<Nothing>(
      request, "WlanDeleteProfile",
      [name = request.Text("profile")](Wlan& wlan, const abi::GUID& guid, Nothing&) {
        return wlan.DeleteProfile(guid, name);
      },
      &ToUndefined);
}

void SetProfilePositionCall(SystemRequest& request) {
  StartWlan<Nothing>(
      request, "WlanSetProfilePosition",
      [name = request.Text("profile"), position = request.Number("position")](
          Wlan& wlan, const abi::GUID& guid, Nothing&) {
        return wlan.SetProfilePosition(guid, name, position);
      },
      &ToUndefined);
}

void SetCredentialsCall(SystemRequest& request) {
  StartWlan<Nothing>(
      request, "WlanSetProfileEapXmlUserData",
      [name = request.Text("profile"), xml = request.SecretText("xml"), flags = request.Number("flags")](
          Wlan& wlan, const abi::GUID& guid, Nothing&) {
        return wlan.SetCredentials(guid, name, flags, xml);
      },
      &ToUndefined);
}

void ConnectCall(SystemRequest& request) {
  StartWlan<Nothing>(
      request, "WlanConnect",
      [name = request.Text("profile")](Wlan& wlan, const abi::GUID& guid, Nothing&) {
        return wlan.Connect(guid, name);
      },
      &ToUndefined);
}

void DisconnectCall(SystemRequest& request) {
  StartWlan<Nothing>(
      request, "WlanDisconnect",
      [](Wlan& wlan, const abi::GUID& guid, Nothing&) { return wlan.Disconnect(guid); }, &ToUndefined);
}

void NetworksCall(SystemRequest& request) {
  StartWlan<std::vector<system::WlanNetwork>>(
      request, "WlanGetAvailableNetworkList",
      [](Wlan& wlan, const abi::GUID& guid, std::vector<system::WlanNetwork>& networks) {
        return wlan.Networks(guid, &networks);
      },
      &ToNetworks);
}

RasEntry EntryOf(SystemRequest& request) {
  return {.library = request.Text("library"),
          .phonebook = request.Text("phonebook"),
          .name = request.Text("entry")};
}

void GetCustomAuthDataCall(SystemRequest& request) {
  request.Start<SecretBytes>(
      "RasGetCustomAuthData",
      [entry = EntryOf(request)](SecretBytes& data) { return system::GetCustomAuthData(entry, &data); },
      &ToBlob);
}

void SetCustomAuthDataCall(SystemRequest& request) {
  request.Start<Nothing>(
      "RasSetCustomAuthData",
      [entry = EntryOf(request), data = request.Secret("data")](Nothing&) {
        return system::SetCustomAuthData(entry, data);
      },
      &ToUndefined);
}

void SetEapUserDataCall(SystemRequest& request) {
  request.Start<Nothing>(
      "RasSetEapUserData",
      [entry = EntryOf(request), user = request.UserToken("userToken"),
       data = request.Secret("data")](Nothing&) { return system::SetEapUserData(entry, user, data); },
      &ToUndefined);
}

constexpr NamedSystemCall kNetworkCalls[] = {
    {u"openWlan", &OpenWlanCall},
    {u"closeWlan", &CloseWlanCall},
    {u"wlanInterfaces", &InterfacesCall},
    {u"wlanProfiles", &ProfilesCall},
    {u"wlanGetProfile", &GetProfileCall},
    {u"wlanSetProfile", &SetProfileCall},
    {u"wlanDeleteProfile", &DeleteProfileCall},
    {u"wlanSetProfilePosition", &SetProfilePositionCall},
    {u"wlanSetCredentials", &SetCredentialsCall},
    {u"wlanConnect", &ConnectCall},
    {u"wlanDisconnect", &DisconnectCall},
    {u"wlanNetworks", &NetworksCall},
    {u"getCustomAuthData", &GetCustomAuthDataCall},
    {u"setCustomAuthData", &SetCustomAuthDataCall},
    {u"setEapUserData", &SetEapUserDataCall},
};

}  // namespace

std::span<const NamedSystemCall> NetworkCalls() { return kNetworkCalls; }

}  // namespace eaphost::addon
