// The supplicant's side of a run-time, against functions of this file: what is preset, copied and freed on
// each path, which libraries are refused, and when notifications come.
#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "native/abi/constants.h"
#include "native/abi/win32.h"
#include "native/supplicant/connections.h"
#include "native/supplicant/runtime_table.h"
#include "native/supplicant/supplicant.h"
#include "native/values/copy.h"
#include "native/values/guid.h"
#include "test/native/runtime_harness.h"

namespace {

using namespace eaphost;
using namespace eaphost::abi;
using namespace eaphost::supplicant;
using embedded::test::BesideProgram;

// What the functions below are to do, and what they have seen. One test at a time.
struct Script {
  DWORD code = kNoError;          // of the first call of a hop
  DWORD fetch_code = kNoError;    // of what it fetches
  bool leaves_error = false;      // in ppEapError, whatever the code
  bool result_has_error = false;  // in the result
  bool same_error_twice = false;  // the result's error is the call's
  std::int32_t action = EapHostPeerResponseSend;
  bool writes_outputs = true;

  int errors_made = 0;
  int errors_freed = 0;
  bool outputs_were_preset = true;
  const EapAttributes* attributes_seen = nullptr;
  DWORD attributes_count = 77;
};

Script script;
char16_t root_cause[] = u"The cat \u732b sat on it.";
EAP_ERROR error_template{.dwWinError = 5,
                         .type = {{26, 0, 0}, 311},
                         .dwReasonCode = EAP_E_USER_NAME_PASSWORD_REJECTED,
                         .rootCauseGuid = GUID_EapHost_Cause_MethodDLLNotFound,
                         .repairGuid = GUID_EapHost_Repair_ContactSysadmin,
                         .helpLinkGuid = {},
                         .pRootCauseString = root_cause,
                         .pRepairString = nullptr};
BYTE packet[] = {2, 7, 0, 5, 1};
BYTE key[] = {1, 2, 3, 4};
EAP_ATTRIBUTE attributes[] = {
    {eatVendorSpecific, sizeof key, key}, {eatReserved, 3, nullptr}, {eatMinimum, 0, nullptr}};
EAP_ATTRIBUTES attribute_list{3, attributes};

EAP_ERROR* MakeError() {
  ++script.errors_made;
  return new EAP_ERROR(error_template);
}

DWORD Answer(DWORD code, EAP_ERROR** error) {
  if (*error != nullptr) script.outputs_were_preset = false;
  if (script.leaves_error) *error = MakeError();
  return code;
}

void EAPHOST_STDCALL FreeError(EAP_ERROR* error) {
  ++script.errors_freed;
  delete error;
}

DWORD EAPHOST_STDCALL Process(EAP_SESSIONID, DWORD, const BYTE*, EapHostPeerResponseAction* action,
                              EAP_ERROR** error) {
  if (*action != EapHostPeerResponseDiscard) script.outputs_were_preset = false;
  if (script.writes_outputs) std::memcpy(action, &script.action, sizeof script.action);
  return Answer(script.code, error);
}

DWORD EAPHOST_STDCALL GetPacket(EAP_SESSIONID, DWORD* size, BYTE** data, EAP_ERROR** error) {
  if (*size != 0 || *data != nullptr) script.outputs_were_preset = false;
  if (script.writes_outputs) *size = sizeof packet, *data = packet;
  return Answer(script.fetch_code, error);
}

DWORD EAPHOST_STDCALL GetAttributes(EAP_SESSIONID, EapAttributes* list, EAP_ERROR** error) {
  if (list->dwNumberOfAttributes != 0 || list->pAttribs != nullptr) script.outputs_were_preset = false;
  if (script.writes_outputs) *list = attribute_list;
  return Answer(script.fetch_code, error);
}

DWORD EAPHOST_STDCALL SetAttributes(EAP_SESSIONID, const EapAttributes* list,
                                    EapHostPeerResponseAction* action, EAP_ERROR** error) {
  script.attributes_seen = list;
  if (list != nullptr) script.attributes_count = list->dwNumberOfAttributes;
  std::memcpy(action, &script.action, sizeof script.action);
  return Answer(script.code, error);
}

DWORD EAPHOST_STDCALL GetResultOf(EAP_SESSIONID, EapHostPeerMethodResultReason,
                                  EapHostPeerMethodResult* result, EAP_ERROR** error) {
  const EapHostPeerMethodResult zero{};
  if (std::memcmp(result, &zero, sizeof zero) != 0) script.outputs_were_preset = false;
  const DWORD code = Answer(script.fetch_code, error);
  if (script.writes_outputs) {
    result->fIsSuccess = 1;
    result->fSaveUserData = 1;
    result->dwSizeofUserData = sizeof key;
    result->pUserData = key;
    result->dwSizeofConnectionData = sizeof key;  // not to be saved
    result->pConnectionData = key;
    result->pAttribArray = &attribute_list;
  }
  if (script.result_has_error) result->pEapError = MakeError();
  if (script.same_error_twice) result->pEapError = *error;
  return code;
}

RuntimeTable FakeTable() {
  RuntimeTable table;
  table.EapHostPeerProcessReceivedPacket = &Process;
  table.EapHostPeerGetSendPacket = &GetPacket;
  table.EapHostPeerGetUIContext = &GetPacket;
  table.EapHostPeerGetResponseAttributes = &GetAttributes;
  table.EapHostPeerSetResponseAttributes = &SetAttributes;
  table.EapHostPeerGetResult = &GetResultOf;
  table.EapHostPeerFreeEapError = &FreeError;
  return table;
}

const RuntimeTable kTable = FakeTable();

bool Exchange(Step& step, Failure& failure) {
  return Supplicant(kTable).ProcessReceivedPacket(1, packet, step, failure);
}

}  // namespace

TEST_CASE("host: an exchange fetches what its action asks for") {
  script = {};
  Failure failure;
  Step step;
  REQUIRE(Exchange(step, failure));
  CHECK(step.action == EapHostPeerResponseSend);
  CHECK(step.bytes == SecretBytes(std::begin(packet), std::end(packet)));

  script = {.action = EapHostPeerResponseInvokeUi};
  REQUIRE(Exchange(step, failure));
  CHECK(step.bytes.size() == sizeof packet);

  script = {.action = EapHostPeerResponseRespond};
  REQUIRE(Exchange(step, failure));
  REQUIRE(step.attributes.size() == 3);
  CHECK(step.attributes[0].value == SecretBytes(std::begin(key), std::end(key)));
  CHECK(step.attributes[1].type == -1);
  CHECK(step.attributes[1].value.empty());

  script = {.result_has_error = true, .action = EapHostPeerResponseResult};
  REQUIRE(Exchange(step, failure));
  REQUIRE(step.result != nullptr);
  CHECK(step.result->is_success);
  CHECK_FALSE(step.result->connection_data);
  REQUIRE(step.result->user_data);
  CHECK(step.result->user_data->size() == sizeof key);
  REQUIRE(step.result->error);
  CHECK(step.result->error->root_cause == u"The cat \u732b sat on it.");
  CHECK_FALSE(step.result->error->repair);
  CHECK(script.errors_freed == 1);

  for (const auto action :
       {EapHostPeerResponseDiscard, EapHostPeerResponseNone, EapHostPeerResponseStartAuthentication}) {
    script = {.fetch_code = kErrorInvalidState, .action = action};
    CHECK(Exchange(step, failure));
    CHECK(step.action == action);
  }
}

TEST_CASE("host: whatever fails, outputs were preset and every error is freed once") {
  for (const std::int32_t action : {-1, 0, 1, 2, 3, 4, 5, 6, 7, 1000}) {
    for (const DWORD code : {kNoError, kErrorTimeout}) {
      for (const DWORD fetch_code : {kNoError, kErrorTimeout}) {
        for (const int flags : {0, 1, 2, 3, 4, 5, 6, 7}) {
          CAPTURE(action);
          CAPTURE(code);
          CAPTURE(fetch_code);
          CAPTURE(flags);
          script = {.code = code,
                    .fetch_code = fetch_code,
                    .leaves_error = (flags & 1) != 0,
                    .result_has_error = (flags & 2) != 0,
                    .action = action,
                    .writes_outputs = (flags & 4) != 0};
          Step step;
          Failure failure;
          const bool is_good = Exchange(step, failure);
          CHECK(script.errors_freed == script.errors_made);
          CHECK(script.outputs_were_preset);
          if (!is_good) CHECK(failure.code != kNoError);
          if (!is_good && code != kNoError) {
            CHECK(std::string(failure.call) == "EapHostPeerProcessReceivedPacket");
            CHECK(failure.error.has_value() == script.leaves_error);
          }
        }
      }
    }
  }
}

TEST_CASE("host: an action that does not exist is a failure of the call") {
  script = {.action = 7};
  Step step;
  Failure failure;
  CHECK_FALSE(Exchange(step, failure));
  CHECK(std::string(failure.call) == "EapHostPeerProcessReceivedPacket");
  CHECK(failure.code == kErrorInvalidData);
  CHECK(failure.message.find('7') != std::string::npos);
}

TEST_CASE("host: an error that is handed out twice is freed once") {
  script = {.fetch_code = kErrorTimeout, .leaves_error = true, .same_error_twice = true};
  Result result;
  Failure failure;
  CHECK_FALSE(Supplicant(kTable).GetResult(1, EapHostPeerMethodResultTimeout, result, failure));
  CHECK(script.errors_made == 1);
  CHECK(script.errors_freed == 1);
  REQUIRE(failure.error);
  CHECK(failure.error->reason_code == EAP_E_USER_NAME_PASSWORD_REJECTED);
}

TEST_CASE("host: no attributes are an empty list, never NULL") {
  script = {.action = EapHostPeerResponseNone};
  Step step;
  Failure failure;
  REQUIRE(Supplicant(kTable).SetResponseAttributes(1, {}, step, failure));
  CHECK(script.attributes_seen != nullptr);
  CHECK(script.attributes_count == 0);
}

TEST_CASE("host: a list of methods without an end is cut off") {
  EAP_METHOD_INFO endless{};
  endless.pInnerMethodInfo = &endless;
  EapHostPeerMethodResult result{};
  result.pEapMethodInfo = &endless;
  Result copy;
  REQUIRE(CopyResult(result, copy));
  int depth = 0;
  for (const MethodInfo* info = copy.method_info.get(); info != nullptr; info = info->inner.get()) ++depth;
  CHECK(depth == 8);
}

TEST_CASE("host: counts without arrays and sizes without blocks are empty") {
  const EAP_ATTRIBUTES list{1, nullptr};
  std::vector<Attribute> attributes(1);
  CHECK(CopyAttributes(&list, attributes));
  CHECK(attributes.empty());
  CHECK(CopyAttributes(nullptr, attributes));
  SecretBytes bytes{1, 2};
  CHECK(CopyBytes(nullptr, 99, bytes));
  CHECK(bytes.empty());
}

TEST_CASE("host: GUIDs as text") {
  CHECK(FormatGuid(GUID_EapHost_Cause_MethodDLLNotFound) == "9612fc67-6150-4209-a85e-a8d800000001");
  CHECK(ParseGuid("9612fc67-6150-4209-a85e-a8d800000001") == GUID_EapHost_Cause_MethodDLLNotFound);
  CHECK(ParseGuid("{9612FC67-6150-4209-A85E-A8D800000001}") == GUID_EapHost_Cause_MethodDLLNotFound);
  for (const char* text :
       {"", "9612fc67", "9612fc67-6150-4209-a85e-a8d80000000", "9612fc67-6150-4209-a85e-a8d8000000011",
        "9612fc67-6150-4209-a85e+a8d800000001", "9612fc67-6150-4209-a85e-a8d80000000g",
        "{9612fc67-6150-4209-a85e-a8d800000001", "9612fc6-76150-4209-a85e-a8d800000001",
        "-612fc67-6150-4209-a85e-a8d800000001", "0x12fc67-6150-4209-a85e-a8d800000001"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseGuid(text));
  }
}

TEST_CASE("host: libraries that are no run-time are refused, and say what they lack") {
  RuntimeTable table;
  const auto missing = table.Load(BesideProgram("no-such-library"), BesideProgram("eapembedded"),
                                  platform::Library::Where::kPath);
  REQUIRE(missing);
  CHECK(std::string(missing->call) == "LoadLibrary");
  CHECK(missing->code == kErrorModNotFound);
  CHECK(missing->message.find("no-such-library") != std::string::npos);

  const auto method = table.Load(BesideProgram("trivialmethod"), BesideProgram("trivialmethod"),
                                 platform::Library::Where::kPath);
  REQUIRE(method);
  CHECK(std::string(method->call) == "GetProcAddress");
  CHECK(method->code == kErrorProcNotFound);
  CHECK(method->message.find("EapHostPeerInitialize, EapHostPeerUninitialize") != std::string::npos);
  CHECK(method->message.find("EapHostPeerGetEncryptedPassword") == std::string::npos);
  CHECK((table.EapHostPeerInitialize == nullptr));

  // A name with a path would not come from System32.
  for (const char16_t* name : {u"C:\\eappprxy.dll", u"..\\eappprxy.dll", u"x/eappprxy.dll", u""}) {
    const auto refused = table.Load(name, u"eappcfg.dll", platform::Library::Where::kSystem32);
    REQUIRE(refused);
    CHECK(refused->code == kErrorInvalidParameter);
  }
}

TEST_CASE("host: the embedded run-time fills the whole table") {
  RuntimeTable table;
  const auto failure =
      table.Load(BesideProgram("eapembedded"), BesideProgram("eapembedded"), platform::Library::Where::kPath);
  CHECK_FALSE(failure);
  CHECK(table.is_embedded());
  CHECK((table.EapHostPeerBeginSession != nullptr));
  CHECK((table.EapHostPeerFreeErrorMemory != nullptr));
}

TEST_CASE("host: notifications come until their connection is removed") {
  std::vector<GUID> heard;
  const GUID first = GUID_EapHost_Cause_MethodDLLNotFound;
  const GUID second = GUID_EapHost_Repair_ContactSysadmin;
  Connections::Registration kept{};
  {
    Connections connections([&](const GUID& guid) { heard.push_back(guid); });
    const auto registration = connections.Add(first);
    CHECK(registration.is_new);
    const auto again = connections.Add(first);
    CHECK_FALSE(again.is_new);
    CHECK(again.context == registration.context);
    kept = connections.Add(second);
    CHECK(kept.context != registration.context);
    CHECK(connections.All().size() == 2);

    registration.handler(first, registration.context);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0] == first);
    connections.Remove(first);
    connections.Remove(first);
    registration.handler(first, registration.context);
    CHECK(heard.size() == 1);
    kept.handler(second, kept.context);
    CHECK(heard.size() == 2);
  }
  kept.handler(second, kept.context);
  kept.handler(second, nullptr);
  CHECK(heard.size() == 2);
}

TEST_CASE("host: a notification that comes while its connection is removed is heard before or not at all") {
  for (int round = 0; round < 100; ++round) {
    std::atomic<bool> is_removed = false;
    std::atomic<int> late = 0;
    auto connections = std::make_unique<Connections>([&](const GUID&) {
      if (is_removed) ++late;
    });
    const auto registration = connections->Add(GUID_EapHost_Default);
    std::thread notifier([&registration] {
      for (int call = 0; call < 50; ++call) registration.handler(GUID_EapHost_Default, registration.context);
    });
    if (round % 2 == 0) {
      connections->Remove(GUID_EapHost_Default);
    } else {
      connections.reset();
    }
    is_removed = true;
    notifier.join();
    CHECK(late == 0);
  }
}
