// A single-threaded apartment owes COM and its windows a message pump.
#ifdef _WIN32

#include <windows.h>

#include <combaseapi.h>

#include "native/threads/apartment.h"

namespace eaphost::threads {

struct ApartmentWait::State {
  HANDLE woken = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  ~State() {
    if (woken != nullptr) CloseHandle(woken);
  }
};

ApartmentWait::ApartmentWait() : state_(std::make_unique<State>()) {}
ApartmentWait::~ApartmentWait() = default;

void ApartmentWait::Wake() {
  if (state_->woken != nullptr) SetEvent(state_->woken);
}

void ApartmentWait::Wait() {
  const DWORD count = state_->woken != nullptr ? 1 : 0;
  // Without an event, look again from time to time.
  const DWORD timeout = count == 0 ? 50 : INFINITE;
  for (;;) {
    const DWORD reason =
        MsgWaitForMultipleObjectsEx(count, &state_->woken, timeout, QS_ALLINPUT, MWMO_INPUTAVAILABLE);
    if (reason != WAIT_OBJECT_0 + count) return;
    MSG message;
    while (PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE) != 0) {
      TranslateMessage(&message);
      DispatchMessageW(&message);
    }
  }
}

namespace {

std::uint32_t Enter(DWORD model) {
  const HRESULT result = CoInitializeEx(nullptr, model | COINIT_DISABLE_OLE1DDE);
  return SUCCEEDED(result) ? 0 : static_cast<std::uint32_t>(result);
}

}  // namespace

std::uint32_t EnterSingleThreadedApartment() { return Enter(COINIT_APARTMENTTHREADED); }
std::uint32_t EnterMultiThreadedApartment() { return Enter(COINIT_MULTITHREADED); }

void LeaveApartment() { CoUninitialize(); }

}  // namespace eaphost::threads

#endif
