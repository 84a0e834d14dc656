#include "native/platform/eap_error.h"

namespace eaphost::platform {

namespace {

std::optional<std::u16string> CopyText(const abi::WCHAR* text) {
  if (text == nullptr) return std::nullopt;
  return std::u16string(text);
}

}  // namespace

std::optional<EapError> CopyError(const abi::EAP_ERROR* error) {
  if (error == nullptr) return std::nullopt;
  return EapError{
      .win_error = error->dwWinError,
      .type = error->type,
      .reason_code = error->dwReasonCode,
      .root_cause_guid = error->rootCauseGuid,
      .repair_guid = error->repairGuid,
      .help_link_guid = error->helpLinkGuid,
      .root_cause = CopyText(error->pRootCauseString),
      .repair = CopyText(error->pRepairString),
  };
}

}  // namespace eaphost::platform
