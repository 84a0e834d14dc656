// The calls of configuration and user interface, from their names and arguments in JavaScript
// (lib/native/runtime-types.ts, lib/native/method-types.ts) to calls on an apartment: one table for run-times
// and method DLLs. JavaScript's thread.
#pragma once

#include "native/addon/environment.h"

namespace eaphost::addon {

class ArgumentReader;

// Begins the call of this name, unless an argument is refused, as an unknown name is.
void StartConfigurationCall(ArgumentReader& reader, Environment& environment,
                            const std::shared_ptr<Runtime>& runtime, std::int32_t ticket, napi_value name,
                            napi_value options);
// The same for all the calls of a method DLL that need no session.
void StartConfigurationCall(ArgumentReader& reader, Environment& environment,
                            const std::shared_ptr<MethodHost>& host, std::int32_t ticket, napi_value name,
                            napi_value options);

}  // namespace eaphost::addon
