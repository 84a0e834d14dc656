// Listening at a named pipe, and who is at the other end of a Unix-domain socket, as JavaScript calls them
// (lib/native/addon.ts). JavaScript's thread. The callbacks' data is the Environment.
#pragma once

#include <node_api.h>

#include <memory>

#include "native/system/pipe_listener.h"

namespace eaphost::addon {

using system::PipeListener;

// The listener as JavaScript holds it; closed when JavaScript has forgotten it.
napi_value ToPipeListener(napi_env env, const std::shared_ptr<PipeListener>& listener);

// acceptPipe(ticket, listener): resolves when a client waits or the listener is closed. It does not keep the
// process alive.
napi_value AcceptPipe(napi_env env, napi_callback_info info);
// takePipe(listener): a file descriptor of Node's for the next client; undefined if none waits.
napi_value TakePipe(napi_env env, napi_callback_info info);
// closePipe(listener).
napi_value ClosePipe(napi_env env, napi_callback_info info);
// peerUser(descriptor): the user id of the process at the other end of a connected Unix-domain socket;
// undefined if the system does not say.
napi_value PeerUser(napi_env env, napi_callback_info info);

}  // namespace eaphost::addon
