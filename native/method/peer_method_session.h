// A session of a peer method DLL, driven through the documented call sequence. It survives what real methods
// do: outputs left unwritten, failures without an EAP_ERROR, responses written past the buffer's end, NULL
// arrays. What it cannot survive is a method that crashes: some do when a session is ended that never
// processed a request. Any thread, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "native/abi/functions.h"
#include "native/method/peer_method.h"
#include "native/method/peer_method_dll.h"
#include "native/platform/user_token.h"

namespace eaphost::method {

// The options of a session. User data comes with each call that needs it, for it changes on the way.
struct PeerParameters {
  abi::DWORD flags = 0;  // EAP_FLAG_*
  AttributeList attributes;
  values::NoAttributes no_attributes = values::NoAttributes::kEmpty;
  platform::UserToken user_token;
  SecretBytes connection_data;
  abi::DWORD max_send_packet_size = 0;
  std::optional<std::u16string> endpoint;  // see native/abi/shim.h
  bool refuses_overruns = false;           // of packet buffers, which Windows would not notice
};

class PeerMethodSession final : public PeerMethod {
 public:
  // `routines` are a table of `dll`'s. A caller's token must live as long as this object.
  PeerMethodSession(std::shared_ptr<PeerMethodDll> dll, const abi::EAP_PEER_METHOD_ROUTINES& routines,
                    PeerParameters parameters);
  ~PeerMethodSession() override;
  PeerMethodSession(const PeerMethodSession&) = delete;
  PeerMethodSession& operator=(const PeerMethodSession&) = delete;

  Status GetIdentity(const SecretBytes& user_data, IdentityAnswer& answer) override;
  Status Begin(const SecretBytes& user_data) override;
  // EapPeerSetCredentials: what generic dialogs gave. ERROR_NOT_SUPPORTED if the method has none.
  Status SetCredentials(const std::u16string& identity, std::u16string_view password);
  Status ProcessRequest(Bytes request, abi::EapPeerMethodOutput& output) override;
  Status GetResponse(SecretBytes& response) override {
    return GetResponse(parameters_.max_send_packet_size, response);
  }
  // The same with a buffer of another size: what is written behind it is refused with an error of the method,
  // too.
  Status GetResponse(abi::DWORD size, SecretBytes& response);
  Status GetUiContext(SecretBytes& context) override;
  Status SetUiContext(Bytes context, abi::EapPeerMethodOutput& output) override;
  Status GetAttributes(AttributeList& attributes) override;
  Status SetAttributes(const AttributeList& attributes, abi::EapPeerMethodOutput& output) override;
  Status GetResult(abi::EapPeerMethodResultReason reason, MethodResult& result) override;
  Status End() override;

  const PeerParameters& parameters() const { return parameters_; }

 private:
  // ERROR_INVALID_STATE without a session of the method's.
  Status NeedSession() const;

  std::shared_ptr<PeerMethodDll> dll_;
  const abi::EAP_PEER_METHOD_ROUTINES& routines_;
  PeerParameters parameters_;
  AttributeArray attributes_;
  bool begun_ = false;
  abi::EAP_SESSION_HANDLE handle_ = nullptr;  // NULL may be a method's handle as well as any
};

}  // namespace eaphost::method
