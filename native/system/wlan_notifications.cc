#include "native/system/wlan_notifications.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "native/system/wlan_values.h"

namespace eaphost::system {

using namespace abi;

namespace {

using Octets = std::span<const std::uint8_t>;

constexpr DWORD kMostData = DWORD{1} << 20;
constexpr DWORD kHasEapError = 2;
constexpr DWORD kHasRootCause = 1;
constexpr DWORD kHasRepair = 2;

// A structure that is cut short has zeros at its end; nothing where less than `least` of it is there.
template <typename Structure>
std::optional<Structure> ReadAs(Octets data, std::size_t least = sizeof(Structure)) {
  if (data.size() < least) return std::nullopt;
  Structure structure{};
  std::memcpy(&structure, data.data(), std::min(data.size(), sizeof structure));
  return structure;
}

// From the octets of the structure that the blob is in.
std::optional<Octets> Inside(Octets structure, const ONEX_VARIABLE_BLOB& blob) {
  if (blob.dwOffset > structure.size() || blob.dwSize > structure.size() - blob.dwOffset) return std::nullopt;
  return structure.subspan(blob.dwOffset, blob.dwSize);
}

std::optional<std::u16string> TextInside(Octets structure, const ONEX_VARIABLE_BLOB& blob) {
  const std::optional<Octets> octets = Inside(structure, blob);
  if (!octets) return std::nullopt;
  std::u16string text(octets->size() / sizeof(char16_t), u'\0');
  if (!text.empty()) std::memcpy(text.data(), octets->data(), text.size() * sizeof(char16_t));
  text.resize(std::min(text.size(), text.find(u'\0')));
  return text;
}

template <typename Data>
WlanNotification::Connection ToConnection(const Data& data) {
  return {.profile = NameOf(data.strProfileName),
          .ssid = SsidOf(data.dot11Ssid),
          .is_secured = data.bSecurityEnabled != 0,
          .reason_code = data.wlanReasonCode,
          .bssid = std::nullopt};
}

void CopyAcm(Octets data, WlanNotification& copy) {
  switch (copy.code) {
    case wlan_notification_acm_connection_start:
    case wlan_notification_acm_connection_complete:
    case wlan_notification_acm_connection_attempt_fail:
    case wlan_notification_acm_disconnecting:
    case wlan_notification_acm_disconnected:
      // The profile behind it may be a text without an end.
      if (const auto read = ReadAs<WLAN_CONNECTION_NOTIFICATION_DATA>(
              data, offsetof(WLAN_CONNECTION_NOTIFICATION_DATA, strProfileXml))) {
        copy.connection = ToConnection(*read);
      }
      break;
    case wlan_notification_acm_scan_fail:
      copy.number = ReadAs<DWORD>(data);
      break;
    default:
      break;
  }
}

void CopyMsm(Octets data, WlanNotification& copy) {
  switch (copy.code) {
    case wlan_notification_msm_associating:
    case wlan_notification_msm_associated:
    case wlan_notification_msm_authenticating:
    case wlan_notification_msm_connected:
    case wlan_notification_msm_roaming_start:
    case wlan_notification_msm_roaming_end:
    case wlan_notification_msm_disassociating:
    case wlan_notification_msm_disconnected:
    case wlan_notification_msm_peer_join:
    case wlan_notification_msm_peer_leave:
    case wlan_notification_msm_adapter_removal:
      if (const auto read = ReadAs<WLAN_MSM_NOTIFICATION_DATA>(data)) {
        copy.connection = ToConnection(*read);
        std::copy(std::begin(read->dot11MacAddr), std::end(read->dot11MacAddr),
                  copy.connection->bssid.emplace().begin());
      }
      break;
    case wlan_notification_msm_signal_quality_change:
      copy.number = ReadAs<DWORD>(data);
      break;
    default:
      break;
  }
}

std::optional<WlanNotification::EapError> CopyEapError(Octets data) {
  const auto read = ReadAs<ONEX_EAP_ERROR>(data);
  if (!read) return std::nullopt;
  WlanNotification::EapError copy{.win_error = read->dwWinError,
                                  .reason_code = read->dwReasonCode,
                                  .method = read->type.eapType.type,
                                  .root_cause = std::nullopt,
                                  .repair = std::nullopt};
  if (read->flags & kHasRootCause) copy.root_cause = TextInside(data, read->RootCauseString);
  if (read->flags & kHasRepair) copy.repair = TextInside(data, read->RepairString);
  return copy;
}

void CopyOneX(Octets data, WlanNotification& copy) {
  if (copy.code == OneXNotificationTypeAuthRestarted) copy.number = ReadAs<DWORD>(data);
  if (copy.code != OneXNotificationTypeResultUpdate) return;
  const auto read = ReadAs<ONEX_RESULT_UPDATE_DATA>(data);
  if (!read) return;
  copy.result = {.status = static_cast<DWORD>(read->oneXStatus.authStatus),
                 .reason_code = read->oneXStatus.dwReason,
                 .win_error = read->oneXStatus.dwError,
                 .backend_support = static_cast<DWORD>(read->BackendSupport),
                 .eap_error = std::nullopt};
  if ((read->flags & kHasEapError) == 0) return;
  if (const auto inside = Inside(data, read->eapError)) copy.result->eap_error = CopyEapError(*inside);
}

// Those that there are, by their numbers. Held while one is told, so that it does not end meanwhile.
struct Living {
  std::mutex mutex;
  std::uintptr_t last = 0;
  std::unordered_map<std::uintptr_t, WlanNotifications*> all;
};
Living& TheLiving() {
  static Living* const living = new Living;
  return *living;
}

std::uintptr_t NextNumber() {
  const std::lock_guard lock(TheLiving().mutex);
  return ++TheLiving().last;
}

}  // namespace

WlanNotification CopyNotification(const WLAN_NOTIFICATION_DATA& data) {
  WlanNotification copy;
  copy.source = data.NotificationSource;
  copy.code = data.NotificationCode;
  copy.interface_guid = data.InterfaceGuid;
  if (data.pData == nullptr || data.dwDataSize > kMostData) return copy;
  const Octets octets(static_cast<const std::uint8_t*>(data.pData), data.dwDataSize);
  if (copy.source == WLAN_NOTIFICATION_SOURCE_ACM) CopyAcm(octets, copy);
  if (copy.source == WLAN_NOTIFICATION_SOURCE_MSM) CopyMsm(octets, copy);
  if (copy.source == WLAN_NOTIFICATION_SOURCE_ONEX) CopyOneX(octets, copy);
  return copy;
}

WlanNotifications::WlanNotifications() : number_(NextNumber()) {
  const std::lock_guard lock(TheLiving().mutex);
  TheLiving().all.emplace(number_, this);
}

WlanNotifications::~WlanNotifications() {
  const std::lock_guard lock(TheLiving().mutex);
  TheLiving().all.erase(number_);
}

void EAPHOST_STDCALL WlanNotifications::Notify(WLAN_NOTIFICATION_DATA* data, void* context) {
  if (data == nullptr) return;
  const std::lock_guard lock(TheLiving().mutex);
  const auto found = TheLiving().all.find(reinterpret_cast<std::uintptr_t>(context));
  if (found != TheLiving().all.end()) found->second->Add(*data);
}

void WlanNotifications::Add(const WLAN_NOTIFICATION_DATA& data) {
  std::unique_lock lock(mutex_);
  if (next_.is_over) return;
  try {
    if (next_.notifications.size() < kMostWaiting) {
      next_.notifications.push_back(CopyNotification(data));
    } else {
      ++next_.dropped;
    }
  } catch (const std::bad_alloc&) {
    ++next_.dropped;
  }
  Tell(std::move(lock));
}

void WlanNotifications::Await(std::function<void()> ready) {
  {
    const std::lock_guard lock(mutex_);
    if (!HasNews()) {
      ready_ = std::move(ready);
      return;
    }
  }
  ready();
}

WlanNotifications::Batch WlanNotifications::Take() {
  const std::lock_guard lock(mutex_);
  Batch batch = std::move(next_);
  next_ = {};
  next_.is_over = batch.is_over;
  return batch;
}

void WlanNotifications::End() {
  std::unique_lock lock(mutex_);
  next_.is_over = true;
  Tell(std::move(lock));
}

void WlanNotifications::Tell(std::unique_lock<std::mutex> lock) {
  std::function<void()> ready;
  ready.swap(ready_);
  lock.unlock();
  if (ready) ready();
}

}  // namespace eaphost::system
