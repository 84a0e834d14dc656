// The calls to the operating system, from their names and arguments in JavaScript. JavaScript's thread.
#include "native/addon/system_calls.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "native/abi/win32.h"
#include "native/addon/arguments.h"
#include "native/addon/environment.h"
#include "native/addon/pipe_server.h"
#include "native/addon/values.h"
#include "native/shim/connection.h"
#include "native/system/access.h"
#include "native/system/descriptors.h"
#include "native/system/registry.h"
#include "native/system/system_facts.h"
#include "native/threads/thread.h"

namespace eaphost::addon {

using namespace system;

namespace {

// A call to the operating system that belongs to no run-time: begun on JavaScript's thread, made on a thread
// of its own, delivered on JavaScript's again. Such calls are rare, so each has its thread.
template <typename Output>
class SystemCall : public Completion {
 public:
  using Work = std::function<abi::DWORD(Output&)>;  // gives a Win32 code
  using Convert = napi_value (*)(napi_env, const Output&);

  // `name` is what a failure names: a string literal.
  static void Start(Environment& environment, std::int32_t ticket, const char* name, Work work,
                    Convert convert) {
    std::unique_ptr<SystemCall> call(
        new SystemCall(ticket, environment.delivery().outbox(), name, std::move(work), convert));
    environment.delivery().CallStarted();
    SystemCall* const posted = call.release();
    if (StartThread([posted] { posted->Run(); })) return;
    posted->code_ = abi::kErrorMaxThreadsReached;
    environment.delivery().outbox()->Post(posted);
  }

  void Deliver(Environment& environment) override {
    Delivery& delivery = environment.delivery();
    delivery.CallEnded();
    if (code_ == abi::kNoError) {
      try {
        return delivery.ResolveValue(ticket_, convert_(environment.env(), output_));
      } catch (const std::bad_alloc&) {
        code_ = abi::kErrorNotEnoughMemory;
      }
    }
    delivery.Reject(ticket_, MakeFailure(name_, code_));
  }

 private:
  SystemCall(std::int32_t ticket, std::shared_ptr<Outbox> outbox, const char* name, Work work,
             Convert convert)
      : ticket_(ticket), outbox_(std::move(outbox)), name_(name), work_(std::move(work)), convert_(convert) {}

  void Run() {
    try {
      code_ = work_(output_);
    } catch (const std::bad_alloc&) {
      code_ = abi::kErrorNotEnoughMemory;
    }
    // Once posted, the call may be gone before this thread is.
    const std::shared_ptr<Outbox> outbox = outbox_;
    outbox->Post(this);
  }

  const std::int32_t ticket_;
  const std::shared_ptr<Outbox> outbox_;
  const char* const name_;
  const Work work_;
  const Convert convert_;
  abi::DWORD code_ = abi::kNoError;
  Output output_{};
};

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

// One call from JavaScript.
class SystemRequest {
 public:
  SystemRequest(Environment& environment, std::int32_t ticket, napi_value options, ArgumentReader& reader)
      : environment_(environment), ticket_(ticket), options_(options), reader_(reader) {}

  std::u16string Text(const char* name) { return reader_.Text(reader_.Property(options_, name), name); }
  std::uint32_t Number(const char* name) { return reader_.Number(reader_.Property(options_, name), name); }
  std::vector<std::u16string> Texts(const char* name) {
    return reader_.Texts(reader_.Property(options_, name), name);
  }
  bool Boolean(const char* name) { return reader_.Boolean(reader_.Property(options_, name), name); }
  std::vector<std::uint8_t> Bytes(const char* name) {
    const SecretBytes bytes = reader_.Bytes(reader_.Property(options_, name), name);
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
      [path = request.Text("path")](std::vector<Intruder>& intruders) {
        return FindIntruders(path, &intruders);
      },
      &ToIntruders);
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

struct NamedSystemCall {
  std::u16string_view name;
  void (*start)(SystemRequest&);
};

constexpr NamedSystemCall kSystemCalls[] = {
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
  napi_value arguments[3] = {};
  void* data = nullptr;
  if (!ReadArguments(env, info, arguments, &data)) return nullptr;
  ArgumentReader reader(env);
  const std::int32_t ticket = reader.SignedNumber(arguments[0], "ticket");
  const std::u16string name = reader.Text(arguments[1], "call");
  if (!reader.ok()) return nullptr;
  SystemRequest request(*static_cast<Environment*>(data), ticket, arguments[2], reader);
  for (const NamedSystemCall& call : kSystemCalls) {
    if (call.name == name) {
      call.start(request);
      return nullptr;
    }
  }
  reader.Refuse("call", "the name of a call");
  return nullptr;
}

}  // namespace eaphost::addon
