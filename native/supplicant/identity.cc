// The supplicant's calls for tunnel methods and for single sign-on. On lanes.
#include "native/platform/text.h"
#include "native/supplicant/owned_block.h"
#include "native/supplicant/owned_error.h"
#include "native/supplicant/supplicant.h"

namespace eaphost::host {

namespace {

using abi::BYTE;
using abi::DWORD;

const BYTE* Data(const SecretBytes& bytes) { return bytes.empty() ? nullptr : bytes.data(); }
DWORD Size(const SecretBytes& bytes) { return static_cast<DWORD>(bytes.size()); }

}  // namespace

bool Supplicant::GetIdentity(const IdentityArguments& arguments, Identity& identity, Failure& failure) const {
  abi::BOOL invoke_ui = 0;
  DWORD size = 0;
  BYTE* data = nullptr;
  abi::LPWSTR name = nullptr;
  BYTE* reserved = nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code = table_.EapHostPeerGetIdentity(
      0, arguments.flags, arguments.method, Size(arguments.connection_data), Data(arguments.connection_data),
      Size(arguments.user_data), Data(arguments.user_data), arguments.user_token, &invoke_ui, &size, &data,
      &name, error.out(), &reserved);
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

}  // namespace eaphost::host
