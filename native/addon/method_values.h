// What method DLLs take and give, to and from JavaScript: the shapes are those of lib/native/method-types.ts.
// JavaScript's thread.
#pragma once

#include <node_api.h>

#include <vector>

#include "native/addon/arguments.h"
#include "native/method/authenticator_method_session.h"
#include "native/method/peer_method_session.h"

namespace eaphost::addon {

napi_value ToMethodAttributes(napi_env env, const method::AttributeList& attributes);
napi_value ToPeerResult(napi_env env, const method::MethodResult& result);
napi_value ToAuthenticatorResult(napi_env env, const method::AuthenticatorResult& result);
napi_value ToNames(napi_env env, const std::vector<const char*>& names);

method::AttributeList ReadMethodAttributes(ArgumentReader& reader, napi_value value, const char* name);

}  // namespace eaphost::addon
