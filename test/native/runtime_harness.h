// A caller of the embedded run-time's exported functions, as a supplicant is one: it frees what is its to
// free and nothing else. And the scriptable method, registered in a scope of the test's own; when that goes,
// nothing may be left behind anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "native/abi/structs.h"
#include "native/abi/win32.h"
#include "native/embedded/exports.h"
#include "native/platform/library.h"
#include "native/values/plain.h"
#include "test/native/methods/test_method.h"

namespace eaphost::embedded::test {

using Octets = std::vector<std::uint8_t>;

inline constexpr abi::EAP_METHOD_TYPE kTestMethod{{254, 99999, 2}, 99999};
inline constexpr abi::EAP_METHOD_TYPE kTrivialMethod{{254, 99999, 1}, 99999};

inline const Octets kIdentityRequest{1, 1, 0, 5, 1};
inline const Octets kRequest{1, 2, 0, 13, 254, 0x01, 0x86, 0x9F, 0, 0, 0, 2, 7};
inline const Octets kSuccess{3, 2, 0, 4};
inline const Octets kFailure{4, 2, 0, 4};

// Lets the allocations of this thread fail inside calls of the run-time, and nowhere else.
class FailingAllocations {
 public:
  // The `index`th allocation from now on fails, and none after it.
  explicit FailingAllocations(long index);
  ~FailingAllocations();
  FailingAllocations(const FailingAllocations&) = delete;
  FailingAllocations& operator=(const FailingAllocations&) = delete;
  // Whether it has come to that.
  bool happened() const;
};

// Marks a call of the run-time: inside it allocations may be made to fail.
class RuntimeCall {
 public:
  RuntimeCall();
  ~RuntimeCall();
  RuntimeCall(const RuntimeCall&) = delete;
  RuntimeCall& operator=(const RuntimeCall&) = delete;
  // Whether an allocation of this thread has been made to fail.
  static bool memory_failed();
};

template <typename Call>
auto InRuntime(Call&& call) {
  const RuntimeCall mark;
  return call();
}

// A library beside this program: its path.
std::u16string BesideProgram(const std::string& name);

// The method DLL's own exports, from a load of the test's: so that the log outlives the run-time's.
class TestMethod {
 public:
  static TestMethod& Get();

  std::string TakeLog();
  std::uint32_t outstanding() const { return outstanding_(); }
  void Configure(const char* script) { configure_(script); }
  void UseRuntime(const testmethod::RuntimeFunctions& functions) { use_runtime_(&functions); }

 private:
  TestMethod();

  platform::Library library_;
  testmethod::TestMethodTakeLogFn* take_log_;
  testmethod::TestMethodOutstandingFn* outstanding_;
  testmethod::TestMethodConfigureFn* configure_;
  testmethod::TestMethodUseRuntimeFn* use_runtime_;
};

Counters CountersNow();

// Initialized, in a scope of its own that has the test methods.
class Fixture {
 public:
  explicit Fixture(const char* dll_script = "");
  ~Fixture();
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  std::uint64_t scope() const { return scope_; }
  void Register(const abi::EAP_METHOD_TYPE& type, const std::string& library,
                const char16_t* endpoint = nullptr);
  // The methods go, and with them their DLLs where no session is left.
  void DropScope();
  std::string TakeLog() { return TestMethod::Get().TakeLog(); }

 private:
  std::uint64_t scope_;
};

// EAP_ERRORs of the run-time, copied and freed.
class ErrorOut {
 public:
  ~ErrorOut();
  abi::EAP_ERROR** put();
  // Of the last call.
  std::optional<values::EapError> Take();

 private:
  abi::EAP_ERROR* error_ = nullptr;
};

// A session and its calls. Ended, if nobody did, when this object dies.
class Peer {
 public:
  Peer() = default;
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  struct Options {
    abi::EAP_METHOD_TYPE type = kTestMethod;
    abi::DWORD flags = 0;
    std::string user_data;
    abi::DWORD max_size = 1500;
    const abi::GUID* connection = nullptr;
    abi::NotificationHandler handler = nullptr;
    void* context = nullptr;
    const abi::EapAttributes* attributes = nullptr;
  };
  abi::DWORD Begin(const std::string& script, const Options& options);
  abi::DWORD Begin(const std::string& script = {}) { return Begin(script, Options()); }

  abi::DWORD Process(const Octets& packet);
  abi::DWORD GetPacket();
  abi::DWORD GetUiContext();
  abi::DWORD SetUiContext(const std::string& context);
  abi::DWORD GetAttributes();
  abi::DWORD SetAttributes(const std::vector<abi::EAP_ATTRIBUTE>& attributes = {});
  // The result is copied to `result`, its error to `result_error` and freed.
  abi::DWORD GetResult(abi::EapHostPeerMethodResultReason reason = abi::EapHostPeerMethodResultFromMethod);
  abi::DWORD GetAuthStatus(abi::EapHostPeerAuthParams parameter);
  abi::DWORD End();

  // Runs the conversation up to the response to kRequest.
  void Authenticate(const std::string& script = {});

  abi::EAP_SESSIONID id = 0;
  abi::EapHostPeerResponseAction action{};
  Octets packet;                                        // of GetPacket
  std::string ui_context;                               // of GetUiContext
  std::vector<std::pair<int, std::string>> attributes;  // of GetAttributes
  abi::EapHostPeerMethodResult result{};
  std::string saved_connection;
  std::string saved_user;
  std::vector<std::pair<int, std::string>> result_attributes;
  std::optional<values::EapError> result_error;
  Octets status;                          // of GetAuthStatus
  std::optional<values::EapError> error;  // of the last call

 private:
  abi::DWORD Finish(abi::DWORD code);

  ErrorOut error_out_;
};

}  // namespace eaphost::embedded::test
