#include "test/native/pair_conversation.h"

#include <array>
#include <utility>

#include "native/abi/constants.h"
#include "native/abi/win32.h"

namespace eaphost::pairtest {

namespace {

using namespace eaphost::abi;

// More than any packet; so much that nobody writes behind it.
using Packet = std::array<BYTE, 65536>;

BYTE* Data(std::string& text) { return text.empty() ? nullptr : reinterpret_cast<BYTE*>(text.data()); }
DWORD Size(const std::string& text) { return static_cast<DWORD>(text.size()); }

class Conversation {
 public:
  Conversation(const PairDll& dll, const Request& request) : dll_(dll), request_(request) {}

  Outcome Run() {
    if (Identity() && Begin()) Exchange();
    End();
    return std::move(outcome_);
  }

 private:
  // Notes the call, frees what error it left.
  bool Peer(const char* call, DWORD code, EAP_ERROR* error) {
    if (error != nullptr) dll_.free_peer_error(error);
    return Note("Peer", call, code);
  }
  bool Authenticator(const char* call, DWORD code, EAP_ERROR* error) {
    if (error != nullptr) dll_.free_authenticator_error(error);
    return Note("Authenticator", call, code);
  }
  bool Note(const char* half, const char* call, DWORD code) {
    if (request_.record) outcome_.calls.push_back(std::string(half) + call);
    if (code == kNoError) return true;
    if (outcome_.failed_call.empty()) {
      outcome_.failed_call = std::string(half) + call;
      outcome_.code = code;
    }
    return false;
  }

  bool Identity() {
    BOOL invoke_ui = 0;
    DWORD size = 0;
    BYTE* user = nullptr;
    LPWSTR identity = nullptr;
    EAP_ERROR* error = nullptr;
    std::string config = request_.peer_config;
    std::string given = request_.user;
    const DWORD code =
        dll_.peer.EapPeerGetIdentity(request_.flags, Size(config), Data(config), Size(given), Data(given),
                                     nullptr, &invoke_ui, &size, &user, &identity, &error);
    if (user != nullptr) user_.assign(reinterpret_cast<const char*>(user), size);
    if (identity != nullptr) outcome_.identity = identity;
    dll_.free_peer_memory(user);
    dll_.free_peer_memory(identity);
    if (!Peer("GetIdentity", code, error)) return false;
    return invoke_ui == 0 || Note("Peer", "InvokeIdentityUI", kErrorCancelled);
  }

  bool Begin() {
    EapAttributes none{};
    EAP_ERROR* error = nullptr;
    std::string config = request_.peer_config;
    DWORD code = dll_.peer.EapPeerBeginSession(request_.flags, &none, nullptr, Size(config), Data(config),
                                               Size(user_), Data(user_), request_.max_packet, &peer_, &error);
    peer_begun_ = Peer("BeginSession", code, error);
    if (!peer_begun_) return false;
    config = request_.authenticator_config;
    error = nullptr;
    code = dll_.authenticator.EapMethodAuthenticatorBeginSession(
        request_.flags, outcome_.identity.c_str(), &none, Size(config), Data(config), request_.max_packet,
        &authenticator_, &error);
    authenticator_begun_ = Authenticator("BeginSession", code, error);
    return authenticator_begun_;
  }

  void Exchange() {
    Packet request;
    Packet response;
    auto* const request_packet = reinterpret_cast<EapPacket*>(request.data());
    auto* const response_packet = reinterpret_cast<EapPacket*>(response.data());
    for (BYTE id = 1;; ++id) {
      DWORD size = request_.max_packet;
      EAP_AUTHENTICATOR_SEND_TIMEOUT timeout{};
      EAP_ERROR* error = nullptr;
      DWORD code = dll_.authenticator.EapMethodAuthenticatorSendPacket(authenticator_, id, &size,
                                                                       request_packet, &timeout, &error);
      if (!Authenticator("SendPacket", code, error)) return;
      if (outcome_.requests++ == 0) outcome_.first_timeout = timeout;
      if (size > outcome_.greatest_packet) outcome_.greatest_packet = size;

      EapPeerMethodOutput output{};
      error = nullptr;
      code = dll_.peer.EapPeerProcessRequestPacket(peer_, size, request_packet, &output, &error);
      if (!Peer("ProcessRequestPacket", code, error) || !Answer(output)) return;
      if (output.action != EapPeerMethodResponseActionSend) return PeerResult(false);
      size = request_.max_packet;
      error = nullptr;
      code = dll_.peer.EapPeerGetResponsePacket(peer_, &size, response_packet, &error);
      if (!Peer("GetResponsePacket", code, error)) return;
      if (size > outcome_.greatest_packet) outcome_.greatest_packet = size;

      EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION action{};
      error = nullptr;
      code = dll_.authenticator.EapMethodAuthenticatorReceivePacket(authenticator_, size, response_packet,
                                                                    &action, &error);
      if (!Authenticator("ReceivePacket", code, error)) return;
      if (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESPOND && !AuthenticatorAttributes(action)) return;
      if (action == EAP_METHOD_AUTHENTICATOR_RESPONSE_RESULT) {
        if (AuthenticatorResult()) PeerResult(outcome_.authenticator.success);
        return;
      }
      if (action != EAP_METHOD_AUTHENTICATOR_RESPONSE_SEND) return;
    }
  }

  // Attributes and dialogs, until the peer has something else to do.
  bool Answer(EapPeerMethodOutput& output) {
    while (true) {
      if (output.action == EapPeerMethodResponseActionRespond) {
        EapAttributes attributes{};
        EAP_ERROR* error = nullptr;
        DWORD code = dll_.peer.EapPeerGetResponseAttributes(peer_, &attributes, &error);
        if (!Peer("GetResponseAttributes", code, error)) return false;
        std::string value = request_.peer_attribute;
        EAP_ATTRIBUTE attribute{eatEAPTLV, Size(value), Data(value)};
        EapAttributes answer{value.empty() ? 0U : 1U, value.empty() ? nullptr : &attribute};
        error = nullptr;
        output = {};
        code = dll_.peer.EapPeerSetResponseAttributes(peer_, &answer, &output, &error);
        if (!Peer("SetResponseAttributes", code, error)) return false;
      } else if (output.action == EapPeerMethodResponseActionInvokeUI) {
        if (!Dialog(output)) return false;
      } else {
        return true;
      }
    }
  }

  bool Dialog(EapPeerMethodOutput& output) {
    DWORD size = 0;
    BYTE* context = nullptr;
    EAP_ERROR* error = nullptr;
    DWORD code = dll_.peer.EapPeerGetUIContext(peer_, &size, &context, &error);
    if (!Peer("GetUIContext", code, error)) return false;
    std::string copy(reinterpret_cast<const char*>(context), size);
    EAP_METHOD_TYPE type = dll_.type;
    DWORD answer_size = 0;
    BYTE* answer = nullptr;
    error = nullptr;
    code = dll_.interactive_ui(&type, nullptr, Size(copy), Data(copy), &answer_size, &answer, &error);
    if (!Peer("InvokeInteractiveUI", code, error)) return false;
    error = nullptr;
    output = {};
    code = dll_.peer.EapPeerSetUIContext(peer_, answer_size, answer, &output, &error);
    dll_.free_peer_memory(answer);
    return Peer("SetUIContext", code, error);
  }

  bool AuthenticatorAttributes(EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION& action) {
    EapAttributes attributes{};
    EAP_ERROR* error = nullptr;
    DWORD code = dll_.authenticator.EapMethodAuthenticatorGetAttributes(authenticator_, &attributes, &error);
    if (!Authenticator("GetAttributes", code, error)) return false;
    std::string value = request_.authenticator_attribute;
    EAP_ATTRIBUTE attribute{eatEAPTLV, Size(value), Data(value)};
    const EapAttributes answer{value.empty() ? 0U : 1U, value.empty() ? nullptr : &attribute};
    error = nullptr;
    action = EAP_METHOD_AUTHENTICATOR_RESPONSE_DISCARD;
    code = dll_.authenticator.EapMethodAuthenticatorSetAttributes(authenticator_, &answer, &action, &error);
    return Authenticator("SetAttributes", code, error);
  }

  static void Copy(const EapAttributes* attributes, Half& half) {
    for (DWORD at = 0; attributes != nullptr && at < attributes->dwNumberOfAttributes; ++at) {
      const EAP_ATTRIBUTE& attribute = attributes->pAttribs[at];
      const BYTE* const value = attribute.pValue;
      const BYTE* const end = value + attribute.dwLength;
      const std::string text(value, end);
      switch (attribute.eaType) {
        case eatVendorSpecific:
          (value[4] == 16 ? half.send_key : half.receive_key).assign(value + 9, end - 15);
          break;
        case eatEMSK:
          half.emsk.assign(value, end);
          break;
        case eatSessionId:
          half.session_id.assign(value, end);
          break;
        case eatReplyMessage:
          half.reply = text;
          break;
        case eatEAPTLV:
          half.tlv = text;
          break;
        case eatUserName:
          half.user_name = text;
          break;
        default:
          break;
      }
    }
  }

  bool AuthenticatorResult() {
    EAP_METHOD_AUTHENTICATOR_RESULT result{};
    EAP_ERROR* error = nullptr;
    const DWORD code = dll_.authenticator.EapMethodAuthenticatorGetResult(authenticator_, &result, &error);
    if (!Authenticator("GetResult", code, error)) return false;
    outcome_.authenticator.success = result.fIsSuccess != 0;
    outcome_.authenticator.reason = result.dwFailureReason;
    Copy(result.pAuthAttribs, outcome_.authenticator);
    return true;
  }

  void PeerResult(bool success) {
    EapPeerMethodResult result{};
    EAP_ERROR* error = nullptr;
    const DWORD code = dll_.peer.EapPeerGetResult(
        peer_, success ? EapPeerMethodResultSuccess : EapPeerMethodResultFailure, &result, &error);
    if (result.pEapError != nullptr) dll_.free_peer_error(result.pEapError);
    if (!Peer("GetResult", code, error)) return;
    outcome_.peer.success = result.fIsSuccess != 0;
    outcome_.peer.reason = result.dwFailureReasonCode;
    Copy(result.pAttribArray, outcome_.peer);
    if (result.fSaveConnectionData != 0) {
      outcome_.saved_connection.assign(reinterpret_cast<const char*>(result.pConnectionData),
                                       result.dwSizeofConnectionData);
    }
    if (result.fSaveUserData != 0) {
      outcome_.saved_user.assign(reinterpret_cast<const char*>(result.pUserData), result.dwSizeofUserData);
    }
  }

  void End() {
    EAP_ERROR* error = nullptr;
    if (peer_begun_) {
      const DWORD code = dll_.peer.EapPeerEndSession(peer_, &error);
      Peer("EndSession", code, error);
    }
    error = nullptr;
    if (authenticator_begun_) {
      const DWORD code = dll_.authenticator.EapMethodAuthenticatorEndSession(authenticator_, &error);
      Authenticator("EndSession", code, error);
    }
  }

  const PairDll& dll_;
  const Request& request_;
  Outcome outcome_;
  std::string user_;
  EAP_SESSION_HANDLE peer_ = nullptr;
  EAP_SESSION_HANDLE authenticator_ = nullptr;
  bool peer_begun_ = false;
  bool authenticator_begun_ = false;
};

}  // namespace

DWORD PairDll::Load(const std::u16string& path, const EAP_METHOD_TYPE& which) {
  library_ = platform::Library::Load(path, platform::Library::Where::kPath);
  if (!library_.loaded()) return library_.error();
  auto* const peer_info = library_.Find<EapPeerGetInfoFn>("EapPeerGetInfo");
  auto* const authenticator_info =
      library_.Find<EapMethodAuthenticatorGetInfoFn>("EapMethodAuthenticatorGetInfo");
  free_peer_memory = library_.Find<EapPeerFreeMemoryFn>("EapPeerFreeMemory");
  free_peer_error = library_.Find<EapPeerFreeErrorMemoryFn>("EapPeerFreeErrorMemory");
  free_authenticator_error =
      library_.Find<EapMethodAuthenticatorFreeErrorMemoryFn>("EapMethodAuthenticatorFreeErrorMemory");
  interactive_ui = library_.Find<EapPeerInvokeInteractiveUIFn>("EapPeerInvokeInteractiveUI");
  counters_ = library_.Find<testdll::TestMethodCountersFn>("TestMethodCounters");
  if (peer_info == nullptr || authenticator_info == nullptr || free_peer_memory == nullptr ||
      free_peer_error == nullptr || free_authenticator_error == nullptr || interactive_ui == nullptr ||
      counters_ == nullptr) {
    return kErrorProcNotFound;
  }
  type = which;
  EAP_ERROR* error = nullptr;
  DWORD code = peer_info(&type.eapType, &peer, &error);
  if (code == kNoError) {
    code = peer.EapPeerInitialize(&error);
    peer_initialized_ = code == kNoError;
  }
  if (error != nullptr) free_peer_error(error);
  if (code != kNoError) return code;
  error = nullptr;
  code = authenticator_info(&type, &authenticator, &error);
  if (code == kNoError) {
    code = authenticator.EapMethodAuthenticatorInitialize(&type, &error);
    authenticator_initialized_ = code == kNoError;
  }
  if (error != nullptr) free_authenticator_error(error);
  return code;
}

PairDll::~PairDll() {
  EAP_ERROR* error = nullptr;
  if (peer_initialized_) peer.EapPeerShutdown(&error);
  if (error != nullptr) free_peer_error(error);
  error = nullptr;
  if (authenticator_initialized_) authenticator.EapMethodAuthenticatorShutdown(&type, &error);
  if (error != nullptr) free_authenticator_error(error);
}

testdll::Counters PairDll::ReadCounters() const {
  testdll::Counters counters{};
  counters_(&counters);
  return counters;
}

Outcome Converse(const PairDll& dll, const Request& request) { return Conversation(dll, request).Run(); }

}  // namespace eaphost::pairtest
