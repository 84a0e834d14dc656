// Where the misbehaving method's halves take the same liberties: what either test asks for, and what a host
// makes of it.
#pragma once

#include <initializer_list>
#include <string>

#include "native/abi/constants.h"
#include "test/native/method_counters.h"
#include "test/native/methods/misbehaving_method.h"

namespace eaphost::pairtest {

constexpr abi::EAP_METHOD_TYPE MisbehavingType(abi::DWORD vendor_type) {
  return {{254, misbehaving::kVendor, vendor_type}, misbehaving::kVendor};
}

inline constexpr abi::DWORD kMaxPacket = 100;

// Types whose table lacks what a host needs, and those that fail, throw or leave an error in Shutdown.
inline constexpr abi::DWORD kUnusableTypes[] = {103, 118, 119, 120};
inline constexpr abi::DWORD kBadShutdownTypes[] = {112, 113, 116};

// Packets that are larger than the room for them.
inline constexpr const char* kOverflows[] = {"over=1", "over=64", "over=1;size=100", "over=512"};

// What any routine can be asked for, the code that comes of it, and the EAP_ERRORs to free.
struct Fault {
  const char* option;
  abi::DWORD code;
  std::uint64_t errors;
};
inline constexpr Fault kFaults[] = {{"fail=", abi::kErrorInvalidParameter, 0},
                                    {"error=1;code=0x80420100;fail=", abi::EAP_E_USER_CERT_NOT_FOUND, 1},
                                    {"error=bare;fail=", abi::kErrorInvalidParameter, 1},
                                    {"throw=", abi::kErrorUnhandledException, 0},
                                    {"leave=", abi::kNoError, 1},
                                    {"ms=10;hang=", abi::kNoError, 0}};

// Every fault of every one of `routines`: `run(routine, option)` gives the code of its call.
template <typename Run>
void CheckFaults(const BothRoles& dll, testdll::Owner errors_of, std::initializer_list<const char*> routines,
                 Run run) {
  for (const char* const routine : routines) {
    for (const Fault& fault : kFaults) {
      CAPTURE(routine);
      CAPTURE(fault.option);
      const std::uint64_t errors = dll.allocated(errors_of);
      CHECK(run(std::string(routine), std::string(fault.option)) == fault.code);
      CHECK(dll.allocated(errors_of) - errors == fault.errors);
    }
  }
}

// The types whose GetInfo or Initialize does not go well: `code_of(type)` asks for the table of one.
template <typename CodeOf>
void CheckRefusedTables(const BothRoles& dll, testdll::Owner errors_of, CodeOf code_of) {
  CHECK(code_of(99) == abi::kErrorNotSupported);
  CHECK(code_of(101) == abi::kErrorInvalidParameter);
  CHECK(code_of(102) == abi::kErrorInvalidParameter);
  CHECK(code_of(104) == abi::kErrorUnhandledException);
  CHECK(dll.allocated(errors_of) == 1);
  for (const abi::DWORD type : {106U, 107U}) CHECK(code_of(type) == abi::kErrorInvalidParameter);
  CHECK(code_of(108) == abi::kErrorUnhandledException);
}

}  // namespace eaphost::pairtest
