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
abi::DWORD EnterCom() {
  const HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  return SUCCEEDED(result) ? abi::kNoError : static_cast<abi::DWORD>(result);
}
void LeaveCom() { CoUninitialize(); }
bool HasComApartment() {
  APTTYPE type{};
  APTTYPEQUALIFIER qualifier{};
  return SUCCEEDED(CoGetApartmentType(&type, &qualifier));
}
#else
abi::DWORD EnterCom() { return abi::kNoError; }
void LeaveCom() {}
bool HasComApartment() { return false; }
#endif

}  // namespace

abi::DWORD EnterApartment() {
  if (const abi::DWORD code = EnterCom(); code != abi::kNoError) return code;
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
