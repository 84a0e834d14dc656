// What the WLAN service gives and tells, to JavaScript values: named after lib/native/network-types.ts.
// JavaScript's thread. NULL where a value could not be made.
#pragma once

#include <node_api.h>

#include <vector>

#include "native/system/wlan.h"

namespace eaphost::addon {

napi_value ToInterfaces(napi_env env, const std::vector<system::WlanInterface>& interfaces);
napi_value ToProfiles(napi_env env, const std::vector<system::WlanProfile>& profiles);
napi_value ToDocument(napi_env env, const system::WlanProfileDocument& document);
napi_value ToNetworks(napi_env env, const std::vector<system::WlanNetwork>& networks);
napi_value ToNotifications(napi_env env, const system::WlanNotifications::Batch& batch);

}  // namespace eaphost::addon
