#include "native/addon/network_values.h"

#include <cstdint>

#include "native/addon/values.h"

namespace eaphost::addon {

using system::WlanNotification;

namespace {

napi_value ToInterface(napi_env env, const system::WlanInterface& wlan) {
  ObjectWriter object(env);
  object.Guid("guid", wlan.guid);
  object.Text("description", wlan.description);
  object.Number("state", wlan.state);
  return object.value();
}

napi_value ToProfile(napi_env env, const system::WlanProfile& profile) {
  ObjectWriter object(env);
  object.Text("name", profile.name);
  object.Number("flags", profile.flags);
  return object.value();
}

napi_value ToNetwork(napi_env env, const system::WlanNetwork& network) {
  ObjectWriter object(env);
  object.Text("profile", network.profile);
  object.Bytes("ssid", network.ssid);
  object.Number("bssType", network.bss_type);
  object.Number("accessPoints", network.access_points);
  object.Boolean("isConnectable", network.is_connectable);
  object.Number("reasonCode", network.reason_code);
  object.Number("signalQuality", network.signal_quality);
  object.Boolean("isSecured", network.is_secured);
  object.Number("authentication", network.authentication);
  object.Number("cipher", network.cipher);
  object.Number("flags", network.flags);
  return object.value();
}

napi_value ToConnection(napi_env env, const WlanNotification::Connection& connection) {
  ObjectWriter object(env);
  object.Text("profile", connection.profile);
  object.Bytes("ssid", connection.ssid);
  object.Boolean("isSecured", connection.is_secured);
  object.Number("reasonCode", connection.reason_code);
  if (connection.bssid) object.Bytes("bssid", *connection.bssid);
  return object.value();
}

napi_value ToOneXError(napi_env env, const WlanNotification::EapError& error) {
  ObjectWriter object(env);
  object.Number("winError", error.win_error);
  object.Number("reasonCode", error.reason_code);
  object.Number("method", error.method);
  if (error.root_cause) object.Text("rootCause", *error.root_cause);
  if (error.repair) object.Text("repair", *error.repair);
  return object.value();
}

napi_value ToOneXResult(napi_env env, const WlanNotification::Result& result) {
  ObjectWriter object(env);
  object.Number("status", result.status);
  object.Number("reasonCode", result.reason_code);
  object.Number("winError", result.win_error);
  object.Number("backendSupport", result.backend_support);
  if (result.eap_error) object.Value("eapError", ToOneXError(env, *result.eap_error));
  return object.value();
}

napi_value ToNotification(napi_env env, const WlanNotification& notification) {
  ObjectWriter object(env);
  object.Number("source", notification.source);
  object.Number("code", notification.code);
  object.Guid("interface", notification.interface_guid);
  if (notification.connection) object.Value("connection", ToConnection(env, *notification.connection));
  if (notification.result) object.Value("result", ToOneXResult(env, *notification.result));
  if (notification.number) object.Number("number", *notification.number);
  return object.value();
}

}  // namespace

napi_value ToInterfaces(napi_env env, const std::vector<system::WlanInterface>& interfaces) {
  return ToArray(env, interfaces, &ToInterface);
}

napi_value ToProfiles(napi_env env, const std::vector<system::WlanProfile>& profiles) {
  return ToArray(env, profiles, &ToProfile);
}

napi_value ToDocument(napi_env env, const system::WlanProfileDocument& document) {
  ObjectWriter object(env);
  object.Text("xml", document.xml);
  object.Number("flags", document.flags);
  object.Number("access", document.access);
  return object.value();
}

napi_value ToNetworks(napi_env env, const std::vector<system::WlanNetwork>& networks) {
  return ToArray(env, networks, &ToNetwork);
}

napi_value ToNotifications(napi_env env, const system::WlanNotifications::Batch& batch) {
  ObjectWriter object(env);
  object.Value("notifications", ToArray(env, batch.notifications, &ToNotification));
  object.Number("dropped", batch.dropped);
  object.Boolean("isOver", batch.is_over);
  return object.value();
}

}  // namespace eaphost::addon
