// What the configuration library takes and gives, to and from JavaScript: the shapes are those of
// lib/native/runtime-types.ts. JavaScript's thread.
#pragma once

#include <node_api.h>

#include "native/addon/arguments.h"
#include "native/supplicant/configuration.h"

namespace eaphost::addon {

napi_value ToMethods(napi_env env, const std::vector<host::MethodInfo>& methods);
napi_value ToProperties(napi_env env, const std::vector<host::MethodProperty>& properties);
napi_value ToMethodBlob(napi_env env, const host::MethodBlob& blob);
napi_value ToXml(napi_env env, const std::u16string& xml);
napi_value ToFields(napi_env env, const std::vector<host::InputField>& fields);
napi_value ToInteractiveUi(napi_env env, const host::InteractiveUi& ui);
napi_value ToBlob(napi_env env, const host::SecretBytes& blob);

// Text that is wiped when it is no longer needed.
platform::SecretText ReadSecretText(napi_env env, ArgumentReader& reader, napi_value value, const char* name);
std::vector<host::InputField> ReadFields(napi_env env, ArgumentReader& reader, napi_value value,
                                         const char* name);

}  // namespace eaphost::addon
