// A program as others write it against EAPHost: it loads eappprxy.dll and eappcfg.dll by name, checks every
// return, copies what is EAPHost's, frees what is its own with the function that the API names, and
// configures on one thread (a single-threaded apartment) what it authenticates with on another. C but for its
// containers: it knows the ABI's types and nothing else of this project.
#pragma once

#include <functional>
#include <string>

#include "native/abi/constants.h"
#include "native/abi/functions.h"
#include "native/abi/win32.h"
#include "native/supplicant/runtime_table.h"

namespace eaphost::program {

// The functions of both libraries, and of each what the embedded run-time has beside them.
struct Libraries {
#define EAPHOST_MEMBER(name) abi::name##Fn* name = nullptr;
  EAPHOST_RUNTIME_FUNCTIONS(EAPHOST_MEMBER, EAPHOST_MEMBER)
  EAPHOST_CONFIGURATION_FUNCTIONS(EAPHOST_MEMBER)
#undef EAPHOST_MEMBER
  struct Own {
    embedded::EapEmbeddedRegisterMethodFn* EapEmbeddedRegisterMethod = nullptr;
    embedded::EapEmbeddedDropScopeFn* EapEmbeddedDropScope = nullptr;
    embedded::EapEmbeddedGetCountersFn* EapEmbeddedGetCounters = nullptr;
    embedded::EapEmbeddedNotifyFn* EapEmbeddedNotify = nullptr;
  };
  Own of_runtime;
  Own of_configuration;
};
extern Libraries libraries;

// The scriptable method (test/native/methods/test_method.h).
inline constexpr abi::EAP_METHOD_TYPE kMethod{{254, 99999, 2}, 99999};
inline constexpr abi::EAP_METHOD_TYPE kNoMethod{{77, 0, 0}, 0};

// Counts a check; says where one failed.
void Check(bool is_good, const char* what, const char* file, int line);
#define EAPHOST_EXPECT(condition) ::eaphost::program::Check((condition), #condition, __FILE__, __LINE__)

inline const abi::BYTE* Data(const std::string& text) {
  return reinterpret_cast<const abi::BYTE*>(text.data());
}
inline abi::DWORD Size(const std::string& text) { return static_cast<abi::DWORD>(text.size()); }
inline std::string Text(const void* data, abi::DWORD size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

// Errors of each library: what `call(EAP_ERROR**)` returned, with the error that it left freed by that
// library. `is_described` is whether there was one that says as much as it should.
struct Outcome {
  abi::DWORD code;
  bool is_described;
};
Outcome FromRuntime(const std::function<abi::DWORD(abi::EAP_ERROR**)>& call);
Outcome FromConfiguration(const std::function<abi::DWORD(abi::EAP_ERROR**)>& call);
inline bool Succeeded(const Outcome& outcome) {
  return outcome.code == abi::kNoError && !outcome.is_described;
}
inline bool FailedWith(const Outcome& outcome, abi::DWORD code) {
  return outcome.code == code && outcome.is_described;
}

// The parts of the program. The configuration's thread is entered and left by each.
void Configure();
void ConvertXml();                                // xml_win32.cc, xml_posix.cc
std::string UserBlob(const std::string& config);  // from input fields, filled in
// The answer to a session's wish for its user interface: by fields, or by the method's dialog.
std::string AskByFields(const std::string& context);
std::string AskByDialog(const std::string& context);

// Authenticates, on the run-time's thread. `ask` has the configuration's thread answer a UI context.
using Ask = std::function<std::string(const std::string& context, bool by_fields)>;
void Authenticate(const std::string& user_blob, const Ask& ask);

// Of xml_win32.cc, xml_posix.cc: the calling thread's single-threaded apartment.
void EnterApartment();
void LeaveApartment();

}  // namespace eaphost::program
