// A client of the WLAN service over the fake wlanapi (test/native/networks): many threads at once, and a
// release in the middle of calls and notifications. What else there is, test/networks asks through the addon.
#include "native/system/wlan.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "native/system/wlan_notifications.h"
#include "test/native/networks/fake_service.h"
#include "test/native/runtime_harness.h"

namespace {

using namespace eaphost;
using namespace eaphost::abi;
using system::Wlan;
using system::WlanNotifications;

std::shared_ptr<Wlan> OpenFake() {
  std::shared_ptr<Wlan> client;
  REQUIRE(Wlan::Open(embedded::test::BesideProgram("fakewlanapi"), &client).ok());
  return client;
}

// The fake's orders go the way of positions.
void Order(Wlan& client, const char16_t* order, DWORD number) {
  REQUIRE(client.SetProfilePosition(fake::kFirst, order, number).ok());
}

// One whom nothing is told that was meant for those before.
std::shared_ptr<Wlan> OpenQuietFake() {
  const std::shared_ptr<Wlan> control = OpenFake();
  system::WlanProfileDocument state;
  do {
    REQUIRE(control->GetProfile(fake::kFirst, u"fake:state", &state).ok());
  } while (state.xml.find(u"\"untold\":0,") == std::u16string::npos);
  REQUIRE(control->Release().ok());
  return OpenFake();
}

WLAN_NOTIFICATION_DATA Told(DWORD source, DWORD code, const void* data, std::size_t size) {
  return {source, code, fake::kFirst, static_cast<DWORD>(size), const_cast<void*>(data)};
}

}  // namespace

TEST_CASE("wlan: calls of many threads, and a release in the middle of them") {
  for (int round = 0; round < 20; ++round) {
    const std::shared_ptr<Wlan> client = OpenFake();
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (;;) {
          std::vector<system::WlanInterface> interfaces;
          const values::Failure failure = client->Interfaces(&interfaces);
          if (failure.ok()) {
            CHECK(interfaces.size() == 1);
            continue;
          }
          CHECK(failure.code == kErrorInvalidState);
          ++refused;
          return;
        }
      });
    }
    Order(*client, u"fake:tell", 6);
    CHECK(client->Release().ok());
    CHECK(client->Release().ok());
    for (std::thread& thread : threads) thread.join();
    CHECK(refused == 8);
    CHECK(client->Take().is_over);
  }
}

TEST_CASE("wlan: what is told is taken, whole or counted, while it comes") {
  const std::shared_ptr<Wlan> client = OpenQuietFake();
  Order(*client, u"fake:tell", 6);
  std::size_t taken = 0;
  while (taken < 5000) {
    std::atomic<bool> is_ready = false;
    client->Await([&] { is_ready = true; });
    while (!is_ready) std::this_thread::yield();
    const WlanNotifications::Batch batch = client->Take();
    for (const system::WlanNotification& notification : batch.notifications) {
      CHECK(notification.code == wlan_notification_msm_signal_quality_change);
      CHECK(notification.number.value_or(101) <= 100);
    }
    taken += batch.notifications.size() + batch.dropped;
    CHECK_FALSE(batch.is_over);
  }
  CHECK(taken == 5000);
  CHECK(client->Release().ok());
}

TEST_CASE("wlan: a notification for nobody, with nothing, or after the end is nothing") {
  void* context = nullptr;
  const DWORD quality = 7;
  WLAN_NOTIFICATION_DATA data = Told(WLAN_NOTIFICATION_SOURCE_MSM,
                                     wlan_notification_msm_signal_quality_change, &quality, sizeof quality);
  {
    WlanNotifications notifications;
    context = notifications.context();
    WlanNotifications::Notify(nullptr, context);
    WlanNotifications::Notify(&data, nullptr);
    CHECK(notifications.Take().notifications.empty());
    WlanNotifications::Notify(&data, context);
    CHECK(notifications.Take().notifications.size() == 1);
    notifications.End();
    WlanNotifications::Notify(&data, context);
    const WlanNotifications::Batch batch = notifications.Take();
    CHECK(batch.notifications.empty());
    CHECK(batch.is_over);
  }
  WlanNotifications::Notify(&data, context);
}

TEST_CASE("wlan: no length of a notification's data is read past its end") {
  // Each length in a block of its own, so that a sanitizer sees an octet too many.
  const DWORD sources[] = {WLAN_NOTIFICATION_SOURCE_ACM, WLAN_NOTIFICATION_SOURCE_MSM,
                           WLAN_NOTIFICATION_SOURCE_ONEX};
  for (const DWORD source : sources) {
    for (DWORD code = 0; code < 32; ++code) {
      for (std::size_t size = 0; size < 700; size = size < 140 ? size + 1 : size + 7) {
        for (const int octet : {0x00, 0xFF, 0x28}) {
          std::vector<std::uint8_t> octets(size);
          if (size > 0) std::memset(octets.data(), octet, size);
          const WLAN_NOTIFICATION_DATA data = Told(source, code, octets.data(), size);
          const system::WlanNotification copy = system::CopyNotification(data);
          REQUIRE(copy.code == code);
          if (copy.connection) REQUIRE(copy.connection->ssid.size() <= DOT11_SSID_MAX_LENGTH);
        }
      }
    }
  }
}
