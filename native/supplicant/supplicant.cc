// The supplicant's calls. On lanes.
#include "native/supplicant/supplicant.h"

#include "native/platform/text.h"
#include "native/supplicant/owned_block.h"
#include "native/values/attributes.h"

namespace eaphost::supplicant {

using abi::BYTE;
using abi::DWORD;
using abi::EAP_SESSIONID;

// The call, and then what its action asks for.
template <typename Call>
bool Supplicant::Hop(const char* name, EAP_SESSIONID id, Step& step, Failure& failure, Call call) const {
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  {
    OwnedError error(table_.EapHostPeerFreeEapError);
    if (!error.Check(name, call(&action, error.out()), failure)) return false;
  }
  return Fetch(name, id, action, step, failure);
}

bool OpenToken(platform::UserToken& token, const char* call, Failure& failure) {
  const DWORD code = token.Open();
  if (code != abi::kNoError) failure = MakeFailure(call, code, "the user's token cannot be opened");
  return code == abi::kNoError;
}

bool Supplicant::Begin(BeginArguments& arguments, EAP_SESSIONID& id, Failure& failure) const {
  if (!OpenToken(arguments.user_token, "EapHostPeerBeginSession", failure)) return false;
  AttributeArray attributes(arguments.attributes);
  const abi::GUID* connection_id = arguments.connection_id ? &*arguments.connection_id : nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  id = 0;
  const DWORD code = table_.EapHostPeerBeginSession(
      arguments.flags, arguments.method, arguments.attributes.empty() ? nullptr : attributes.get(),
      arguments.user_token.get(), SizeOf(arguments.connection_data), DataOf(arguments.connection_data),
      SizeOf(arguments.user_data), DataOf(arguments.user_data), arguments.max_send_packet_size, connection_id,
      arguments.handler, arguments.handler_context, &id, error.out());
  if (!error.Check("EapHostPeerBeginSession", code, failure)) return false;
  if (id != 0) return true;
  failure = MakeFailure("EapHostPeerBeginSession", kErrorInvalidData, "the run-time gave no session");
  return false;
}

bool Supplicant::ProcessReceivedPacket(EAP_SESSIONID id, std::span<const BYTE> packet, Step& step,
                                       Failure& failure) const {
  return Hop("EapHostPeerProcessReceivedPacket", id, step, failure, [&](auto* action, auto** error) {
    return table_.EapHostPeerProcessReceivedPacket(id, SizeOf(packet), DataOf(packet), action, error);
  });
}

bool Supplicant::SetUiContext(EAP_SESSIONID id, std::span<const BYTE> context, Step& step,
                              Failure& failure) const {
  return Hop("EapHostPeerSetUIContext", id, step, failure, [&](auto* action, auto** error) {
    return table_.EapHostPeerSetUIContext(id, SizeOf(context), DataOf(context), action, error);
  });
}

bool Supplicant::SetResponseAttributes(EAP_SESSIONID id, const AttributeList& attributes, Step& step,
                                       Failure& failure) const {
  AttributeArray array(attributes);
  return Hop("EapHostPeerSetResponseAttributes", id, step, failure, [&](auto* action, auto** error) {
    return table_.EapHostPeerSetResponseAttributes(id, array.get(), action, error);
  });
}

bool Supplicant::Fetch(const char* call, EAP_SESSIONID id, abi::EapHostPeerResponseAction action, Step& step,
                       Failure& failure) const {
  step.action = action;
  DWORD size = 0;
  BYTE* data = nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  switch (action) {
    case abi::EapHostPeerResponseDiscard:
    case abi::EapHostPeerResponseStartAuthentication:
    case abi::EapHostPeerResponseNone:
      return true;
    case abi::EapHostPeerResponseSend: {
      const DWORD code = table_.EapHostPeerGetSendPacket(id, &size, &data, error.out());
      if (!error.Check("EapHostPeerGetSendPacket", code, failure)) return false;
      if (data == nullptr || size == 0) {
        failure = MakeFailure("EapHostPeerGetSendPacket", kErrorInvalidData, "the run-time gave no packet");
        return false;
      }
      return CopyBytes(data, size, step.bytes) || RefuseSize("EapHostPeerGetSendPacket", failure);
    }
    case abi::EapHostPeerResponseResult:
      step.result = std::make_unique<Result>();
      return GetResult(id, abi::EapHostPeerMethodResultFromMethod, *step.result, failure);
    case abi::EapHostPeerResponseInvokeUi: {
      const DWORD code = table_.EapHostPeerGetUIContext(id, &size, &data, error.out());
      if (!error.Check("EapHostPeerGetUIContext", code, failure)) return false;
      return CopyBytes(data, size, step.bytes) || RefuseSize("EapHostPeerGetUIContext", failure);
    }
    case abi::EapHostPeerResponseRespond: {
      abi::EapAttributes attributes{};
      const DWORD code = table_.EapHostPeerGetResponseAttributes(id, &attributes, error.out());
      if (!error.Check("EapHostPeerGetResponseAttributes", code, failure)) return false;
      return CopyAttributes(&attributes, step.attributes) ||
             RefuseSize("EapHostPeerGetResponseAttributes", failure);
    }
  }
  failure = MakeFailure(call, kErrorInvalidData,
                        "the run-time returned the unknown action " + std::to_string(action));
  return false;
}

bool Supplicant::GetResult(EAP_SESSIONID id, abi::EapHostPeerMethodResultReason reason, Result& result,
                           Failure& failure) const {
  abi::EapHostPeerMethodResult raw{};
  OwnedError inside(table_.EapHostPeerFreeEapError);
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code = table_.EapHostPeerGetResult(id, reason, &raw, error.out());
  // A failed call may hand out the same error twice; freeing it twice would corrupt the run-time's heap.
  if (raw.pEapError != error.get()) *inside.out() = raw.pEapError;
  if (!error.Check("EapHostPeerGetResult", code, failure)) {
    if (!failure.error) failure.error = CopyError(inside.get());
    return false;
  }
  if (!CopyResult(raw, result)) return RefuseSize("EapHostPeerGetResult", failure);
  result.error = CopyError(raw.pEapError);
  return true;
}

bool Supplicant::GetAuthStatus(EAP_SESSIONID id, abi::EapHostPeerAuthParams parameter, SecretBytes& data,
                               Failure& failure) const {
  DWORD size = 0;
  BYTE* raw = nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code = table_.EapHostPeerGetAuthStatus(id, parameter, &size, &raw, error.out());
  if (!error.Check("EapHostPeerGetAuthStatus", code, failure)) return false;
  return CopyBytes(raw, size, data) || RefuseSize("EapHostPeerGetAuthStatus", failure);
}

bool Supplicant::End(EAP_SESSIONID id, Failure& failure) const {
  OwnedError error(table_.EapHostPeerFreeEapError);
  return error.Check("EapHostPeerEndSession", table_.EapHostPeerEndSession(id, error.out()), failure);
}

bool Supplicant::ClearConnection(const abi::GUID& connection_id, Failure& failure) const {
  abi::GUID id = connection_id;
  OwnedError error(table_.EapHostPeerFreeEapError);
  return error.Check("EapHostPeerClearConnection", table_.EapHostPeerClearConnection(&id, error.out()),
                     failure);
}

// --- For tunnel methods and for single sign-on.

bool Supplicant::GetIdentity(IdentityArguments& arguments, Identity& identity, Failure& failure) const {
  if (!OpenToken(arguments.user_token, "EapHostPeerGetIdentity", failure)) return false;
  abi::BOOL invoke_ui = 0;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::LPWSTR name = nullptr;
  BYTE* reserved = nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code = table_.EapHostPeerGetIdentity(
      0, arguments.flags, arguments.method, SizeOf(arguments.connection_data),
      DataOf(arguments.connection_data), SizeOf(arguments.user_data), DataOf(arguments.user_data),
      arguments.user_token.get(), &invoke_ui, &size, &data, &name, error.out(), &reserved);
  if (!error.Check("EapHostPeerGetIdentity", code, failure)) return false;
  const auto user_data = OwnBytes(table_.EapHostPeerFreeRuntimeMemory, data, size);
  const auto text = OwnText(table_.EapHostPeerFreeRuntimeMemory, name);
  identity.invoke_ui = invoke_ui != 0;
  if (user_data.is_absurd()) return RefuseSize("EapHostPeerGetIdentity", failure);
  if (user_data.get() != nullptr && !CopyBytes(user_data.get(), size, identity.user_data.emplace())) {
    return RefuseSize("EapHostPeerGetIdentity", failure);
  }
  if (text.get() != nullptr) identity.identity = platform::View(text.get());
  return true;
}

bool Supplicant::GetDataToUnplumbCredentials(abi::EAP_SESSIONID id, UnplumbData& data,
                                             Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerGetDataToUnplumbCredentials";
  if (table_.EapHostPeerGetDataToUnplumbCredentials == nullptr) {
    failure = MakeFailure(kCall, abi::kErrorProcNotFound, "this Windows does not have it: it came with 10");
    return false;
  }
  abi::GUID connection_id{};
  std::intptr_t token = 0;
  abi::BOOL save = 0;
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code =
      table_.EapHostPeerGetDataToUnplumbCredentials(&connection_id, &token, id, error.out(), &save);
  if (!error.Check(kCall, code, failure)) return false;
  data = {.connection_id = connection_id,
          .user_token = static_cast<std::uintptr_t>(token),
          .save_to_cred_man = save != 0};
  return true;
}

// Undocumented: the size is taken to be in octets with the NUL, as everywhere else where the name begins with
// dwSizeof; whose the output is, and which function would free it, is stated nowhere, so it is left alone.
bool Supplicant::GetEncryptedPassword(const platform::SecretText& password, platform::SecretText& encrypted,
                                      Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerGetEncryptedPassword";
  if (table_.EapHostPeerGetEncryptedPassword == nullptr) {
    failure = MakeFailure(kCall, abi::kErrorProcNotFound, "this Windows does not have it: it came with 10");
    return false;
  }
  platform::SecretText text = password;
  text.push_back(u'\0');
  abi::LPWSTR output = nullptr;
  const auto size = static_cast<DWORD>(text.size() * sizeof(abi::WCHAR));
  const DWORD code = table_.EapHostPeerGetEncryptedPassword(size, text.data(), &output);
  if (code != abi::kNoError || output == nullptr) {
    failure = MakeFailure(kCall, code != abi::kNoError ? code : kErrorInvalidData);
    return false;
  }
  const std::u16string_view view = platform::View(output);
  encrypted.assign(view.begin(), view.end());
  return true;
}

}  // namespace eaphost::supplicant
