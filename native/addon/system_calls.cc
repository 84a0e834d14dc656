// The calls to the operating system, from their names and arguments in JavaScript. JavaScript's thread.
#include "native/addon/system_calls.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "native/addon/arguments.h"
#include "native/addon/pipe_server.h"
#include "native/addon/system_call.h"
#include "native/addon/values.h"
#include "native/shim/connection.h"
#include "native/system/access.h"
#include "native/system/descriptors.h"
#include "native/system/registry.h"
#include "native/system/system_facts.h"

namespace eaphost::addon {

namespace {

struct Nothing {};

napi_value ToUndefined(napi_env env, const Nothing&) {
  napi_value value = nullptr;
  return napi_get_undefined(env, &value) == napi_ok ? value : nullptr;
}

template <typename Item, typename Convert>
napi_value ToArray(napi_env env, const std::vector<Item>& items, Convert convert) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, items.size(), &array) != napi_ok) return nullptr;
  for (std::size_t index = 0; index < items.size(); ++index) {
    napi_value item = convert(env, items[index]);
    if (item == nullptr || napi_set_element(env, array, static_cast<std::uint32_t>(index), item) != napi_ok) {
      return nullptr;
    }
  }
  return array;
}

napi_value ToText(napi_env env, const std::u16string& text) {
  napi_value value = nullptr;
  return napi_create_string_utf16(env, text.data(), text.size(), &value) == napi_ok ? value : nullptr;
}

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

// One call that JavaScript wants.
class Request {
 public:
  Request(Environment& environment, std::int32_t ticket, napi_value options, ArgumentReader& reader)
      : environment_(environment), ticket_(ticket), options_(options), reader_(reader) {}

  std::u16string Text(const char* name) { return reader_.Text(reader_.Property(options_, name), name); }
  std::uint32_t Number(const char* name) { return reader_.Number(reader_.Property(options_, name), name); }
  std::vector<std::u16string> Texts(const char* name) {
    return reader_.Texts(reader_.Property(options_, name), name);
  }
  bool Boolean(const char* name) { return reader_.Boolean(reader_.Property(options_, name), name); }
  std::vector<std::uint8_t> Bytes(const char* name) {
    const host::SecretBytes bytes = reader_.Bytes(reader_.Property(options_, name), name);
    return {bytes.begin(), bytes.end()};
  }

  void Refuse(const char* name, const char* expected) { reader_.Refuse(name, expected); }

  // Nothing where an argument was refused.
  template <typename Output>
  void Start(const char* name, typename SystemCall<Output>::Work work,
             typename SystemCall<Output>::Convert convert) {
    if (reader_.ok()) SystemCall<Output>::Start(environment_, ticket_, name, std::move(work), convert);
  }

 private:
  Environment& environment_;
  const std::int32_t ticket_;
  const napi_value options_;
  ArgumentReader& reader_;
};

void ReadKeyCall(Request& request) {
  request.Start<RegistryKey>(
      "RegOpenKeyExW",
      [path = request.Text("path"), expand = request.Boolean("expand")](RegistryKey& key) {
        return ReadKey(path, expand, &key);
      },
      &ToRegistryKey);
}

void CreateKeyCall(Request& request) {
  request.Start<std::vector<std::u16string>>(
      "RegCreateKeyExW",
      [path = request.Text("path")](std::vector<std::u16string>& created) {
        return CreateKey(path, &created);
      },
      &ToTexts);
}

void SetValueCall(Request& request) {
  request.Start<Nothing>(
      "RegSetValueExW",
      [path = request.Text("path"), value = RegistryValue{.name = request.Text("name"),
                                                          .type = request.Number("type"),
                                                          .data = request.Bytes("data")}](Nothing&) {
        return SetValue(path, value);
      },
      &ToUndefined);
}

void DeleteValueCall(Request& request) {
  request.Start<Nothing>(
      "RegDeleteValueW",
      [path = request.Text("path"), name = request.Text("name")](Nothing&) {
        return DeleteValue(path, name);
      },
      &ToUndefined);
}

void DeleteKeyCall(Request& request) {
  request.Start<Nothing>(
      "RegDeleteKeyExW", [path = request.Text("path")](Nothing&) { return DeleteKey(path); }, &ToUndefined);
}

void CheckWritableCall(Request& request) {
  request.Start<Nothing>(
      "RegOpenKeyExW", [path = request.Text("path")](Nothing&) { return CheckWritable(path); }, &ToUndefined);
}

void CurrentUserCall(Request& request) {
  request.Start<std::u16string>(
      "GetTokenInformation", [](std::u16string& sid) { return CurrentUser(&sid); }, &ToText);
}

void FindIntrudersCall(Request& request) {
  request.Start<std::vector<Intruder>>(
      "GetNamedSecurityInfoW",
      [path = request.Text("path")](std::vector<Intruder>& intruders) {
        return FindIntruders(path, &intruders);
      },
      &ToIntruders);
}

void CheckSignatureCall(Request& request) {
  request.Start<Signature>(
      "WinVerifyTrust",
      [path = request.Text("path")](Signature& signature) { return CheckSignature(path, &signature); },
      &ToNumber);
}

void ListenPipeCall(Request& request) {
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

// As the method DLL shim does it: the owner is checked before the first octet is sent.
void GreetServerCall(Request& request) {
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

void QueryServiceCall(Request& request) {
  request.Start<ServiceFacts>(
      "QueryServiceStatus",
      [name = request.Text("name")](ServiceFacts& facts) { return QueryService(name, &facts); },
      &ToServiceFacts);
}

void QueryFileVersionCall(Request& request) {
  request.Start<std::u16string>(
      "GetFileVersionInfoW",
      [path = request.Text("path")](std::u16string& version) { return QueryFileVersion(path, &version); },
      &ToText);
}

void QueryProcessCall(Request& request) {
  request.Start<ProcessFacts>(
      "GetTokenInformation", [](ProcessFacts& facts) { return QueryProcess(&facts); }, &ToProcessFacts);
}

struct Named {
  std::u16string_view name;
  void (*start)(Request&);
};

constexpr Named kCalls[] = {
    {u"readKey", &ReadKeyCall},
    {u"createKey", &CreateKeyCall},
    {u"setValue", &SetValueCall},
    {u"deleteValue", &DeleteValueCall},
    {u"deleteKey", &DeleteKeyCall},
    {u"checkWritable", &CheckWritableCall},
    {u"currentUser", &CurrentUserCall},
    {u"findIntruders", &FindIntrudersCall},
    {u"checkSignature", &CheckSignatureCall},
    {u"listenPipe", &ListenPipeCall},
    {u"greetServer", &GreetServerCall},
    {u"queryService", &QueryServiceCall},
    {u"queryFileVersion", &QueryFileVersionCall},
    {u"queryProcess", &QueryProcessCall},
};

}  // namespace

napi_value MakeSystemCall(napi_env env, napi_callback_info info) {
  std::size_t count = 3;
  napi_value arguments[3] = {};
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  const std::u16string name = reader.Text(arguments[1], "call");
  if (!reader.ok()) return nullptr;
  Request request(*static_cast<Environment*>(data), ticket, arguments[2], reader);
  for (const Named& call : kCalls) {
    if (call.name == name) {
      call.start(request);
      return nullptr;
    }
  }
  reader.Refuse("call", "the name of a call");
  return nullptr;
}

}  // namespace eaphost::addon
