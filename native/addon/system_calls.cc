// The calls to the operating system, from their names and arguments in JavaScript. JavaScript's thread.
#include "native/addon/system_calls.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/abi/win32.h"
#include "native/addon/network_calls.h"
#include "native/addon/sources.h"
#include "native/addon/system_call.h"
#include "native/shim/connection.h"
#include "native/system/access.h"
#include "native/system/descriptors.h"
#include "native/system/heap.h"
#include "native/system/protected_file.h"
#include "native/system/registry.h"
#include "native/system/system_facts.h"

namespace eaphost::addon {

using namespace system;

namespace {

napi_value ToTexts(napi_env env, const std::vector<std::u16string>& texts) {
  return ToArray(env, texts, &ToText);
}

napi_value ToRegistryValue(napi_env env, const RegistryValue& value) {
  ObjectWriter object(env);
  object.Text("name", value.name);
  object.Number("type", value.type);
  object.Bytes("data", value.data);
  return object.value();
}

napi_value ToRegistryKey(napi_env env, const RegistryKey& key) {
  if (!key.exists) return ToUndefined(env, {});
  ObjectWriter object(env);
  object.Value("values", ToArray(env, key.values, &ToRegistryValue));
  object.Value("keys", ToTexts(env, key.keys));
  return object.value();
}

napi_value ToIntruder(napi_env env, const Intruder& intruder) {
  ObjectWriter object(env);
  object.Text("path", intruder.path);
  object.Text("sid", intruder.sid);
  object.Boolean("isOwner", intruder.is_owner);
  object.Number("rights", intruder.rights);
  return object.value();
}

napi_value ToIntruders(napi_env env, const std::vector<Intruder>& intruders) {
  return ToArray(env, intruders, &ToIntruder);
}

napi_value ToNumber(napi_env env, const Signature& signature) {
  napi_value value = nullptr;
  return napi_create_uint32(env, static_cast<std::uint32_t>(signature), &value) == napi_ok ? value : nullptr;
}

napi_value ToOctets(napi_env env, const std::uint64_t& octets) {
  napi_value value = nullptr;
  return napi_create_double(env, static_cast<double>(octets), &value) == napi_ok ? value : nullptr;
}

napi_value ToServiceFacts(napi_env env, const ServiceFacts& facts) {
  if (!facts.exists) return ToUndefined(env, {});
  ObjectWriter object(env);
  object.Number("state", facts.state);
  object.Number("startType", facts.start_type);
  return object.value();
}

napi_value ToProcessFacts(napi_env env, const ProcessFacts& facts) {
  ObjectWriter object(env);
  object.Boolean("isElevated", facts.is_elevated);
  object.Number("integrity", facts.integrity);
  object.Number("nativeMachine", facts.native_machine);
  object.Text("wineVersion", facts.wine_version);
  return object.value();
}

void ReadKeyCall(SystemRequest& request) {
  request.Start<RegistryKey>(
      "RegOpenKeyExW",
      [path = request.Text("path"), expand = request.Boolean("expand")](RegistryKey& key) {
        return ReadKey(path, expand, &key);
      },
      &ToRegistryKey);
}

void CreateKeyCall(SystemRequest& request) {
  request.Start<std::vector<std::u16string>>(
      "RegCreateKeyExW",
      [path = request.Text("path")](std::vector<std::u16string>& created) {
        return CreateKey(path, &created);
      },
      &ToTexts);
}

void SetValueCall(SystemRequest& request) {
  request.Start<Nothing>(
      "RegSetValueExW",
      [path = request.Text("path"), value = RegistryValue{.name = request.Text("name"),
                                                          .type = request.Number("type"),
                                                          .data = request.Bytes("data")}](Nothing&) {
        return SetValue(path, value);
      },
      &ToUndefined);
}

void DeleteValueCall(SystemRequest& request) {
  request.Start<Nothing>(
      "RegDeleteValueW",
      [path = request.Text("path"), name = request.Text("name")](Nothing&) {
        return DeleteValue(path, name);
      },
      &ToUndefined);
}

void DeleteKeyCall(SystemRequest& request) {
  request.Start<Nothing>(
      "RegDeleteKeyExW", [path = request.Text("path")](Nothing&) { return DeleteKey(path); }, &ToUndefined);
}

void CheckWritableCall(SystemRequest& request) {
  request.Start<Nothing>(
      "RegOpenKeyExW", [path = request.Text("path")](Nothing&) { return CheckWritable(path); }, &ToUndefined);
}

void CurrentUserCall(SystemRequest& request) {
  request.Start<std::u16string>(
      "GetTokenInformation", [](std::u16string& sid) { return CurrentUser(&sid); }, &ToText);
}

void FindIntrudersCall(SystemRequest& request) {
  request.Start<std::vector<Intruder>>(
      "GetNamedSecurityInfoW",
      [path = request.Text("path"), trusts_user = request.Boolean("trustsUser")](
          std::vector<Intruder>& intruders) { return FindIntruders(path, trusts_user, &intruders); },
      &ToIntruders);
}

void MakePrivateFolderCall(SystemRequest& request) {
  request.Start<Nothing>(
      "CreateDirectoryW", [path = request.Text("path")](Nothing&) { return MakePrivateFolder(path); },
      &ToUndefined);
}

void CheckSignatureCall(SystemRequest& request) {
  request.Start<Signature>(
      "WinVerifyTrust",
      [path = request.Text("path")](Signature& signature) { return CheckSignature(path, &signature); },
      &ToNumber);
}

void ListenPipeCall(SystemRequest& request) {
  request.Start<std::shared_ptr<PipeListener>>(
      "CreateNamedPipeW",
      [options = PipeListener::Options{.name = request.Text("name"), .clients = request.Texts("clients")}](
          std::shared_ptr<PipeListener>& listener) -> abi::DWORD {
        // Else it would take clients that it could never hand to JavaScript.
        if (!CanOpenDescriptors()) return abi::kErrorProcNotFound;
        return PipeListener::Open(options, &listener);
      },
      &ToPipeListener);
}

void ConnectPipeCall(SystemRequest& request) {
  request.Start<system::PipeServer>(
      "CreateFileW",
      [name = request.Text("name"), owners = request.Texts("owners"),
       timeout = request.Number("timeout")](system::PipeServer& server) -> abi::DWORD {
        if (!CanOpenDescriptors()) return abi::kErrorProcNotFound;
        return system::ConnectPipe(name, owners, timeout, &server);
      },
      &ToPipeServer);
}

// As the method DLL shim does it: the owner is checked before the first octet is sent.
void GreetServerCall(SystemRequest& request) {
  shim::Token token{};
  const std::vector<std::uint8_t> octets = request.Bytes("token");
  if (octets.size() != token.size()) return request.Refuse("token", "32 octets");
  std::copy(octets.begin(), octets.end(), token.begin());
  request.Start<Nothing>(
      "EapShimGreet",
      [address = request.Text("address"), owner = request.Text("owner"), token,
       timeout = std::chrono::milliseconds(request.Number("timeout"))](Nothing&) {
        std::unique_ptr<shim::Connection> connection;
        return shim::Connection::Open(address, owner, token, shim::Deadline(timeout), &connection);
      },
      &ToUndefined);
}

void QueryServiceCall(SystemRequest& request) {
  request.Start<ServiceFacts>(
      "QueryServiceStatus",
      [name = request.Text("name")](ServiceFacts& facts) { return QueryService(name, &facts); },
      &ToServiceFacts);
}

void QueryFileVersionCall(SystemRequest& request) {
  request.Start<std::u16string>(
      "GetFileVersionInfoW",
      [path = request.Text("path")](std::u16string& version) { return QueryFileVersion(path, &version); },
      &ToText);
}

void QueryProcessCall(SystemRequest& request) {
  request.Start<ProcessFacts>(
      "GetTokenInformation", [](ProcessFacts& facts) { return QueryProcess(&facts); }, &ToProcessFacts);
}

void SystemFolderCall(SystemRequest& request) {
  request.Start<std::u16string>(
      "GetSystemDirectoryW", [](std::u16string& path) { return SystemFolder(&path); }, &ToText);
}

void CountHeapCall(SystemRequest& request) {
  request.Start<std::uint64_t>(
      "HeapWalk", [](std::uint64_t& octets) { return CountHeap(&octets); }, &ToOctets);
}

void OpenLinkCall(SystemRequest& request) {
  request.Start<std::shared_ptr<RawLink>>(
      "OpenEthernetLink",
      [name = request.Text("name")](std::shared_ptr<RawLink>& link) { return RawLink::Open(name, &link); },
      &ToRawLink);
}

void ListInterfacesCall(SystemRequest& request) {
  request.Start<std::vector<EthernetInterface>>(
      "GetAdaptersAddresses",
      [](std::vector<EthernetInterface>& interfaces) { return ListEthernetInterfaces(&interfaces); },
      &ToEthernetInterfaces);
}

void ReadProtectedFileCall(SystemRequest& request) {
  request.Start<SecretBytes>(
      "CryptUnprotectData",
      [path = request.Text("path")](SecretBytes& content) { return ReadProtectedFile(path, &content); },
      &ToBlob);
}

void WriteProtectedFileCall(SystemRequest& request) {
  request.Start<Nothing>(
      "CryptProtectData",
      [path = request.Text("path"), temporary = request.Text("temporary"),
       content = request.Secret("content"), for_machine = request.Boolean("forMachine")](Nothing&) {
        return WriteProtectedFile(path, temporary, content, for_machine);
      },
      &ToUndefined);
}

constexpr NamedSystemCall kSystemCalls[] = {
    {u"readKey", &ReadKeyCall},
    {u"createKey", &CreateKeyCall},
    {u"setValue", &SetValueCall},
    {u"deleteValue", &DeleteValueCall},
    {u"deleteKey", &DeleteKeyCall},
    {u"checkWritable", &CheckWritableCall},
    {u"currentUser", &CurrentUserCall},
    {u"findIntruders", &FindIntrudersCall},
    {u"makePrivateFolder", &MakePrivateFolderCall},
    {u"checkSignature", &CheckSignatureCall},
    {u"listenPipe", &ListenPipeCall},
    {u"connectPipe", &ConnectPipeCall},
    {u"greetServer", &GreetServerCall},
    {u"queryService", &QueryServiceCall},
    {u"queryFileVersion", &QueryFileVersionCall},
    {u"queryProcess", &QueryProcessCall},
    {u"systemFolder", &SystemFolderCall},
    {u"countHeap", &CountHeapCall},
    {u"openLink", &OpenLinkCall},
    {u"listInterfaces", &ListInterfacesCall},
    {u"readProtectedFile", &ReadProtectedFileCall},
    {u"writeProtectedFile", &WriteProtectedFileCall},
};

}  // namespace

napi_value MakeSystemCall(napi_env env, napi_callback_info info) {
  napi_value arguments[3] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  const std::u16string name = reader.Text(arguments[1], "call");
  if (!reader.ok()) return nullptr;
  SystemRequest request(*static_cast<Environment*>(data), ticket, arguments[2], reader);
  for (const std::span<const NamedSystemCall> calls :
       {std::span<const NamedSystemCall>(kSystemCalls), NetworkCalls()}) {
    for (const NamedSystemCall& call : calls) {
      if (call.name == name) {
        call.start(request);
        return nullptr;
      }
    }
  }
  reader.Refuse("call", "the name of a call");
  return nullptr;
}

}  // namespace eaphost::addon
