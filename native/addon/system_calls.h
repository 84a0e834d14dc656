// The addon's calls to the operating system that concern no run-time: registry, folders, signatures.
// JavaScript's thread.
#pragma once

#include <node_api.h>

namespace eaphost::addon {

// system(ticket, call, options): makes the call with this name (lib/native/system-types.ts). The callback's
// data is the Environment.
napi_value MakeSystemCall(napi_env env, napi_callback_info info);

}  // namespace eaphost::addon
