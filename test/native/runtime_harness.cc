#include "test/native/runtime_harness.h"

#include <doctest/doctest.h>

#include <atomic>

#include "native/platform/text.h"

namespace eaphost::embedded::test {

namespace {

std::string Text(const abi::BYTE* data, std::size_t size) {
  return data == nullptr ? std::string() : std::string(data, data + size);
}

const abi::BYTE* Data(const std::string& text) {
  return text.empty() ? nullptr : reinterpret_cast<const abi::BYTE*>(text.data());
}

std::vector<std::pair<int, std::string>> Pairs(const abi::EapAttributes& attributes) {
  std::vector<std::pair<int, std::string>> pairs;
  for (abi::DWORD index = 0; index < attributes.dwNumberOfAttributes; ++index) {
    const abi::EAP_ATTRIBUTE& attribute = attributes.pAttribs[index];
    pairs.emplace_back(attribute.eaType, Text(attribute.pValue, attribute.dwLength));
  }
  return pairs;
}

}  // namespace

std::u16string BesideProgram(const std::string& name) {
#ifdef _WIN32
  constexpr const char* kSuffix = ".dll";
  constexpr char16_t kSeparator = u'\\';
#elif defined(__APPLE__)
  constexpr const char* kSuffix = ".dylib";
  constexpr char16_t kSeparator = u'/';
#else
  constexpr const char* kSuffix = ".so";
  constexpr char16_t kSeparator = u'/';
#endif
  static const int marker = 0;
  const std::u16string program = platform::Library::PathOf(&marker);
  const std::size_t end = program.rfind(kSeparator);
  const std::u16string folder = end == std::u16string::npos ? u"./" : program.substr(0, end + 1);
  return folder + platform::ToUtf16(name + kSuffix);
}

TestMethod& TestMethod::Get() {
  static TestMethod* const method = new TestMethod;
  return *method;
}

TestMethod::TestMethod()
    : library_(platform::Library::Load(BesideProgram("testmethod"), platform::Library::Where::kPath)),
      take_log_(library_.Find<testmethod::TestMethodTakeLogFn>("TestMethodTakeLog")),
      outstanding_(library_.Find<testmethod::TestMethodOutstandingFn>("TestMethodOutstanding")),
      configure_(library_.Find<testmethod::TestMethodConfigureFn>("TestMethodConfigure")),
      use_runtime_(library_.Find<testmethod::TestMethodUseRuntimeFn>("TestMethodUseRuntime")) {
  INFO(library_.message());
  REQUIRE(library_.loaded());
}

std::string TestMethod::TakeLog() {
  std::string text(1 << 16, '\0');
  take_log_(text.data(), text.size());
  text.resize(text.find('\0'));
  return text;
}

Counters CountersNow() {
  Counters counters{};
  CHECK(EapEmbeddedGetCounters(&counters) == abi::kNoError);
  return counters;
}

Fixture::Fixture(const char* dll_script) {
  static std::atomic<std::uint64_t> last_scope{100};
  scope_ = ++last_scope;
  REQUIRE(EapHostPeerInitialize() == abi::kNoError);
  REQUIRE(EapEmbeddedEnterScope(scope_) == abi::kNoError);
  TestMethod::Get().TakeLog();
  TestMethod::Get().Configure(dll_script);
  Register(kTestMethod, "testmethod");
  Register(kTrivialMethod, "trivialmethod");
}

Fixture::~Fixture() {
  DropScope();
  EapEmbeddedEnterScope(0);
  EapHostPeerUninitialize();
  const Counters counters = CountersNow();
  CHECK(counters.dwOutstandingBlocks == 0);
  CHECK(counters.dwSessions == 0);
  CHECK(counters.dwLoadedMethods == 0);
  CHECK(TestMethod::Get().outstanding() == 0);
  CHECK(TestMethod::Get().TakeLog().find("BAD FREE") == std::string::npos);
  TestMethod::Get().Configure("");
}

void Fixture::Register(const abi::EAP_METHOD_TYPE& type, const std::string& library,
                       const char16_t* endpoint) {
  const std::u16string path = BesideProgram(library);
  const std::u16string name = platform::ToUtf16(library);
  const Method method{type, path.c_str(), name.c_str(), u"tests", endpoint, 0x280000};
  REQUIRE(EapEmbeddedRegisterMethod(scope_, &method) == abi::kNoError);
}

void Fixture::DropScope() { CHECK(EapEmbeddedDropScope(scope_) == abi::kNoError); }

ErrorOut::~ErrorOut() { EapHostPeerFreeEapError(error_); }

abi::EAP_ERROR** ErrorOut::put() {
  EapHostPeerFreeEapError(error_);
  error_ = nullptr;
  return &error_;
}

std::optional<values::EapError> ErrorOut::Take() {
  std::optional<values::EapError> data = values::CopyError(error_);
  EapHostPeerFreeEapError(error_);
  error_ = nullptr;
  return data;
}

Peer::~Peer() {
  if (id != 0) End();
}

abi::DWORD Peer::Finish(abi::DWORD code) {
  error = error_out_.Take();
  // A failure is always explained, but for want of memory; a success never.
  if (code == abi::kNoError || !RuntimeCall::memory_failed())
    CHECK(error.has_value() == (code != abi::kNoError));
  return code;
}

abi::DWORD Peer::Begin(const std::string& script, const Options& options) {
  return Finish(InRuntime([&] {
    return EapHostPeerBeginSession(
        options.flags, options.type, options.attributes, nullptr, static_cast<abi::DWORD>(script.size()),
        Data(script), static_cast<abi::DWORD>(options.user_data.size()), Data(options.user_data),
        options.max_size, options.connection, options.handler, options.context, &id, error_out_.put());
  }));
}

abi::DWORD Peer::Process(const Octets& bytes) {
  static const std::uint8_t nothing = 0;
  return Finish(InRuntime([&] {
    return EapHostPeerProcessReceivedPacket(id, static_cast<abi::DWORD>(bytes.size()),
                                            bytes.empty() ? &nothing : bytes.data(), &action,
                                            error_out_.put());
  }));
}

abi::DWORD Peer::GetPacket() {
  abi::DWORD size = 99;
  abi::BYTE* data = nullptr;
  const abi::DWORD code =
      Finish(InRuntime([&] { return EapHostPeerGetSendPacket(id, &size, &data, error_out_.put()); }));
  packet = data == nullptr ? Octets() : Octets(data, data + size);
  return code;
}

abi::DWORD Peer::GetUiContext() {
  abi::DWORD size = 99;
  abi::BYTE* data = nullptr;
  const abi::DWORD code =
      Finish(InRuntime([&] { return EapHostPeerGetUIContext(id, &size, &data, error_out_.put()); }));
  ui_context = Text(data, size);
  return code;
}

abi::DWORD Peer::SetUiContext(const std::string& context) {
  return Finish(InRuntime([&] {
    return EapHostPeerSetUIContext(id, static_cast<abi::DWORD>(context.size()), Data(context), &action,
                                   error_out_.put());
  }));
}

abi::DWORD Peer::GetAttributes() {
  abi::EapAttributes view{99, nullptr};
  const abi::DWORD code =
      Finish(InRuntime([&] { return EapHostPeerGetResponseAttributes(id, &view, error_out_.put()); }));
  attributes = Pairs(view);
  return code;
}

abi::DWORD Peer::SetAttributes(const std::vector<abi::EAP_ATTRIBUTE>& list) {
  std::vector<abi::EAP_ATTRIBUTE> copy = list;
  const abi::EapAttributes view{static_cast<abi::DWORD>(copy.size()), copy.data()};
  return Finish(
      InRuntime([&] { return EapHostPeerSetResponseAttributes(id, &view, &action, error_out_.put()); }));
}

abi::DWORD Peer::GetResult(abi::EapHostPeerMethodResultReason reason) {
  const abi::DWORD code =
      Finish(InRuntime([&] { return EapHostPeerGetResult(id, reason, &result, error_out_.put()); }));
  saved_connection = Text(result.pConnectionData, result.dwSizeofConnectionData);
  saved_user = Text(result.pUserData, result.dwSizeofUserData);
  result_attributes =
      result.pAttribArray == nullptr ? decltype(result_attributes)() : Pairs(*result.pAttribArray);
  result_error.reset();
  if (result.pEapError != nullptr) result_error = values::CopyError(result.pEapError);
  EapHostPeerFreeEapError(result.pEapError);
  return code;
}

abi::DWORD Peer::GetAuthStatus(abi::EapHostPeerAuthParams parameter) {
  abi::DWORD size = 99;
  abi::BYTE* data = nullptr;
  const abi::DWORD code = Finish(
      InRuntime([&] { return EapHostPeerGetAuthStatus(id, parameter, &size, &data, error_out_.put()); }));
  status = data == nullptr ? Octets() : Octets(data, data + size);
  return code;
}

abi::DWORD Peer::End() {
  const abi::DWORD code = Finish(InRuntime([&] { return EapHostPeerEndSession(id, error_out_.put()); }));
  id = 0;
  return code;
}

void Peer::Authenticate(const std::string& script) {
  REQUIRE(Begin(script) == abi::kNoError);
  REQUIRE(Process(kIdentityRequest) == abi::kNoError);
  REQUIRE(action == abi::EapHostPeerResponseSend);
  REQUIRE(Process(kRequest) == abi::kNoError);
}

}  // namespace eaphost::embedded::test
