// What threads of ours bring to JavaScript unasked, as it calls them (lib/native/addon.ts): the clients of a
// named pipe, the frames of a network card, the notifications of the WLAN service. And who is at the other
// end of a Unix-domain socket. JavaScript's thread. The callbacks' data is the Environment.
#pragma once

#include <node_api.h>

#include <memory>
#include <vector>

#include "native/system/interfaces.h"
#include "native/system/pipe_client.h"
#include "native/system/pipe_listener.h"
#include "native/system/raw_link.h"
#include "native/system/wlan.h"

namespace eaphost::addon {

// A source as JavaScript holds it; closed when JavaScript has forgotten it.
napi_value ToPipeListener(napi_env env, const std::shared_ptr<system::PipeListener>& listener);
// The same, with the card's address in `address`.
napi_value ToRawLink(napi_env env, const std::shared_ptr<system::RawLink>& link);
napi_value ToWlan(napi_env env, const std::shared_ptr<system::Wlan>& client);
// `isExpected`: there is a connection; `descriptor`: a file descriptor of Node's for it, where Node has one
// to give; `account`; `process`.
napi_value ToPipeServer(napi_env env, const system::PipeServer& server);
// NULL with an exception pending.
std::shared_ptr<system::Wlan> WlanIn(napi_env env, napi_value value);
napi_value ToEthernetInterfaces(napi_env env, const std::vector<system::EthernetInterface>& interfaces);

// awaitSource(ticket, source): resolves when there is something to take, or the source is closed. A card
// keeps the process alive meanwhile, the others do not.
napi_value AwaitSource(napi_env env, napi_callback_info info);
// closeSource(source).
napi_value CloseSource(napi_env env, napi_callback_info info);
// takePipe(listener): a file descriptor of Node's for the next client; undefined if none waits.
napi_value TakePipe(napi_env env, napi_callback_info info);
// takeFrames(link): what came since the last call.
napi_value TakeFrames(napi_env env, napi_callback_info info);
// takeNotifications(wlan): what came since the last call.
napi_value TakeNotifications(napi_env env, napi_callback_info info);
// sendFrame(link, frame): a Win32 code.
napi_value SendFrame(napi_env env, napi_callback_info info);
// peerUser(descriptor): the user id of the process at the other end of a connected Unix-domain socket;
// undefined if the system does not say.
napi_value PeerUser(napi_env env, napi_callback_info info);

}  // namespace eaphost::addon
