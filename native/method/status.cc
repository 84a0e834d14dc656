#include "native/method/status.h"

namespace eaphost::method {

namespace {

std::optional<std::u16string> CopyText(const abi::WCHAR* text) {
  if (text == nullptr) return std::nullopt;
  return std::u16string(text);
}

}  // namespace

EapErrorData CopyEapError(const abi::EAP_ERROR& error) {
  EapErrorData data;
  data.win_error = error.dwWinError;
  data.type = error.type;
  data.reason_code = error.dwReasonCode;
  data.root_cause_guid = error.rootCauseGuid;
  data.repair_guid = error.repairGuid;
  data.help_link_guid = error.helpLinkGuid;
  data.root_cause = CopyText(error.pRootCauseString);
  data.repair = CopyText(error.pRepairString);
  return data;
}

}  // namespace eaphost::method
