#include "native/embedded/apartment.h"

#include <atomic>

#include "native/abi/win32.h"

#ifdef _WIN32
#include <windows.h>

#include <combaseapi.h>
#endif

namespace eaphost::embedded {

namespace {

thread_local abi::DWORD entered_here = 0;
std::atomic<abi::DWORD> entered{0};  // by all threads together

#ifdef _WIN32
thread_local abi::DWORD foreign_here = 0;  // of these, into an apartment that somebody else initialized

abi::DWORD EnterCom(bool is_strict) {
  const HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (result == RPC_E_CHANGED_MODE && !is_strict) {
    ++foreign_here;
    return abi::kNoError;
  }
  return SUCCEEDED(result) ? abi::kNoError : static_cast<abi::DWORD>(result);
}
void LeaveCom() {
  if (foreign_here != 0) {
    --foreign_here;
  } else {
    CoUninitialize();
  }
}
bool HasComApartment() {
  APTTYPE type{};
  APTTYPEQUALIFIER qualifier{};
  return SUCCEEDED(CoGetApartmentType(&type, &qualifier));
}
#else
abi::DWORD EnterCom(bool) { return abi::kNoError; }
void LeaveCom() {}
bool HasComApartment() { return false; }
#endif

}  // namespace

abi::DWORD EnterApartment(bool is_strict) {
  if (const abi::DWORD code = EnterCom(is_strict); code != abi::kNoError) return code;
  ++entered_here;
  ++entered;
  return abi::kNoError;
}

void LeaveApartment() {
  if (entered_here == 0) return;
  --entered_here;
  --entered;
  LeaveCom();
}

bool HasApartment() { return entered_here != 0 || entered != 0 || HasComApartment(); }

}  // namespace eaphost::embedded
