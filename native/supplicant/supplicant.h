// The supplicant's calls to a run-time, each with its outputs preset, copied and freed in one go. Every call
// runs on an initialized lane and comes back on it; calls of one session must not overlap. Nothing the
// run-time owns leaves.
//
// Each returns true, or false with `failure` filled.
#pragma once

#include <span>
#include <string_view>

#include "native/supplicant/runtime_table.h"
#include "native/values/plain.h"

namespace eaphost::supplicant {

// The inputs of EapHostPeerBeginSession.
struct BeginArguments {
  abi::DWORD flags = 0;
  abi::EAP_METHOD_TYPE method{};
  AttributeList attributes;
  platform::UserToken user_token;
  SecretBytes connection_data;
  SecretBytes user_data;
  abi::DWORD max_send_packet_size = 0;
  std::optional<abi::GUID> connection_id;
  abi::NotificationHandler handler = nullptr;
  void* handler_context = nullptr;
};

// The inputs of EapHostPeerGetIdentity.
struct IdentityArguments {
  abi::DWORD flags = 0;
  abi::EAP_METHOD_TYPE method{};
  SecretBytes connection_data;
  SecretBytes user_data;
  platform::UserToken user_token;
};

// Opens a token that is to be opened, for `call`.
bool OpenToken(platform::UserToken& token, const char* call, Failure& failure);

class Supplicant {
 public:
  explicit Supplicant(const RuntimeTable& table) : table_(table) {}

  // Opens the token, too: keep it until the session has ended.
  bool Begin(BeginArguments& arguments, abi::EAP_SESSIONID& id, Failure& failure) const;

  // These three end with what the returned action asks for: the packet, the result, the UI context or the
  // attributes.
  bool ProcessReceivedPacket(abi::EAP_SESSIONID id, std::span<const abi::BYTE> packet, Step& step,
                             Failure& failure) const;
  bool SetUiContext(abi::EAP_SESSIONID id, std::span<const abi::BYTE> context, Step& step,
                    Failure& failure) const;
  bool SetResponseAttributes(abi::EAP_SESSIONID id, const AttributeList& attributes, Step& step,
                             Failure& failure) const;

  bool GetResult(abi::EAP_SESSIONID id, abi::EapHostPeerMethodResultReason reason, Result& result,
                 Failure& failure) const;
  bool GetAuthStatus(abi::EAP_SESSIONID id, abi::EapHostPeerAuthParams parameter, SecretBytes& data,
                     Failure& failure) const;
  bool End(abi::EAP_SESSIONID id, Failure& failure) const;
  bool ClearConnection(const abi::GUID& connection_id, Failure& failure) const;

  // The functions for tunnel methods and single sign-on. The last two came with Windows 10; without them
  // the failure is ERROR_PROC_NOT_FOUND.
  bool GetIdentity(IdentityArguments& arguments, Identity& identity, Failure& failure) const;
  bool GetDataToUnplumbCredentials(abi::EAP_SESSIONID id, UnplumbData& data, Failure& failure) const;
  bool GetEncryptedPassword(const platform::SecretText& password, platform::SecretText& encrypted,
                            Failure& failure) const;

 private:
  template <typename Call>
  bool Hop(const char* name, abi::EAP_SESSIONID id, Step& step, Failure& failure, Call call) const;
  bool Fetch(const char* call, abi::EAP_SESSIONID id, abi::EapHostPeerResponseAction action, Step& step,
             Failure& failure) const;

  const RuntimeTable& table_;
};

}  // namespace eaphost::supplicant
