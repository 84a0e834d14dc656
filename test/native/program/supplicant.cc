// What a supplicant does with eappprxy.dll. On a thread of its own, which EapHostPeerInitialize puts into the
// multithreaded apartment.

#include <cstring>
#include <iterator>
#include <vector>

#include "test/native/program/program.h"

namespace eaphost::program {

namespace {

using abi::BYTE;
using abi::DWORD;
using Octets = std::vector<BYTE>;

const Octets kIdentityRequest{1, 1, 0, 5, 1};
const Octets kRequest{1, 2, 0, 13, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 2, 7};
const Octets kSuccess{3, 2, 0, 4};
const Octets kFailure{4, 2, 0, 4};

int notifications = 0;
void EAPHOST_STDCALL Notified(abi::GUID, void* context) { ++*static_cast<int*>(context); }

// One session, call by call.
class Session {
 public:
  void Begin(const std::string& config, const std::string& user, const abi::GUID& connection) {
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerBeginSession(0, kMethod, nullptr, nullptr, Size(config), Data(config),
                                               Size(user), Data(user), 1500, &connection, Notified,
                                               &notifications, &id_, error);
    })));
    EAPHOST_EXPECT(id_ != 0);
  }

  abi::EapHostPeerResponseAction Process(const Octets& packet) {
    abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerProcessReceivedPacket(id_, static_cast<DWORD>(packet.size()), packet.data(),
                                                        &action, error);
    })));
    return action;
  }

  // What to send: EAPHost's memory, copied at once.
  Octets Packet() {
    DWORD size = 0;
    BYTE* data = nullptr;
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerGetSendPacket(id_, &size, &data, error);
    })));
    return data == nullptr ? Octets() : Octets(data, data + size);
  }

  std::string UiContext() {
    DWORD size = 0;
    BYTE* data = nullptr;
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerGetUIContext(id_, &size, &data, error);
    })));
    return Text(data, size);
  }

  abi::EapHostPeerResponseAction SetUiContext(const std::string& context) {
    abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerSetUIContext(id_, Size(context), Data(context), &action, error);
    })));
    return action;
  }

  // Looks at the attributes, and answers with none.
  abi::EapHostPeerResponseAction Respond() {
    abi::EapAttributes attributes{};
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerGetResponseAttributes(id_, &attributes, error);
    })));
    EAPHOST_EXPECT(attributes.dwNumberOfAttributes == 2 && attributes.pAttribs[0].eaType == abi::eatEAPTLV);
    const abi::EapAttributes none{};
    abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerSetResponseAttributes(id_, &none, &action, error);
    })));
    return action;
  }

  Octets Status(abi::EapHostPeerAuthParams parameter) {
    DWORD size = 0;
    BYTE* data = nullptr;
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerGetAuthStatus(id_, parameter, &size, &data, error);
    })));
    return data == nullptr ? Octets() : Octets(data, data + size);
  }

  // What there is to remember of a result. The error inside is ours to free.
  struct Result {
    bool is_success;
    bool has_error;
    std::string connection_data;
    std::string user_data;
    DWORD attributes;
  };
  Result GetResult() {
    abi::EapHostPeerMethodResult raw{};
    EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
      return libraries.EapHostPeerGetResult(id_, abi::EapHostPeerMethodResultFromMethod, &raw, error);
    })));
    Result result{raw.fIsSuccess != 0, raw.pEapError != nullptr, {}, {}, 0};
    if (raw.fSaveConnectionData != 0) {
      result.connection_data = Text(raw.pConnectionData, raw.dwSizeofConnectionData);
    }
    if (raw.fSaveUserData != 0) result.user_data = Text(raw.pUserData, raw.dwSizeofUserData);
    if (raw.pAttribArray != nullptr) result.attributes = raw.pAttribArray->dwNumberOfAttributes;
    EAPHOST_EXPECT(raw.pEapMethodInfo != nullptr && raw.pEapMethodInfo->eaptype.dwAuthorId == 99999);
    if (raw.pEapError != nullptr) libraries.EapHostPeerFreeEapError(raw.pEapError);
    return result;
  }

  void NothingToUnplumb() {
    abi::GUID connection{};
    std::intptr_t token = 0;
    abi::BOOL save = 0;
    EAPHOST_EXPECT(FailedWith(FromRuntime([&](abi::EAP_ERROR** error) {
                                return libraries.EapHostPeerGetDataToUnplumbCredentials(&connection, &token,
                                                                                        id_, error, &save);
                              }),
                              abi::kErrorNotSupported));
  }

  void End() {
    const auto end = [&](abi::EAP_ERROR** error) { return libraries.EapHostPeerEndSession(id_, error); };
    EAPHOST_EXPECT(Succeeded(FromRuntime(end)));
    EAPHOST_EXPECT(FailedWith(FromRuntime(end), abi::kErrorInvalidParameter));
  }

 private:
  abi::EAP_SESSIONID id_ = 0;
};

void AskIdentity(const std::string& user) {
  const std::string config = "userout=remember";
  abi::BOOL invoke_ui = 1;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::LPWSTR identity = nullptr;
  BYTE* reserved = nullptr;
  EAPHOST_EXPECT(Succeeded(FromRuntime([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerGetIdentity(0, 0, kMethod, Size(config), Data(config), Size(user), Data(user),
                                            nullptr, &invoke_ui, &size, &data, &identity, error, &reserved);
  })));
  EAPHOST_EXPECT(invoke_ui == 0);
  EAPHOST_EXPECT(std::u16string(identity) == u"alice|secret|");
  EAPHOST_EXPECT(Text(data, size) == "remember");
  libraries.EapHostPeerFreeRuntimeMemory(data);
  libraries.EapHostPeerFreeRuntimeMemory(reinterpret_cast<BYTE*>(identity));
  EAPHOST_EXPECT(FailedWith(FromRuntime([&](abi::EAP_ERROR** error) {
                              return libraries.EapHostPeerGetIdentity(0, 0, kNoMethod, 0, nullptr, 0, nullptr,
                                                                      nullptr, &invoke_ui, &size, &data,
                                                                      &identity, error, &reserved);
                            }),
                            abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED));
}

// The identity round, and the method's first request, which wants the user.
void Introduce(Session& session, const Ask& ask, bool by_fields) {
  EAPHOST_EXPECT(session.Process(kIdentityRequest) == abi::EapHostPeerResponseSend);
  const Octets identity = session.Packet();
  EAPHOST_EXPECT(identity.size() == 5 + std::strlen("alice|secret|") && identity[0] == 2 && identity[4] == 1);
  EAPHOST_EXPECT(session.Process(kRequest) == abi::EapHostPeerResponseInvokeUi);
  EAPHOST_EXPECT(session.SetUiContext(ask(session.UiContext(), by_fields)) ==
                 abi::EapHostPeerResponseRespond);
  EAPHOST_EXPECT(session.Respond() == abi::EapHostPeerResponseSend);
  EAPHOST_EXPECT(session.Packet().size() == 13);
}

void ReadStatus(Session& session) {
  const Octets status = session.Status(abi::EapHostPeerAuthStatus);
  abi::EAPHOST_AUTH_INFO info{};
  EAPHOST_EXPECT(status.size() == sizeof info);
  if (status.size() == sizeof info) std::memcpy(&info, status.data(), sizeof info);
  EAPHOST_EXPECT(info.status == abi::EapHostAuthInProgress);
  EAPHOST_EXPECT(session.Status(abi::EapHostPeerIdentity).size() == 2 * sizeof "alice|secret|");
  EAPHOST_EXPECT(session.Status(abi::EapHostPeerIdentityExtendedInfo).size() == sizeof "alice|secret|");
  EAPHOST_EXPECT(session.Status(abi::EapHostNapInfo).size() == sizeof(abi::EapHostPeerNapInfo));
}

}  // namespace

void Authenticate(const std::string& user_blob, const Ask& ask) {
  const abi::GUID connection{0x9612fc67, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
  EAPHOST_EXPECT(libraries.EapHostPeerInitialize() == abi::kNoError);
  AskIdentity(user_blob);
  {
    Session session;
    session.Begin("step=ui,respond,send savec=config saveu=user", user_blob, connection);
    Introduce(session, ask, true);
    ReadStatus(session);
    EAPHOST_EXPECT(session.Process(kSuccess) == abi::EapHostPeerResponseResult);
    const Session::Result result = session.GetResult();
    EAPHOST_EXPECT(result.is_success && !result.has_error);
    EAPHOST_EXPECT(result.connection_data == "config" && result.user_data == "user");
    EAPHOST_EXPECT(result.attributes == 2);
    session.NothingToUnplumb();
    session.End();
  }
  // The connection outlives its session: it may be told to authenticate again.
  embedded::EapEmbeddedNotifyFn* const notify = libraries.of_runtime.EapEmbeddedNotify;
  if (notify != nullptr) EAPHOST_EXPECT(notify(&connection) == abi::kNoError && notifications == 1);
  {
    Session session;
    session.Begin("step=ui,respond,send resulterror", user_blob, connection);
    Introduce(session, ask, false);
    EAPHOST_EXPECT(session.Process(kFailure) == abi::EapHostPeerResponseResult);
    const Session::Result result = session.GetResult();
    EAPHOST_EXPECT(!result.is_success && result.has_error);
    session.End();
  }
  abi::GUID cleared = connection;
  const auto clear = [&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerClearConnection(&cleared, error);
  };
  EAPHOST_EXPECT(Succeeded(FromRuntime(clear)));
  EAPHOST_EXPECT(FromRuntime(clear).code != abi::kNoError);
  if (notify != nullptr) EAPHOST_EXPECT(notify(&connection) == abi::kErrorNotFound && notifications == 1);
  abi::WCHAR password[] = u"secret";
  abi::LPWSTR encrypted = nullptr;
  EAPHOST_EXPECT(libraries.EapHostPeerGetEncryptedPassword(sizeof password, password, &encrypted) ==
                 abi::kErrorNotSupported);
  libraries.EapHostPeerUninitialize();
}

}  // namespace eaphost::program
